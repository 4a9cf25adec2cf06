"""Every address of the application."""

from django.contrib import admin
from django.urls import include, path

from mentorship import views

urlpatterns = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

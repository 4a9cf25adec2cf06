"""Addresses about oneself."""

from django.urls import path

from profiles import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/free-times/", views.free_times, name="free_times"),
    path("profile/not-with/", views.not_with, name="not_with"),
]

"""The addresses of an installation whose EMAIL_PROVIDER is set."""

from django.urls import include, path

urlpatterns = [path("provider/", include("anymail.urls")), path("", include("mentorship.urls"))]

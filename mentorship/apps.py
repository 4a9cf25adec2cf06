"""The roof, and the admin site that every app registers with."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class MentorshipConfig(AppConfig):
    name = "mentorship"


class MentorshipAdminConfig(AdminConfig):
    default_site = "mentorship.admin.CoordinatorSite"

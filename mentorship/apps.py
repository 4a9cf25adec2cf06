"""The roof, and the admin site that every app registers with."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class MentorshipConfig(AppConfig):
    name = "mentorship"

    def ready(self):
        from django import forms

        from mentorship import automatic, examples, morning

        morning.register()
        automatic.register()
        examples.register()
        # Every form of ours says it in the same words; a field may still have its own.
        forms.Field.default_error_messages = {"required": _("Please answer this.")}


class MentorshipAdminConfig(AdminConfig):
    default_site = "mentorship.admin.CoordinatorSite"

"""The coordinators' admin site."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from programs.models import Program


class CoordinatorSite(admin.AdminSite):
    """Django's admin, open to coordinators and councils and scoped to their programs."""

    site_header = _("Mentoring")
    site_title = _("Mentoring")
    index_title = _("Your programs")

    def has_permission(self, request):
        return Program.objects.visible_to(request.user).exists()

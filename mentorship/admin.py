"""The coordinators' admin site."""

from functools import wraps

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from programs.permissions import can_create_program, can_enter_admin


class CoordinatorSite(admin.AdminSite):
    """Django's admin, open to coordinators and councils and scoped to their programs."""

    site_header = _("Mentoring")
    site_title = _("Mentoring")
    index_title = _("Your programs")
    site_url = "/home/"
    # The program's own navigation leads; the list of models is the superusers' and stands on the index.
    enable_nav_sidebar = False

    def has_permission(self, request):
        if not hasattr(request, "may_enter_admin"):
            request.may_enter_admin = can_enter_admin(request.user)
        return request.may_enter_admin

    def admin_view(self, view, cacheable=False):
        """Whoever is signed in and has no business here is refused, not asked to sign in again."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return inner

    def get_app_list(self, request, app_label=None):
        """The models, for whoever runs the installation; everybody else goes by program."""
        return super().get_app_list(request, app_label) if request.user.is_superuser else []

    @method_decorator(never_cache)
    def index(self, request, extra_context=None):
        """Your programs, one line each, with what needs you."""
        # The site is made while apps are still being loaded; the page below needs their models.
        from mentorship import program_home

        context = {
            **self.each_context(request),
            "title": self.index_title,
            "programs": program_home.lines(request.user, timezone.now()),
            "may_create": can_create_program(request.user),
            "app_list": self.get_app_list(request),
        }
        return TemplateResponse(request, "programs/index.html", context)

    def app_index(self, request, app_label, extra_context=None):
        if not request.user.is_superuser:
            raise Http404
        return super().app_index(request, app_label, extra_context)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request, extra_context=None):
        """There is one way to sign in, and the second factor is part of it."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index")
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied
            return HttpResponseRedirect(wanted)
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_change_password")

"""Whoever sees what others wrote signs in with two factors, where the installation says so."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programs.permissions import needs_second_factor

# The pages on which one sets it up, and the way out; and the signed pages of emails, which ask for no sign-in.
OPEN_PAGES = ("account_", "mfa_", "outbox:", "front", "healthz", "readyz", "deliveryz")


class SecondFactor:
    """Sends coordinators, council and safeguarding contacts without a second factor to where it is set up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not settings.REQUIRE_SECOND_FACTOR or not request.user.is_authenticated:
            return None
        if (request.resolver_match.view_name or "").startswith(OPEN_PAGES):
            return None
        if is_mfa_enabled(request.user) or not needs_second_factor(request.user):
            return None
        messages.info(
            request, _("You see what others trust you with. Set up a second step for signing in before you go on.")
        )
        return redirect("mfa_activate_totp")

"""Sign-in: codes and resets go out at once, are never stored, and say so when they could not be sent."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth import get_user_model
from django.shortcuts import render

logger = logging.getLogger(__name__)

# Emails that only tell of a change: the change stands whether or not they could be sent.
NOTICES = (
    "account/email/password_changed",
    "account/email/password_set",
    "account/email/password_reset",
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_deleted",
    "mfa/email/",
)


def _is_notice(template_prefix: str) -> bool:
    return any(
        template_prefix == notice or (notice[-1] == "/" and template_prefix.startswith(notice)) for notice in NOTICES
    )


class AccountAdapter(DefaultAccountAdapter):
    """allauth's adapter with our manners."""

    def render_mail(self, template_prefix, email, context, headers=None):
        headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
        return super().render_mail(template_prefix, email, context, headers)

    def send_mail(self, template_prefix, email, context):
        """Sends at once, within EMAIL_TIMEOUT a step; if that fails, a page says what can be done."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError, UnicodeError) as error:
            # Neither address nor code: the log is read by more people than the email.
            logger.warning("An account email (%s) could not be sent: %s", template_prefix, type(error).__name__)
            if _is_notice(template_prefix):
                return
            raise ImmediateHttpResponse(self._not_sent(template_prefix)) from error

    def _not_sent(self, template_prefix):
        signing_up = template_prefix.endswith(("email_confirmation_signup", "account_already_exists"))
        page = {"signing_up": signing_up, "retry": self.request.path}
        return render(self.request, "profiles/not_sent.html", page, status=503)

    def confirm_email(self, request, email_address):
        """Whoever types in a code from an email can be reached there: an older bounce is forgotten."""
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            get_user_model().objects.filter(pk=email_address.user_id).update(address_bounced_at=None)
        return confirmed

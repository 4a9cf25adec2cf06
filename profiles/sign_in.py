"""The forms of signing in and up, in our words."""

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

PASSWORD_HELP = _(
    "At least 10 characters, not only digits, and nothing somebody would guess: no common word, not your name."
)

LABELS = {
    "oldpassword": _("Your password now"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}


class PasswordWords:
    """Says in one sentence what a password must be; what is wrong with one is said at the field."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP
        for name, words in LABELS.items():
            if name in self.fields:
                self.fields[name].label = words
        if "oldpassword" in self.fields:
            self.fields["oldpassword"].help_text = ""


class LoginForm(forms.LoginForm):
    """allauth's, with the way to a new password after the field instead of before it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class SignupForm(PasswordWords, forms.SignupForm):
    """Our part of it is profiles.forms.SignupForm: the name."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Choose a password")


class ChangePasswordForm(PasswordWords, forms.ChangePasswordForm):
    """A new password beside the old one."""


class SetPasswordForm(PasswordWords, forms.SetPasswordForm):
    """A first password."""


class ResetPasswordKeyForm(PasswordWords, forms.ResetPasswordKeyForm):
    """A new password after a code by email."""

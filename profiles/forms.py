"""What people say of themselves when they sign up."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    """The part of signing up that is ours: a name."""

    name = forms.CharField(label=_("Your name"), max_length=150)

    def signup(self, request, user):
        type(user).objects.filter(pk=user.pk).update(name=self.cleaned_data["name"])
        user.name = self.cleaned_data["name"]

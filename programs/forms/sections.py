"""What every section of the settings carries."""

from django import forms


class SettingsForm(forms.Form):
    """A section of the settings; `edition` is the one the person was looking at."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

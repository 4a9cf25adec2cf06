"""The two questions of a pulse."""

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.pulse import GOING_WORDS, wish_words


class PulseForm(forms.Form):
    """How is it going, and what would you like from us?"""

    going = forms.ChoiceField(label=_("How is it going?"), widget=forms.RadioSelect)
    wish = forms.ChoiceField(label=_("What would you like from us?"), widget=forms.RadioSelect)

    def __init__(self, *args, role, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["going"].choices = [(value, f"{value}, {words}") for value, words in GOING_WORDS.items()]
        self.fields["wish"].choices = list(wish_words(role).items())

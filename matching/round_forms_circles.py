"""How large the circles of a round may be, as fields of the page that begins one."""

from django import forms
from django.utils.translation import gettext_lazy as _

PAIRS, CIRCLES = "pairs", "circles"
LARGEST_CIRCLE = 50


class CirclesForm(forms.Form):
    """One by one, or together in circles: the fewest and the most of one mentor."""

    together = forms.ChoiceField(
        label=_("How mentors meet their mentees"),
        choices=[(PAIRS, _("One by one, in pairs")), (CIRCLES, _("Together, in circles"))],
        initial=PAIRS,
        widget=forms.RadioSelect,
    )
    least = forms.IntegerField(
        label=_("The fewest in a circle"),
        help_text=_("A mentor has nobody, or at least so many mentees."),
        min_value=2,
        max_value=LARGEST_CIRCLE,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )
    most = forms.IntegerField(
        label=_("The most in a circle"),
        help_text=_("Empty: as many as a mentor has places for."),
        min_value=2,
        max_value=LARGEST_CIRCLE,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What counts for circles alone is said once, below them.
        self.fields["least"].optional_said = self.fields["most"].optional_said = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("together") != CIRCLES:
            cleaned["least"] = cleaned["most"] = None
            return cleaned
        least, most = cleaned.get("least"), cleaned.get("most")
        if least is None and "least" not in self.errors:
            self.add_error("least", _("Say how many a circle has at least."))
        elif least and most and most < least:
            self.add_error("most", _("The most cannot be fewer than the fewest."))
        return cleaned

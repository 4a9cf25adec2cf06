"""What somebody decides about a follow-up, and notes on it."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from checkins.models import Pause
from council.actions.cases import LONGEST_WORDS
from council.actions.deciding import LONGEST_WORDS as LONGEST_REASON
from programs.actions.people import MOST_PLACES
from programs.figures import FIGURES


class NoteForm(forms.Form):
    """A line for the log."""

    words = forms.CharField(
        label=_("What was tried, or said"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
    for_council = forms.BooleanField(
        label=_("The council may read it"),
        required=False,
        help_text=_("Leave it open for what was said to you alone."),
    )


class SnoozeForm(forms.Form):
    """By how many days."""

    days = forms.IntegerField(label=_("Put it off by how many days?"), min_value=1)

    def __init__(self, *args, most, **kwargs):
        super().__init__(*args, initial={"days": most}, **kwargs)
        self.fields["days"].max_value = most
        self.fields["days"].widget.attrs["max"] = most
        self.fields["days"].help_text = _("At most %(most)s.") % {"most": most}


class WordsForm(forms.Form):
    """Why, for those who decide."""

    words = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For those who decide. The two of the pair do not read it."),
    )


class EasierForm(WordsForm):
    """Fewer places, or in touch less often."""

    places = forms.IntegerField(label=_("Places of the mentor"), required=False, min_value=0, max_value=MOST_PLACES)
    rhythm_days = forms.IntegerField(
        label=_("In touch every so many days"),
        required=False,
        min_value=FIGURES["rhythm_days"].least,
        max_value=FIGURES["rhythm_days"].most,
    )
    field_order = ["places", "rhythm_days", "words"]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and cleaned.get("places") is None and cleaned.get("rhythm_days") is None:
            raise forms.ValidationError(_("Say what gets easier: fewer places, or being in touch less often."))
        return cleaned


class PauseForm(WordsForm):
    """Until when the mentee agreed to pause."""

    until = forms.DateField(
        label=_("The pair goes on from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    agreed = forms.BooleanField(label=_("The mentee has agreed to this"))
    field_order = ["until", "agreed", "words"]

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        latest = today + timedelta(days=Pause.MOST_DAYS)
        self.fields["until"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": latest.isoformat(),
        }
        self.fields["until"].help_text = _("At most six weeks from today.")

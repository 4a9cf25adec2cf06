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
        help_text=_("Untick it for what was said to you alone."),
    )

    def __init__(self, *args, everything, **kwargs):
        super().__init__(*args, initial={"for_council": True}, **kwargs)
        if not everything:
            # What the council writes it reads.
            del self.fields["for_council"]


class SnoozeForm(forms.Form):
    """By how many days."""

    days = forms.IntegerField(label=_("How many days from today?"), min_value=1)

    def __init__(self, *args, most, **kwargs):
        super().__init__(*args, initial={"days": most}, **kwargs)
        self.fields["days"].max_value = most
        self.fields["days"].widget.attrs["max"] = most
        self.fields["days"].help_text = _("%(most)s at most.") % {"most": most}


class WordsForm(forms.Form):
    """Why, for those who decide."""

    words = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For coordinators, and for the council where it is with them. The two of the pair do not read it."),
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

    def __init__(self, *args, pairs, **kwargs):
        super().__init__(*args, **kwargs)
        mentor, often = pairs[0].mentor, {pairing.rhythm_words for pairing in pairs}
        now = _("%(name)s offers %(places)s now; fewer keep the pairs there are. Empty: as it is.")
        self.fields["places"].help_text = now % {"name": mentor.user, "places": mentor.places}
        self.fields["rhythm_days"].help_text = _("Now: %(often)s. Empty: as it is.") % {"often": ", ".join(often)}

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
    agreed = forms.BooleanField(
        label=_("The mentee has agreed to this"),
        error_messages={"required": _("A pause needs the mentee to agree. Ask them first.")},
    )
    field_order = ["until", "agreed", "words"]

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        latest = today + timedelta(days=Pause.MOST_DAYS)
        self.fields["until"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": latest.isoformat(),
        }
        self.fields["until"].help_text = _("At most six weeks from today.")

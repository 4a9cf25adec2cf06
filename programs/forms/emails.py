"""What is filled in about emails: sending one once more, its own words, writing to people."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from outbox.wording import Wording
from profiles import civil
from programs.forms.program import WhyForm
from programs.letters import WORDING


class RepeatForm(WhyForm):
    """Sending an email once more; where it is no longer needed, only with a tick."""

    # How often it was repeated when the page was opened: pressed twice is once.
    turn = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1000)
    anyway = forms.BooleanField(
        label=_("Send it all the same"), error_messages={"required": _("Tick this if it is to be sent all the same.")}
    )

    def __init__(self, *args, against: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        if not against:
            del self.fields["anyway"]


class WordsForm(forms.Form):
    """A subject and a text with placeholders; what cannot stay is named with its place."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=150,
        help_text=_("Read on locked screens, by families and by employers: say nothing in it that is private."),
    )
    text = forms.CharField(
        label=_("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"})
    )

    wording: Wording

    def clean_subject(self):
        return " ".join(self.cleaned_data["subject"].split())

    def clean_text(self):
        return self.cleaned_data["text"].replace("\r\n", "\n").strip()

    def clean(self):
        data = super().clean()
        if "subject" in data and "text" in data:
            for one in self.wording.problems(data["subject"], data["text"]):
                self.add_error(one.where, placed(one))
        return data


def placed(problem) -> str:
    """What is wrong, and where."""
    place = {"line": problem.line, "column": problem.column, "words": problem.words}
    if not problem.column:
        return problem.words
    if problem.where != "text":
        return _now("At character %(column)d: %(words)s") % place
    return _now("Line %(line)d, character %(column)d: %(words)s") % place


FARTHEST = timedelta(days=366)
NOW, LATER = "now", "later"


class MailingForm(WordsForm):
    """An email to people of a program: what it says, and when it goes."""

    wording = WORDING
    when = forms.ChoiceField(
        label=_("When?"), choices=[(NOW, _("At once")), (LATER, _("On a day and at a time"))], widget=forms.RadioSelect
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    at_night = forms.BooleanField(
        label=_("It may arrive at night"),
        required=False,
        help_text=_("Else it waits for the morning where its reader lives. Tick this only if it cannot wait."),
    )

    def __init__(self, *args, zone, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now
        self.fields["text"].help_text = _(
            "Each begins with “Hello” and the name, unless your first line greets them: “Dear {name},”. "
            "You can write {program}, too. "
            "An empty line begins a new paragraph."
        )
        self.fields["text"].widget.attrs["rows"] = 12
        self.fields["time"].help_text = _now("On the clock of the program: %(zone)s.") % {
            "zone": str(zone).replace("_", " ")
        }

    def clean(self):
        data = super().clean()
        data["due_at"] = self._due(data) if data.get("when") == LATER else None
        return data

    def _due(self, data):
        day, wall = data.get("day"), data.get("time")
        for name, value in (("day", day), ("time", wall)):
            if value is None and name not in self.errors:
                self.add_error(name, _("Please answer this."))
        if day is None or wall is None:
            return None
        # Far enough from the ends of the calendar to be turned into a moment.
        due = civil.moment(day, wall, self.zone) if 2000 < day.year < 9000 else None
        if due is None or due > self.now + FARTHEST:
            self.add_error("day", _("Choose a day within a year."))
        elif due <= self.now:
            self.add_error("day", _("This has passed already. Choose a time ahead of now."))
        return due

    def words(self) -> dict:
        """What the action keeps."""
        return {name: self.cleaned_data[name] for name in ("subject", "text", "due_at", "at_night")}


class FilterForm(forms.Form):
    """A name for the filter somebody has just set, and its address."""

    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=500, required=False)

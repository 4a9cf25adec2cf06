"""What the two of a pair are asked: a time to meet, whether they met, a day on which they were in touch."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from checkins import words
from checkins.actions.answers import LONGEST_HOW
from checkins.actions.calls import LONGEST_SAID
from checkins.actions.meetings import FARTHEST, LONGEST_PLACE
from checkins.permissions import other_of
from profiles import civil

LENGTHS = (15, 30, 45, 60, 90, 120)
YES, NO = "yes", "no"


def _date(label, **kwargs):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def _time(label, **kwargs):
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


def _length(**kwargs):
    choices = [(n, ngettext_lazy("%(n)s minute", "%(n)s minutes", n) % {"n": n}) for n in LENGTHS]
    return forms.TypedChoiceField(label=_("How long?"), choices=choices, coerce=int, initial=60, **kwargs)


def _place(**kwargs):
    return forms.CharField(
        label=_("Where?"),
        help_text=_("A place, a link or a telephone number. You can leave it open."),
        max_length=LONGEST_PLACE,
        required=False,
        **kwargs,
    )


def _check_moment(form, day_field, time_field, now, where):
    """The moment of a day and a time on somebody's clock, or errors at the fields."""
    day, wall = form.cleaned_data.get(day_field), form.cleaned_data.get(time_field)
    if day is None or wall is None:
        return None
    # Far enough from the ends of the calendar to be turned into a moment.
    if not 2000 < day.year < 9000:
        form.add_error(day_field, _("Choose a day within a year."))
        return None
    moment = civil.moment(day, wall, where)
    if moment <= now:
        form.add_error(day_field, _("This has passed already. Choose a time ahead of now."))
    elif moment > now + FARTHEST:
        form.add_error(day_field, _("Choose a day within a year."))
    return moment


class ProposeForm(forms.Form):
    """A time to meet, on the clock of whoever proposes it."""

    on = _date(_("Which day?"))
    at = _time(_("At what time?"))
    minutes = _length()
    place = _place()

    def __init__(self, *args, person, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now, self.where = now, civil.zone(person.time_zone)
        self.fields["at"].help_text = _("On your clock: %(zone)s.") % {"zone": words.zone(person.time_zone)}
        self.fields["on"].widget.attrs["min"] = civil.day_of(now, self.where).isoformat()

    def clean(self):
        cleaned = super().clean()
        cleaned["starts_at"] = _check_moment(self, "on", "at", self.now, self.where)
        return cleaned

    def meeting(self) -> dict:
        return {key: self.cleaned_data[key] for key in ("starts_at", "minutes", "place")}


class AnswerForm(forms.Form):
    """Did you meet, how was it, and when do you meet next?"""

    met = forms.ChoiceField(choices=[(YES, _("Yes")), (NO, _("No"))], widget=forms.RadioSelect)
    met_on = _date(_("On which day?"), required=False, help_text=_("If you did. It need not be exact."))
    how = forms.CharField(
        label=_("How was it?"), required=False, max_length=LONGEST_HOW, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_on = _date(_("When do you meet next?"), required=False)
    next_at = _time(_("At what time?"), required=False)
    next_minutes = _length(required=False, empty_value=60)
    next_place = _place()

    def __init__(self, *args, check_in, person, other, now, **kwargs):
        super().__init__(*args, **kwargs)
        program = check_in.pairing.program
        self.now, self.where, self.today = now, civil.zone(person.time_zone), program.today(now)
        self.began = program.today(check_in.pairing.began_at)
        self.other = other
        name = {"name": other}
        day = {"day": words.day(check_in.due_on), **name}
        self.fields["met"].label = (
            _("Did you and %(name)s meet on %(day)s?") % day
            if check_in.meeting_id
            else _("Have you and %(name)s met or been in touch?") % name
        )
        self.fields["met_on"].widget.attrs |= {"min": self.began.isoformat(), "max": self.today.isoformat()}
        readers = _("The coordinators of %(program)s read this. %(name)s does not.")
        self.fields["how"].help_text = readers % {"program": program, **name}
        self.fields["next_on"].help_text = (
            _("If you already have a time in mind: %(name)s gets an email and says whether it suits.") % name
        )
        self.fields["next_at"].help_text = _("On your clock: %(zone)s.") % {"zone": words.zone(person.time_zone)}
        self.fields["next_on"].widget.attrs["min"] = civil.day_of(now, self.where).isoformat()

    @property
    def about_now(self) -> list:
        return [self[name] for name in ("met", "met_on", "how")]

    @property
    def about_next(self) -> list:
        return [self[name] for name in ("next_on", "next_at", "next_minutes", "next_place")]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("met") == YES and "met_on" not in self.errors:
            check_day(self, "met_on", self.began, self.today)
        if cleaned.get("next_on") and not cleaned.get("next_at") and "next_at" not in self.errors:
            self.add_error("next_at", _("Say at what time, or leave the day empty."))
        if cleaned.get("next_at") and not cleaned.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Say on which day, or leave the time empty."))
        cleaned["next_starts_at"] = _check_moment(self, "next_on", "next_at", self.now, self.where)
        return cleaned

    def answer(self) -> dict:
        cleaned = self.cleaned_data
        return {"met": cleaned["met"] == YES, "on": cleaned["met_on"], "how": cleaned["how"]}

    def meeting(self) -> dict | None:
        """The meeting they propose on the same page, if they do."""
        cleaned = self.cleaned_data
        if not cleaned["next_starts_at"]:
            return None
        return {
            "starts_at": cleaned["next_starts_at"],
            "minutes": cleaned["next_minutes"],
            "place": cleaned["next_place"],
        }


class InTouchForm(forms.Form):
    """A day on which the two were in touch."""

    on = _date(_("We were in touch on"), help_text=_("A meeting, a call, a message that was answered: all count."))

    def __init__(self, *args, began, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.began, self.today = began, today
        self.fields["on"].widget.attrs |= {"min": began.isoformat(), "max": today.isoformat()}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("on"):
            check_day(self, "on", self.began, self.today)
        return cleaned


class CallForm(forms.Form):
    """A call with a participant in one line, and where they say so, the day on which a pair of theirs was in touch."""

    on = _date(_("Called on"))
    said = forms.CharField(label=_("What was said"), max_length=LONGEST_SAID)
    pairing = forms.ChoiceField(label=_("They were in touch with"), required=False)
    in_touch_on = _date(_("They were in touch on"), required=False)

    def __init__(self, *args, person, pairings, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.pairings = {str(pairing.public_id): pairing for pairing in pairings}
        names = {key: str(other_of(person, pairing)) for key, pairing in self.pairings.items()}
        for field in ("on", "in_touch_on"):
            self.fields[field].widget.attrs["max"] = today.isoformat()
        self.fields["on"].initial = today
        if len(names) > 1:
            self.fields["pairing"].choices = [("", _("Nobody, as far as they said")), *names.items()]
            return
        del self.fields["pairing"]
        for name in names.values():
            label = _("They were in touch with %(name)s on") % {"name": name}
            self.fields["in_touch_on"].label = label
        if not names:
            del self.fields["in_touch_on"]

    def clean(self):
        cleaned = super().clean()
        several = "pairing" in self.fields
        if several and cleaned.get("pairing") and not cleaned.get("in_touch_on") and "in_touch_on" not in self.errors:
            self.add_error("in_touch_on", _("Say on which day, as well as they know."))
        if several and cleaned.get("in_touch_on") and not cleaned.get("pairing") and "pairing" not in self.errors:
            self.add_error("pairing", _("Say with whom."))
        return cleaned

    def call(self) -> dict:
        """What is noted, as the action takes it."""
        cleaned = self.cleaned_data
        with_whom = cleaned["pairing"] if "pairing" in self.fields else next(iter(self.pairings), "")
        return {
            "on": cleaned["on"],
            "said": cleaned["said"],
            "pairing": self.pairings.get(with_whom),
            "in_touch_on": cleaned.get("in_touch_on"),
        }


def check_day(form, field: str, began, today) -> None:
    """A day of the two: since they were matched, today at the latest."""
    day = form.cleaned_data.get(field)
    if day is None:
        form.add_error(field, _("Say on which day, as well as you know."))
    elif day > today:
        form.add_error(field, _("This day has not come yet."))
    elif day < began:
        form.add_error(
            field, _("You were matched on %(date)s. Choose that day or a later one.") % {"date": words.day(began)}
        )

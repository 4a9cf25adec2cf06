"""What people say of themselves: when they sign up, and later."""

from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from profiles import free, languages

LANGUAGE_FIELDS = ("language_1", "language_2", "language_3")


class SignupForm(forms.Form):
    """The part of signing up that is ours: a name."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request, user):
        type(user).objects.filter(pk=user.pk).update(name=self.cleaned_data["name"])
        user.name = self.cleaned_data["name"]


def time_zones() -> list:
    """Every zone, grouped by its part of the world."""
    groups: dict[str, list] = {}
    for zone in sorted(available_timezones()):
        area, _slash, place = zone.partition("/")
        if place and area not in ("Etc", "SystemV", "posix", "right"):
            groups.setdefault(area, []).append((zone, place.replace("_", " ").replace("/", ", ")))
    return [*groups.items(), (str(_("Other")), [("UTC", "UTC")])]


class ProfileForm(forms.Form):
    """What others may know of a person."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    pronouns = forms.CharField(
        label=_("Your pronouns"), max_length=40, required=False, help_text=_("For instance she/her, or they/them.")
    )
    time_zone = forms.ChoiceField(
        label=_("Where are you?"),
        help_text=_("Times on our pages and in our emails are shown as your clock shows them."),
    )
    language_1 = forms.ChoiceField(label=_("The language you speak best"), required=False)
    language_2 = forms.ChoiceField(label=_("A second language"), required=False)
    language_3 = forms.ChoiceField(label=_("A third language"), required=False)

    def __init__(self, *args, person, **kwargs):
        known = list(person.languages or [])
        initial = {"name": person.name, "pronouns": person.pronouns, "time_zone": person.time_zone}
        initial |= dict(zip(LANGUAGE_FIELDS, known, strict=False))
        super().__init__(*args, initial=initial, **kwargs)
        zones = time_zones()
        if not any(person.time_zone == zone for _area, group in zones for zone, _place in group):
            zones.append((str(_("As now")), [(person.time_zone, person.time_zone)]))
        self.fields["time_zone"].choices = zones
        self.more_languages = known[len(LANGUAGE_FIELDS) :]
        for field in LANGUAGE_FIELDS:
            self.fields[field].choices = [("", _("No answer")), *languages.choices(also=known)]

    def clean(self):
        cleaned = super().clean()
        said = [cleaned[field] for field in LANGUAGE_FIELDS if cleaned.get(field)]
        # Whatever they had beyond the three asked for is kept; nothing stands twice.
        cleaned["languages"] = list(dict.fromkeys([*said, *self.more_languages]))
        return cleaned


WEEK = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)


class FreeTimesForm(forms.Form):
    """When somebody has time in a usual week, a line a day."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        for day, (name, label) in enumerate(WEEK):
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=100, initial=free.day_words(person.free_times, day)
            )
            self.fields[name].optional_said = True

    def clean(self):
        cleaned = super().clean()
        cleaned["free_times"] = []
        for day, (name, _label) in enumerate(WEEK):
            try:
                cleaned["free_times"] += [[day, *span] for span in free.read_day(cleaned.get(name) or "")]
            except free.BadTimes as bad:
                self.add_error(name, _("“%(part)s” is not a time such as 18:00–20:00.") % {"part": bad.part})
        return cleaned


MOST_NOT_WITH = 20


class NotWithForm(forms.Form):
    """People somebody would rather not be matched with, a line each."""

    names = forms.CharField(
        label=_("Not with"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("An email address or a whole name on each line."),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, initial={"names": "\n".join(person.not_with)}, **kwargs)

    def clean_names(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["names"].splitlines())
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > MOST_NOT_WITH:
            raise forms.ValidationError(
                _("Name %(most)s people at most, and talk to a coordinator about the rest.") % {"most": MOST_NOT_WITH}
            )
        return found

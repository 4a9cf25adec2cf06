"""The settings of a program as forms, one section each."""

from datetime import date
from zoneinfo import available_timezones

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from programs.figures import FIGURES
from programs.forms.goals import GoalsForm
from programs.forms.sections import SettingsForm
from programs.models import Duty, Role, Template

LONG = 5000


def time_zones():
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


def day_field(label, **options):
    """A date nobody mistypes into another century."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(date(2000, 1, 1), _("Choose a day from 2000 on.")),
            MaxValueValidator(date(2100, 12, 31), _("Choose a day before 2101.")),
        ],
        **options,
    )


def long_field(label, rows=4, **options):
    return forms.CharField(
        label=label, required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def zone_field():
    return forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Dates of the program are days in this zone.")
    )


class NewProgramForm(forms.Form):
    """The little that a program starts with; everything else has its place in the settings."""

    name = forms.CharField(label=_("What is it called?"), max_length=150)
    template = forms.ChoiceField(
        label=_("What kind of program is it?"),
        choices=Template.choices,
        widget=forms.RadioSelect,
        initial=Template.COMMUNITY,
        help_text=_("Sets how often pairs meet and other figures to start from. You can change each of them."),
    )
    purpose = long_field(_("What is it for?"), rows=3, help_text=_("In a sentence or two. People read this first."))
    time_zone = zone_field()


class BasicsForm(SettingsForm):
    """What the program is, for whom, and when."""

    name = forms.CharField(label=_("Name"), max_length=150)
    template = forms.ChoiceField(
        label=_("Kind"),
        choices=Template.choices,
        help_text=_("Changes the figures that you have not set yourself."),
    )
    purpose = long_field(_("What is it for?"), help_text=_("Needed before the program opens."))
    audience = long_field(_("Who is it for?"), rows=3)
    mentor_description = long_field(_("What does a mentor do?"))
    mentee_description = long_field(_("What does a mentee do?"))
    starts_on = day_field(_("First day"), help_text=_("Needed before the program opens."))
    ends_on = day_field(_("Last day"), help_text=_("Leave empty where people may join at any time."))
    time_zone = zone_field()

    def clean(self):
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        if last and not first and "starts_on" not in self.errors:
            self.add_error("starts_on", _("Give the first day, too."))
        elif first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        return data

    @staticmethod
    def initial_of(program):
        return {name: getattr(program, name) for name in BasicsForm.base_fields}


class FiguresForm(forms.Form):
    """How often pairs meet, and the other figures; an empty field takes the template's."""

    def __init__(self, *args, program, **kwargs):
        super().__init__(*args, **kwargs)
        for key, figure in FIGURES.items():
            self.fields[key] = forms.IntegerField(
                label=f"{figure.label} ({figure.unit})",
                min_value=figure.least,
                max_value=figure.most,
                help_text=_("Between %(least)s and %(most)s. A %(kind)s program starts with %(default)s.")
                % {
                    "least": figure.least,
                    "most": figure.most,
                    "kind": program.get_template_display(),
                    "default": figure.default(program.template),
                },
            )

    @staticmethod
    def initial_of(program):
        return {key: program.figure(key) for key in FIGURES}


class WordsForm(SettingsForm):
    """The sentences on evaluation, and whether a pair sees each other's address."""

    evaluation_for_mentees = forms.CharField(
        label=_("What we say to mentees about evaluation"),
        max_length=300,
        help_text=_("One sentence on how what they write bears on evaluation, pay and references."),
    )
    evaluation_for_mentors = forms.CharField(
        label=_("What we say to mentors about evaluation"), max_length=300, help_text=_("The same for mentors.")
    )
    show_addresses = forms.BooleanField(
        label=_("A pair see each other's email address"),
        required=False,
        help_text=_("In the email that says they are matched. It is also asked when you import people."),
    )

    @staticmethod
    def initial_of(program):
        return {name: getattr(program, name) for name in WordsForm.base_fields}


class PairingForm(SettingsForm):
    """How pairs come about."""

    mentees_choose = forms.BooleanField(
        label=_("Mentees may choose their mentor"),
        required=False,
        help_text=_(
            "Whoever has no mentor yet looks through the mentors with a free place and asks up to three of them. "
            "A pair begins with a mentor's yes. Whoever gets none stays in the next round."
        ),
    )
    both_say_yes = forms.BooleanField(
        label=_("Both say yes before a pair of a round begins"),
        required=False,
        help_text=_(
            "Publishing a round then asks the mentor and the mentee of each pair. The place is kept until both have "
            "answered; with two yeses the pair begins. Where it does not come about, a mentee who said yes goes first "
            "next time."
        ),
    )

    @staticmethod
    def initial_of(program):
        return {name: getattr(program, name) for name in PairingForm.base_fields}


DUTY_WORDS = {
    Duty.SAFEGUARDING: (
        _("Safeguarding"),
        _("Both hear of every concern about safety. The program cannot open without two people."),
    ),
    Duty.THIRD: (
        _("Third named person"),
        _("Is told only that a concern is unread, not what it says. A trustee, dean or head."),
    ),
    Duty.MENTEES: (_("Questions of mentees"), _("Answers when a mentee does not know whom to ask.")),
    Duty.MENTORS: (_("Questions of mentors"), _("Answers when a mentor does not know whom to ask.")),
    Duty.ONBOARDING: (_("Onboarding"), _("Answers people who are on their way in.")),
}


class HelpForm(SettingsForm):
    """Who answers for what, and whom to ring: people are named by their address."""

    emergency_number = forms.CharField(
        label=_("Emergency number"),
        max_length=60,
        required=False,
        help_text=_("Whom to ring when somebody is in danger. Needed before the program opens."),
    )
    help_text = long_field(_("Other help"), rows=3, help_text=_("By telephone or on the web, one on each line."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        person = (_("Who: email address"), _("Who: name, if they are new here"))
        deputy = (_("Deputy: email address"), _("Deputy: name, if they are new here"))
        self._names = {
            duty: [*self._add_person(f"{duty}_person", *person), *self._add_person(f"{duty}_deputy", *deputy)]
            for duty in DUTY_WORDS
        }

    def _add_person(self, prefix, email_label, name_label):
        self.fields[f"{prefix}_email"] = forms.EmailField(label=email_label, required=False, max_length=254)
        self.fields[f"{prefix}_name"] = forms.CharField(label=name_label, required=False, max_length=150)
        return [f"{prefix}_email", f"{prefix}_name"]

    def groups(self):
        """The fields as the page draws them: (title, help, fields)."""
        yield _("Numbers"), "", [self["emergency_number"], self["help_text"]]
        for duty, (title, help_text) in DUTY_WORDS.items():
            yield title, help_text, [self[name] for name in self._names[duty]]

    def contacts(self):
        """For each duty the address and name of the person and of the deputy."""
        data = self.cleaned_data
        return {
            duty: [(data[f"{duty}_{place}_email"], data[f"{duty}_{place}_name"]) for place in ("person", "deputy")]
            for duty in DUTY_WORDS
        }

    @staticmethod
    def initial_of(program):
        values = {name: getattr(program, name) for name in ("edition", "emergency_number", "help_text")}
        for row in program.points_of_contact.select_related("person", "deputy"):
            for place, person in (("person", row.person), ("deputy", row.deputy)):
                if person is not None:
                    values[f"{row.duty}_{place}_email"] = person.email
        return values


class TeamForm(forms.Form):
    """Somebody who joins as coordinator or council member."""

    email = forms.EmailField(label=_("Email address"), max_length=254)
    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, help_text=_("Only for somebody who is not known here yet.")
    )
    role = forms.ChoiceField(
        label=_("As what?"),
        choices=[(Role.COORDINATOR, Role.COORDINATOR.label), (Role.COUNCIL, Role.COUNCIL.label)],
        widget=forms.RadioSelect,
        initial=Role.COORDINATOR,
    )


class AddressForm(forms.Form):
    """The right address of somebody whose emails do not arrive."""

    email = forms.EmailField(label=_("Email address"), max_length=254)


class ReachForm(forms.Form):
    """How somebody would like to be reached instead of by email."""

    words = forms.CharField(
        label=_("How do you reach them?"),
        required=False,
        max_length=200,
        help_text=_(
            "For instance: by telephone on Tuesdays, or through the front desk. Coordinators read it, and the council "
            "where a follow-up comes to them."
        ),
    )


class PlacesForm(forms.Form):
    """How many mentees a mentor takes at once."""

    places = forms.IntegerField(label=_("Places"), min_value=0, max_value=20)


class WhyForm(forms.Form):
    """The reason of a step, for the history."""

    why = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in the history, which other coordinators read."),
    )


SECTION_FORMS = {
    "basics": BasicsForm,
    "goals": GoalsForm,
    "figures": FiguresForm,
    "pairing": PairingForm,
    "help": HelpForm,
    "words": WordsForm,
}

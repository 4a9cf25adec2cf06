"""How a round is to be worked out, as a form."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from matching.forms import MOST_POINTS
from matching.models import PairPurpose, RoundPeople
from matching.round_forms_circles import CirclesForm
from matching.settings_of_round import Settings
from programs.models import Membership

MOST_SHOWN = 50
LONGEST_SEARCH = 150


class Named(forms.ModelChoiceField):
    """One of the program's purposes."""

    def label_from_instance(self, obj) -> str:
        return capfirst(obj.name)


class Ticked(forms.ModelMultipleChoiceField):
    """People chosen by ticking, named by their public ids."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj) -> str:
        return str(obj.user)


class BeginForm(CirclesForm):
    """For what, and for whom; what a program does not use is not asked."""

    purpose = Named(
        PairPurpose.objects.none(),
        label=_("What are the pairs for?"),
        empty_label=None,
        to_field_name="public_id",
        widget=forms.RadioSelect,
    )
    people = forms.ChoiceField(
        label=_("Who is in this round?"),
        choices=[
            (RoundPeople.READY, _("Everybody without a mentor")),
            (RoundPeople.CHOSEN, _("Only people I choose")),
            (RoundPeople.EVERYBODY, _("Everybody, and pairs may change where that brings enough")),
        ],
        widget=forms.RadioSelect,
    )
    change_price = forms.IntegerField(
        label=_("Points a change has to bring"),
        required=False,
        min_value=0,
        max_value=MOST_POINTS,
        help_text=_(
            "A pair changes only where all pairs together gain so many points by it. Higher means fewer changes."
        ),
    )
    q = forms.CharField(
        label=_("Find somebody by name"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    chosen = Ticked(Membership.objects.none(), label=_("These people"), required=False, to_field_name="public_id")

    def __init__(self, *args, program, purposes, mentees, price: int, **kwargs):
        """`mentees` are those of the program whom the reader may choose; `price` is what a change costs by default."""
        super().__init__(*args, **kwargs)
        self.program = program
        if purposes:
            self.fields["purpose"].queryset = PairPurpose.objects.of(program)
            self.fields["purpose"].initial = purposes[0].public_id
        else:
            del self.fields["purpose"]
        self.fields["people"].initial = RoundPeople.READY
        if program.both_say_yes:
            # A pair that goes on is not asked whether it would rather be another.
            self.fields["people"].choices = [
                (people, words) for people, words in self.fields["people"].choices if people != RoundPeople.EVERYBODY
            ]
        self.fields["change_price"].initial = price
        self.fields["chosen"].queryset = mentees

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("people") == RoundPeople.CHOSEN and not cleaned.get("chosen") and "chosen" not in self.errors:
            self.add_error("chosen", _("Tick at least one person."))
        if cleaned.get("people") == RoundPeople.EVERYBODY and cleaned.get("change_price") is None:
            cleaned["change_price"] = self.fields["change_price"].initial
        return cleaned

    @property
    def settings(self) -> Settings:
        """What was chosen, from clean fields."""
        data = self.cleaned_data
        people = data["people"]
        chosen = data["chosen"] if people == RoundPeople.CHOSEN else ()
        price = data["change_price"] if people == RoundPeople.EVERYBODY else None
        return Settings(
            purpose=data.get("purpose"),
            people=people,
            chosen=tuple(member.pk for member in chosen),
            change_price=price,
            least=data.get("least"),
            most=data.get("most"),
        )

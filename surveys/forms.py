"""The two questions of a pulse."""

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.pulse import GOING, GOING_WORDS, WISH, wish_words


class PulseForm(forms.Form):
    """How is it going, and what would you like from us?"""

    going = forms.ChoiceField(
        label=_("How is it going?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number from 1 to 5.")},
    )
    wish = forms.ChoiceField(
        label=_("What would you like from us?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you would like. “Nothing” is an answer, too.")},
    )

    def __init__(self, *args, invitation, other, said, several, **kwargs):
        # Of several, one may be left out.
        apart = {"prefix": f"p{invitation.pk}", "empty_permitted": True, "use_required_attribute": False}
        super().__init__(*args, **(apart if several else {}), **kwargs)
        self.invitation, self.other = invitation, other
        self.initial = {GOING: said.get(GOING), WISH: said.get(WISH)}
        if several:
            # Beside the same two questions about others, what is missing says about whom.
            missing = {
                "going": _("%(name)s: choose a number from 1 to 5."),
                "wish": _("%(name)s: choose what you would like. “Nothing” is an answer, too."),
            }
            for name, words in missing.items():
                self.fields[name].error_messages["required"] = words % {"name": other}
        self.fields["going"].choices = [(value, f"{value}, {words}") for value, words in GOING_WORDS.items()]
        self.fields["wish"].choices = list(wish_words(invitation.membership.role).items())

    @property
    def is_left_out(self) -> bool:
        """Nothing was chosen."""
        return not any(self.data.get(self.add_prefix(name)) for name in self.fields)

    def has_changed(self) -> bool:
        """What was answered before and is sent again as it was is an answer, too."""
        return not self.is_left_out

    def ask_for_all(self) -> None:
        """Marks what is missing, where nothing was chosen at all."""
        for name in self.fields.keys() - self.errors.keys():
            self.add_error(name, self.fields[name].error_messages["required"])

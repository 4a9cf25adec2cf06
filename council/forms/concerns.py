"""A concern about safety, and what was done about it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from council.actions.concerns import LONGEST_WORDS, readers


class ConcernForm(forms.Form):
    """What happened, who it is about, and who shall read it."""

    words = forms.CharField(
        label=_("What happened, or what worries you?"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("In your own words. Only the person you choose below reads it."),
    )
    about = forms.MultipleChoiceField(
        label=_("Who is it about?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever you tick here never sees it, whatever they do in the program."),
    )
    about_words = forms.CharField(label=_("Somebody else?"), required=False, max_length=200)
    told = forms.ChoiceField(label=_("Who shall read it?"), widget=forms.RadioSelect)

    def __init__(self, *args, program, person, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.program, self.person = program, person
        self.people = {str(one.public_id): one for one in people}
        self.fields["about"].choices = [(key, str(one)) for key, one in self.people.items()]
        self.offered = {str(one.public_id): one for one in readers(program, (), person)}
        self.fields["told"].choices = [(key, str(one)) for key, one in self.offered.items()]
        if self.offered:
            self.fields["told"].initial = next(iter(self.offered))
        else:
            del self.fields["told"]

    def clean(self):
        cleaned = super().clean()
        about = [self.people[key] for key in cleaned.get("about", [])]
        possible = readers(self.program, about, self.person)
        wanted = self.offered.get(cleaned.get("told", ""))
        cleaned["about_people"], cleaned["reader"] = about, wanted
        if not possible:
            words = _("It is about everybody who is named for this here. Please ring one of the numbers above.")
            self.add_error(None, words)
        elif wanted is not None and wanted not in possible:
            names = {"name": wanted, "other": possible[0]}
            if possible[0] in self.offered.values():
                self.add_error("told", _("It is about %(name)s. %(other)s can read it: choose them.") % names)
            else:
                # Neither of the two can: it goes to the third named person.
                cleaned["reader"] = possible[0]
        return cleaned


class CloseForm(forms.Form):
    """What was done."""

    words = forms.CharField(
        label=_("What was done?"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )

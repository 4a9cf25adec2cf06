"""Trying the matching in the browser: two files and a few rules in, pairs out; nothing is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from matching import spreadsheets
from matching.scoring import Policy
from matching.spreadsheets import People, Wrong
from programs.imports import words
from programs.models import Role
from questions.cells import Unreadable, read_table, write_csv

MOST_PEOPLE = 500
MOST_BYTES = 1024 * 1024
TAKEN = ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRONG = {
    "no_names": _("Nobody in it has a name: call a column “name” or “first name”."),
    "bad_places": _("Line %(line)s: “%(value)s” is not a number of places between 0 and %(most)s."),
}
KINDS = [
    ("", _("No rule")),
    ("must_differ", _("must be different")),
    ("same_value", _("counts if the same")),
    ("wish_met", _("counts if the mentor has what the mentee names")),
]
WEIGHTS = [("", "–"), ("5", _("a little")), ("10", _("some")), ("20", _("a lot"))]
USUAL_WEIGHT = 10
MOST_RULES = 8


def read_side(role: str, content: bytes, filename: str) -> People:
    """One side, or a ValidationError with what is wrong in words."""
    try:
        people = spreadsheets.read_people(content, filename, role)
    except Unreadable as wrong:
        raise forms.ValidationError(words.say_unreadable(wrong)) from wrong
    except Wrong as wrong:
        raise forms.ValidationError(WRONG[wrong.code] % {"line": wrong.line, **wrong.params}) from wrong
    if len(people.people) > MOST_PEOPLE:
        said = _("This page takes %(most)s people a side, and this file has %(number)s. A program takes more.")
        raise forms.ValidationError(said % {"most": MOST_PEOPLE, "number": len(people.people)})
    return people


def as_text(content: bytes, filename: str) -> str:
    """A file as the page carries it to the next step: what does not fit its columns is left out."""
    table = read_table(content, filename)
    return write_csv(table.header, [row.cells for row in table.rows]).decode("utf-8-sig")


class FilesForm(forms.Form):
    """Two files."""

    mentee = forms.FileField(label=_("File of mentees"), widget=forms.ClearableFileInput(attrs={"accept": TAKEN}))
    mentor = forms.FileField(label=_("File of mentors"), widget=forms.ClearableFileInput(attrs={"accept": TAKEN}))

    def _side(self, role):
        file = self.cleaned_data[role]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(words.say("too_big", {"megabytes": MOST_BYTES // (1024 * 1024)}))
        content = file.read()
        return read_side(role, content, file.name), as_text(content, file.name)

    def clean_mentee(self):
        return self._side(Role.MENTEE)

    def clean_mentor(self):
        return self._side(Role.MENTOR)


class TablesForm(forms.Form):
    """The two files once more, as the page carried them."""

    mentee = forms.CharField(widget=forms.HiddenInput, max_length=MOST_BYTES, strip=False)
    mentor = forms.CharField(widget=forms.HiddenInput, max_length=MOST_BYTES, strip=False)

    def _side(self, role):
        return read_side(role, self.cleaned_data[role].encode(), f"{role}.csv"), self.cleaned_data[role]

    def clean_mentee(self):
        return self._side(Role.MENTEE)

    def clean_mentor(self):
        return self._side(Role.MENTOR)


class RuleForm(forms.Form):
    """One rule: which two columns, and what they are for."""

    kind = forms.ChoiceField(label=_("What for"), choices=KINDS, required=False)
    mentee = forms.ChoiceField(label=_("The mentee's"), required=False)
    mentor = forms.ChoiceField(label=_("The mentor's"), required=False)
    points = forms.ChoiceField(label=_("How much"), choices=WEIGHTS, required=False)

    def __init__(self, *args, labels, **kwargs):
        super().__init__(*args, **kwargs)
        for side in ("mentee", "mentor"):
            self.fields[side].choices = [("", _("Choose a column")), *labels[side].items()]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"

    def clean(self):
        data = self.cleaned_data
        if data.get("kind"):
            for side in ("mentee", "mentor"):
                if not data.get(side) and side not in self.errors:
                    self.add_error(side, _("Choose a column."))
        return data

    def rule(self) -> dict | None:
        """The rule as a policy has it."""
        data = self.cleaned_data
        if not data.get("kind"):
            return None
        rule = {key: data[key] for key in ("kind", "mentee", "mentor")}
        return rule if data["kind"] == "must_differ" else {**rule, "points": int(data["points"] or USUAL_WEIGHT)}


class RulesForm(forms.BaseFormSet):
    """All rules."""

    def policy(self, mentees: People, mentors: People) -> Policy:
        rules = [rule for form in self.forms if (rule := form.rule())]
        return spreadsheets.policy_for({"rules": rules}, mentees, mentors)


RulesFormSet = forms.formset_factory(
    RuleForm, formset=RulesForm, extra=2, max_num=MOST_RULES, absolute_max=MOST_RULES, validate_max=True
)


def rules_form(data, mentees: People, mentors: People) -> RulesForm:
    """The rules as somebody sent them, else those to start from."""
    labels = {"mentee": mentees.labels, "mentor": mentors.labels}
    initial = None if data else spreadsheets.proposed_rules(mentees, mentors)[: MOST_RULES - 2]
    return RulesFormSet(data, initial=initial, prefix="rules", form_kwargs={"labels": labels})


def proposed(mentees: People, mentors: People) -> Policy:
    return spreadsheets.policy_for({"rules": spreadsheets.proposed_rules(mentees, mentors)}, mentees, mentors)

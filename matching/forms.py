"""The matching rules as forms, drawn from what each kind of rule says it needs."""

from __future__ import annotations

import json

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matching import scoring
from matching.own import LISTED
from matching.scoring import PolicyError
from matching.scoring.answers import FREE
from programs.models import Membership

LONG = 5000
LARGEST_RULES = 200_000
MOST_POINTS = 100_000
STEPS = range(-1, 4)
FLOOR_LEVELS = 10
# What nobody goes first by.
NO_ANSWERS = {("mentee", FREE), ("mentee", LISTED)}


def steps_words(steps: int) -> str:
    """A number of steps as the label of a field."""
    if steps == 0:
        return str(_("On the same step"))
    if steps > 0:
        return ngettext("%(steps)s step above", "%(steps)s steps above", steps) % {"steps": steps}
    return ngettext("%(steps)s step below", "%(steps)s steps below", -steps) % {"steps": -steps}


def points_field(label, *, required=True, help_text=""):
    return forms.IntegerField(label=label, required=required, min_value=0, max_value=MOST_POINTS, help_text=help_text)


def question_field(label, questions, *, required=True, help_text=""):
    """One of the questions of a form, by its key."""
    choices = [("", _("Choose a question")), *((key, question) for key, question in questions.items())]
    return forms.ChoiceField(label=label, choices=choices, required=required, help_text=help_text)


class RuleForm(forms.Form):
    """One rule: a field for each thing its kind needs."""

    def __init__(self, *args, kind: str, asked, rule: dict | None = None, **kwargs):
        self.kind = scoring.KINDS[kind]
        self.asked = asked
        self.rule = rule or {}
        super().__init__(*args, **kwargs)
        for field in (*self.kind.fields, *self.kind.wording):
            self.add(field)

    def add(self, field) -> None:
        """The form's field (or fields) for one of the rule's."""
        value = self.rule.get(field.name)
        said = {"label": field.label, "required": field.required, "help_text": field.help}
        if field.type in ("mentee_question", "mentor_question"):
            side = field.type.partition("_")[0]
            # Free times go with rules about hours, and only with them; a rule about one person tells what they said.
            fits = {
                key: words
                for key, words in self.asked.labels(side).items()
                if (key == FREE) == self.kind.of_hours
                and (key != LISTED or self.kind.kind == "preferences")
                and not (self.kind.of_one and (side, key) in self.asked.sensitive)
            }
            self.fields[field.name] = question_field(field.label, fits, required=field.required, help_text=field.help)
        elif field.type == "number":
            self.fields[field.name] = forms.IntegerField(**said, min_value=0, max_value=scoring.MOST_APART)
        elif field.type == "points":
            self.fields[field.name] = points_field(field.label, required=field.required, help_text=field.help)
        elif field.type == "points_by_distance":
            self.add_steps(field, value or {})
            return
        elif field.type in ("scale", "texts"):
            widget = forms.Textarea(attrs={"rows": 11 if field.type == "scale" else 3, "spellcheck": "false"})
            if field.type == "scale":
                said["help_text"] = _("One answer a line, the lowest first. Leave it empty to see which answers occur.")
            self.fields[field.name] = forms.CharField(**said, max_length=LONG, widget=widget)
            value = "\n".join(value or [])
        elif field.type == "bool":
            self.fields[field.name] = forms.BooleanField(**{**said, "required": False})
        else:
            self.fields[field.name] = forms.CharField(**said, max_length=300)
        self.fields[field.name].initial = value

    def add_steps(self, field, value: dict) -> None:
        """A number of points for each number of steps; an empty one forbids the pair."""
        self.steps = sorted({*STEPS, *(int(steps) for steps in value)})
        for steps in self.steps:
            name = self.step_name(field.name, steps)
            self.fields[name] = points_field(steps_words(steps), required=False)
            self.fields[name].initial = value.get(str(steps))
            self.fields[name].widget.attrs["class"] = "form-control"

    @staticmethod
    def step_name(name: str, steps: int) -> str:
        return f"{name}_{steps}"

    def data_of_rule(self) -> dict:
        """The rule as the policy keeps it, from clean fields."""
        data = {"kind": self.kind.kind} | ({"id": self.rule["id"]} if self.rule.get("id") else {})
        for field in (*self.kind.fields, *self.kind.wording):
            if field.type == "points_by_distance":
                given = {steps: self.cleaned_data.get(self.step_name(field.name, steps)) for steps in self.steps}
                value = {str(steps): points for steps, points in given.items() if points is not None}
            else:
                value = self.cleaned_data.get(field.name)
                if field.type in ("scale", "texts"):
                    value = [" ".join(line.split()) for line in (value or "").splitlines() if line.strip()]
            if value or (value == 0 and field.type in ("points", "number")):
                data[field.name] = value
        return data

    def clean(self):
        """Whatever the rules' own reader finds wrong stands at its field."""
        if self.errors:
            return self.cleaned_data
        sides = self.asked.labels("mentee"), self.asked.labels("mentor")
        try:
            scoring.parse_policy({"rules": [self.data_of_rule()]}, *sides)
        except PolicyError as wrong:
            for path, sentence in wrong.errors:
                self.add_error(self.field_at(path), sentence)
        return self.cleaned_data

    def field_at(self, path: str) -> str | None:
        """The form's field for a path such as rules.0.points.2."""
        _rules, _place, name, *below = [*path.split("."), "", ""]
        if name in self.fields:
            return name
        steps = self.step_name(name, below[0] if below[0] else 1)
        return steps if steps in self.fields else None

    @property
    def main_fields(self):
        """What the rule needs."""
        wording = {field.name for field in self.kind.wording}
        return [field for field in self.visible_fields() if field.name not in wording and field not in self.step_fields]

    @property
    def step_fields(self):
        return [self[name] for name in self.fields if name.startswith("points_")]

    @property
    def wording_fields(self):
        """How the rule is called, optional."""
        return [self[field.name] for field in self.kind.wording]


class EndForm(forms.Form):
    """Why a pair ends."""

    why = forms.CharField(
        label=_("Why it ends"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For coordinators of this program only. The two of them are not told."),
    )


class WeighingForm(forms.Form):
    """What comes first where not everything can be had."""

    floor = forms.BooleanField(
        label=_("Lift the weakest pairs"),
        required=False,
        help_text=_(
            "The lowest scores are raised as far as they go, for at most half a percent of the total. "
            "Without it the total is the highest possible, and a few people may get a weak pair for it."
        ),
    )
    coverage_first = forms.BooleanField(
        label=_("As many mentees as possible have a mentor"),
        required=False,
        help_text=_("Without it the highest total comes first, even if fewer people have a mentor."),
    )

    never_again = forms.BooleanField(
        label=_("Nobody gets somebody they had before"),
        required=False,
        help_text=_("Two whose pair has ended are not brought together again."),
    )

    @classmethod
    def of(cls, rules: dict, *args):
        return cls(
            *args,
            initial={
                "floor": rules.get("floor_levels", FLOOR_LEVELS) > 0,
                "coverage_first": rules.get("coverage_first", True),
                "never_again": rules.get("never_again", True),
            },
        )

    def put_into(self, rules: dict) -> dict:
        """The rules with these settings; a number of levels somebody chose elsewhere stays."""
        levels = rules.get("floor_levels", FLOOR_LEVELS) or FLOOR_LEVELS
        return {
            **rules,
            "floor_levels": levels if self.cleaned_data["floor"] else 0,
            "coverage_first": self.cleaned_data["coverage_first"],
            "never_again": self.cleaned_data["never_again"],
        }


class WeightsForm(forms.Form):
    """How much each rule counts, as sliders: a field for every number of points in the rules."""

    LEAST_TOP = 20

    def __init__(self, *args, lines, rules: dict, **kwargs):
        super().__init__(*args, **kwargs)
        given = rules.get("rules", [])
        numbers = [number for rule in given for number in points_of(rule).values()]
        # One length for all, so that what counts more stands further to the right.
        self.top = min(max(self.LEAST_TOP, 2 * max(numbers, default=0)), MOST_POINTS)
        # (the rule in words, its fields)
        self.groups: list[tuple[str, list[str]]] = []
        for place, (rule, line) in enumerate(zip(given, lines, strict=True)):
            names = [self.add(place, steps, points, line) for steps, points in points_of(rule).items()]
            if names:
                self.groups.append((line.sentence or line.label, names))

    def add(self, place: int, steps: str, points: int, line) -> str:
        name = f"w{place}_{steps}" if steps else f"w{place}"
        label = steps_words(int(steps)) if steps else _("Points")
        shown = {"type": "range", "min": 0, "max": self.top, "step": 1, "data-slider": ""}
        self.fields[name] = points_field(label)
        self.fields[name].initial = points
        self.fields[name].widget = forms.NumberInput(attrs=shown)
        return name

    def grouped(self):
        """The sliders, rule by rule."""
        return [(words, [self[name] for name in names]) for words, names in self.groups]

    def put_into(self, rules: dict) -> dict:
        """The rules with these points."""
        changed = []
        for place, rule in enumerate(rules.get("rules", [])):
            rule = dict(rule)
            if isinstance(rule.get("points"), dict):
                rule["points"] = {steps: self.cleaned_data[f"w{place}_{steps}"] for steps in rule["points"]}
            elif points_of(rule):
                rule["points"] = self.cleaned_data[f"w{place}"]
            changed.append(rule)
        return {**rules, "rules": changed}


def points_of(rule: dict) -> dict[str, int]:
    """The numbers of points a rule holds, by its steps where it has any."""
    points = rule.get("points")
    if isinstance(points, dict):
        return points
    return {"": points} if isinstance(points, int) else {}


class FirstForm(forms.Form):
    """One more line of who goes first."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in scoring.FIRST_KINDS], widget=forms.HiddenInput)

    def __init__(self, *args, kind: str, asked, **kwargs):
        super().__init__(*args, initial={"kind": kind}, **kwargs)
        if kind == "waiting":
            self.fields["before"] = forms.DateField(
                label=_("On the list since before"),
                required=False,
                help_text=_("Leave it empty for everybody on the list."),
                widget=forms.DateInput(attrs={"type": "date"}),
            )
        if kind == "answer":
            questions = asked.labels("mentee").items()
            readable = {
                key: words for key, words in questions if ("mentee", key) not in {*asked.sensitive, *NO_ANSWERS}
            }
            self.fields["question"] = question_field(_("The mentee's answer to"), readable)
            self.fields["values"] = forms.CharField(
                label=_("is one of these"),
                max_length=LONG,
                widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
                help_text=_("One answer a line, such as: yes"),
            )

    def line(self) -> dict:
        """The line as the rules keep it."""
        data = {"kind": self.cleaned_data["kind"]}
        if before := self.cleaned_data.get("before"):
            data["before"] = before.isoformat()
        if data["kind"] == "answer":
            values = [" ".join(each.split()) for each in self.cleaned_data["values"].splitlines() if each.strip()]
            data |= {"question": self.cleaned_data["question"], "values": values}
        return data


class ApartForm(forms.Form):
    """Two people whom the matching keeps apart."""

    mentee = forms.ModelChoiceField(Membership.objects.none(), label=_("A mentee"), empty_label=_("Choose a mentee"))
    mentor = forms.ModelChoiceField(Membership.objects.none(), label=_("A mentor"), empty_label=_("Choose a mentor"))

    def __init__(self, *args, members, named: dict[str, str], **kwargs):
        """`named` has a part of a name or an address for each list, which holds those alone."""
        super().__init__(*args, **kwargs)
        members = members.select_related("user").order_by("user__name", "pk")
        for name, rows in (("mentee", members.mentees()), ("mentor", members.mentors())):
            if part := named.get(name):
                rows = rows.filter(Q(user__name__icontains=part) | Q(user__email__icontains=part))
            self.fields[name].queryset = rows
            self.fields[name].to_field_name = "public_id"
            self.fields[name].label_from_instance = lambda member: str(member.user)

    def clean(self):
        cleaned = super().clean()
        mentee, mentor = cleaned.get("mentee"), cleaned.get("mentor")
        if mentee and mentor and mentee.user_id == mentor.user_id:
            self.add_error("mentor", _("This is the same person. Nobody is their own mentor anyway."))
        return cleaned


class RulesFileForm(forms.Form):
    """Rules that somebody has saved elsewhere."""

    file = forms.FileField(
        label=_("File of rules"),
        help_text=_("As another program's “Take the rules along” made it, or as match_csv reads it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = asked

    def clean_file(self) -> dict:
        """The rules in it, if they fit the forms of this program."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RULES:
            raise forms.ValidationError(_("This file is too large to be one of rules."))
        try:
            rules = json.loads(file.read())
            scoring.parse_policy(rules, self.asked.labels("mentee"), self.asked.labels("mentor"))
        except PolicyError as wrong:
            said = [f"{place}: {sentence}" if place else sentence for place, sentence in wrong.errors]
            raise forms.ValidationError(said) from wrong
        except (ValueError, RecursionError) as wrong:
            raise forms.ValidationError(_("This is not a file of rules (JSON).")) from wrong
        return rules


class AskForm(forms.Form):
    """A line to the mentor one asks."""

    words = forms.CharField(
        label=_("A line to them"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you would like to talk about. They read it; coordinators can, too."),
    )


class DeclineForm(forms.Form):
    """Why not this time, for coordinators alone."""

    reason = forms.CharField(
        label=_("Why not this time, if you like to say"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only coordinators read this. It never counts against you."),
    )

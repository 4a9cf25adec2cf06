"""Uploading files of people, and saying what their columns mean."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.errors import Refused
from programs.imports import columns, words
from programs.imports.actions import read
from programs.imports.columns import Meaning, faults
from programs.imports.planning import MOST_PLACES, cells_of
from programs.imports.writing import FORM_FIELDS
from programs.models import Role
from questions.actions import private_keys
from questions.cells import MAX_BYTES, MAX_CELL

FILE_LABELS = {Role.MENTOR.value: _("File of mentors"), Role.MENTEE.value: _("File of mentees")}
TAKEN = ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SAMPLES = 3
SAMPLE_LENGTH = 60


class UploadForm(forms.Form):
    """Two files, either of which may be left out."""

    mentor = forms.FileField(
        label=FILE_LABELS[Role.MENTOR], required=False, widget=forms.ClearableFileInput(attrs={"accept": TAKEN})
    )
    mentee = forms.FileField(
        label=FILE_LABELS[Role.MENTEE], required=False, widget=forms.ClearableFileInput(attrs={"accept": TAKEN})
    )

    def _table(self, role):
        file = self.cleaned_data.get(role)
        if not file:
            return None
        if file.size > MAX_BYTES:
            raise forms.ValidationError(words.say("too_big", {"megabytes": MAX_BYTES // (1024 * 1024)}))
        try:
            return file.name, read(file.read(), file.name)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean_mentor(self):
        return self._table("mentor")

    def clean_mentee(self):
        return self._table("mentee")

    def clean(self):
        if not self.errors and not self.tables():
            raise forms.ValidationError(_("Choose a file of mentors, of mentees, or both."))
        return self.cleaned_data

    def tables(self) -> dict:
        """By role, the name of the file and its table."""
        return {role: self.cleaned_data[role] for role in FILE_LABELS if self.cleaned_data.get(role)}


def _select(choices, label):
    return forms.ChoiceField(
        choices=list(choices.items()),
        label=label,
        widget=forms.Select(attrs={"class": "form-select", "aria-label": label}),
    )


class ColumnsForm(forms.Form):
    """What each column of each file is, and what is asked once for all of them."""

    places = forms.IntegerField(
        label=_("How many mentees may a mentor have at once?"), min_value=0, max_value=MOST_PLACES
    )
    show_addresses = forms.TypedChoiceField(
        label=_("Do mentor and mentee see each other’s email address once their pair is published?"),
        choices=[
            ("no", _("No, only coordinators see addresses")),
            ("yes", _("Yes, each sees the other’s address")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, draft, may_see_all, **kwargs):
        super().__init__(*args, **kwargs)
        self.files = list(draft.files.all())
        self.program = draft.program
        self.may_see_all = may_see_all
        self.tables = {file.role: cells_of(file) for file in self.files}
        self.initial.setdefault("places", draft.places)
        self.initial.setdefault("show_addresses", "yes" if draft.show_addresses else "no")
        if not any(file.role == Role.MENTOR for file in self.files):
            del self.fields["places"]
        elif any(meaning.get("target") == columns.PLACES for file in self.files for meaning in file.mapping):
            self.fields["places"].label = _("How many mentees, where a mentor’s line says nothing?")
        for file in self.files:
            for place, name in enumerate(file.header):
                self._add_column(file, place, name, Meaning.from_json(file.mapping[place]))

    def _add_column(self, file, place: int, name: str, meaning: Meaning) -> None:
        """Three choices for a column, and the order of its values where they stand on a scale."""
        at = f"{file.role}-{place}"
        targets = {
            key: word for key, word in words.TARGETS.items() if key != columns.PLACES or file.role == Role.MENTOR
        }
        self.fields[f"{at}-target"] = _select(targets, _("What “%(column)s” is") % {"column": name})
        self.fields[f"{at}-kind"] = _select(words.KINDS, _("Kind of answer in “%(column)s”") % {"column": name})
        self.fields[f"{at}-readers"] = _select(words.READERS, _("Who sees “%(column)s”") % {"column": name})
        for part in ("target", "kind", "readers"):
            self.initial[f"{at}-{part}"] = getattr(meaning, part)
            # Whoever may not see what stands in a column may not turn it into something they may see.
            self.fields[f"{at}-{part}"].disabled = self._is_hidden(meaning)
        if self._is_hidden(meaning):
            return
        kind = self.data.get(f"{at}-kind", meaning.kind) if self.is_bound else meaning.kind
        if kind != "scale":
            return
        order = "\n".join(meaning.options or self._values(file.role, place))
        label = _("Order of “%(column)s”, lowest first, one on a line") % {"column": name}
        self.fields[f"{at}-options"] = forms.CharField(
            label=label,
            required=False,
            max_length=MAX_CELL,
            widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        )
        self.initial[f"{at}-options"] = order
        if self.is_bound and f"{at}-options" not in self.data:
            # Chosen just now: the values are shown to be put in order.
            self.data = self.data.copy()
            self.data[f"{at}-options"] = order
            self.to_order = {*getattr(self, "to_order", ()), f"{at}-options"}

    def _is_hidden(self, meaning: Meaning) -> bool:
        return not self.may_see_all and meaning.readers == columns.MATCHER

    def _values(self, role: str, place: int) -> list[str]:
        """The different values of a column, as many as a scale may have."""
        found = columns.options_of("choice", (cells[place][:80] for cells in self.tables[role]))
        return list(found[: columns.MOST_OPTIONS])

    def clean(self):
        for name in getattr(self, "to_order", ()):
            self.add_error(name, _("Put these in order, lowest first, then continue."))
        if self.errors:
            return self.cleaned_data
        self.meanings = {file.role: self._meanings(file) for file in self.files}
        for file in self.files:
            self._keep_private(file)
            for code, params in faults(self.meanings[file.role], file.header):
                place = file.header.index(params["column"]) if "column" in params else None
                at = f"{file.role}-{place}-options" if place is not None else None
                sentence = words.say(code, params)
                self.add_error(at, sentence if at else f"{FILE_LABELS[file.role]}: {sentence}")
        return self.cleaned_data

    def _keep_private(self, file) -> None:
        """What people answered for the matching alone is opened to nobody by a later file."""
        private = private_keys(getattr(self.program, FORM_FIELDS[file.role]))
        for place, meaning in enumerate(self.meanings[file.role]):
            if meaning.is_answer and meaning.key in private and meaning.readers != columns.MATCHER:
                words_said = _(
                    "Only the matching uses this answer, and that stays so. Or give the column another name."
                )
                self.add_error(f"{file.role}-{place}-readers", words_said)

    def _meanings(self, file) -> list[Meaning]:
        keys: set[str] = set()
        found = []
        for place, name in enumerate(file.header):
            at = f"{file.role}-{place}"
            stored = Meaning.from_json(file.mapping[place])
            if self._is_hidden(stored):
                keys.add(stored.key)
                found.append(stored)
                continue
            target, kind, readers = (self.cleaned_data[f"{at}-{part}"] for part in ("target", "kind", "readers"))
            if target != columns.ANSWER:
                found.append(Meaning(target))
                continue
            key = file.mapping[place].get("key") or columns.key_of(name, keys)
            key = columns.key_of(name, keys) if key in keys else key
            keys.add(key)
            order = self.cleaned_data.get(f"{at}-options", "") if kind == "scale" else ""
            options = tuple(dict.fromkeys(line.strip() for line in order.splitlines() if line.strip()))
            found.append(Meaning(target, kind, readers, key, options))
        return found

    def sections(self) -> list[dict]:
        """For the page: each file with a row for each column."""
        return [
            {
                "title": FILE_LABELS[file.role],
                "name": file.name,
                "lines": len(file.rows),
                "rows": [self._row(file, place, name) for place, name in enumerate(file.header)],
            }
            for file in self.files
        ]

    def _row(self, file, place: int, name: str) -> dict:
        at = f"{file.role}-{place}"
        hidden = self._is_hidden(Meaning.from_json(file.mapping[place]))
        return {
            "name": name,
            "samples": [] if hidden else self._samples(file.role, place),
            "hidden": hidden,
            "remembered": file.mapping[place].get("remembered"),
            "target": self[f"{at}-target"],
            "kind": self[f"{at}-kind"],
            "readers": self[f"{at}-readers"],
            "options": self[f"{at}-options"] if f"{at}-options" in self.fields else None,
            "missing": self._missing(file.role, place) if f"{at}-options" in self.fields else [],
        }

    def _missing(self, role: str, place: int) -> list[str]:
        """Values of a column that have no place in the order given for it."""
        order = str(self[f"{role}-{place}-options"].value() or "").splitlines()
        given = {line.strip() for line in order}
        return [value for value in self._values(role, place) if value not in given]

    def _samples(self, role: str, place: int) -> list[str]:
        """The first different values of a column, short."""
        seen: dict[str, None] = {}
        for cells in self.tables[role]:
            if cells[place]:
                seen.setdefault(cells[place], None)
            if len(seen) == MOST_SAMPLES:
                break
        return [value if len(value) <= SAMPLE_LENGTH else value[: SAMPLE_LENGTH - 1] + "…" for value in seen]

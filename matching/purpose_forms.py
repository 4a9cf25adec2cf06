"""What a program pairs people for, as a form."""

from django import forms
from django.utils.translation import gettext_lazy as _

OFFERED = (
    ("everyday", _("everyday practice"), _("Somebody to ask about the work of every day.")),
    ("bigger", _("the bigger picture"), _("Somebody from elsewhere, about what all of it is for.")),
    ("career", _("career"), _("Somebody who knows the next steps.")),
)
LONGEST_NAME = 60


class PurposesForm(forms.Form):
    """The purposes there are, each with its name and its place; those offered; the program's own."""

    offered = forms.MultipleChoiceField(
        label=_("Add"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    own = forms.CharField(
        label=_("Your own"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, as it reads after “a mentor for”, such as: finding a first job"),
    )

    def __init__(self, *args, rows, used, **kwargs):
        """`rows` are the purposes there are, `used` those (by key) that cannot be taken away."""
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        known = {row.name.casefold() for row in self.rows}
        self.names = {key: str(name) for key, name, _why in OFFERED}
        self.fields["offered"].choices = [
            (key, f"{name}: {why}") for key, name, why in OFFERED if str(name).casefold() not in known
        ]
        for place, row in enumerate(self.rows, start=1):
            named = {"purpose": row.name}
            self.fields[f"name_{row.pk}"] = forms.CharField(
                label=_("Name of “%(purpose)s”") % named, max_length=LONGEST_NAME, initial=row.name
            )
            self.fields[f"place_{row.pk}"] = forms.IntegerField(
                label=_("Place of “%(purpose)s”") % named, min_value=1, max_value=99, initial=place
            )
            if row.pk not in used:
                label = _("Take “%(purpose)s” away") % named
                self.fields[f"gone_{row.pk}"] = forms.BooleanField(label=label, required=False)

    def lines(self):
        """For each purpose there is its fields: name, place, and whether to take it away."""
        for row in self.rows:
            names = (f"name_{row.pk}", f"place_{row.pk}", f"gone_{row.pk}")
            yield [self[name] for name in names if name in self.fields]

    def clean_own(self) -> list[str]:
        names = [" ".join(line.split()) for line in self.cleaned_data["own"].splitlines() if line.strip()]
        if any(len(name) > LONGEST_NAME for name in names):
            raise forms.ValidationError(_("Use %(most)s characters at most for each."), params={"most": LONGEST_NAME})
        return names

    @property
    def wanted(self) -> list[tuple[int | None, str]]:
        """From clean fields: the row's key (None for a new one) and the name, in their order."""
        data = self.cleaned_data
        kept = [row for row in self.rows if not data.get(f"gone_{row.pk}")]
        kept.sort(key=lambda row: (data[f"place_{row.pk}"], row.position, row.pk))
        new = [self.names[key] for key in data["offered"]] + data["own"]
        return [*((row.pk, data[f"name_{row.pk}"]) for row in kept), *((None, name) for name in new)]

"""The table of a draft: sorted, searched, filtered, exported."""

import django_filters
import django_tables2
from django import forms
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from matching.models import Proposal

PAGE_SIZES = (25, 50, 100)


class DraftFilter(django_filters.FilterSet):
    """Narrows the lines of a draft."""

    q = django_filters.CharFilter(
        label=_("Name"),
        method="by_name",
        widget=forms.TextInput(attrs={"type": "search", "maxlength": 150, "class": "form-control"}),
    )
    show = django_filters.ChoiceFilter(
        label=_("Show"),
        method="by_show",
        empty_label=_("everybody"),
        choices=[("pairs", _("with a mentor")), ("unmatched", _("without a mentor")), ("by_hand", _("set by hand"))],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    at_most = django_filters.NumberFilter(
        label=_("Score at most"),
        field_name="score",
        lookup_expr="lte",
        min_value=0,
        max_value=10**6,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    class Meta:
        model = Proposal
        fields = []

    def by_name(self, queryset, name, value):
        value = value.replace("\x00", "")[:150]
        return queryset.filter(Q(mentee__user__name__icontains=value) | Q(mentor__user__name__icontains=value))

    def by_show(self, queryset, name, value):
        narrowed = {
            "pairs": queryset.pairs,
            "unmatched": queryset.unmatched,
            "changed": queryset.changed,
            "new": queryset.new,
            "kept": queryset.kept,
        }
        return narrowed[value]() if value in narrowed else queryset.filter(by_hand=True)


class ChangesFilter(DraftFilter):
    """The same where pairs may change."""

    show = django_filters.ChoiceFilter(
        label=_("Show"),
        method="by_show",
        empty_label=_("everybody"),
        choices=[
            ("changed", _("with another mentor than now")),
            ("new", _("with a mentor for the first time")),
            ("kept", _("who keep their mentor")),
            ("unmatched", _("without a mentor")),
            ("by_hand", _("set by hand")),
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class DraftTable(django_tables2.Table):
    """A line for each mentee: the mentor with score and reasons, or why there is none."""

    mentee = django_tables2.TemplateColumn(
        template_name="matching/cells/mentee.html",
        verbose_name=_("Mentee"),
        order_by=("mentee__user__name", "pk"),
        attrs={"td": {"class": "cell-name"}},
    )
    mentor = django_tables2.TemplateColumn(
        template_name="matching/cells/mentor.html",
        verbose_name=_("Mentor"),
        order_by=("mentor__user__name", "pk"),
        attrs={"td": {"class": "cell-name"}},
    )
    score = django_tables2.Column(
        verbose_name=_("Score"), order_by=("score", "pk"), attrs={"td": {"class": "number"}, "th": {"class": "number"}}
    )
    why = django_tables2.Column(
        verbose_name=_("Why"), orderable=False, empty_values=(), attrs={"td": {"class": "cell-words"}}
    )
    change = django_tables2.TemplateColumn(
        template_name="matching/cells/change.html", verbose_name=_("Change"), orderable=False
    )

    class Meta:
        order_by = "-score"
        empty_text = _("Nobody matches this filter.")

    # Mentors by membership, for "one more place with ..."; without whoever looks.
    names: dict = {}

    def render_why(self, record):
        ways = ways_of(record, self.names)
        return render_to_string("matching/cells/why.html", {"record": record, "ways": ways})

    def render_score(self, value, record):
        return value if record.mentor_id else "–"


def ways_of(line, names: dict[int, str]) -> list[str]:
    """What would match somebody, the cheapest first; `names` are of mentors by membership, never whoever looks."""
    found = []
    for way in line.why_none.get("ways", []):
        place = names.get(way["place_with"], _("a mentor who suits them")) if way["place_with"] else ""
        said = {"change": way["words"], "mentor": place}
        if way.get("circle"):
            words = _("a circle of %(size)s with %(mentor)s") % {**said, "size": way["circle"]}
        elif not place:
            words = _("%(change)s") % said
        elif not way["words"]:
            words = _("one more place with %(mentor)s, kept for them") % said
        else:
            words = _("%(change)s and one more place with %(mentor)s, kept for them") % said
        found.append(words[:1].upper() + words[1:])
    return found


def words_of(line) -> str:
    """The reasons of a line as one text, for a spreadsheet."""
    if not line.mentor_id:
        return line.why_none.get("words", "")
    return " ".join(f"{reason['words']} ({reason['points']})" for reason in line.reasons)


EXPORT_HEAD = [_("Mentee"), _("Mentor"), _("Score"), _("Why"), _("Set by hand")]


def export_row(line) -> list:
    return [
        str(line.mentee.user),
        str(line.mentor.user) if line.mentor_id else "",
        line.score if line.mentor_id else "",
        words_of(line),
        str(_("yes")) if line.by_hand else "",
    ]

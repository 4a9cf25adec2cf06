"""What participants answered, as those who run the program may read it."""

from collections import defaultdict

from django.utils.translation import gettext as _

from questions.models import Answer, Readers


def of_places(memberships) -> dict[int, list[dict]]:
    """By place, the answers in groups of who else may read them; one query for all places."""
    sheets = {place.sheet_id: place.pk for place in memberships if place.sheet_id}
    rows = defaultdict(list)
    if sheets:
        answers = Answer.objects.filter(sheet__in=sheets).select_related("question")
        for row in answers.order_by("question__position", "question__pk"):
            rows[sheets[row.sheet_id]].append(row)
    return {place.pk: _groups(rows[place.pk]) for place in memberships}


def _groups(rows) -> list[dict]:
    """One that only the matching uses is named, never shown."""
    groups = []
    for readers, words in (
        (Readers.OTHER_SIDE, _("Their mentor or mentee may read this, too")),
        (Readers.COORDINATORS, _("Only coordinators read this")),
        (Readers.MATCHER, _("Used only for matching: nobody reads the answer")),
    ):
        hidden = readers == Readers.MATCHER
        lines = [
            (row.question.text, "" if hidden else in_words(row.value))
            for row in rows
            if row.question.readers == readers
        ]
        if lines:
            groups.append({"words": words, "lines": lines, "hidden": hidden})
    return groups


def in_words(value) -> str:
    """An answer as people read it."""
    if value is True:
        return _("Yes")
    if value is False:
        return _("No")
    if isinstance(value, list):
        return ", ".join(in_words(part) for part in value)
    return "" if value is None else str(value)

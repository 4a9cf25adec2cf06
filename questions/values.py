"""Answers as values: checked by their question, read by their sheet."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from questions.models import Answer, Question
from questions.typed import BadValue, typed

WORDS = {
    "not_text": _("Write this as text."),
    "not_an_option": _("“%(value)s” is not one of the choices."),
    "too_long": _("Use %(most)s characters at most."),
    "not_yes_no": _("“%(value)s” is neither yes nor no."),
    "not_a_number": _("“%(value)s” is not a number."),
}
# SQLite takes a limited number of parameters in one statement.
CHUNK = 900


def check(question: Question, raw):
    """The typed value of a raw answer, None where it is empty; raises ValueError with a sentence."""
    try:
        return typed(question.kind, question.options, raw)
    except BadValue as bad:
        raise ValueError(str(WORDS[bad.code]) % bad.params) from bad


def of_sheets(sheet_ids: Iterable) -> dict:
    """The answers of many sheets: {sheet id: {key: value}}; an empty answer has no key."""
    ids = [pk for pk in sheet_ids if pk is not None]
    values = {pk: {} for pk in ids}
    for chunk in chunks(ids):
        rows = Answer.objects.filter(sheet__in=chunk).values_list("sheet_id", "question__key", "value")
        for sheet, key, value in rows:
            values[sheet][key] = value
    return values


def chunks(items: Iterable, size: int = CHUNK):
    """Lists of at most `size` of them."""
    items = list(items)
    for start in range(0, len(items), size):
        yield items[start : start + size]

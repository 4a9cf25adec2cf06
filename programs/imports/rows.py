"""Rows of an import in words, for its pages."""

from django.utils.translation import gettext as _

from programs.imports import words
from programs.imports.plan import KEEP, OUT, Line, NameQuestion
from programs.models import Import

LONGEST = 80


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def change_words(line: Line) -> list[str]:
    """What becomes of what; an answer only the matching may use is named, never shown."""
    told = []
    for change in line.changes:
        if change.hidden:
            told.append(_("%(column)s changes") % {"column": change.column})
            continue
        old, new = (_short(words.say_value(value)) for value in (change.old, change.new))
        told.append(_("%(column)s: %(old)s becomes %(new)s") % {"column": change.column, "old": old, "new": new})
    return told


def choices_of(question: NameQuestion) -> list[tuple[str, str]]:
    """The answers to a question of names, in words."""
    return [(choice.value, _choice(question, choice)) for choice in question.choices]


def _choice(question: NameQuestion, choice) -> str:
    if choice.value == OUT:
        return _("I am not sure: leave this address out of the import")
    if choice.value == KEEP:
        if not choice.name:
            return _("It is the same person: they keep the name they gave us")
        if not question.known.may_be_renamed:
            return _("It is %(name)s, who signs in here: their name is theirs and stays") % {"name": choice.name}
        return _("It is %(name)s, and stays so") % {"name": choice.name}
    if question.known:
        return _("It is the same person, called %(name)s from now on") % {"name": choice.name}
    return _("It is %(name)s") % {"name": choice.name}


def refused_rows(draft: Import) -> list[dict]:
    """The lines an import refused, with their reasons."""
    return [
        {
            "role": row["role"],
            "line": row["line"],
            "column": row["column"],
            "reason": words.say(row["code"], row["params"]),
        }
        for row in draft.result.get("refused", [])
    ]

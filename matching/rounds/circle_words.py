"""What is certain of an answer in circles, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def sentences(facts: dict, by_hand: bool) -> list[str]:
    """The proof in words; `by_hand` says that something was set by hand, which everything is then said under."""
    said = as_many(facts) if facts["coverage_first"] else as_much(facts)
    words = [*said, *without_a_least(facts)]
    return [*words, _("All this with what is set by hand.")] if by_hand else words


def as_many(facts: dict) -> Iterator[str]:
    """Where as many as possible come first: how many, then with which points."""
    least, people = facts["circles"], facts["bound_matched"] - facts["matched"]
    if people:
        words = ngettext(
            "At most one person more could be matched in circles of at least %(least)s.",
            "At most %(people)s people more could be matched in circles of at least %(least)s.",
            people,
        )
        yield words % {"people": people, "least": least}
        return
    yield _("Nobody more can be matched in circles of at least %(least)s.") % {"least": least}
    points = facts["bound_total"] - facts["total"]
    if facts["proved"] and facts["classes"]:
        yield _(
            "Among all ways to match as many in such circles, and as many of those who go first, none scores higher."
        )
    elif facts["proved"]:
        yield _("Among all ways to match as many in such circles, none scores higher.")
    elif not facts["classes"]:
        yield _("No way to match as many in such circles scores more than %(points)s higher.") % {"points": points}


def as_much(facts: dict) -> Iterator[str]:
    """Where the highest total comes first."""
    if facts["proved"]:
        words = _("No other way to match people in circles of at least %(least)s scores higher, ")
        yield words % {"least": facts["circles"]} + _("however many it matches.")
        yield _("Among the ways that score as much, none matches more people.")
        return
    words = _("No way to match people in circles of at least %(least)s scores more than %(points)s higher.")
    yield words % {"least": facts["circles"], "points": facts["bound_total"] - facts["total"]}


def without_a_least(facts: dict) -> Iterator[str]:
    """What the fewest costs: the best where a mentor may have any number."""
    people, points = facts["free_matched"] - facts["matched"], facts["free_total"] - facts["total"]
    if facts["coverage_first"] and people > 0:
        words = ngettext(
            "Were smaller circles allowed, one person more could be matched.",
            "Were smaller circles allowed, %(people)s people more could be matched.",
            people,
        )
        yield words % {"people": people}
    elif points > 0 and not (facts["coverage_first"] and facts["classes"]):
        yield _("Were smaller circles allowed, the pairs could score %(points)s more.") % {"points": points}
    elif points == 0:
        yield _("Smaller circles would bring nothing more.")

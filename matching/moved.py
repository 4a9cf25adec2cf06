"""The steps of a draft in words: what was done last, by whom, and who moved because of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.models import Round, Step, StepKind
from matching.rounds import Held
from programs.models import Membership

WORDS = {
    StepKind.PIN: gettext_lazy("%(mentee)s is held to %(mentor)s."),
    StepKind.APART: gettext_lazy("%(mentee)s and %(mentor)s are kept apart."),
    StepKind.TOGETHER: gettext_lazy("%(mentee)s and %(mentor)s may be together again."),
    StepKind.SWAP: gettext_lazy("%(mentee)s and %(other)s have changed mentors."),
    StepKind.LEFT: gettext_lazy("%(mentee)s is left without a mentor."),
    StepKind.FREE: gettext_lazy("%(mentee)s is let go: the best for all decides."),
    StepKind.NOTHING: gettext_lazy("All that was held by hand is let go: the best for all decides."),
}


@dataclass(frozen=True)
class Moved:
    """A step in words, and who went from whom to whom by it."""

    step: Step
    words: str
    moves: list[tuple[Membership, Membership | None, Membership | None]]
    is_last: bool = False


def steps_of(round: Round, user, most: int = 20) -> list[Moved]:
    """The steps that hold, the last first; none that is about whoever looks, nor what it moved of them."""
    steps = round.steps.filter(undone_at=None).select_related("mentee__user", "mentor__user", "other__user", "by")
    steps = list(steps.defer("before", "result_before")[:most])
    concerned = {pk for step in steps for move in step.moves for pk in move} - {None}
    members = Membership.objects.select_related("user").in_bulk(concerned)
    found = []
    for step in steps:
        if any(each is not None and each.user_id == user.pk for each in (step.mentee, step.mentor, step.other)):
            continue
        people = [[members.get(pk) for pk in move] for move in step.moves]
        moves = [tuple(move) for move in people if move[0] and not any(one and one.user_id == user.pk for one in move)]
        found.append(Moved(step, words_of(step), moves, step is steps[0]))
    return found


def words_of(step: Step) -> str:
    """One step as a sentence."""
    if step.kind == StepKind.PLACES and step.places is not None:
        return _("%(mentor)s takes %(places)s in this draft.") % {"mentor": step.mentor.user, "places": step.places}
    if step.kind == StepKind.PLACES:
        return _("%(mentor)s takes as many as they have places for.") % {"mentor": step.mentor.user}
    names = {name: getattr(step, name).user for name in ("mentee", "mentor", "other") if getattr(step, name)}
    return str(WORDS[step.kind]) % names


def held_words(round: Round, user) -> list[str]:
    """What is held in a draft by hand, counted; nothing of whoever looks."""
    held, mine = Held.of(round), own_places(round, user)
    pins = sum(1 for pair in held.pins.items() if not mine & {*pair})
    apart = sum(1 for pair in held.apart if not mine & {*pair})
    left, places = len(held.left - mine), len(held.places.keys() - mine)
    counted = [
        (pins, ngettext("%(number)s pair held together", "%(number)s pairs held together", pins)),
        (apart, ngettext("%(number)s pair kept apart", "%(number)s pairs kept apart", apart)),
        (left, ngettext("%(number)s left without a mentor", "%(number)s left without a mentor", left)),
        (places, ngettext("%(number)s mentor with other places", "%(number)s mentors with other places", places)),
    ]
    return [words % {"number": number} for number, words in counted if number]


def gone_words(round: Round, user) -> list[str]:
    """The pairs held in the draft before that could not be held any more."""
    carried, mine = Held.carried(round), own_places(round, user)
    # Once somebody has changed the draft, what is held is their doing.
    still = carried.pins.keys() if round.step else Held.of(round).pins.keys()
    gone = {mentee: mentor for mentee, mentor in carried.pins.items() if mentee not in still}
    members = Membership.objects.select_related("user").in_bulk({pk for pair in gone.items() for pk in pair} - mine)
    words = _("%(mentee)s with %(mentor)s")
    return [
        words % {"mentee": members[mentee].user, "mentor": members[mentor].user}
        for mentee, mentor in gone.items()
        if mentee in members and mentor in members
    ]


def own_places(round: Round, user) -> set[int]:
    return set(Membership.objects.of(round.program).filter(user_id=user.pk).values_list("pk", flat=True))

"""Who cannot be a pair whatever the rules say: they were one, are one for something else, or are kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from matching.models import Introduction, KeptApart, Pairing, PairingState, PairPurpose
from matching.scoring.answers import plain_text
from programs.models import Membership, Program


def known(members: list[Membership]) -> list[tuple[str | None, str]]:
    """What each of these may be named by."""
    return [(member.user.email, member.user.name) for member in members]


def pairs_for_other(
    program: Program, purpose: PairPurpose | None, mentees: list[Membership], mentors: list[Membership]
) -> frozenset[tuple[int, int]]:
    """Who of these are a pair for another purpose, by their places in the lists."""
    if purpose is None:
        return frozenset()
    left, right = ({member.pk: index for index, member in enumerate(side)} for side in (mentees, mentors))
    pairs = Pairing.objects.open().of(program).exclude(purpose=purpose).order_by().values_list("mentee", "mentor")
    return frozenset((left[i], right[j]) for i, j in pairs if i in left and j in right)


def former_pairs(program: Program, mentees: list[Membership], mentors: list[Membership]) -> frozenset[tuple[int, int]]:
    """Who of these had each other before in this program, by their places in the lists."""
    ended = Pairing.objects.of(program).filter(state=PairingState.ENDED)
    if len(mentees) == 1:
        ended = ended.filter(mentee=mentees[0])
    left, right = ({member.pk: index for index, member in enumerate(side)} for side in (mentees, mentors))
    known = ended.order_by().values_list("mentee", "mentor").distinct()
    return frozenset((left[i], right[j]) for i, j in known if i in left and j in right)


def turned_down(
    program: Program, mentees: list[Membership], mentors: list[Membership], now: datetime
) -> frozenset[tuple[int, int]]:
    """Who of these were both asked before, and one of them said no, by their places in the lists."""
    left, right = ({member.pk: index for index, member in enumerate(side)} for side in (mentees, mentors))
    known = Introduction.objects.of(program).turned_down(now).order_by().values_list("mentee", "mentor")
    return frozenset((left[i], right[j]) for i, j in known if i in left and j in right)


def kept_apart(program: Program, mentees: list[Membership], mentors: list[Membership]) -> frozenset[tuple[int, int]]:
    """Whom a coordinator keeps apart, by their places in the lists; it holds whichever of two is the mentor."""
    left, right = ({member.user_id: index for index, member in enumerate(side)} for side in (mentees, mentors))
    found = set()
    for one, other in KeptApart.objects.of(program).pairs():
        for mentee, mentor in ((one, other), (other, one)):
            if mentee in left and mentor in right:
                found.add((left[mentee], right[mentor]))
    return frozenset(found)


def wished_apart(mentees: list[Membership], mentors: list[Membership]) -> frozenset[tuple[int, int]]:
    """Of whom one would rather not meet the other, named by email or whole name, by their places in the lists."""
    return frozenset(
        [*named_by(mentees, mentors), *((mentee, mentor) for mentor, mentee in named_by(mentors, mentees))]
    )


def named_by(members: list[Membership], others: list[Membership]) -> Iterator[tuple[int, int]]:
    """Each of these with each of the others whom they would rather not meet."""
    if not any(member.user.not_with for member in members):
        return
    at: dict[str, list[int]] = {}
    for place, texts in enumerate(known(others)):
        for text in {plain_text(text) for text in texts if text}:
            at.setdefault(text, []).append(place)
    for place, member in enumerate(members):
        for name in member.user.not_with:
            yield from ((place, other) for other in at.get(plain_text(name), []))

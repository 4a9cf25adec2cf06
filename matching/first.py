"""Who goes first where places are short: the program's list, laid over its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matching import scoring
from matching.models import Introduction, Pairing, PairingState, PairPurpose, PurposeWait
from matching.scoring import First
from programs.models import Membership, MembershipState, Program


@dataclass(frozen=True)
class Turn:
    """Where somebody stands: the line that holds for them (None is everybody else), and their place in it."""

    place: int
    line: First | None
    # On the waiting list: the civil day since when.
    since: date | None = None
    # Both were asked, and it did not come about.
    missed: bool = False

    @property
    def key(self) -> tuple[int, tuple[int, ...]]:
        """What goes before what: whoever waits longer does, by whole weeks."""
        return self.place, tuple(self.since.isocalendar()[:2]) if self.since else (0, 0)


def left_without(program: Program, mentees: Sequence[Membership]) -> set[int]:
    """Those on the waiting list who had a mentor here."""
    waiting = [mentee.pk for mentee in mentees if mentee.state == MembershipState.WAITING]
    if not waiting:
        return set()
    ended = Pairing.objects.of(program).filter(state=PairingState.ENDED)
    # A round asks for all of them at once: one question for all ended pairs is shorter than a list of a thousand.
    if len(waiting) == 1:
        ended = ended.filter(mentee=waiting[0])
    return set(ended.order_by().values_list("mentee", flat=True).distinct()) & set(waiting)


def let_down(program: Program, mentees: Sequence[Membership]) -> set[int]:
    """Those on the waiting list who were asked about a mentor they did not get, not by their own doing."""
    rows = Introduction.objects.of(program).missed().order_by().values_list("mentee", flat=True).distinct()
    return set(rows) & {mentee.pk for mentee in mentees if mentee.state == MembershipState.WAITING}


def turns(
    program: Program,
    policy: scoring.Policy,
    mentees: Sequence[Membership],
    answers: dict,
    purpose: PairPurpose | None = None,
) -> list[Turn]:
    """The first line of the list that holds for each mentee; on the waiting list, longer comes first by whole weeks.

    With a purpose, whoever waits for somebody for it beside another mentor is on the list, too.
    """
    asks = any(line.kind == "left" for line in policy.first)
    left = left_without(program, mentees) if asks else set()
    missed = let_down(program, mentees) - left if asks else set()
    days = waiting_since(program, mentees, purpose)
    found = [turn_of(policy, mentee, index, left | missed, days, answers) for index, mentee in enumerate(mentees)]
    return [
        replace(turn, missed=True) if mentee.pk in missed else turn for turn, mentee in zip(found, mentees, strict=True)
    ]


def waiting_since(program: Program, mentees: Sequence[Membership], purpose: PairPurpose | None) -> dict[int, date]:
    """Since which civil day each of these (by membership) is on the waiting list, for those who are."""
    waits = {mentee.pk: mentee.since for mentee in mentees if mentee.state == MembershipState.WAITING}
    if purpose is not None:
        beside = PurposeWait.objects.filter(purpose=purpose, membership__state=MembershipState.ACTIVE)
        waits |= dict(beside.values_list("membership", "since"))
    return {pk: since.astimezone(program.zone).date() for pk, since in waits.items()}


def turn_of(policy, mentee: Membership, index: int, left: set[int], waits: dict[int, date], answers: dict) -> Turn:
    """`waits` is since when each (by membership) is on the waiting list, for those who are."""
    since = waits.get(mentee.pk)
    for place, line in enumerate(policy.first):
        if line.kind == "left" and mentee.pk in left:
            return Turn(place, line)
        if line.kind == "waiting" and since is not None and (line.before is None or since < line.before):
            return Turn(place, line, since)
        if line.kind == "answer" and line.said(answers[line.question][index]):
            return Turn(place, line)
    return Turn(len(policy.first), None)


def priorities(found: Sequence[Turn]) -> list[int]:
    """The class of each mentee, 0 first, without gaps."""
    places = {key: place for place, key in enumerate(sorted({turn.key for turn in found}))}
    return [places[turn.key] for turn in found]


def words_of(turn: Turn, label: str) -> str:
    """Why somebody goes before others, for coordinators; empty for everybody else."""
    if turn.line is None:
        return ""
    if turn.line.kind == "left" and turn.missed:
        return _("Goes first: was asked about a mentor, and it did not come about.")
    if turn.line.kind == "left":
        return _("Goes first: had a mentor here and lost them.")
    if turn.since:
        return _("On the waiting list since %(day)s.") % {"day": date_format(turn.since, "j F Y")}
    return _("Goes before others: “%(question)s” is %(answer)s.") % {
        "question": label,
        "answer": " / ".join(turn.line.values),
    }

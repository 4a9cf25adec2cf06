"""The pairs there are, where a round may change them: who has whom, what a change has to bring, and who stays."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from matching import listeners
from matching.models import Pairing, Round
from programs.models import Membership


@dataclass(frozen=True, eq=False)
class Standing:
    """The pairs that may change, by places in the lists: the mentor of each mentee, and what being a pair is worth."""

    mentor_of: dict[int, int]
    price: int
    tied: frozenset[int]
    # Mentors who keep whom they have and take nobody else.
    closed: frozenset[int]

    def has(self, mentee: int, mentor: int) -> bool:
        return self.mentor_of.get(mentee) == mentor


@dataclass(frozen=True)
class StandingPairs:
    """The mentor each mentee has (by membership), the points a pair brings because it is one, and who keeps theirs."""

    mentor_of: dict[int, int]
    price: int
    # Mentees in whose pair something is open that has to be settled first, or who rest: theirs stays.
    tied: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def now_of(cls, round: Round) -> StandingPairs | None:
        """As they stand now; None where the round leaves pairs alone."""
        if not round.may_change_pairs:
            return None
        rows = changeable(round)
        tied = listeners.tied(Pairing.objects.filter(pk__in=rows.values("pk")))
        found = list(rows.values_list("pk", "mentee", "mentor"))
        return cls(
            {mentee: mentor for _pk, mentee, mentor in found},
            round.change_price or 0,
            frozenset(mentee for pk, mentee, _mentor in found if pk in tied),
        )

    @classmethod
    def then_of(cls, round: Round) -> StandingPairs | None:
        """As they stood when the draft was worked out."""
        if not round.may_change_pairs:
            return None
        stood = round.proposals.filter(stands_with__isnull=False).values_list("mentee", "stands_with")
        return cls(dict(stood), round.change_price or 0, frozenset(round.result.get("tied", [])))


def changeable(round: Round):
    """The pairs a round may change: both can be matched now and know of each other."""
    mentees, mentors = (rows.matchable() for rows in sides(round))
    pairs = Pairing.objects.open().of(round.program).told().filter(ends_with=None, purpose=round.purpose_id)
    return pairs.filter(mentee__in=mentees.values("pk"), mentor__in=mentors.values("pk")).order_by("pk")


def sides(round: Round):
    members = Membership.objects.of(round.program)
    return members.mentees(), members.mentors()


def in_round(round: Round):
    """The mentees of a round that may change pairs: whoever has such a pair, or none at all for this."""
    mentees, _mentors = sides(round)
    open_pairs = Pairing.objects.open().filter(purpose=round.purpose_id)
    has = Q(pk__in=changeable(round).values("mentee"))
    return mentees.matchable().filter(has | ~Q(pk__in=open_pairs.values("mentee")))

"""Which mentors are in the next round: those who said yes not long ago; joining with places is such a yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Greatest

from matching.models import Availability, AvailabilityAnswer, OfferState, PairingState
from outbox import choices, kinds
from programs.models import Membership

SAID_YES = Q(availability__isnull=True) | Q(availability__answer=AvailabilityAnswer.YES)
ASKED = Q(availability__answer=AvailabilityAnswer.NONE, availability__asked_at__isnull=False)
# In the order of the page; "asked" and "unasked" have both not answered.
GROUPS = {
    "asked": ASKED,
    "unasked": Q(availability__answer=AvailabilityAnswer.NONE, availability__asked_at__isnull=True),
    "not_now": Q(availability__answer=AvailabilityAnswer.NOT_NOW),
    "no_more": Q(availability__answer=AvailabilityAnswer.NO_MORE),
    "yes": SAID_YES,
}


def said_yes(mentors):
    """Of these mentors, those who are in a round; a sweep takes away a yes that is too old."""
    return mentors.filter(SAID_YES)


def said_no(mentors: Iterable[int]) -> set[int]:
    """Those of these mentors (by membership) who said that they take nobody, this time or any more."""
    no = [AvailabilityAnswer.NOT_NOW, AvailabilityAnswer.NO_MORE]
    return set(Availability.objects.filter(membership__in=mentors, answer__in=no).values_list("membership", flat=True))


@dataclass(frozen=True)
class Figures:
    """How many mentors said what, and when those who have not answered are reminded."""

    yes: int
    places: int
    not_now: int
    no_more: int
    asked: int
    unasked: int
    remind_on: date | None
    # Of those who have not answered, whom no such email reaches: their silence says nothing.
    unreached: int = 0

    @property
    def silent(self) -> int:
        return self.asked + self.unasked


def mentors_seen_by(program, user):
    """The mentors who could be in a round, never whoever looks."""
    return Membership.objects.visible_to(user).of(program).mentors().matchable()


def figures_of(program, user) -> Figures:
    """The state of the asking before a round, as far as this coordinator sees it."""
    rows = mentors_seen_by(program, user)
    off = choices.turned_off(program.slug, kinds.QUESTIONS)
    nowhere = Q(user__email=None) | Q(user__address_bounced_at__isnull=False) | Q(user__in=off)
    found = rows.aggregate(
        **{group: Count("pk", filter=which) for group, which in GROUPS.items()},
        unreached=Count("pk", filter=nowhere & (GROUPS["asked"] | GROUPS["unasked"])),
        remind_on=Min("availability__remind_on", filter=ASKED & Q(availability__reminded_at__isnull=True)),
    )
    taken = Count("pairings_as_mentor", filter=Q(pairings_as_mentor__state=PairingState.OPEN), distinct=True)
    kept = Count("introductions_as_mentor", filter=Q(introductions_as_mentor__state=OfferState.OPEN), distinct=True)
    offering = said_yes(rows).order_by().annotate(taken=taken + kept)
    places = offering.aggregate(free=Sum(Greatest(F("places") - F("taken"), 0)))["free"]
    return Figures(places=places or 0, **found)

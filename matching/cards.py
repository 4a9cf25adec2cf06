"""A draft as cards: each mentor with the people they would have, and the places left."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from matching.models import Proposal, Round
from matching.rounds import Held
from programs.models import Membership

CARDS_A_PAGE = 24


@dataclass(frozen=True)
class Card:
    mentor: Membership
    lines: list[Proposal]
    # What they had free when the draft was made, and what counts in this draft.
    free: int
    places: int

    @property
    def left(self) -> int:
        return self.places - len(self.lines)


def cards_of(round: Round, lines: list[Proposal], user, number) -> Page:
    """A page of cards; those with somebody first, the highest points first; never whoever looks."""
    held = Held.of(round)
    having: dict[int, list[Proposal]] = {}
    for line in sorted(lines, key=lambda line: -line.score):
        if line.mentor_id:
            having.setdefault(line.mentor_id, []).append(line)
    free = {pk: places for pk, places in round.places_then.items() if places}
    order = [*having, *sorted(free.keys() - having.keys())]
    page = Paginator(order, CARDS_A_PAGE).get_page(number)
    mentors = Membership.objects.exclude(user_id=user.pk).select_related("user").in_bulk(list(page.object_list))
    page.object_list = [
        Card(
            mentors[pk], having.get(pk, []), free.get(pk, 0), min(free.get(pk, 0), held.places.get(pk, free.get(pk, 0)))
        )
        for pk in page.object_list
        if pk in mentors
    ]
    return page

"""Why somebody has no mentor, and what would change it: computed from the answer, for everybody at once."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import tables
from matching.rounds.answer import Answer
from matching.rounds.circles import CircleAnswer
from matching.scoring.relaxing import Relaxing, Way
from matching.solver.chains import NEVER

MOST_WAYS = 3
BY_HAND = "by_hand"


class WhyNone:
    """The reasons of everybody whom an answer leaves without a mentor, and the changes that would match them.

    A change is exact: with it this mentee has a mentor and nobody loses theirs. The cheapest comes first, the one with
    which the points of all together are highest.
    """

    def __init__(self, read: tables.Tables, answer: Answer | CircleAnswer, left: frozenset[int] = frozenset()):
        self.read, self.left = read, left
        self.scores, self.capacity = answer.given["scores"], answer.given["capacity"]
        self.unmatched = answer.assignment < 0
        only_matched = self.scores.copy()
        only_matched[self.unmatched] = -1
        self.chains, self.holders = answer.chains(only_matched)
        self.circles = answer if isinstance(answer, CircleAnswer) else None
        self.relaxing = Relaxing(read.scored)
        self.reached: dict[bytes, tuple[int, int]] = {}

    def of(self, mentee: int) -> dict:
        """The reason of one mentee, for coordinators: never another person's answer."""
        return {**self.reason(mentee), "first": self.read.first_words(mentee)}

    def reason(self, mentee: int) -> dict:
        """Of what kind it is, in words, with the changes that would match them."""
        possible = self.scores[mentee] >= 0
        if self.read.mentees[mentee].pk in self.left:
            return {"kind": BY_HAND, "words": _("Left without a mentor by hand."), "ways": []}
        if not possible.any():
            if (self.read.scored.matrix[mentee] >= 0).any():
                return {"kind": BY_HAND, "words": _("Kept apart by hand from everybody who suits them."), "ways": []}
            return {"kind": "forbidden", "words": self.read.why_none(mentee), "ways": self.ways(mentee)}
        if (self.chains.to_room[possible] < NEVER).any():
            words = _("Without them the points of all pairs together are higher, and the rules put that first.")
            return {"kind": "total", "words": words, "ways": [self.at_a_loss(mentee, possible)]}
        if found := self.too_small(possible):
            words = _("Too few people could be in the same circle. The fewest is %(least)s.")
            fewest = {"least": self.circles.fewest if self.circles else 0}
            return {"kind": "circle", "words": words % fewest, "ways": [*found, *self.ways(mentee)][:MOST_WAYS]}
        people, places = self.competing(possible)
        if not places:
            words = _("No mentor who suits them has a free place.")
            return {"kind": "no_places", "words": words, "ways": self.ways(mentee)}
        if self.circles:
            words = _("Every circle that suits them is full, and nobody in one of them could go to another.")
            return {"kind": "full", "words": words, "ways": self.ways(mentee)}
        words = ngettext(
            "For %(people)s people only the same few mentors are possible, with %(places)s place in all.",
            "For %(people)s people only the same few mentors are possible, with %(places)s places in all.",
            places,
        )
        return {"kind": "full", "words": words % {"people": people, "places": places}, "ways": self.ways(mentee)}

    def competing(self, possible: np.ndarray) -> tuple[int, int]:
        """How many people could only have the mentors within reach of these, and their places."""
        key = np.packbits(possible).tobytes()
        if key not in self.reached:
            within = self.chains.reach(possible)
            waiting = (self.scores[self.unmatched][:, within] >= 0).any(axis=1).sum()
            found = int(self.holders[within].sum() + waiting), int(self.capacity[within].sum())
            self.reached[key] = found
        return self.reached[key]

    def too_small(self, possible: np.ndarray) -> list[dict]:
        """The circle there is not that would have most people of those left, were it allowed to be smaller."""
        if self.circles is None:
            return []
        there_is_none = possible & (self.capacity == 0) & (self.circles.could_have > 0)
        if not there_is_none.any():
            return []
        waiting = (self.scores[self.unmatched] >= 0).sum(axis=0)
        sizes = np.where(there_is_none, np.minimum(waiting, self.circles.could_have), 0)
        most = int(sizes.argmax())
        return [{"words": "", "place_with": self.read.mentors[most].pk, "circle": int(sizes[most])}]

    def ways(self, mentee: int) -> list[dict]:
        """The changes that would match a mentee, the cheapest first."""
        room = self.chains.to_room
        apart = self.read.scored.excluded[mentee] | self.kept_apart(mentee)
        found = [(way.worth, self.by_rules(way)) for way in self.relaxing.ways(mentee, ~apart & (room < NEVER), room)]
        found += self.again(mentee, room)
        found += self.one_more_place(mentee)
        if not found:
            both = self.relaxing.ways(mentee, ~apart & (self.chains.to_new < NEVER), self.chains.to_new)
            found = [(way.worth, self.by_rules(way, self.place_of(way.mentor))) for way in both]
        return [way for _worth, way in sorted(found, key=lambda each: -each[0])[:MOST_WAYS]]

    def kept_apart(self, mentee: int) -> np.ndarray:
        """With whom a mentee is kept apart by hand."""
        return (self.scores[mentee] < 0) & (self.read.scored.matrix[mentee] >= 0)

    def by_rules(self, way: Way, place_with: int | None = None) -> dict:
        """A change of rules in words; what looks at a personal wish is not named."""
        uses = {rule.id: rule.uses() for rule in self.read.policy.rules}
        words = [
            _("setting aside a personal wish") if self.read.asked.hides(uses[each.rule_id]) else each.words
            for each in way.looser
        ]
        return {"words": _(" and ").join(dict.fromkeys(words)), "place_with": place_with}

    def again(self, mentee: int, room: np.ndarray) -> list[tuple[int, dict]]:
        """Bringing somebody together again with a mentor they had."""
        points = points_with(self.read, mentee)
        former = [j for i, j in self.read.former if i == mentee and points[j] >= 0 and room[j] < NEVER]
        if not former:
            return []
        worth = max(int(points[j] - room[j]) for j in former)
        return [(worth, {"words": _("a mentor they had before"), "place_with": None})]

    def one_more_place(self, mentee: int) -> list[tuple[int, dict]]:
        """One more place, kept for this mentee, with the mentor with whom it is worth most."""
        worth = np.where(self.scores[mentee] >= 0, self.scores[mentee] - self.chains.to_new, -NEVER)
        best = int(worth.argmax()) if worth.size else 0
        if not worth.size or self.scores[mentee, best] < 0 or self.chains.to_new[best] >= NEVER:
            return []
        return [(int(worth[best]), {"words": "", "place_with": self.place_of(best)})]

    def place_of(self, mentor: int) -> int:
        """The mentor with whom a place more frees one with this mentor; by key, since whoever looks may be them."""
        return self.read.mentors[int(self.chains.new_with[mentor])].pk

    def at_a_loss(self, mentee: int, possible: np.ndarray) -> dict:
        """What matching somebody costs the total, where the total comes first."""
        loss = int((self.chains.to_room - self.scores[mentee])[possible].min())
        words = _("giving up %(points)s points of all together") % {"points": loss}
        return {"words": words, "place_with": None}


def points_with(read: tables.Tables, mentee: int) -> np.ndarray:
    """What the rules alone say of one mentee with every mentor, whoever is kept apart; -1 where one forbids."""
    rows = [table.row(mentee) for table in read.scored.tables]
    total = np.sum(rows, axis=0) if rows else np.zeros(len(read.mentors), dtype=np.int64)
    for row in rows:
        total[row < 0] = -1
    return total

"""What a coordinator holds to in a draft, whatever is worked out around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from matching.models import Round


@dataclass(frozen=True)
class Held:
    """Pairs that stay, pairs that must not be, people left without a mentor, places; by membership."""

    pins: dict[int, int] = field(default_factory=dict)
    apart: frozenset[tuple[int, int]] = frozenset()
    left: frozenset[int] = frozenset()
    places: dict[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.pins or self.apart or self.left or self.places)

    @classmethod
    def of(cls, round: Round) -> Held:
        """What is held in a draft as it stands."""
        return cls.read(round.result.get("held", {}))

    @classmethod
    def carried(cls, round: Round) -> Held:
        """What a round took over from the draft it was asked for in place of."""
        return cls.read(round.result.get("carried", {}))

    @classmethod
    def read(cls, data: dict) -> Held:
        return cls(
            pins={int(mentee): mentor for mentee, mentor in data.get("pins", {}).items()},
            apart=frozenset((mentee, mentor) for mentee, mentor in data.get("apart", [])),
            left=frozenset(data.get("left", [])),
            places={int(mentor): places for mentor, places in data.get("places", {}).items()},
        )

    def to_json(self) -> dict:
        return {
            "pins": {str(mentee): mentor for mentee, mentor in sorted(self.pins.items())},
            "apart": sorted([mentee, mentor] for mentee, mentor in self.apart),
            "left": sorted(self.left),
            "places": {str(mentor): places for mentor, places in sorted(self.places.items())},
        }

    def pinned(self, mentee: int, mentor: int) -> Held:
        """The same with this pair held; it is no longer kept apart."""
        free = self.freed(mentee)
        return replace(free, pins={**free.pins, mentee: mentor}, apart=free.apart - {(mentee, mentor)})

    def kept_apart(self, mentee: int, mentor: int) -> Held:
        """The same with these two not together."""
        free = self.freed(mentee) if self.pins.get(mentee) == mentor else self
        return replace(free, apart=free.apart | {(mentee, mentor)})

    def left_out(self, mentee: int) -> Held:
        """The same with this mentee left without a mentor."""
        free = self.freed(mentee)
        return replace(free, left=free.left | {mentee})

    def freed(self, mentee: int) -> Held:
        """The same with nothing held of this mentee but whom they must not have."""
        pins = {key: mentor for key, mentor in self.pins.items() if key != mentee}
        return replace(self, pins=pins, left=self.left - {mentee})

    def together_again(self, mentee: int, mentor: int) -> Held:
        """The same with these two no longer kept apart."""
        return replace(self, apart=self.apart - {(mentee, mentor)})

    def with_places(self, mentor: int, places: int | None) -> Held:
        """The same with so many places of a mentor in this draft; None for as many as they have."""
        kept = {key: number for key, number in self.places.items() if key != mentor}
        return replace(self, places=kept if places is None else {**kept, mentor: places})

    def over(self, first: Held) -> Held:
        """The same on top of what is held from the beginning, which it may let go of by holding something else."""
        decided = {mentee for mentee, _mentor in self.apart} | self.left | self.pins.keys()
        kept = {mentee: mentor for mentee, mentor in first.pins.items() if mentee not in decided}
        return replace(self, pins={**kept, **self.pins})

    def without(self, pins: Collection[int]) -> Held:
        """The same without the pairs of these mentees."""
        return replace(self, pins={mentee: mentor for mentee, mentor in self.pins.items() if mentee not in pins})

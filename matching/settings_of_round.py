"""How a round is to be worked out: for what, for whom, at what price for a change, and how large circles are."""

from __future__ import annotations

from dataclasses import dataclass

from matching.models import PairPurpose, Round, RoundPeople


@dataclass(frozen=True)
class Settings:
    """What whoever asks for a round may choose; as it stands, everybody without a mentor."""

    purpose: PairPurpose | None = None
    people: str = RoundPeople.READY
    # The mentees (memberships) of a round for only these people.
    chosen: tuple[int, ...] = ()
    change_price: int | None = None
    least: int | None = None
    most: int | None = None

    @classmethod
    def of(cls, round: Round) -> Settings:
        """Those of a round, to work it out again."""
        chosen = round.chosen.order_by("pk").values_list("pk", flat=True) if round.is_for_chosen else ()
        return cls(round.purpose, round.people, tuple(chosen), round.change_price, round.least, round.most)

    @property
    def columns(self) -> dict:
        """As a round keeps them, but for the people chosen."""
        names = ("purpose", "people", "change_price", "least", "most")
        return {name: getattr(self, name) for name in names}

"""What a round gave to whom, by group, and which groups may be shown (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True)
class Person:
    """One mentee of a round: the group they said they are in, and what became of them."""

    key: int
    group: str
    score: int | None
    waited: int | None


@dataclass(frozen=True)
class Row:
    """The figures of some people; a mean or a lowest score that would tell of too few is None."""

    group: str
    people: int
    matched: int | None
    mean: float | None
    lowest: int | None
    waited: float | None

    @property
    def share(self) -> int | None:
        """Matched, in percent."""
        return round(100 * self.matched / self.people) if self.people and self.matched is not None else None


def enough(number: int) -> bool:
    """Whether what is not shown, and can be worked out by taking away, tells of nobody or of enough people."""
    return number == 0 or number >= FEWEST


def shown(sizes: Mapping[str, int], hidden: Collection[str] = ()) -> set[str]:
    """The groups that may be shown: at least five in each and none or five outside it, and so for the hidden together.

    Where the hidden ones are too few together, the smallest that would be shown is hidden, too. `hidden` are hidden
    for another reason already.
    """
    total = sum(sizes.values())
    found = {group for group, size in sizes.items() if size >= FEWEST and enough(total - size) and group not in hidden}
    while found and not enough(total - sum(sizes[group] for group in found)):
        found.remove(min(found, key=lambda group: (sizes[group], group)))
    return found


def differing(now: Iterable[Person], before: Iterable[Person]) -> set[str]:
    """Groups that cannot stand beside the last round: one to four came or went, and taking away would tell of them.

    They are hidden with so many others that the hidden ones together do not tell of too few either.
    """
    here, there = keys_by_group(now), keys_by_group(before)
    groups = sorted(here.keys() | there.keys(), key=lambda group: (len(there.get(group, ())), group))
    hidden = {group for group in groups if tells([group], here, there)}
    rest = [group for group in groups if group not in hidden]
    while rest and tells(hidden, here, there):
        hidden.add(rest.pop(0))
    return hidden


def keys_by_group(people: Iterable[Person]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for person in people:
        found.setdefault(person.group, set()).add(person.key)
    return found


def tells(groups: Iterable[str], here: Mapping[str, set[int]], there: Mapping[str, set[int]]) -> bool:
    """Whether these groups together lost or gained one to four people."""
    groups = list(groups)
    mine: set[int] = set().union(*(here.get(group, set()) for group in groups))
    theirs: set[int] = set().union(*(there.get(group, set()) for group in groups))
    return not enough(len(mine - theirs)) or not enough(len(theirs - mine))


def rows_of(people: Iterable[Person], hidden: Collection[str] = ()) -> list[Row]:
    """A row for each group that may be shown, the largest first; scores only where enough of them are matched."""
    people = list(people)
    groups = shown(Counter(person.group for person in people), hidden)
    scored = shown(Counter(person.group for person in people if person.score is not None), set_of(people) - groups)
    found = [row_of(group, [one for one in people if one.group == group], group in scored) for group in groups]
    return sorted(found, key=lambda row: (-row.people, row.group))


def set_of(people: Iterable[Person]) -> set[str]:
    return {person.group for person in people}


def row_of(group: str, people: list[Person], scores_shown: bool = True) -> Row:
    """The figures of one group, or of everybody."""
    scores = [person.score for person in people if person.score is not None]
    waited = [person.waited for person in people if person.waited is not None]
    return Row(
        group=group,
        people=len(people),
        matched=len(scores),
        mean=round(sum(scores) / len(scores), 1) if scores and scores_shown else None,
        lowest=min(scores) if scores and scores_shown else None,
        # Known of some alone it would tell of too few.
        waited=round(sum(waited) / len(waited), 1) if waited and len(waited) == len(people) else None,
    )


def load(taken: Mapping[int, int], free: Mapping[int, int]) -> list[tuple[int, int]]:
    """How many mentors with a free place got how many people: (people, mentors), the fewest first."""
    return sorted(
        Counter(taken.get(mentor, 0) for mentor, places in free.items() if places or taken.get(mentor)).items()
    )

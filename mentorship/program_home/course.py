"""How far a measured goal is, month by month: rows in, numbers out (pure).

A course has one point for the end of each month and one for today. A share counts only those of whom it can be known
by then: somebody who joined last week says nothing about "within 30 days".
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MOST_MONTHS = 12


@dataclass(frozen=True)
class Seat:
    """A mentee's place: the days they joined and went, and those on which their first mentor came."""

    joined: date
    gone: date | None = None
    first_pair: date | None = None


@dataclass(frozen=True)
class Span:
    """A pair from its first day to its last."""

    mentee: int
    began: date
    ended: date | None = None

    def covers(self, day: date) -> bool:
        return self.began <= day and (self.ended is None or self.ended > day)


@dataclass(frozen=True)
class Point:
    """One month of a course: the day it was counted on, how many of how many, and the value where there is one."""

    day: date
    n: float
    of: int
    value: float | None


def share(day: date, n: int, of: int) -> Point:
    """So many of so many, in percent."""
    return Point(day, n, of, 100 * n / of if of else None)


def days_of(first: date, today: date) -> list[date]:
    """The last day of each month since the first one, and today; at most a year of them."""
    found = [today]
    year, month = today.year, today.month
    while len(found) < MOST_MONTHS:
        end = date(year, month, 1) - timedelta(days=1)
        if end < first:
            break
        found.append(end)
        year, month = end.year, end.month
    return found[::-1]


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def matched(day: date, seats: dict[int, Seat], spans: Iterable[Span]) -> Point:
    """Who had a mentor that day, of the mentees who were there."""
    there = {pk for pk, seat in seats.items() if seat.joined <= day and (seat.gone is None or seat.gone > day)}
    return share(day, len({span.mentee for span in spans if span.covers(day)} & there), len(there))


def placed(day: date, seats: dict[int, Seat], within: int) -> Point:
    """Who had their first mentor within so many days, of those who joined that long ago."""
    allowed = timedelta(days=within)
    old = [seat for seat in seats.values() if seat.joined + allowed <= day]
    soon = [seat for seat in old if seat.first_pair is not None and seat.first_pair <= seat.joined + allowed]
    return share(day, len(soon), len(old))


def going(day: date, spans: Iterable[Span], months: int) -> Point:
    """Which pairs went on for so many months, of those that began that long ago."""
    old = [span for span in spans if later(span.began, months) <= day]
    return share(day, sum(1 for span in old if span.ended is None or span.ended >= later(span.began, months)), len(old))


def as_agreed(day: date, standings: Iterable[str]) -> Point:
    """Which pairs were new or in rhythm, of those that were not at rest."""
    counted = [standing for standing in standings if standing in ("new", "in_rhythm", "quiet", "never")]
    return share(day, sum(1 for standing in counted if standing in ("new", "in_rhythm")), len(counted))

"""Is this pair in touch: the one function that decides it (pure).

Days are civil days of the program. A rest is a half-open interval [first day, first day after) in which the clock
stands still: a pause the mentee agreed to, the mentee's own leave, whole days on which our own sweeps did not run.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
Rest = tuple[date, date]

NEW, IN_RHYTHM, QUIET, NEVER, PAUSED, ON_LEAVE, ENDED = (
    "new", "in_rhythm", "quiet", "never", "paused", "on_leave", "ended",
)  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """Counts days from `since`, but those inside a rest; day 0 is `since` itself."""

    since: date
    rests: tuple[Rest, ...] = ()

    def days(self, today: date) -> int:
        """How many days have run by `today`; 0 on `since` and before it."""
        return max(0, (today - self.since).days - sum((e - s).days for s, e in self._merged(today)))

    def day(self, n: int) -> date:
        """The first day on which at least n days have run."""
        found = self.since + n * DAY
        for start, end in self._merged(date.max):
            if start >= found:
                break
            found += end - start
        return found

    def _merged(self, until: date) -> list[Rest]:
        """The rests after `since` and up to `until`, apart from each other and in order."""
        merged: list[Rest] = []
        for start, end in sorted(self.rests):
            start, end = max(start, self.since), min(end, until)
            if merged and start <= merged[-1][1]:
                start, end = merged[-1][0], max(end, merged[-1][1])
                merged.pop()
            if end > start:
                merged.append((start, end))
        return merged


@dataclass(frozen=True)
class Facts:
    """All that is known of a pair on a day; `first_contact_days` and `rhythm_days` are counts of days."""

    today: date
    began_on: date
    rhythm_days: int
    first_contact_days: int
    last_contact: date | None = None
    last_restart: date | None = None
    rests: tuple[Rest, ...] = ()
    # Of the rests, those the mentee agreed to.
    pauses: tuple[Rest, ...] = ()
    # Days on which the mentor or the mentee is away.
    away: tuple[Rest, ...] = ()
    ended_on: date | None = None


@dataclass(frozen=True)
class Answer:
    """The standing on a day, since when, the day they should have been in touch by, and the next day it can change."""

    standing: str
    since: date
    due_on: date | None
    changes_on: date | None


def silence(facts: Facts) -> Clock:
    """The clock since the two were last in touch, or since they were matched."""
    return Clock(facts.last_contact or facts.began_on, facts.rests)


def ladder_clock(facts: Facts) -> Clock:
    """The same, but that a person's decision that the pair goes on starts it anew."""
    begun = max(filter(None, (facts.began_on, facts.last_contact, facts.last_restart)))
    return Clock(begun, facts.rests)


def allowed(facts: Facts) -> int:
    """How many days of silence the rhythm allows: until the first contact, the days set for that."""
    return facts.rhythm_days if facts.last_contact else facts.first_contact_days


def assess(facts: Facts) -> Answer:
    """What the standing of a pair is on `facts.today`."""
    if facts.ended_on is not None:
        return Answer(ENDED, facts.ended_on, None, None)
    clock = silence(facts)
    due_on = ladder_clock(facts).day(allowed(facts))
    quiet_on = clock.day(allowed(facts) + 1)
    changes_on = _next_change(facts, quiet_on)
    if rest := _covering(facts.pauses, facts.today):
        return Answer(PAUSED, rest[0], due_on, changes_on)
    if facts.today >= quiet_on:
        return Answer(QUIET if facts.last_contact else NEVER, quiet_on, due_on, changes_on)
    if rest := _covering(facts.away, facts.today):
        return Answer(ON_LEAVE, rest[0], due_on, changes_on)
    return Answer(IN_RHYTHM if facts.last_contact else NEW, clock.since, due_on, changes_on)


def _covering(rests: tuple[Rest, ...], today: date) -> Rest | None:
    return next((rest for rest in sorted(rests) if rest[0] <= today < rest[1]), None)


def _next_change(facts: Facts, quiet_on: date) -> date | None:
    edges = {day for rest in (*facts.rests, *facts.away) for day in rest}
    return min((day for day in (*edges, quiet_on) if day > facts.today), default=None)

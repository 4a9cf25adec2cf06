"""Which step of the ladder is due for a silent pair, and when (pure).

All figures are counts of days; days run on the ladder's clock, which stands still while a pair rests. The steps of a
climb are taken in order, each once, and never closer together than they were meant to be: whoever was away, our own
machines included, is not escalated for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from checkins.standing import Clock, Facts, allowed, ladder_clock

NUDGE, SECOND_NUDGE, CASE, IDLE = "nudge", "nudge-2", "case", "idle"
NUDGES = (NUDGE, SECOND_NUDGE)
DAY = timedelta(days=1)
# An agreed meeting puts a case off until the day on which both have been asked again, by this much at most.
AFTER_MEETING, MOST_PUT_OFF = 3, 14


@dataclass(frozen=True)
class Climb:
    """The steps of one silence: its name, the clock it runs on, and after how many days each step is due."""

    kind: str
    clock: Clock
    steps: tuple[tuple[str, int], ...]

    @property
    def since(self) -> date:
        return self.clock.since

    def cause(self, pairing: int) -> str:
        """What this silence is known by: the next one has another."""
        return f"{self.kind}:{pairing}:since:{self.since.isoformat()}"

    def idle_cause(self, pairing: int) -> str:
        """What the case of a long rest is known by."""
        return f"idle:{pairing}:since:{self.since.isoformat()}"


def climb_of(facts: Facts, figures: Mapping[str, int]) -> Climb:
    """The climb a pair is on: its figures come from the program."""
    clock = ladder_clock(facts)
    n = allowed(facts)
    if facts.last_contact is None:
        case = figures["never_case_days"]
        first = min(figures["first_nudge_days"], case - 2)
        second = min(max(figures["second_nudge_days"], first + 1), case - 1)
        idle = _idle_days(facts.rhythm_days, case, figures)
        return Climb("never", clock, ((NUDGE, first), (SECOND_NUDGE, second), (CASE, case), (IDLE, idle)))
    case = quiet_case_days(n, figures)
    nudge = min(quiet_nudge_days(n, figures), case - 1)
    return Climb("quiet", clock, ((NUDGE, nudge), (CASE, case), (IDLE, _idle_days(n, case, figures))))


def quiet_nudge_days(rhythm: int, figures: Mapping[str, int]) -> int:
    """After how many days of silence both are written to: a part of the rhythm past it, at most some days."""
    share = -(-rhythm * figures["quiet_nudge_percent"] // 100)
    return max(rhythm + 1, min(share, rhythm + figures["quiet_nudge_most"]))


def quiet_case_days(rhythm: int, figures: Mapping[str, int]) -> int:
    """After how many days of silence a person decides: never before some day, at most some days past the rhythm."""
    share = max(-(-rhythm * figures["quiet_case_percent"] // 100), figures["quiet_case_least"])
    return max(rhythm + 2, min(share, rhythm + max(figures["quiet_case_most"], figures["quiet_case_least"])))


def _idle_days(rhythm: int, case: int, figures: Mapping[str, int]) -> int:
    return max(3 * rhythm, figures["idle_days"], case + 1)


@dataclass(frozen=True)
class Due:
    """The next step and the first day on which it may be taken."""

    step: str
    on: date


def next_step(climb: Climb, taken: Mapping[str, date], meeting_on: date | None = None) -> Due | None:
    """What comes next and when; None once every step is taken.

    `taken` has the day each step was taken on; `meeting_on` is the day of the next agreed meeting. While a meeting is
    agreed ahead nobody is nudged, and nothing happens until three days after it; fourteen days at most.
    """
    before: tuple[str, int] | None = None
    for step, days in climb.steps:
        if step in taken:
            before = (step, days)
            continue
        on = climb.clock.day(days)
        if before is not None:
            # Days of a rest count neither for the silence nor for the distance from the step before.
            on = max(on, Clock(taken[before[0]], climb.clock.rests).day(days - before[1]))
        if meeting_on is not None:
            # Counted from the day it was planned for, so that steps put off one after the other stay within the bound.
            on = max(on, min(meeting_on + AFTER_MEETING * DAY, climb.clock.day(days) + MOST_PUT_OFF * DAY))
        return Due(step, on)
    return None


def latest_case_day(facts: Facts, figures: Mapping[str, int]) -> date:
    """The last day on which a climb without delay of ours has come to a person, an agreed meeting included."""
    climb = climb_of(facts, figures)
    return climb.clock.day(dict(climb.steps)[CASE]) + MOST_PUT_OFF * DAY

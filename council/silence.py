"""Where a silent pair stands on the ladder: the steps taken, the meetings agreed, and what is due."""

from datetime import date, datetime, timedelta

from checkins.models import Meeting, MeetingState
from checkins.standing import Facts
from council import ladder
from council.models import Step
from matching.models import Pairing
from profiles import civil

# When an agreed meeting is over, both are asked before anybody else is.
MEETING_COUNTS = timedelta(days=ladder.AFTER_MEETING)


def rests(facts: Facts) -> bool:
    """Whether today is a day that does not count."""
    return any(start <= facts.today < end for start, end in facts.rests)


def taken(cause: str, program) -> dict[str, date]:
    """The steps of a silence, by the civil day they were taken on."""
    rows = Step.objects.filter(cause=cause).values_list("step", "at")
    return {step: civil.day_of(at, program.zone) for step, at in rows}


def meeting_on(pairing: Pairing, now: datetime) -> date | None:
    """The day of the next agreed meeting, or of the last until both have been asked about it."""
    agreed = Meeting.objects.filter(pairing=pairing, state=MeetingState.ACCEPTED, starts_at__gt=now - MEETING_COUNTS)
    starts = agreed.order_by("starts_at").values_list("starts_at", flat=True).first()
    return civil.day_of(starts, pairing.program.zone) if starts else None


def is_nudged(pairing: Pairing, facts: Facts, figures, now: datetime) -> bool:
    """Whether a nudge is due for a pair today."""
    climb = ladder.climb_of(facts, figures)
    due = ladder.next_step(climb, taken(climb.cause(pairing.pk), pairing.program), meeting_on(pairing, now))
    return bool(due and due.step in ladder.NUDGES and due.on <= facts.today and not rests(facts))

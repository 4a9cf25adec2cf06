"""The ladder at work: each pair that was looked at takes the step that is due."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins.models import Meeting, MeetingState
from checkins.standing import ENDED, Facts
from council import ladder
from council.actions import cases
from council.letters import nudges
from council.models import Case, CaseKind, Step
from matching.models import Pairing
from outbox.actions import post
from profiles import civil
from programs.models import Membership, ProgramState

KINDS = {"never": CaseKind.NEVER, "quiet": CaseKind.QUIET}
# When an agreed meeting is over, both are asked before anybody else is.
MEETING_COUNTS = timedelta(days=ladder.AFTER_MEETING)


def climb(pairing: Pairing, facts: Facts, answer, now) -> datetime | None:
    """Takes the step that is due for a pair, if any; when it wants to be asked again."""
    if answer.standing == ENDED or pairing.program.state != ProgramState.OPEN:
        return None
    climbing = ladder.climb_of(facts, pairing.program.figures_in_force())
    cause = climbing.cause(pairing.pk)
    while True:
        due = ladder.next_step(climbing, _taken(cause, pairing.program), _meeting_on(pairing, now))
        if due is None:
            return None
        if due.on > facts.today:
            return civil.moment(due.on, time(0), pairing.program.zone)
        if _rests(facts):
            # The days of a rest do not count; the standing's own next change wakes us up.
            return None
        if due.step == ladder.IDLE and Case.objects.open().filter(pairing=pairing).exists():
            return civil.moment(facts.today + ladder.DAY, time(0), pairing.program.zone)
        if not take(due.step, climbing, pairing, facts, now):
            return now


def _rests(facts: Facts) -> bool:
    return any(start <= facts.today < end for start, end in facts.rests)


def _taken(cause: str, program) -> dict:
    """The steps of a silence, by the civil day they were taken on."""
    rows = Step.objects.filter(cause=cause).values_list("step", "at")
    return {step: civil.day_of(at, program.zone) for step, at in rows}


def _meeting_on(pairing, now):
    """The day of the next agreed meeting, or of the last until both have been asked about it."""
    agreed = Meeting.objects.filter(pairing=pairing, state=MeetingState.ACCEPTED, starts_at__gt=now - MEETING_COUNTS)
    starts = agreed.order_by("starts_at").values_list("starts_at", flat=True).first()
    return civil.day_of(starts, pairing.program.zone) if starts else None


def take(step: str, climbing: ladder.Climb, pairing, facts: Facts, now) -> bool:
    """One step with its letters and its case, in one transaction; False where another process took it."""
    cause = climbing.cause(pairing.pk)
    if step in (ladder.NUDGE, ladder.SECOND_NUDGE):
        letters, opening = _nudges(step, climbing, pairing, facts, now), None
    else:
        letters, opening = [], _opening(step, cause, climbing, pairing, facts, now)
    with transaction.atomic():
        if not cases.take_step(cause, step, pairing=pairing, now=now):
            return False
        if opening is not None:
            cases.open_case(opening, by=None, now=now)
        post(letters)
    return True


def _nudges(step, climbing, pairing, facts, now) -> list:
    """To both, but to nobody who is away."""
    written = []
    if pairing.mentee.state != Membership.State.ON_LEAVE:
        written.append(nudges.to_mentee(pairing, step=step, climb=climbing, facts=facts, now=now))
    if pairing.mentor.state != Membership.State.ON_LEAVE:
        written.append(nudges.to_mentor(pairing, step=step, climb=climbing, facts=facts, now=now))
    return written


def _opening(step, cause, climbing, pairing, facts, now) -> cases.Opening:
    kind = CaseKind.IDLE if step == ladder.IDLE else KINDS[climbing.kind]
    return cases.new_case(
        kind=kind,
        cause=cause if kind != CaseKind.IDLE else cause.replace(climbing.kind, "idle", 1),
        program=pairing.program,
        membership=pairing.mentee,
        pairing=pairing,
        concerned=[pairing.mentor.user, pairing.mentee.user],
        now=now,
        tried=_tried(cause, pairing, facts),
    )


STEP_WORDS = {
    ladder.NUDGE: gettext_lazy("Both were written to on %(date)s, and asked whether they can reach each other."),
    ladder.SECOND_NUDGE: gettext_lazy("Both were written to again on %(date)s."),
}


def _tried(cause, pairing, facts) -> list[str]:
    """What a person who has to decide should know: the last contact, and what was tried."""
    if facts.last_contact:
        lines = [_("Last in touch on %(date)s.") % {"date": date_format(facts.last_contact, "j F Y")}]
    else:
        words = _("Matched on %(date)s; nobody has said that they were in touch since.")
        lines = [words % {"date": date_format(facts.began_on, "j F Y")}]
    for step, day in _taken(cause, pairing.program).items():
        if step in STEP_WORDS:
            lines.append(str(STEP_WORDS[step]) % {"date": date_format(day, "j F Y")})
    return lines


def missed_again(meeting, *, by, now) -> None:
    """The second meeting in a row that did not happen: a coordinator looks at it."""
    pairing = meeting.pairing
    opening = cases.new_case(
        kind=CaseKind.MISSED,
        cause=f"missed:{pairing.pk}:{meeting.pk}",
        program=pairing.program,
        membership=pairing.mentee,
        pairing=pairing,
        concerned=[pairing.mentor.user, pairing.mentee.user],
        now=now,
        tried=[_("Two meetings in a row did not happen, the last on %(date)s.")
               % {"date": date_format(pairing.program.today(meeting.starts_at), "j F Y")}],
    )  # fmt: skip
    with transaction.atomic():
        if not Case.objects.open().filter(kind=CaseKind.MISSED, pairing=pairing).exists():
            cases.open_case(opening, by=by, now=now)


def pair_ended(pairing, *, by, now) -> None:
    """With a pair ends what was to be decided about it, but what its mentee asked for themselves."""
    rows = Case.objects.open().filter(pairing=pairing).exclude(kind__in=[CaseKind.LEFT, CaseKind.WISH])
    cases.settle(rows.select_related("program"), by=by, now=now, words=_("The pair has ended."))

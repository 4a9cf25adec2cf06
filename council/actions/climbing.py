"""The ladder at work: each pair that was looked at takes the step that is due."""

from datetime import datetime, time

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins import watching
from checkins.standing import ENDED, Facts
from council import ladder, silence
from council.actions import cases
from council.letters import nudges
from council.models import Case, CaseKind, CaseState, Decision
from matching.models import Pairing
from outbox.actions import post
from profiles import civil
from programs import reach
from programs.models import Membership, Program, ProgramState

KINDS = {"never": CaseKind.NEVER, "quiet": CaseKind.QUIET}


def climb(pairing: Pairing, facts: Facts, answer, now) -> datetime | None:
    """Takes the step that is due for a pair, if any; when it wants to be asked again."""
    if answer.standing == ENDED or pairing.program.state != ProgramState.OPEN:
        return None
    climbing = ladder.climb_of(facts, pairing.program.figures_in_force())
    cause, rests = climbing.cause(pairing.pk), silence.rests(facts)
    while True:
        taken = silence.taken(cause, pairing.program)
        if ladder.CASE in taken and not rests:
            open_again(climbing, pairing, facts, now)
        due = ladder.next_step(climbing, taken, silence.meeting_on(pairing, now))
        if due is None:
            return None
        if due.on > facts.today:
            return civil.moment(due.on, time(0), pairing.program.zone)
        if rests:
            # The days of a rest do not count; the standing's own next change wakes us up.
            return None
        if due.step == ladder.IDLE and Case.objects.open().filter(pairing=pairing).exists():
            return civil.moment(facts.today + ladder.DAY, time(0), pairing.program.zone)
        if not take(due.step, climbing, pairing, facts, now):
            return now


def take(step: str, climbing: ladder.Climb, pairing, facts: Facts, now) -> bool:
    """One step with its letters and its case, in one transaction; False where something came first."""
    letters, opening = [], None
    if step in ladder.NUDGES:
        letters = _nudges(step, climbing, pairing, facts, now)
    else:
        kind = CaseKind.IDLE if step == ladder.IDLE else KINDS[climbing.kind]
        if kind != CaseKind.IDLE and reach.of_members([pairing.mentor, pairing.mentee]):
            # Who gets no reminders has not left one unanswered.
            kind = CaseKind.UNREACHED
        opening = _opening(kind, climbing, pairing, facts, now)
    with transaction.atomic():
        if not _still_silent(pairing, facts):
            return False
        if not cases.take_step(climbing.cause(pairing.pk), step, pairing=pairing, now=now):
            return False
        if opening is not None:
            cases.open_case(opening, by=None, now=now)
        post(letters)
    return True


def open_again(climbing: ladder.Climb, pairing, facts: Facts, now) -> bool:
    """What settled by itself, by a contact that was taken back since, is a person's to decide again."""
    causes = [climbing.cause(pairing.pk), climbing.idle_cause(pairing.pk)]
    last = Case.objects.filter(cause__in=causes).order_by("-opened_at", "-pk").first()
    if last is None or last.state == CaseState.OPEN or last.decision != Decision.BY_ITSELF:
        return False
    opening = _opening(last.kind, climbing, pairing, facts, now)
    with transaction.atomic():
        return _still_silent(pairing, facts) and cases.open_case(opening, by=None, now=now) is not None


def _still_silent(pairing, facts) -> bool:
    """Whether nothing was heard since the pair was looked at; it stays so to the end of the transaction."""
    # The program first, as everywhere: a pair that ends at this moment holds it.
    Program.objects.locked().get(pk=pairing.program_id)
    return watching.hold(pairing, facts)


def _nudges(step, climbing, pairing, facts, now) -> list:
    """To both, but to nobody who is away."""
    written = []
    if pairing.mentee.state != Membership.State.ON_LEAVE:
        written.append(nudges.to_mentee(pairing, step=step, climb=climbing, facts=facts, now=now))
    if pairing.mentor.state != Membership.State.ON_LEAVE:
        written.append(nudges.to_mentor(pairing, facts=facts, now=now))
    return written


def _opening(kind, climbing, pairing, facts, now) -> cases.Opening:
    is_idle = kind == CaseKind.IDLE
    return cases.new_case(
        kind=kind,
        cause=climbing.idle_cause(pairing.pk) if is_idle else climbing.cause(pairing.pk),
        program=pairing.program,
        membership=pairing.mentee,
        pairing=pairing,
        concerned=[pairing.mentor.user, pairing.mentee.user],
        now=now,
        tried=_tried(climbing.cause(pairing.pk), pairing, facts),
    )


ONE_STEP_WORDS = {
    ladder.NUDGE: gettext_lazy("%(name)s alone was written to on %(date)s, and asked about the other."),
    ladder.SECOND_NUDGE: gettext_lazy("%(name)s alone was written to again on %(date)s."),
}
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
    two = [pairing.mentor, pairing.mentee]
    unreached = reach.of_members(two)
    reached = [member.user for member in two if member.pk not in unreached]
    said = STEP_WORDS if len(reached) == 2 else ONE_STEP_WORDS
    for step, day in silence.taken(cause, pairing.program).items() if reached else ():
        if step in said:
            lines.append(str(said[step]) % {"date": date_format(day, "j F Y"), "name": reached[0]})
    return lines + reach.said_of(two)


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

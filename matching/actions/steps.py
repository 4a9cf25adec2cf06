"""A draft changed by hand, step by step: what is held to, and the rest worked out again around it."""

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions import record
from matching import rounds
from matching.actions.drafts import refuse_own
from matching.models import Proposal, Round, RoundState, Step, StepKind
from matching.permissions import takes_part
from matching.rounds.rework import LINE
from programs.errors import Refused

LINES_AT_ONCE = 200


def hold_pair(round, mentee, mentor, *, by, now, seen: int | None = None) -> Step:
    """Gives a mentee of a draft this mentor, whatever else is worked out."""
    line_of(round, mentee, by)
    refuse_own(by, mentor)
    if mentor.pk not in round.places_then:
        raise Refused(
            _("%(name)s is not in this round. Work the pairs out again to bring them in.") % {"name": mentor.user}
        )
    held = rounds.Held.of(round).pinned(mentee.pk, mentor.pk)
    return take(round, held, seen, kind=StepKind.PIN, mentee=mentee, mentor=mentor, by=by, now=now)


def set_apart(round, mentee, mentor, *, by, now, seen: int | None = None) -> Step:
    """These two are not brought together in this draft."""
    line_of(round, mentee, by)
    refuse_own(by, mentor)
    held = rounds.Held.of(round).kept_apart(mentee.pk, mentor.pk)
    return take(round, held, seen, kind=StepKind.APART, mentee=mentee, mentor=mentor, by=by, now=now)


def allow_again(round, mentee, mentor, *, by, now, seen: int | None = None) -> Step:
    """These two may be brought together again."""
    line_of(round, mentee, by)
    refuse_own(by, mentor)
    held = rounds.Held.of(round).together_again(mentee.pk, mentor.pk)
    return take(round, held, seen, kind=StepKind.TOGETHER, mentee=mentee, mentor=mentor, by=by, now=now)


def leave_out(round, mentee, *, by, now, seen: int | None = None) -> Step:
    """Leaves a mentee of a draft without a mentor."""
    line_of(round, mentee, by)
    held = rounds.Held.of(round).left_out(mentee.pk)
    return take(round, held, seen, kind=StepKind.LEFT, mentee=mentee, by=by, now=now)


def let_go(round, mentee, *, by, now, seen: int | None = None) -> Step:
    """No longer holds a mentee to a mentor, or to none."""
    line_of(round, mentee, by)
    held = rounds.Held.of(round).freed(mentee.pk)
    return take(round, held, seen, kind=StepKind.FREE, mentee=mentee, by=by, now=now)


def let_all_go(round, *, by, now, seen: int | None = None) -> Step:
    """Nothing is held by hand any more: the best for all decides."""
    if not rounds.Held.of(round):
        raise Refused(_("Nothing is held by hand."))
    return take(round, rounds.Held(), seen, kind=StepKind.NOTHING, by=by, now=now)


def swap(round, mentee, other, *, by, now, seen: int | None = None) -> Step:
    """Two mentees of a draft change mentors, and are held to them."""
    first, second = line_of(round, mentee, by), line_of(round, other, by)
    if second.mentor is None:
        raise Refused(_("%(name)s has no mentor to give.") % {"name": other.user})
    held = rounds.Held.of(round).freed(mentee.pk).freed(other.pk).pinned(mentee.pk, second.mentor_id)
    held = held.pinned(other.pk, first.mentor_id) if first.mentor_id else held.left_out(other.pk)
    return take(round, held, seen, kind=StepKind.SWAP, mentee=mentee, mentor=second.mentor, other=other, by=by, now=now)


def set_draft_places(round, mentor, places: int | None, *, by, now, seen: int | None = None) -> Step:
    """How many a mentor takes in this draft, never more than they have free; None for as many as they have."""
    refuse_own(by, mentor)
    free = rounds.free_of(round, mentor)
    if places is not None and not 0 <= places <= free:
        words = _("%(name)s has %(free)s free places. More is for them to say: ask them, then change their places.")
        raise Refused(words % {"name": mentor.user, "free": free})
    held = rounds.Held.of(round).with_places(mentor.pk, None if places == free else places)
    return take(round, held, seen, kind=StepKind.PLACES, mentor=mentor, places=places, by=by, now=now)


def line_of(round, mentee, by) -> Proposal:
    """The line of a mentee, unless it is about whoever asks."""
    line = round.proposals.select_related("mentee__user", "mentor__user").filter(mentee=mentee).first()
    if line is None:
        raise Refused(_("%(name)s is not in this round.") % {"name": mentee.user})
    if line.publication_id:
        raise Refused(_("The pair of %(name)s is published already.") % {"name": mentee.user})
    refuse_own(by, line.mentee, line.mentor)
    return line


def take(round, held: rounds.Held, seen: int | None, *, kind, by, now, **fields) -> Step:
    """Works the draft out again around what is held and writes it, unless somebody was quicker."""
    check_seen(round, by, seen)
    try:
        found = rounds.rework(round, held)
    except rounds.Forbidden as forbidden:
        raise Refused(str(forbidden)) from None
    before = round.result
    with transaction.atomic():
        number = move_on(round, found.result)
        if round.proposals.filter(pk__in=[line.pk for line in found.lines], publication__isnull=False).exists():
            raise Refused(quicker())
        write_lines(found.lines)
        step = Step.objects.create(
            round=round,
            number=number,
            kind=kind,
            by=by,
            at=now,
            moves=found.moves,
            before=found.before,
            result_before=before,
            **fields,
        )
        tell(round, step, "draft.changed", by, now)
    return step


def check_seen(round, by, seen: int | None) -> None:
    """Refused where the draft is not the one somebody saw, or is about themselves."""
    if by is not None and takes_part(by, round):
        raise Refused(_("You are in this round yourself, so another coordinator has to change it."))
    if round.state != RoundState.DRAFT:
        raise Refused(settled())
    if seen is not None and seen != round.step:
        raise Refused(quicker())


def settled() -> str:
    return _("This draft is published or discarded already.")


def quicker() -> str:
    return _("Somebody else changed this draft meanwhile. Look at it as it is now, then change it again.")


def move_on(round, result: dict) -> int:
    """One step further by compare-and-set: of two who saw the same draft, one changes it."""
    drafts = Round.objects.filter(pk=round.pk, state=RoundState.DRAFT)
    if drafts.filter(step=round.step).update(step=round.step + 1, result=result) != 1:
        raise Refused(quicker() if drafts.exists() else settled())
    round.step += 1
    round.result = result
    return round.step


def write_lines(lines: list[Proposal]) -> None:
    Proposal.objects.bulk_update(lines, [name.removesuffix("_id") for name in LINE], batch_size=LINES_AT_ONCE)


def tell(round, step, verb: str, by, now) -> None:
    """The history says that a draft was changed and by whom, not what: a draft is nobody's news."""
    words = _("Changed a draft by hand.") if verb == "draft.changed" else _("Took back a change of a draft.")
    record(by=by, verb=verb, thing=step, now=now, topic=round.program.slug, words=words)


def undo(round, *, by, now, seen: int | None = None) -> Step:
    """Takes back the last step: every line is as it was before it."""
    check_seen(round, by, seen)
    step = last_step(round)
    if step is None:
        raise Refused(_("There is nothing to take back."))
    lines = {line.pk: line for line in round.proposals.filter(pk__in=[each["line"] for each in step.before])}
    if any(line.publication_id for line in lines.values()):
        raise Refused(_("Pairs that this step changed are published already, so it cannot be taken back."))
    for each in step.before:
        for name in LINE:
            setattr(lines[each["line"]], name, each[name])
    with transaction.atomic():
        move_on(round, step.result_before)
        # A part may have been published since the lines were read.
        if round.proposals.filter(pk__in=lines, publication__isnull=False).exists():
            raise Refused(quicker())
        write_lines(list(lines.values()))
        Step.objects.filter(pk=step.pk).update(undone_by=by, undone_at=now)
        tell(round, step, "draft.undone", by, now)
    return step


def last_step(round) -> Step | None:
    """The step that would be taken back next."""
    steps = round.steps.filter(undone_at=None).select_related("mentee__user", "mentor__user", "other__user", "by")
    return steps.first()

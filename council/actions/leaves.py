"""Going away for a while, coming back, and leaving."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from checkins import actions as checkins
from council.actions import asking, cases
from council.actions.requests import pairs_of
from council.letters import leaves as letters
from council.models import Ask, AskKind, Case, CaseKind
from journal.actions import record
from matching.models import Pairing
from outbox.actions import post
from outbox.sweeping import each
from programs.errors import Refused
from programs.models import Leave, Membership, MembershipState, Program, ProgramState, Role

S = MembershipState
# From these somebody may go on leave; those who run a program stay what they are, and others stand in.
PRESENT = (S.ACTIVE, S.READY, S.WAITING)
LONGEST_YEARS = 5
DAY = timedelta(days=1)
STAFF = (Role.COORDINATOR, Role.COUNCIL)


def current_leave(membership) -> Leave | None:
    """The leave somebody is on, or has agreed for later."""
    return Leave.objects.current().filter(membership=membership).first()


def is_longer_than_an_interval(pairing, starts_on, returns_on) -> bool:
    return (returns_on - starts_on).days > pairing.rhythm_days


def asked_pairs(membership, pairs, starts_on, returns_on) -> list:
    """The pairs of a mentor whose mentees are asked what suits them meanwhile."""
    if membership.role != Role.MENTOR:
        return []
    return [pairing for pairing in pairs if is_longer_than_an_interval(pairing, starts_on, returns_on)]


def other_of(pairing, membership):
    return pairing.mentee if pairing.mentor_id == membership.pk else pairing.mentor


def held(membership) -> Membership:
    """The membership as it is now, kept so to the end of the transaction."""
    Program.objects.locked().get(pk=membership.program_id)
    rows = Membership.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("user", "program").get(pk=membership.pk)


def tell_history(membership, verb, words, by, now, others=(), why=""):
    """A line for whoever runs the program, but for those whose partner it is."""
    record(
        by=by,
        verb=verb,
        thing=membership,
        now=now,
        topic=membership.program.slug,
        concerns=[membership.user, *others],
        why=why,
        words=words,
    )


def _check_days(program, starts_on, returns_on, now) -> None:
    today = program.today(now)
    if starts_on < today:
        raise Refused(_("The first day away is today or later."))
    if returns_on <= starts_on:
        raise Refused(_("The day you are back is after the first day away."))
    if returns_on > today.replace(year=today.year + LONGEST_YEARS, day=1):
        raise Refused(_("Choose a day within the next %(years)s years.") % {"years": LONGEST_YEARS})


def take_leave(membership, *, starts_on, returns_on, by, now, instead_of: Leave | None = None) -> Leave:
    """Somebody is away until a day; from their first day away their status says so.

    `instead_of` is the leave that this one makes longer or shorter: it stays as history.
    """
    program = membership.program
    _check_days(program, starts_on, returns_on, now)
    pairs = list(pairs_of(membership)) if not membership.is_staff_role else []
    number = membership.leaves.count() + 1
    shorter = instead_of is not None and returns_on < instead_of.returns_on
    asked = [] if shorter else asked_pairs(membership, pairs, starts_on, returns_on)
    # Whoever is asked is told by the question.
    days = {"starts_on": starts_on, "returns_on": returns_on, "number": number, "now": now}
    others = [other_of(pairing, membership).user for pairing in pairs]
    written = [letters.said(membership, others=others, asked=bool(asked), **days)]
    written += [letters.told(pairing, membership, **days) for pairing in pairs if pairing not in asked]
    with transaction.atomic():
        row = held(membership)
        if instead_of is not None:
            _close(instead_of, returns_on, now)
        elif row.state not in PRESENT:
            raise Refused(_("A leave is for whoever takes part now."))
        leave = _new_leave(row, instead_of.starts_on if instead_of else starts_on, returns_on, by, now)
        if instead_of is not None:
            _hand_on_questions(instead_of, leave, shorter)
        if starts_on <= program.today(now):
            _go(leave, now)
        words = {"name": row.user, "starts": starts_on.isoformat(), "returns": returns_on.isoformat()}
        tell_history(
            row, "leave.said", _("%(name)s is away from %(starts)s, back on %(returns)s.") % words, by, now, others
        )
        _look_again(pairs, now)
        post(written)
    see_to(leave, now=now, by=by)
    return leave


def _new_leave(membership, starts_on, returns_on, by, now) -> Leave:
    fields = {"starts_on": starts_on, "returns_on": returns_on, "said_at": now, "said_by": by}
    # A leave of a day or two is not asked about on the day it was said.
    short = (returns_on - membership.program.today(now)).days <= 2
    try:
        with transaction.atomic():
            return Leave.objects.create(membership=membership, asked_at=now if short else None, **fields)
    except IntegrityError:
        raise Refused(_("There is a leave already. Change that one.")) from None


def _close(leave, returns_on, now) -> None:
    """What is over was never longer than it was in the end."""
    until = min(leave.returns_on, returns_on)
    if Leave.objects.current().filter(pk=leave.pk).update(ended_at=now, returns_on=until) != 1:
        raise Refused(_("This leave is over."))


def _hand_on_questions(old, new, shorter: bool) -> None:
    """Who said that they wait still does where it gets shorter; where it gets longer, everybody is asked again."""
    if shorter:
        Ask.objects.filter(leave=old).update(leave=new)
    else:
        Ask.objects.filter(leave=old, answered_at=None).update(look_at=None)


def _go(leave, now) -> bool:
    """From today on their status says that they are away; those who run a program stay what they are."""
    membership = leave.membership
    if membership.is_staff_role:
        return False
    rows = Membership.objects.filter(pk=membership.pk, state__in=PRESENT)
    return rows.update(state=S.ON_LEAVE, since=now, write_again_on=None) == 1


def _look_again(pairs, now) -> None:
    if pairs:
        checkins.look_again(Pairing.objects.filter(pk__in=[pairing.pk for pairing in pairs]), now=now)


def see_to(leave, *, now, by=None) -> int:
    """Asks the mentees of a long leave, and has a coordinator look at a very long one; what is done is left."""
    membership, done = leave.membership, 0
    if membership.is_staff_role or membership.program.state != ProgramState.OPEN:
        return 0
    for pairing in unasked(leave, now):
        cause = f"away:{leave.pk}:{pairing.pk}"
        asking.ask(AskKind.AWAY, pairing=pairing, leave=leave, cause=cause, by=by, now=now)
        done += 1
    if needs_a_look(leave):
        opening = cases.new_case(
            kind=CaseKind.LONG_LEAVE,
            cause=f"long_leave:{leave.pk}",
            program=membership.program,
            membership=membership,
            concerned=[membership.user, *(other_of(pair, membership).user for pair in pairs_of(membership))],
            now=now,
        )
        with transaction.atomic():
            done += cases.open_case(opening, by=by, now=now) is not None
    return done


def unasked(leave, now) -> list:
    """The pairs of a leave whose mentees are still to be asked."""
    membership = leave.membership
    if membership.role != Role.MENTOR:
        return []
    known = set(Ask.objects.filter(leave=leave, kind=AskKind.AWAY).values_list("pairing", flat=True))
    begins = max(leave.starts_on, membership.program.today(now))
    asked = asked_pairs(membership, pairs_of(membership), begins, leave.returns_on)
    return [pairing for pairing in asked if pairing.pk not in known]


def needs_a_look(leave) -> bool:
    """Whether a coordinator has still to look at a leave for its length."""
    length = (leave.returns_on - leave.starts_on).days
    if length <= leave.membership.program.figure("leave_look_days"):
        return False
    looked = Case.objects.filter(kind=CaseKind.LONG_LEAVE, membership=leave.membership)
    return not (looked.open().exists() or looked.filter(cause=f"long_leave:{leave.pk}").exists())


def come_back_later(leave, *, returns_on, by, now) -> Leave:
    """A leave that lasts longer or less long than said: a new one takes its place, so that the old stays history."""
    membership = leave.membership
    today = membership.program.today(now)
    if returns_on == leave.returns_on:
        return leave
    begins = max(leave.starts_on, today)
    return take_leave(membership, starts_on=begins, returns_on=returns_on, by=by, now=now, instead_of=leave)


def confirm_return(leave, *, by, now) -> None:
    """They are back as they said: nothing to change, and nobody asks again."""
    if Leave.objects.current().filter(pk=leave.pk).update(asked_at=now):
        return
    raise Refused(_("This leave is over."))


def end_leave(leave, *, by, now) -> None:
    """Back sooner than said, or not away after all; partners are told, the mentees' waiting ends with it."""
    membership, program = leave.membership, leave.membership.program
    pairs = list(pairs_of(membership)) if not membership.is_staff_role else []
    number = membership.leaves.count()
    days = {"starts_on": leave.starts_on, "returns_on": leave.returns_on, "number": number, "now": now}
    written = [letters.told(pairing, membership, back=True, **days) for pairing in pairs]
    waiting = _waiting_for(leave, program.today(now))
    with transaction.atomic():
        row = held(membership)
        _end(leave, row, pairs, now)
        others = [other_of(pairing, membership).user for pairing in pairs]
        tell_history(row, "leave.ended", _("%(name)s is back.") % {"name": row.user}, by, now, others)
        for pairing in waiting:
            checkins.end_pause(pairing, by=by, now=now)
        _look_again(pairs, now)
        post(written)


def _waiting_for(leave, today) -> list:
    """The pairs of a leave whose mentee said that they wait, and still do."""
    waiting = leave.asks.filter(kind=AskKind.AWAY, answer="wait").values("pairing")
    rows = Pairing.objects.open().filter(pk__in=waiting, pauses__ended_at=None, pauses__ends_on__gt=today)
    return list(rows.select_related("program", "mentor__user", "mentee__user"))


def _end(leave, membership, pairs, now) -> None:
    """Closes a leave in the caller's transaction, by compare-and-set; the status follows."""
    if not make_over(leave, membership.program.today(now), now):
        raise Refused(_("This leave is over."))
    Ask.objects.filter(leave=leave.pk, answered_at=None).update(look_at=None)
    state, again = state_after(membership, pairs, now)
    Membership.objects.filter(pk=membership.pk, state=S.ON_LEAVE).update(state=state, since=now, write_again_on=again)


def make_over(leave, today, now) -> bool:
    """A leave that ends today, in the caller's transaction; False where it was over already.

    One that never began is not kept: only days on which somebody was away count as such. The history tells of it.
    """
    rows = Leave.objects.current().filter(pk=leave.pk)
    if leave.starts_on >= today:
        return bool(rows.delete()[0])
    return rows.update(ended_at=now, returns_on=min(leave.returns_on, today)) == 1


def state_after(membership, pairs, now):
    """What somebody is once they are back, and the day on which we write again to a mentee who waits."""
    if pairs:
        return S.ACTIVE, None
    if membership.role != Role.MENTEE:
        return S.READY, None
    program = membership.program
    return S.WAITING, program.today(now) + timedelta(days=program.figure("write_again_days"))


def turn_leaves(now, stop) -> int:
    """What the days bring: leaves begin, people are asked the day before they are back, and are back."""
    # A day has come somewhere up to 14 hours before it has in UTC, and whoever returns tomorrow is asked today.
    latest = (now + timedelta(hours=14)).date()
    rows = Leave.objects.current().select_related("membership__program", "membership__user").order_by("pk")
    begun = rows.filter(starts_on__lte=latest)
    due = ((leave, step) for leave in begun if (step := _step_due(leave, now)))
    done = each(due, lambda row: row[1](row[0], now=now), stop)
    # What was cut short when a leave was said, or came since: a pair that began, a rhythm that got closer.
    open_ones = rows.filter(membership__program__state=ProgramState.OPEN).exclude(membership__role__in=STAFF)
    lacking = (leave for leave in open_ones if unasked(leave, now) or needs_a_look(leave))
    return done + each(lacking, lambda leave: see_to(leave, now=now), stop)


def _step_due(leave, now):
    """The next thing that a leave of today or before waits for."""
    today, membership = leave.membership.program.today(now), leave.membership
    if leave.returns_on <= today:
        return come_back
    if leave.starts_on <= today and membership.state in PRESENT and not membership.is_staff_role:
        return begin
    if leave.asked_at is None and leave.returns_on - DAY <= today:
        return ask_return
    return None


def begin(leave, *, now) -> None:
    """The first day away has come."""
    pairs = list(pairs_of(leave.membership))
    with transaction.atomic():
        held(leave.membership)
        if Leave.objects.current().filter(pk=leave.pk).exists() and _go(leave, now):
            _look_again(pairs, now)


def ask_return(leave, *, now) -> None:
    """The day before: back as said, or later?"""
    letter = letters.asks(leave, now=now)
    with transaction.atomic():
        if Leave.objects.current().filter(pk=leave.pk, asked_at=None).update(asked_at=now):
            post([letter])


def come_back(leave, *, now) -> None:
    """The day has come on which somebody said that they are back."""
    membership = leave.membership
    pairs = [] if membership.is_staff_role else list(pairs_of(membership))
    others = [other_of(pairing, membership).user for pairing in pairs]
    state, again = state_after(membership, pairs, now)
    ended = membership.program.state == ProgramState.ENDED
    written = [] if ended else [letters.back(leave, others=others, state=state, write_again_on=again, now=now)]
    with transaction.atomic():
        row = held(membership)
        if not Leave.objects.current().filter(pk=leave.pk).exists():
            return
        _end(leave, row, pairs, now)
        tell_history(row, "leave.ended", _("%(name)s is back.") % {"name": row.user}, None, now, others)
        _look_again(pairs, now)
        post(written)

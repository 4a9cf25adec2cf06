"""The waiting list: on the date we named, we write again and name the next."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from matching import letters
from matching.models import Introduction, Pairing, PurposeWait
from outbox.actions import post
from outbox.sweeping import each
from programs.actions import move
from programs.models import Membership, MembershipState, Program, ProgramState
from questions.values import chunks

DAY = timedelta(days=1)


def write_again(now, stop) -> int:
    """Writes to everybody on a waiting list whose date has come in their program's civil days.

    Whoever has been ready for as long, and was in no round, comes onto the list: they have a date from then on.
    """
    # A day is over somewhere up to 14 hours before it is in UTC.
    latest = (now + timedelta(hours=14)).date()
    rows = (
        Membership.objects.participants()
        .filter(state=MembershipState.WAITING, write_again_on__lte=latest, program__state=ProgramState.OPEN)
        .exclude(are_asked())
        .select_related("program", "user")
        .order_by("write_again_on", "pk")
    )
    due = (row for row in rows if row.write_again_on <= row.program.today(now))
    done = each(due, lambda row: write_to(row, now), stop)
    done += each(_ready_for_long(now), lambda row: put_on_the_list(row, now), stop)
    return done + each(_beside_another(latest, now), lambda row: write_beside(row, now), stop)


def _beside_another(latest, now):
    """Those who wait for a mentor for one purpose, with one for another, and whose date has come."""
    rows = PurposeWait.objects.filter(write_again_on__lte=latest, membership__program__state=ProgramState.OPEN)
    asked = Introduction.objects.open().filter(mentee=OuterRef("membership"), purpose=OuterRef("purpose"))
    rows = rows.exclude(Exists(asked)).select_related("membership__program", "membership__user", "purpose")
    rows = rows.order_by("write_again_on", "pk")
    return (row for row in rows if row.write_again_on <= row.membership.program.today(now))


def write_beside(wait, now) -> bool:
    """Writes to one of them and moves their date on; the wait ends where they have somebody, or wait for anybody."""
    member = wait.membership
    mine = PurposeWait.objects.filter(pk=wait.pk, write_again_on=wait.write_again_on)
    found = Pairing.objects.of_mentee(member, wait.purpose).exists()
    if found or member.state not in (MembershipState.ACTIVE, MembershipState.ON_LEAVE):
        return bool(mine.delete()[0])
    next_date = _next_date(member, now)
    letter = letters.still_looking_for(wait, next_date=next_date, now=now)
    with transaction.atomic():
        if not mine.update(write_again_on=next_date):
            return False
        if member.state == MembershipState.ACTIVE:
            post([letter])
    return True


def are_asked() -> Q:
    """Whoever is asked about somebody has another date: the day by which both have answered."""
    asked = Introduction.objects.open()
    return Exists(asked.filter(mentee=OuterRef("pk"))) | Exists(asked.filter(mentor=OuterRef("pk")))


def _ready_for_long(now):
    """Mentees who are ready since as many days as people on the list wait for an email."""
    for program in Program.objects.open():
        days = program.figure("write_again_days")
        rows = Membership.objects.of(program).mentees().filter(state=MembershipState.READY).exclude(are_asked())
        last = program.today(now) - days * DAY
        for member in rows.filter(since__lt=now - (days - 2) * DAY).select_related("program", "user").order_by("pk"):
            if program.today(max(filter(None, (member.since, program.opened_at)))) <= last:
                yield member


def write_to(member, now) -> bool:
    """Writes to one person and moves their date on, both or neither."""
    next_date = _next_date(member, now)
    letter = letters.still_looking(member, next_date=next_date, now=now)
    with transaction.atomic():
        due = Membership.objects.filter(
            pk=member.pk, state=MembershipState.WAITING, write_again_on=member.write_again_on
        )
        if not due.update(write_again_on=next_date):
            return False
        post([letter])
    return True


def put_on_the_list(member, now) -> None:
    """Somebody who was ready waits from now on, and reads by when we write again."""
    letter = told_to_wait(member, now)
    with transaction.atomic():
        move(member, MembershipState.WAITING, by=None, now=now)
        post([letter])


def told_to_wait(member, now):
    """The email to somebody who comes onto the list, unsaved."""
    return letters.still_looking(member, next_date=_next_date(member, now), now=now)


def _next_date(member, now):
    return member.program.today(now) + member.program.figure("write_again_days") * DAY


def wait_beside(mentees: list[int], purpose, *, again, now) -> set[int]:
    """Of these (by membership), those who have a mentor for something else: their status stays, and they wait, too."""
    if purpose is None:
        return set()
    open_pairs = Pairing.objects.open()
    found = {
        pk for chunk in chunks(mentees) for pk in open_pairs.filter(mentee__in=chunk).values_list("mentee", flat=True)
    }
    PurposeWait.objects.bulk_create(
        (PurposeWait(membership_id=pk, purpose=purpose, since=now, write_again_on=again) for pk in sorted(found)),
        update_conflicts=True,
        unique_fields=["membership", "purpose"],
        update_fields=["write_again_on"],
        batch_size=200,
    )
    return found

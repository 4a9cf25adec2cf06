"""The waiting list: on the date we named, we write again and name the next."""

from datetime import timedelta

from django.db import transaction

from matching import letters
from outbox.actions import post
from outbox.sweeping import each
from programs.models import Membership, MembershipState, ProgramState


def write_again(now, stop) -> int:
    """Writes to everybody on a waiting list whose date has come in their program's civil days."""
    # A day is over somewhere up to 14 hours before it is in UTC.
    latest = (now + timedelta(hours=14)).date()
    rows = (
        Membership.objects.participants()
        .filter(state=MembershipState.WAITING, write_again_on__lte=latest, program__state=ProgramState.OPEN)
        .select_related("program", "user")
        .order_by("write_again_on", "pk")
    )
    due = (row for row in rows if row.write_again_on <= row.program.today(now))
    return each(due, lambda row: write_to(row, now), stop)


def write_to(member, now) -> bool:
    """Writes to one person and moves their date on, both or neither."""
    program = member.program
    next_date = program.today(now) + timedelta(days=program.figure("write_again_days"))
    letter = letters.still_looking(member, next_date=next_date, now=now)
    with transaction.atomic():
        due = Membership.objects.filter(
            pk=member.pk, state=MembershipState.WAITING, write_again_on=member.write_again_on
        )
        if not due.update(write_again_on=next_date):
            return False
        post([letter])
    return True

"""The email that asks a mentor, before a round, whether they take somebody; and its one reminder."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching import letters
from matching.letters import Desk
from matching.models import Availability, AvailabilityAnswer, Pairing
from matching.tables import MATCHABLE
from outbox import kinds
from outbox.kinds import Kind
from programs.models import ProgramState

# An email held back for longer asks about a round that is over.
SEND_WITHIN = timedelta(days=14)


def ask(desk: Desk, member, *, again: bool, day, taken: int):
    """This time yes and for how many, not this time, or not any more; `day` is that of the asking."""
    return desk.write(
        "matching.asked_first",
        member,
        key=f"{day.isoformat()}{':again' if again else ''}",
        about={"membership": str(member.public_id)},
        context={"again": again, "taken": taken},
        cut_off=desk.now + SEND_WITHIN,
    )


def of_all(program, members, *, now) -> list:
    """One email to each of these mentors."""
    desk, day = Desk(program, now), program.today(now)
    taken = Pairing.objects.taken_of([member.pk for member in members])
    return [ask(desk, member, again=False, day=day, taken=taken.get(member.pk, 0)) for member in members]


def whose(letter) -> str:
    """The place it asks about."""
    return str(letter.about.get("membership", ""))


def still_asked(letter, now) -> str:
    """Needed while the mentor is in the program and has not answered."""
    row = Availability.objects.filter(membership__public_id=whose(letter), answer=AvailabilityAnswer.NONE).first()
    if row is None or row.membership.state not in MATCHABLE:
        return _("It has been answered, or they are not in the program any more.")
    return _("The program has ended.") if row.membership.program.state == ProgramState.ENDED else ""


def sample(topic: str) -> dict:
    return {**letters.sample(topic), "again": False, "taken": 1}


def register() -> None:
    kinds.register(
        Kind(
            "matching.asked_first",
            gettext_lazy("Do you take somebody this time?"),
            "matching/asked_first.txt",
            still_needed=still_asked,
            may_leave=letters.may_leave,
            optional=True,
            group=kinds.QUESTIONS,
            sample=sample,
        )
    )

"""The emails that answer what participants ask for, where no case does."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy

from matching.letters import Desk, may_leave, one_line, sample
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind
from outbox.sayings import Saying

WRONG = Saying("Something is wrong? {link_wrong}")
WRONG_OR_SILENT = Saying("Something is wrong, or you cannot reach your mentor? {link_wrong}")


def mentee_asked(pairing, *, now):
    """To a mentor who cannot reach their mentee: what happens now, and by when they hear of it."""
    today = pairing.program.today(now)
    look_on = today + timedelta(days=pairing.program.figure("mentee_silent_days"))
    return Desk(pairing.program, now).write(
        "council.mentee_asked",
        pairing.mentor,
        key=f"{pairing.public_id}:{today}",
        with_people=[pairing.mentee.user],
        about={"pairings": [str(pairing.public_id)]},
        context={"other": one_line(pairing.mentee.user), "look_on": day(look_on)},
    )


def mentee_is_there(ask, *, now):
    """To a mentor: their mentee has answered and would like to hear from them."""
    pairing = ask.pairing
    return Desk(pairing.program, now).write(
        "council.mentee_is_there",
        pairing.mentor,
        key=str(ask.public_id),
        with_people=[pairing.mentee.user],
        about={"pairings": [str(pairing.public_id)]},
        context={
            "other": one_line(pairing.mentee.user),
            "address": (pairing.mentee.user.email or "") if pairing.program.show_addresses else "",
        },
    )


def sample_asked(topic: str) -> dict:
    return {**sample(topic), "look_on": day(date(2027, 3, 15)), "address": ""}


KINDS = [
    Kind(
        "council.mentee_asked",
        gettext_lazy("We ask a mentee for their mentor"),
        "council/mentee_asked.txt",
        may_leave=may_leave,
        sample=sample_asked,
    ),
    Kind(
        "council.mentee_is_there",
        gettext_lazy("A mentee is there"),
        "council/mentee_is_there.txt",
        may_leave=may_leave,
        sample=sample_asked,
    ),
]


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)


def under(kind: Kind, person, topic: str) -> str:
    """The way to help that stands under every email but those to people who run a program."""
    if kind.to_staff:
        return ""
    if kind.to_mentees:
        return str(WRONG_OR_SILENT(link_wrong="[link: wrong]"))
    return str(WRONG(link_wrong="[link: wrong]"))

"""The questions to a mentee on whose answer something hangs."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from council.models import Ask, AskKind
from matching.letters import Desk, may_leave, one_line, sample
from matching.models import PairingState
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind

KIND_OF = {AskKind.NO_MENTEE: "council.ask_there", AskKind.AWAY: "council.ask_away"}


def question(ask: Ask, *, now, turn: str = "first"):
    """The question in an email; `turn` tells the second asking from the first."""
    pairing, program = ask.pairing, ask.pairing.program
    days = program.figure("mentee_silent_days" if ask.kind == AskKind.NO_MENTEE else "leave_answer_days")
    return Desk(program, now).write(
        KIND_OF[ask.kind],
        ask.membership,
        key=f"{ask.public_id}:{turn}",
        with_people=[pairing.mentor.user],
        about={"ask": str(ask.public_id), "pairings": [str(pairing.public_id)]},
        context={
            "mentor": one_line(pairing.mentor.user),
            "answer_by": day(program.today(ask.asked_at) + timedelta(days=days)),
            "returns_on": day(ask.leave.returns_on) if ask.leave else "",
            "again": turn != "first",
        },
    )


def still_asked(letter, now) -> str:
    """Needed while nobody has answered and the pair is open."""
    ask = Ask.objects.filter(public_id=letter.about.get("ask")).select_related("pairing").first()
    if ask is None or ask.answered_at is not None:
        return _("It has been answered.")
    return "" if ask.pairing.state == PairingState.OPEN else _("The pair has ended.")


def _sample(topic: str) -> dict:
    dates = {"answer_by": day(date(2027, 3, 8)), "returns_on": day(date(2027, 5, 3))}
    return {**sample(topic), "mentor": "Sam Example", "again": False, **dates}


_COMMON = {"still_needed": still_asked, "may_leave": may_leave, "to_mentees": True, "sample": _sample}
KINDS = [
    Kind("council.ask_there", gettext_lazy("Are you there, to a mentee"), "council/ask_there.txt", **_COMMON),
    Kind("council.ask_away", gettext_lazy("While a mentor is away, to a mentee"), "council/ask_away.txt", **_COMMON),
]


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)

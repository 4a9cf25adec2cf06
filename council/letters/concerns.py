"""The emails about concerns: that there is one, never what it says."""

from django.utils.translation import gettext_lazy

from council.models import Concern
from matching.letters import one_line
from outbox import kinds, letters
from outbox.kinds import Kind
from programs.models import Program

HERE = gettext_lazy("You get this email because you are named in this program for concerns about safety.")


def told(concern: Concern, person, *, now, turn: str = "told"):
    """To whoever it was told to, or to the other of the two: at once, at any hour."""
    return _write("council.concern_told", concern, person, now, turn, {"again": turn != "told"})


def received(concern: Concern, *, hours: int, now):
    """To whoever told it: who reads it and by when, and whom to ring now."""
    context = {"reader": one_line(concern.told), "hours": hours}
    return _write("council.concern_received", concern, concern.by, now, "received", context)


def unread(concern: Concern, *, hours: int, now):
    """To the third named person: that one lies unread, not what it says."""
    names = [one_line(person) for person in (concern.told, concern.other) if person]
    return _write("council.concern_unread", concern, concern.third, now, "unread", {"hours": hours, "names": names})


def _write(kind, concern, to, now, turn, context):
    return letters.write(
        kind,
        to,
        key=f"{concern.public_id}:{turn}",
        topic=concern.program.slug,
        now=now,
        about={"concern": str(concern.public_id)},
        context={"program": concern.program, **context},
    )


def _sample(topic: str) -> dict:
    program = Program.objects.filter(slug=topic).first() or Program(name="Example program", emergency_number="112")
    return {"program": program, "reader": "Sam Example", "hours": 24, "names": ["Sam Example"], "again": False}


_COMMON = {"any_hour": True, "apart": True, "sample": _sample}
KINDS = [
    Kind("council.concern_told", gettext_lazy("Something for the safeguarding contact"), "council/concern_told.txt",
         to_staff=True, why=HERE, **_COMMON),
    Kind("council.concern_received", gettext_lazy("What was told to the safeguarding contact has arrived"),
         "council/concern_received.txt", **_COMMON),
    Kind("council.concern_unread", gettext_lazy("Something lies unread"), "council/concern_unread.txt",
         to_staff=True, why=HERE, **_COMMON),
]  # fmt: skip


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)

"""The email to whoever asked, once a person has decided."""

from django.utils.translation import gettext_lazy

from council.models import Tier
from matching.letters import Desk, may_leave, sample
from outbox import kinds
from outbox.kinds import Kind


def settled(case, how: str, *, now):
    """To whoever asked: what came of it, in the words of their own page."""
    kind = "council.settled_apart" if case.addressed == Tier.COUNCIL else "council.settled"
    others = [] if case.pairing is None else [case.pairing.mentor.user, case.pairing.mentee.user]
    return Desk(case.program, now).write(
        kind,
        case.membership,
        key=str(case.public_id),
        with_people=[person for person in others if person.pk != case.membership.user_id],
        about={"case": str(case.public_id)},
        context={"how": how},
    )


def _sample(topic: str) -> dict:
    return {**sample(topic), "how": "It was talked about, and the two of you go on."}


_COMMON = {"may_leave": may_leave, "sample": _sample}
KINDS = [
    Kind("council.settled", gettext_lazy("A request is settled"), "council/settled.txt", **_COMMON),
    Kind("council.settled_apart", gettext_lazy("A request to the council is settled"), "council/settled.txt",
         apart=True, **_COMMON),
]  # fmt: skip


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)

"""The pulse as an email: one a person, whatever the number of their pairs."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.letters import Desk, may_leave, one_line, sample
from matching.models import PairingState
from outbox import kinds
from outbox.kinds import Kind
from surveys import resting
from surveys.models import Invitation


def other_of(invitation: Invitation):
    """The other person of the pair somebody is asked about."""
    pairing = invitation.pairing
    return pairing.mentee.user if invitation.membership_id == pairing.mentor_id else pairing.mentor.user


def ask(invitations: list[Invitation], *, now):
    """One email for all of somebody's pairs of a day."""
    member = invitations[0].membership
    others = [other_of(invitation) for invitation in invitations]
    return Desk(member.program, now).write(
        f"surveys.pulse_{member.role}",
        member,
        key=f"{member.program.today(now)}",
        with_people=others,
        about={"invitations": [str(invitation.public_id) for invitation in invitations]},
        context={"names": [one_line(other) for other in others]},
    )


def still_asked(letter, now) -> str:
    """Needed while one of the pairs is open, unanswered, and does not rest."""
    rows = Invitation.objects.filter(
        public_id__in=letter.about.get("invitations", []), answered_at=None, pairing__state=PairingState.OPEN
    )
    pairings = set(rows.values_list("pairing", flat=True))
    return "" if pairings - resting.of(pairings, now) else _("It has been answered, or the pair rests or has ended.")


def _sample(topic: str) -> dict:
    return {**sample(topic), "names": ["Sam Example"]}


_COMMON = {"still_needed": still_asked, "may_leave": may_leave, "optional": True, "sample": _sample}
KINDS = [
    Kind("surveys.pulse_mentee", gettext_lazy("How is it going? To a mentee"), "surveys/pulse.txt", to_mentees=True,
         **_COMMON),
    Kind("surveys.pulse_mentor", gettext_lazy("How is it going? To a mentor"), "surveys/pulse.txt", **_COMMON),
]  # fmt: skip


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)

"""The pulse as an email: one a person, whatever the number of their pairs."""

from datetime import date
from types import SimpleNamespace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.letters import Desk, may_leave, one_line, sample
from matching.models import PairingState
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind
from outbox.sayings import Said, Saying
from programs.models import Role
from surveys import resting
from surveys.models import Invitation

NOBODY_READS = Saying(
    "Your coordinator is one of you, so nobody reads how it is going. What you would like goes to the council."
)
READS_OF_MENTOR = Saying("Your coordinator reads this; your mentee and the council do not.")
READS_OF_MENTEE = Saying("Your coordinator reads this; your mentor and the council do not.")


def other_of(invitation: Invitation):
    """The other person of the pair somebody is asked about."""
    pairing = invitation.pairing
    return pairing.mentee.user if invitation.membership_id == pairing.mentor_id else pairing.mentor.user


def who_reads(role: str, coordinators, people) -> Said:
    """Who reads an answer: of the coordinators those alone who are none of these people."""
    people = {person.pk for person in people}
    if all(one.pk in people for one in coordinators):
        return NOBODY_READS()
    return READS_OF_MENTOR() if role == Role.MENTOR else READS_OF_MENTEE()


def ask(desk: Desk, invitations: list[Invitation], *, cut_off):
    """One email for all pairs of somebody that are asked about together."""
    member = invitations[0].membership
    others = [other_of(one) for one in invitations]
    lines = [
        {"name": one_line(other), "since": day(desk.program.today(one.pairing.began_at))}
        for one, other in zip(invitations, others, strict=True)
    ]
    pairings = ",".join(sorted(str(one.pairing.public_id) for one in invitations))
    return desk.write(
        f"surveys.pulse_{member.role}",
        member,
        key=f"day:{invitations[0].day}:{pairings}",
        with_people=others,
        about={"invitations": [str(one.public_id) for one in invitations]},
        context={
            "lines": lines,
            "who_reads": who_reads(member.role, desk.answering.coordinators, [member.user, *others]),
        },
        cut_off=cut_off,
    )


def still_asked(letter, now) -> str:
    """Needed while one of the pairs is open, unanswered, and does not rest."""
    rows = Invitation.objects.filter(
        public_id__in=letter.about.get("invitations", []), answered_at=None, pairing__state=PairingState.OPEN
    )
    pairings = set(rows.values_list("pairing", flat=True))
    return "" if pairings - resting.of(pairings, now) else _("It has been answered, or the pair rests or has ended.")


def _sample(role: str):
    def made_up(topic: str) -> dict:
        lines = [{"name": "Sam Example", "since": day(date(2027, 2, 1))}]
        found = sample(topic)
        evaluation = found["program"].evaluation_for(role)
        return {
            **found,
            "lines": lines,
            "who_reads": who_reads(role, [SimpleNamespace(pk=None)], []),
            "evaluation": evaluation,
        }

    return made_up


_COMMON = {
    "template": "surveys/pulse.txt",
    "still_needed": still_asked,
    "may_leave": may_leave,
    "optional": True,
    "group": kinds.QUESTIONS,
}
KINDS = [
    Kind(
        "surveys.pulse_mentee",
        gettext_lazy("How is it going? To a mentee"),
        to_mentees=True,
        sample=_sample(Role.MENTEE),
        **_COMMON,
    ),
    Kind("surveys.pulse_mentor", gettext_lazy("How is it going? To a mentor"), sample=_sample(Role.MENTOR), **_COMMON),
]


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)

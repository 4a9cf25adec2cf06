"""The emails between a mentee who looks for a mentor and those they ask."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.letter_desk import Desk, clock_words, one_line
from matching.letters import may_leave, sample
from matching.models import Breather, Offer, OfferState, Pairing
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind
from programs.models import Membership


def asked(offer: Offer, *, answer_by: date, now, again: bool = False):
    """Somebody would like you as their mentor; what they wrote stands on the page alone."""
    mentor, mentee = offer.mentor.user, offer.mentee.user
    return Desk(offer.program, now).write(
        "matching.asked_mentor",
        offer.mentor,
        key=f"{offer.public_id}:{'again' if again else 'first'}",
        with_people=[mentee],
        about={"offer": str(offer.public_id)},
        context={
            "mentee": one_line(mentee),
            "clock": clock_words(mentor.time_zone, mentee.time_zone, now),
            "purpose": one_line(offer.purpose) if offer.purpose_id else "",
            "answer_by": day(answer_by),
            "again": again,
        },
    )


def no_pair(offer: Offer, *, how: str, goes_on: bool, now):
    """To the mentee: one kind sentence, and what happens next."""
    return Desk(offer.program, now).write(
        "matching.no_pair",
        offer.mentee,
        key=str(offer.public_id),
        with_people=[offer.mentor.user],
        about={"offer": str(offer.public_id)},
        context={"mentor": one_line(offer.mentor.user), "how": how, "goes_on": goes_on},
    )


def need_not_answer(offer: Offer, *, now):
    """To the mentor: the question has been settled without them."""
    return Desk(offer.program, now).write(
        "matching.need_not_answer",
        offer.mentor,
        key=str(offer.public_id),
        with_people=[offer.mentee.user],
        about={"offer": str(offer.public_id)},
        context={"mentee": one_line(offer.mentee.user)},
    )


def shall_we_pause(mentor: Membership, *, now, key: str):
    """To a mentor who found no time to answer twice: nobody asks them until they say so."""
    return Desk(mentor.program, now).write(
        "matching.shall_we_pause",
        mentor,
        key=key,
        about={"membership": str(mentor.public_id)},
        context={},
    )


def still_asked(letter, now) -> str:
    """Needed while the mentor may answer."""
    waits = Offer.objects.open().filter(public_id=letter.about.get("offer"))
    return "" if waits.exists() else _("It has been answered, or is settled without them.")


def still_without(letter, now) -> str:
    """Needed while the mentee has no mentor."""
    offer = Offer.objects.filter(public_id=letter.about.get("offer")).first()
    has = offer is None or Pairing.objects.of_mentee(offer.mentee_id, offer.purpose).exists()
    return _("They have a mentor now.") if has else ""


def still_pauses(letter, now) -> str:
    pauses = Breather.objects.filter(mentor__public_id=letter.about.get("membership"), ended_at=None)
    return "" if pauses.exists() else _("They have said that they can be asked again.")


def choose_url(letter) -> str:
    """Where a mentee looks for somebody."""
    return reverse("choosing:choose", args=[letter.topic])


def _sample(topic: str) -> dict:
    found = sample(topic)
    return {
        **found,
        "mentee": "Sam Example",
        "mentor": "Sam Example",
        "clock": "",
        "answer_by": found["first_contact_by"],
        "again": False,
        "how": OfferState.DECLINED,
        "goes_on": False,
    }


KINDS = [
    Kind(
        "matching.asked_mentor",
        gettext_lazy("Somebody asks for you as their mentor"),
        "matching/asked_mentor.txt",
        still_needed=still_asked,
        may_leave=may_leave,
        sample=_sample,
    ),
    Kind(
        "matching.no_pair",
        gettext_lazy("Somebody you asked cannot be your mentor now"),
        "matching/no_pair.txt",
        still_needed=still_without,
        may_leave=may_leave,
        to_mentees=True,
        sample=_sample,
    ),
    Kind(
        "matching.need_not_answer",
        gettext_lazy("You need not answer any more"),
        "matching/need_not_answer.txt",
        may_leave=may_leave,
        sample=_sample,
    ),
    Kind(
        "matching.shall_we_pause",
        gettext_lazy("Shall nobody ask you for a while?"),
        "matching/shall_we_pause.txt",
        still_needed=still_pauses,
        may_leave=may_leave,
        sample=_sample,
    ),
]


def register() -> None:
    """Makes these kinds known to the outbox."""
    for kind in KINDS:
        kinds.register(kind)

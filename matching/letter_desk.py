"""What all emails of matching have in common: who answers for a program, and how one of a pair is told of the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import formataddr

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from matching.models import Pairing
from outbox import letters, texts
from outbox.sayings import Said, Saying, as_said
from profiles import civil
from programs import answering
from programs.models import Membership, Program

CLOCK = Saying("When it is 12:00 where you are, it is {time} there ({zone}).")


def one_line(text) -> str:
    return " ".join(str(text).split())


def clock_words(mine: str, theirs: str, now: datetime) -> Said | str:
    """How far the other's clock is from mine, where it is; "" where it is not."""
    noon = civil.moment(civil.day_of(now, civil.zone(mine)), datetime.min.time().replace(hour=12), civil.zone(mine))
    there = noon.astimezone(civil.zone(theirs))
    if there.utcoffset() == noon.astimezone(civil.zone(mine)).utcoffset():
        return ""
    return CLOCK(time=f"{there:%H:%M}", zone=theirs.replace("_", " "))


class Desk:
    """Who answers for a program, and what all its emails have in common."""

    def __init__(self, program: Program, now: datetime):
        self.program = program
        self.now = now

    @cached_property
    def first_contact_by(self) -> date:
        return self.program.today(self.now) + timedelta(days=self.program.figure("first_contact_days"))

    @cached_property
    def answering(self) -> answering.Answering:
        return answering.of_programs([self.program], self.now)[self.program.pk]

    @cached_property
    def own_words(self) -> texts.OwnWords:
        """The program's own texts, read once for all emails."""
        return texts.own_words(self.program.slug)

    def write(self, kind: str, member: Membership, *, key: str, context: dict, about: dict, with_people=(), **times):
        """An unsaved email of this program to one of its members; `times` are `due` and `cut_off`."""
        people = [member.user, *with_people]
        contact = self.answering.coordinator(member.role, {person.pk for person in people})
        return letters.write(
            kind,
            member.user,
            key=key,
            topic=self.program.slug,
            now=self.now,
            reply_to=formataddr((str(contact), contact.email)) if contact else "",
            own_words=self.own_words,
            about={**about, "people": [str(person.public_id) for person in people]},
            context={
                "program": self.program,
                "evaluation": as_said(self.program.evaluation_for(member.role)),
                "helper": contact,
                **context,
            },
            **times,
        )


@dataclass(frozen=True)
class Partner:
    """The other one of a pair, as an email tells of them."""

    name: str
    pronouns: str
    address: str
    clock: Said | str
    why: list[str]


def partner(pairing: Pairing, me, other, now) -> Partner:
    """What somebody is told of their mentor or mentee: only what both may see."""
    return Partner(
        name=one_line(other),
        pronouns=one_line(other.pronouns),
        address=(other.email or "") if pairing.program.show_addresses else "",
        clock=clock_words(me.time_zone, other.time_zone, now),
        why=[one_line(words) for words in pairing.pair_words],
    )


def sample_partner(**fields) -> Partner:
    why = [_("You have the same profession: Policy.")]
    return Partner(**{"name": "Sam Example", "pronouns": "", "address": "", "clock": "", "why": why, **fields})

"""The ways to ask for help that somebody has, in their own words: by program and role."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from matching.models import Pairing
from programs.models import Membership, MembershipState, ProgramState, Role

S = MembershipState
HERE = (S.ACTIVE, S.READY, S.WAITING, S.ON_LEAVE)


@dataclass(frozen=True)
class Way:
    """One thing to say: what it is, in words, and the membership and perhaps the pair it is about."""

    what: str
    words: str
    membership: Membership
    pairing: Pairing | None = None

    @property
    def value(self) -> str:
        thing = self.pairing or self.membership
        return f"{self.what}:{thing.public_id}"

    @property
    def program(self):
        return self.membership.program


@dataclass
class Place:
    """A membership and what somebody may say in it."""

    membership: Membership
    pairings: list = field(default_factory=list)
    ways: list = field(default_factory=list)

    @property
    def program(self):
        return self.membership.program


def places_of(person, slug: str = "") -> list[Place]:
    """Where somebody takes part or helps to run a program, with what they may say there; two queries."""
    rows = Membership.objects.filter(user=person).exclude(state__in=[S.DECLINED, S.INVITED])
    rows = rows.exclude(program__state=ProgramState.ENDED)
    if slug:
        rows = rows.filter(program__slug=slug)
    places = [Place(row) for row in rows.select_related("program", "user").order_by("program__name", "-role", "pk")]
    by_pk = {place.membership.pk: place for place in places}
    pairs = Pairing.objects.of_participant(person).open().order_by("began_at", "pk")
    for pairing in pairs.select_related("program", "mentor__user", "mentee__user"):
        for side in (pairing.mentor_id, pairing.mentee_id):
            if side in by_pk:
                by_pk[side].pairings.append(pairing)
    several = len(places) > 1
    for place in places:
        place.ways = _ways(place, several)
    # Who left a program and is in it in no other way may still say that something is not safe.
    return [place for place in places if place.ways]


def find(places, value: str) -> Way | None:
    return next((way for place in places for way in place.ways if way.value == value), None)


def _ways(place, several: bool) -> list[Way]:
    role, here = place.membership.role, place.membership.state in HERE
    said = {Role.MENTEE: _of_mentee, Role.MENTOR: _of_mentor}.get(role, _of_staff)(place) if here else []
    said.append(("unsafe", _("Something is not safe, or somebody is harmed"), None))
    where = _(" (%(program)s)") % {"program": place.program} if several else ""
    return [Way(what, f"{words}{where}", place.membership, pairing) for what, words, pairing in said]


def _of_mentee(place) -> list:
    said = []
    for pairing in place.pairings:
        mentor = {"name": pairing.mentor.user}
        said.append(("no_mentor", _("I cannot reach %(name)s") % mentor, pairing))
        said.append(("other", _("I would like another mentor than %(name)s") % mentor, pairing))
    said.append(("talk", _("I would like to talk to somebody"), None))
    said += [("pause", _("I need a pause with %(name)s") % {"name": one.mentor.user}, one) for one in place.pairings]
    return [*said, *_of_everybody()]


def _of_mentor(place) -> list:
    said = [("no_mentee", _("I cannot reach %(name)s") % {"name": one.mentee.user}, one) for one in place.pairings]
    if place.pairings:
        said.append(("too_much", _("This is too much for me"), None))
    return [*said, ("talk", _("I would like to talk to somebody"), None), *_of_everybody()]


def _of_everybody() -> list:
    return [("away", _("I will be away for a while"), None), ("stop", _("I want to stop altogether"), None)]


def _of_staff(place) -> list:
    return [("away", _("I will be away for a while"), None)]

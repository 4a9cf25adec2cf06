"""The programs somebody takes part in, their partners there, and whom they ask."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkins import ahead, words
from checkins.standing import ON_LEAVE
from matching import circles
from matching.models import Pairing, PairPurpose, PurposeWait
from profiles import civil
from programs import answering
from programs.figures import FIGURES
from programs.models import Leave, Membership, MembershipState, ProgramFigure, Role

S = MembershipState
GONE = [S.LEFT, S.DECLINED, S.COMPLETED]
# From so many days on their time together is told in months.
MONTHS_FROM, MONTH = 60, 30.4


@dataclass
class Partner:
    """The other of a pair, as one of them sees it."""

    pairing: Pairing
    person: object
    address: str
    why: list
    met_by: date
    settling: bool
    # What lies ahead of the two, as this one sees it.
    ahead: ahead.Ahead
    today: date
    # The first names of the other mentees of their circle.
    circle: str = ""

    @property
    def role(self):
        return Role.MENTEE if self.person.pk == self.pairing.mentee.user_id else Role.MENTOR

    @property
    def me(self):
        return self.pairing.mentor.user if self.role == Role.MENTEE else self.pairing.mentee.user

    @property
    def began_on(self) -> date:
        return civil.day_of(self.pairing.began_at, self.pairing.program.zone)

    @property
    def arranged(self) -> bool:
        """They have said when they meet, or one of them has been asked something about it, or they rest."""
        its = self.ahead
        return bool(its.agreed or its.proposed or its.to_answer or its.check_in or its.paused_until)

    @property
    def late(self) -> bool:
        """The day by which they should have been in touch has passed with nothing arranged, and nobody is away."""
        its = self.ahead
        waits = not (self.settling or self.arranged or its.standing == ON_LEAVE)
        return bool(waits and its.due_on and its.due_on < self.today)

    @property
    def going(self) -> str:
        """How it is going, in a sentence."""
        its = self.ahead
        if not its.last_contact:
            since = {"day": words.short_day(self.began_on)}
            if self.settling:
                return _("You were matched on %(day)s.") % since
            return _("You were matched on %(day)s, and have not been in touch yet as far as we know.") % since
        said = {"number": its.times, "day": words.short_day(its.last_contact), "sure": its.sure_words}
        days = (self.today - self.began_on).days
        if days < MONTHS_FROM:
            once = ngettext(
                "In touch once so far: %(day)s (%(sure)s).",
                "In touch %(number)s times so far, last on %(day)s (%(sure)s).",
                its.times,
            )
            return once % said
        often = ngettext(
            "In touch once in %(months)s months: %(day)s (%(sure)s).",
            "In touch %(number)s times in %(months)s months, last on %(day)s (%(sure)s).",
            its.times,
        )
        return often % {**said, "months": round(days / MONTH)}

    @property
    def propose_url(self) -> str:
        return reverse("checkins:propose", args=[self.pairing.public_id])


@dataclass
class Place:
    """A person in a program in one role: their partners, or what they wait for."""

    membership: Membership
    partners: list = field(default_factory=list)
    helper: object = None
    evaluation: str = ""
    # On leave until then.
    returns_on: date | None = None
    # What a mentee has no mentor for, and the days on which we write again about it beside another mentor.
    lacks: list = field(default_factory=list)
    waits: list = field(default_factory=list)

    @property
    def program(self):
        return self.membership.program

    @property
    def role(self):
        return self.membership.role


def places(user, now) -> list[Place]:
    """The programs this person takes part in, in a number of queries that does not grow with them."""
    mine = Membership.objects.filter(user=user).participants().exclude(state__in=GONE).exclude(program__state="ended")
    memberships = list(mine.select_related("program", "user").order_by("program__name", "-role", "pk"))
    found = {membership.pk: Place(membership) for membership in memberships}
    if not found:
        return []
    programs = {membership.program_id: membership.program for membership in memberships}
    within = _first_contact_days(programs)
    pairs = Pairing.objects.of_participant(user).open().order_by("began_at", "pk")
    pairings = list(pairs.select_related("program", "purpose", "mentor__user", "mentee__user"))
    lies_ahead = ahead.of(pairings, user, now)
    others = circles.others_in(pairings)
    for pairing in pairings:
        as_mentee = pairing.mentee.user_id == user.pk
        place = found.get(pairing.mentee_id if as_mentee else pairing.mentor_id)
        if place:
            partner = _partner(pairing, as_mentee, within[pairing.program_id], lies_ahead[pairing.pk], now)
            partner.circle = circles.names(others[pairing.pk])
            place.partners.append(partner)
    _name_purposes(found)
    _name_helpers(found.values(), programs, user, now)
    _name_returns(found)
    for place in found.values():
        place.evaluation = place.program.evaluation_for(place.role)
    return list(found.values())


def _first_contact_days(programs) -> dict[int, int]:
    key = "first_contact_days"
    days = {pk: FIGURES[key].default(program.template) for pk, program in programs.items()}
    own = ProgramFigure.objects.filter(program__in=programs, key=key).order_by("since", "pk")
    days.update(own.values_list("program", "value"))
    return days


def _partner(pairing, as_mentee, within, its, now) -> Partner:
    person = pairing.mentor.user if as_mentee else pairing.mentee.user
    met_by = civil.day_of(pairing.began_at, pairing.program.zone) + timedelta(days=within)
    today = civil.day_of(now, pairing.program.zone)
    return Partner(
        pairing=pairing,
        person=person,
        address=(person.email or "") if pairing.program.show_addresses else "",
        why=list(pairing.pair_words),
        met_by=met_by,
        # Nothing to say hello to where they have been in touch, or know when they meet.
        settling=today <= met_by and not (its.last_contact or its.meeting or its.proposed or its.to_answer),
        ahead=its,
        today=today,
    )


def _name_purposes(found) -> None:
    """What the mentees among these have no mentor for, where their program tells purposes apart."""
    mentees = {pk: place for pk, place in found.items() if place.role == Role.MENTEE}
    purposes = PairPurpose.objects.filter(program__in={place.membership.program_id for place in mentees.values()})
    for purpose in purposes:
        for place in mentees.values():
            has = {partner.pairing.purpose_id for partner in place.partners}
            if place.membership.program_id == purpose.program_id and purpose.pk not in has:
                place.lacks.append(purpose)
    beside = [pk for pk, place in mentees.items() if place.partners and place.lacks]
    if beside:
        for wait in PurposeWait.objects.filter(membership__in=beside).select_related("purpose"):
            if wait.purpose in mentees[wait.membership_id].lacks:
                mentees[wait.membership_id].waits.append(wait)


def _name_returns(found) -> None:
    """The day on which those who are away are back."""
    for member, returns_on in (
        Leave.objects.current().filter(membership__in=found).values_list("membership", "returns_on")
    ):
        if found[member].membership.state == S.ON_LEAVE:
            found[member].returns_on = returns_on


def _name_helpers(found, programs, user, now) -> None:
    """Who answers questions: the one named for the role, the deputy, else a coordinator; never one of the pair."""
    answers = answering.of_programs(programs.values(), now)
    for place in found:
        avoid = {user.pk, *(partner.person.pk for partner in place.partners)}
        place.helper = answers[place.program.pk].coordinator(place.role, avoid)

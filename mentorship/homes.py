"""What stands on somebody's home: what to do now, their partners, their waiting, and where they get help."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkins import ahead, words
from checkins.models import Meeting
from council import requested
from council.models import Concern
from matching.models import Pairing
from mentorship import program_home
from profiles import civil
from programs import answering
from programs.figures import FIGURES
from programs.models import Membership, MembershipState, PointOfContact, ProgramFigure, ProgramState, Role

S = MembershipState
GONE = [S.LEFT, S.DECLINED, S.COMPLETED]


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

    @property
    def role(self):
        return Role.MENTEE if self.person.pk == self.pairing.mentee.user_id else Role.MENTOR

    @property
    def me(self):
        return self.pairing.mentor.user if self.role == Role.MENTEE else self.pairing.mentee.user

    @property
    def next_words(self) -> str:
        """When they meet or should be in touch next."""
        return self.ahead.next_words(self.me, self.today)

    @property
    def to_answer(self) -> list[dict]:
        """What the other proposes."""
        return [self._told(meeting) for meeting in self.ahead.to_answer]

    @property
    def proposed(self) -> list[dict]:
        """What waits for the other's answer."""
        return [self._told(meeting) for meeting in self.ahead.proposed]

    def _told(self, meeting: Meeting) -> dict:
        return {"meeting": meeting, "when": words.short(meeting.starts_at, self.me)}


@dataclass
class Place:
    """A person in a program in one role: their partners, or what they wait for."""

    membership: Membership
    partners: list = field(default_factory=list)
    helper: object = None
    evaluation: str = ""

    @property
    def program(self):
        return self.membership.program

    @property
    def role(self):
        return self.membership.role

    @property
    def settling(self) -> list:
        return [partner for partner in self.partners if partner.settling]


@dataclass(frozen=True)
class Step:
    """The one thing to do now; without an action there is nothing to do but know."""

    title: str
    text: str
    by: str = ""
    action: str = ""
    url: str = ""
    place: str = ""


def page_context(user, now) -> dict:
    """Everything the home of this person shows, whoever looks at it."""
    found = places(user, now)
    programs = program_home.lines(user, now)
    needs = [(line["program"], line["need"]) for line in programs if line["need"]]
    return {
        "places": found,
        "programs": programs,
        "duties": duties(user),
        "unread_concerns": Concern.objects.readable_by(user).filter(opened_at=None).count(),
        "asked": requested.questions_to(user),
        "step": next_step(found, needs, lambda day: date_format(day, "l j F")),
        "with_partners": [place for place in found if place.partners],
        "without_partners": [place for place in found if not place.partners],
    }


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
    pairings = list(pairs.select_related("program", "mentor__user", "mentee__user"))
    lies_ahead = ahead.of(pairings, user, now)
    for pairing in pairings:
        as_mentee = pairing.mentee.user_id == user.pk
        place = found.get(pairing.mentee_id if as_mentee else pairing.mentor_id)
        if place:
            place.partners.append(_partner(pairing, as_mentee, within[pairing.program_id], lies_ahead[pairing.pk], now))
    _name_helpers(found.values(), programs, user, now)
    for place in found.values():
        place.evaluation = place.program.evaluation_for(place.role)
    return list(found.values())


def duties(user) -> list[PointOfContact]:
    """What this person answers for, or stands in for, in programs that have not ended."""
    theirs = PointOfContact.objects.filter(Q(person=user) | Q(deputy=user)).exclude(program__state=ProgramState.ENDED)
    return list(theirs.select_related("program", "person", "deputy").order_by("program__name", "duty"))


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
        settling=today <= met_by and not (its.last_contact or its.meeting or its.proposed),
        ahead=its,
        today=today,
    )


def _name_helpers(found, programs, user, now) -> None:
    """Who answers questions: the one named for the role, the deputy, else a coordinator; never one of the pair."""
    answers = answering.of_programs(programs.values(), now)
    for place in found:
        avoid = {user.pk, *(partner.person.pk for partner in place.partners)}
        place.helper = answers[place.program.pk].coordinator(place.role, avoid)


def next_step(found, needs, date_words) -> Step | None:
    """What to do now: an answer the other waits for, a hello, what a program waits for, then what there is to know."""
    if step := _answer_first(found):
        return step
    new = [(partner.met_by, place, partner) for place in found for partner in place.settling]
    if new:
        new.sort(key=lambda row: row[0])
        return _say_hello(new, date_words)
    if needs:
        program, need = needs[0]
        return Step(need.title, need.why, action=need.action, url=need.url, place=program.name)
    for place in found:
        if place.partners:
            return _keep_in_touch(place)
    for place in found:
        return _wait(place, date_words)
    return None


def _answer_first(found) -> Step | None:
    """A proposed time to say yes or no to, the soonest first; then "did you meet?"."""
    partners = [(place, partner) for place in found for partner in place.partners]
    proposals = [
        (told["meeting"].starts_at, place, partner, told) for place, partner in partners for told in partner.to_answer
    ]
    if proposals:
        _at, place, partner, told = min(proposals, key=lambda row: row[0])
        said = {"name": partner.person.get_short_name(), "when": told["when"]}
        url = reverse("checkins:meeting", args=[told["meeting"].public_id])
        title = _("%(name)s proposes %(when)s: does it suit?") % said
        return Step(
            title,
            _("They get an email with your answer."),
            action=_("See and answer"),
            url=url,
            place=str(place.program),
        )
    asked = [(partner.ahead.check_in.due_on, place, partner) for place, partner in partners if partner.ahead.check_in]
    if not asked:
        return None
    day, place, partner = min(asked, key=lambda row: row[0])
    check_in, name = partner.ahead.check_in, {"name": partner.person, "day": words.short_day(day)}
    title = (
        _("Did you and %(name)s meet on %(day)s?") if check_in.meeting_id else _("Have you and %(name)s been in touch?")
    )
    text = _("It takes half a minute. You can say how it was, and when you meet next.")
    url = reverse("checkins:check_in", args=[check_in.public_id])
    return Step(title % name, text, action=_("Answer"), url=url, place=str(place.program))


def _say_hello(new, date_words) -> Step:
    met_by, _place, partner = new[0]
    by = _("By %(date)s.") % {"date": date_words(met_by)}
    if len(new) > 1:
        title = ngettext("Say hello to %(number)s person", "Say hello to %(number)s people", len(new))
        text = _("They know of you and look forward to it. A short line and two times that suit you are enough.")
        return Step(title % {"number": len(new)}, text, by)
    title = _("Say hello to %(name)s") % {"name": partner.person}
    if partner.address:
        text = _("A short line is enough: who you are, and two times that would suit you.")
        words = _("Write to %(name)s") % {"name": partner.person.get_short_name()}
        return Step(title, text, by, words, f"mailto:{partner.address}")
    # Their first word to each other goes through us.
    text = _(
        "This program passes on no addresses. Propose a time here: %(name)s gets an email and says whether it suits."
    )
    url = reverse("checkins:propose", args=[partner.pairing.public_id])
    return Step(title, text % {"name": partner.person}, by, _("Propose a meeting"), url)


def _keep_in_touch(place) -> Step:
    if len(place.partners) > 1:
        title = _("Keep in touch with your %(number)s partners") % {"number": len(place.partners)}
        meetings = [partner for partner in place.partners if partner.ahead.meeting]
        first = min(meetings, key=lambda partner: partner.ahead.meeting.starts_at, default=None)
        by = ""
        if first:
            said = {"name": first.person, "when": words.short(first.ahead.meeting.starts_at, first.me)}
            by = _("You meet %(name)s on %(when)s.") % said
        return Step(title, _("How often is said beside each of them. There is nothing else to do here today."), by)
    partner = place.partners[0]
    often = {"often": partner.pairing.rhythm_words}
    if meeting := partner.ahead.meeting:
        title = _("You meet %(name)s") % {"name": partner.person}
        text = _("This program suggests being in touch %(often)s. There is nothing else to do here today.") % often
        url = reverse("checkins:meeting", args=[meeting.public_id])
        return Step(title, text, words.short(meeting.starts_at, partner.me), _("Open the meeting"), url)
    title = _("Keep in touch with %(name)s") % {"name": partner.person}
    text = _("This program suggests being in touch %(often)s.") % often
    if partner.ahead.paused_until or partner.ahead.proposed:
        text = _("There is nothing else to do here today.")
        return Step(title, text, partner.next_words)
    url = reverse("checkins:propose", args=[partner.pairing.public_id])
    return Step(title, text, partner.next_words, _("Propose a meeting"), url)


def _wait(place, date_words) -> Step:
    """What happens next to somebody without a partner, and by when they hear of us."""
    program = {"program": place.program}
    mentee = place.role == Role.MENTEE
    state = place.membership.state
    if state == S.WAITING:
        title = _("We are looking for a mentor for you") if mentee else _("We are looking for a mentee for you")
        text = _("You are on the waiting list of %(program)s. There is nothing you need to do.") % program
        again = {"date": date_words(place.membership.write_again_on)}
        return Step(title, text, _("We write to you again on %(date)s, and sooner if we find somebody.") % again)
    if state == S.ON_LEAVE:
        return Step(_("You are on leave"), _("%(program)s knows, and nobody expects anything of you.") % program)
    if place.program.state == ProgramState.SETUP:
        text = _("%(program)s is being prepared. We write to you when it begins; there is nothing you need to do.")
        return Step(_("You are on the list"), text % program)
    if state in (S.READY, S.ACTIVE):
        title = _("You will be matched with a mentor") if mentee else _("You will be matched with a mentee")
        text = _("%(program)s brings people together in rounds. We write to you with the result, whatever it is.")
        return Step(title, text % program)
    text = _("%(program)s is looking at what you sent. We write to you when there is something to do.")
    return Step(_("You are on your way in"), text % program)

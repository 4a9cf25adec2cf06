"""All that concerns a person in the programs the reader coordinates: never what is about the reader."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins.models import Meeting, MeetingState, Standing, Watch
from checkins.permissions import other_of, side_of
from council.models import Case
from matching import choosing
from matching.models import Introduction, Pairing
from outbox.models import LetterState
from programs import actions, leaving, reach, said
from programs.models import Leave, Membership, MembershipState, OtherWay, Program, Role
from programs.permissions import can_correct_address, letters_visible_to, people_visible_to
from surveys.models import Invitation

ASKS_A_MENTOR = (MembershipState.READY, MembershipState.WAITING)


def people_of(reader):
    """Whose pages this person may open: those of their programs, never their own."""
    return people_visible_to(reader).exclude(pk=reader.pk)


@dataclass
class Place:
    """A person in a program in one role, with what a coordinator can do about it."""

    membership: Membership
    answers: list = field(default_factory=list)
    moves: list = field(default_factory=list)
    ties: list = field(default_factory=list)
    away: Leave | None = None
    # Why our reminders do not reach them, in words, and what was agreed on instead.
    unreached: str = ""
    other_way: OtherWay | None = None
    may_correct: bool = False
    # Of a mentee: whether the program pairs people for something they have no mentor for.
    lacks: bool = False

    @property
    def program(self):
        return self.membership.program

    @property
    def takes_part(self) -> bool:
        return not self.membership.is_staff_role

    @property
    def is_mentor(self) -> bool:
        return self.membership.role == Role.MENTOR

    @property
    def wants_mentor(self) -> bool:
        if self.membership.role != Role.MENTEE:
            return False
        return self.membership.state in ASKS_A_MENTOR or self.lacks


@dataclass
class Pair:
    """A pair of this person as a coordinator reads it."""

    pairing: Pairing
    other: object
    role: str
    watch: Watch | None = None
    meeting: Meeting | None = None
    proposed: list = field(default_factory=list)

    @property
    def note(self) -> str:
        day = date_format(self.pairing.program.today(self.pairing.began_at), "j F Y")
        return _("%(role)s, since %(day)s") % {"role": self.role, "day": day}

    @property
    def standing(self) -> str:
        return self.watch.standing if self.watch else Standing.NEW

    @property
    def standing_words(self) -> str:
        return str(Standing(self.standing).label)

    @property
    def due_on(self) -> date | None:
        return self.watch.due_on if self.watch else None


@dataclass
class Open:
    """What waits for somebody to act, in the order of its days."""

    cases: list
    # Pairs they are asked about, with whom, and whether they have said yes.
    asked: list
    low: list
    undelivered: int

    def __bool__(self) -> bool:
        return bool(self.cases or self.asked or self.low or self.undelivered)


def places_of(reader, person) -> list[Place]:
    """Where this person has a part, the running programs first."""
    rows = Membership.objects.visible_to(reader).filter(user=person).select_related("user", "program")
    memberships = sorted(rows, key=lambda one: (one.program.state == "ended", one.program.name, one.role))
    answers = said.of_places(memberships)
    leaves = {leave.membership_id: leave for leave in Leave.objects.current().filter(membership__in=memberships)}
    correct = bool(memberships) and can_correct_address(reader, person)
    found = [_place(one, answers[one.pk], leaves.get(one.pk), correct) for one in memberships]
    unreached = reach.of_members([place.membership for place in found if place.takes_part])
    ways = {way.membership_id: way for way in OtherWay.objects.filter(membership__in=memberships)}
    for place in found:
        pk = place.membership.pk
        place.other_way = ways.get(pk)
        place.unreached = reach.words(place.membership, unreached[pk]) if pk in unreached else ""
    return found


def _place(membership, answers, away, may_correct) -> Place:
    place = Place(membership, answers, away=away, may_correct=may_correct)
    if membership.role == Role.MENTEE and membership.state == MembershipState.ACTIVE:
        place.lacks = bool(choosing.purposes_left(membership))
    if place.takes_part:
        place.ties = leaving.ties(membership)
        by_hand = actions.moves_by_hand(membership)
        moves = [state for state in by_hand if not (place.ties and state in actions.ENDS)]
        place.moves = [(state, actions.MOVE_WORDS[state]) for state in moves]
    return place


def pairs_of(reader, person, now) -> list[Pair]:
    """Their pairs, those that go on first, in a number of queries that does not grow with them."""
    rows = Pairing.objects.visible_to(reader).of_participant(person)
    rows = rows.select_related("program", "purpose", "mentor__user", "mentee__user").order_by(
        "-state", "-began_at", "-pk"
    )
    found = {pairing.pk: _pair(pairing, person) for pairing in rows}
    for watch in Watch.objects.filter(pairing__in=found):
        found[watch.pairing_id].watch = watch
    ahead = Meeting.objects.filter(pairing__in=found, starts_at__gt=now)
    for meeting in ahead.filter(state__in=[MeetingState.PROPOSED, MeetingState.ACCEPTED]).order_by("starts_at", "pk"):
        pair = found[meeting.pairing_id]
        if meeting.state == MeetingState.PROPOSED:
            pair.proposed.append(meeting)
        elif pair.meeting is None:
            pair.meeting = meeting
    return list(found.values())


def _pair(pairing, person) -> Pair:
    other_role = Role.MENTOR if side_of(person, pairing) == Role.MENTEE else Role.MENTEE
    return Pair(pairing, other_of(person, pairing), str(Role(other_role).label))


def asked_of(reader, person) -> list[tuple[Introduction, object, bool]]:
    """The pairs this person is asked about: with whom, and whether they have said yes."""
    rows = Introduction.objects.visible_to(reader).open().filter(Q(mentor__user=person) | Q(mentee__user=person))
    found = []
    for one in rows.select_related("program", "mentor__user", "mentee__user").order_by("answer_by", "pk"):
        role = Role.MENTOR if one.mentor.user_id == person.pk else Role.MENTEE
        found.append((one, one.other_than(role).user, bool(one.yes_of(role))))
    return found


def open_of(reader, person) -> Open:
    """Follow-ups, pairs they are asked about, pulses nobody has seen to, and emails that did not arrive."""
    coordinated = Program.objects.coordinated_by(reader)
    cases = Case.objects.visible_to(reader).open().filter(program__in=coordinated, concerned=person)
    low = Invitation.objects.visible_to(reader).filter(membership__user=person, low_at__isnull=False)
    letters = letters_visible_to(reader).filter(recipient=person, state=LetterState.DEAD)
    return Open(
        cases=list(cases.select_related("program", "owner", "membership__user").order_by("due_at", "pk")),
        asked=asked_of(reader, person),
        low=list(low.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user")),
        undelivered=letters.count(),
    )

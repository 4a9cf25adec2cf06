"""Builds the made-up programs through the actions that the screens call."""

import random
import uuid
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress

from matching import actions as matching
from matching.models import Pairing
from mentorship.demo import names, schemes
from mentorship.demo.files import import_files
from outbox.delivery import deliver_due
from profiles.models import User
from programs import actions as programs
from programs.models import Duty, Membership, MembershipState, Program, Role

PASSWORD = "harbour-lantern"
STAFF = {
    "admin": ("admin@example.org", "Robin Achterberg"),
    "coordinator": ("coordinator@example.org", "Dilnoza Karimova"),
    "second": ("second.coordinator@example.org", "Hamish Drummond"),
    "council": ("council@example.org", "Tove Sandberg"),
    "safeguarding": ("safeguarding@example.org", "Miriam Rosenthal"),
    "deputy": ("deputy@example.org", "Joseph Kamau"),
}


@dataclass(frozen=True)
class Login:
    """Somebody to sign in as; without a password, by a code sent by email."""

    role: str
    name: str
    email: str
    password: str


def never() -> bool:
    return False


def build(*, seed: int, people: int, now) -> None:
    """One program ready to be matched, one whose pairs have just heard of each other."""
    draw = random.Random(seed)
    known = names.people(draw)
    staff = {key: _staff(*who, is_superuser=key == "admin", now=now) for key, who in STAFF.items()}
    for key in ("admin", "coordinator", "council"):
        _let_sign_in(staff[key])
    mentors = max(2, people * 2 // 5)
    # In the morning: emails do not leave at night.
    _pairs_published(staff, known, draw, (now - timedelta(days=5)).replace(hour=10, minute=0))
    _ready_to_match(staff, known, draw, now, mentees=max(2, people - mentors), mentors=mentors)


def _staff(email, name, *, is_superuser, now):
    person = User.objects.create_user(email, None, name=name, is_superuser=is_superuser, date_joined=now)
    EmailAddress.objects.create(user=person, email=email, primary=True)
    return person


def _let_sign_in(person) -> None:
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def _program(scheme: schemes.Scheme, staff, now) -> Program:
    """A program with its people in charge, opened."""
    by = staff["coordinator"]
    program = programs.create_program(
        by=by, now=now, slug=scheme.slug, goals=scheme.goals, starts_on=now.date(), **scheme.settings
    )
    programs.set_contact(program, Duty.SAFEGUARDING, staff["safeguarding"], staff["deputy"], by=by, now=now)
    programs.set_contact(program, Duty.MENTEES, by, staff["second"], by=by, now=now)
    programs.add_member(program, staff["second"], Role.COORDINATOR, by=by, now=now)
    programs.add_member(program, staff["council"], Role.COUNCIL, by=by, now=now)
    return programs.open_program(program, by=by, now=now)


def _filled(scheme, staff, known, draw, now, *, mentees, mentors) -> Program:
    """A program with people in it and with its rules."""
    by = staff["coordinator"]
    program = _program(scheme, staff, now)
    files = schemes.applicants(scheme, known, mentees, mentors, draw)
    import_files(program, scheme, *files, by=by, now=now)
    _same_ties(program, draw)
    program.refresh_from_db()
    rules = {"rules": [dict(rule) for rule in scheme.rules], "floor_levels": 10, "coverage_first": True}
    matching.save_policy(program, rules, by=by, now=now)
    return program


def _same_ties(program, draw) -> None:
    """Among equals the matching decides by ids: drawn here, so that the same seed gives the same pairs."""

    def drawn():
        return uuid.UUID(int=draw.getrandbits(128), version=4)

    Program.objects.filter(pk=program.pk).update(public_id=drawn())
    for pk in program.memberships.order_by("user__email", "role").values_list("pk", flat=True):
        Membership.objects.filter(pk=pk).update(public_id=drawn())


def _pairs_published(staff, known, draw, then) -> None:
    program = _filled(schemes.CAREERS, staff, known, draw, then, mentees=24, mentors=11)
    round = matching.ask_round(program, by=staff["coordinator"], now=then)
    matching.run_rounds(then, never)
    round.refresh_from_db()
    matching.publish(round, by=staff["coordinator"], now=then)
    # One sweep takes some of the letters: again until none is left.
    while deliver_due(then, never):
        pass
    pairing = Pairing.objects.of(program).order_by("pk").first()
    waiting = program.memberships.mentees().filter(state=MembershipState.WAITING).order_by("pk").first()
    for member in filter(None, (pairing.mentor, pairing.mentee, waiting)):
        _let_sign_in(member.user)


def _ready_to_match(staff, known, draw, now, *, mentees, mentors) -> None:
    _filled(schemes.VOLUNTEERS, staff, known, draw, now - timedelta(hours=1), mentees=mentees, mentors=mentors)


ROLE_WORDS = {
    (Role.COORDINATOR, MembershipState.ACTIVE): "coordinator",
    (Role.COUNCIL, MembershipState.ACTIVE): "council",
    (Role.MENTOR, MembershipState.ACTIVE): "mentor with a mentee",
    (Role.MENTEE, MembershipState.ACTIVE): "mentee with a mentor",
    (Role.MENTEE, MembershipState.WAITING): "mentee on the waiting list",
}


def logins() -> list[Login]:
    """Whom one can sign in as, one for each role; nobody where there is no demo."""
    if not User.objects.filter(email=STAFF["coordinator"][0]).exists():
        return []
    able = User.objects.filter(email__endswith="@example.org").exclude(password__startswith="!")
    found = [Login("runs the installation", p.name, p.email, PASSWORD) for p in able.filter(is_superuser=True)]
    seats = Membership.objects.filter(user__in=able).select_related("user").order_by("pk")
    by_role = {}
    for seat in seats:
        if words := ROLE_WORDS.get((seat.role, seat.state)):
            by_role.setdefault(words, Login(words, seat.user.name, seat.user.email, PASSWORD))
    found += [by_role[words] for words in ROLE_WORDS.values() if words in by_role]
    name, email = STAFF["safeguarding"][1], STAFF["safeguarding"][0]
    return [*found, Login("safeguarding contact", name, email, "")]

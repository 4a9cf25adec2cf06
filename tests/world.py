"""The people, programs and things the tests use: small builders, and one world with every persona in it.

Builders write rows as they would stand after the actions; `build()` puts one of everything side by side.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.cookies import SimpleCookie
from itertools import count

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.test import Client

from checkins.models import CheckIn, Contact, Meeting, Watch
from council.models import Ask, Case, CaseConcerns, Concern, ConcernAbout
from journal.actions import record
from journal.models import Entry
from matching.models import Introduction, KeptApart, Offer, Pairing, Policy, Proposal, Publication, Round
from outbox.models import Letter
from profiles.models import User
from programs.imports import actions as imports
from programs.imports.columns import Meaning
from programs.models import (
    Addressee,
    Duty,
    Goal,
    Import,
    Leave,
    Mailing,
    Membership,
    PointOfContact,
    Program,
    SavedFilter,
)
from questions.models import Answer, Question, Questionnaire, Sheet
from surveys.models import Invitation, Wave
from surveys.pulse import pulse_of

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
PASSWORD = "tea-and-biscuits-7"
# What somebody gave to the matching alone: no page shows it to anybody.
SECRET = "a wish told to the matching alone"
# What stands in a concern: no page but its own shows it, and that only after a reading was written down.
CONCERN_WORDS = "words told to the safeguarding contact alone"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
MENTEE, MENTOR, COORDINATOR, COUNCIL = "mentee", "mentor", "coordinator", "council"
GRADES = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1"]
RULES = {
    "rules": [
        {"kind": "must_differ", "id": "organisation", "mentee": "organisation", "mentor": "organisation"},
        {"kind": "same_value", "id": "profession", "mentee": "profession", "mentor": "profession", "points": 10},
    ],
    "floor_levels": 10,
    "coverage_first": True,
}

_numbers = count(1)


@cache
def _hashed(password):
    """Hashing takes a while, and a world has many people."""
    return make_password(password)


def make_person(name="", email="", *, verified=True, password=PASSWORD, **fields):
    """A person who can sign in; pass password=None for one who signs in by code only."""
    number = next(_numbers)
    name = name or f"Person {number}"
    email = email or f"{name.lower().replace(' ', '.')}.{number}@example.org"
    person = User(email=email, name=name, password=_hashed(password), **fields)
    person.save(force_insert=True)
    EmailAddress.objects.create(user=person, email=person.email, verified=verified, primary=True)
    return person


def make_program(name="", *, state="open", safeguarding=None, deputy=None, now=NOW, **fields):
    """A program with its sentences and number; with its safeguarding contact and deputy where they are given."""
    number = next(_numbers)
    name = name or f"Program {number}"
    values = {
        "slug": f"program-{number}",
        "purpose": "People find somebody a step ahead of them.",
        "audience": "Anybody who works with us.",
        "mentor_description": "A mentor listens and tells how it was for them.",
        "mentee_description": "A mentee says what they want to learn.",
        "emergency_number": "+44 20 7946 0000",
        "created_at": now,
        **fields,
    }
    program = Program.objects.create(name=name, state=state, **values)
    Goal.objects.create(program=program, text="Everybody has met twice by the spring.")
    if safeguarding:
        PointOfContact.objects.create(program=program, duty=Duty.SAFEGUARDING, person=safeguarding, deputy=deputy)
    return program


def add_member(program, role, person=None, *, state="ready", places=1, sheet=None, now=NOW, **fields):
    """A membership in any state; coordinators and council are active unless told otherwise."""
    if role in (COORDINATOR, COUNCIL) and state == "ready":
        state = "active"
    if state == "waiting":
        fields.setdefault("write_again_on", (now + timedelta(days=30)).date())
    return Membership.objects.create(
        program=program,
        user=person or make_person(f"{role.title()} {next(_numbers)}"),
        role=role,
        state=state,
        since=now,
        joined_at=now,
        places=places,
        sheet=sheet,
        **fields,
    )


def make_questionnaire(title="Form", questions=None, *, now=NOW):
    """A form; each question is (key, text, kind, options, readers) with the last three optional."""
    questionnaire = Questionnaire.objects.create(title=title, created_at=now)
    default = [
        ("grade", "Grade", "choice", GRADES, "coordinators"),
        ("organisation", "Organisation", "text", [], "coordinators"),
        ("profession", "Profession", "text", [], "other_side"),
        ("identity", "Identity to match", "text", [], "matcher"),
    ]
    for position, (key, text, *rest) in enumerate(questions or default):
        kind, options, readers = (*rest, *("text", [], "coordinators")[len(rest) :])
        Question.objects.create(
            questionnaire=questionnaire, key=key, text=text, kind=kind, options=options, readers=readers,
            position=position,
        )  # fmt: skip
    return questionnaire


def make_sheet(questionnaire, **values):
    """A filled-in sheet: answers by the question's key."""
    sheet = Sheet.objects.create(questionnaire=questionnaire)
    questions = {question.key: question for question in questionnaire.questions.all()}
    Answer.objects.bulk_create(
        Answer(sheet=sheet, question=questions[key], value=value) for key, value in values.items()
    )
    return sheet


def make_policy(program, rules=None, *, version=1, by=None, now=NOW):
    return Policy.objects.create(program=program, version=version, rules=rules or {}, created_at=now, created_by=by)


def make_round(program, *, state="draft", policy=None, by=None, now=NOW, **fields):
    policy = policy or program.policies.first() or make_policy(program, by=by, now=now)
    return Round.objects.create(
        program=program, policy=policy, state=state, asked_by=by, asked_at=now, seed="seed-7", **fields
    )


def make_proposal(round, mentee, mentor=None, **fields):
    if mentor:
        fields.setdefault("score", 19)
        fields.setdefault("reasons", [{"points": 10, "words": "Same profession"}, {"points": 9, "words": "One above"}])
        fields.setdefault("pair_words", ["You both work in policy."])
    else:
        fields.setdefault("why_none", {"kind": "full", "words": "Every mentor who fits has no place left."})
    return Proposal.objects.create(round=round, mentee=mentee, mentor=mentor, **fields)


def make_pairing(mentor, mentee, *, state="open", round=None, now=NOW, **fields):
    if state == "ended":
        fields.setdefault("ended_at", now)
    return Pairing.objects.create(
        program=mentor.program, mentor=mentor, mentee=mentee, state=state, rhythm_days=30, began_at=now, round=round,
        pair_words=["You both work in policy."], **fields,
    )  # fmt: skip


def make_offer(mentee, mentor, *, state="open", now=NOW, **fields):
    """A mentee's wish for a mentor, who has been asked."""
    program = mentee.program
    asked = {"asked_at": now, "answer_by": program.today(now) + timedelta(days=7)}
    return Offer.objects.create(
        program=program, mentee=mentee, mentor=mentor, state=state, rank=1, listed_at=now, **asked, **fields
    )


def make_introduction(mentor, mentee, *, state="open", released=True, round=None, now=NOW, **fields):
    """A pair of a published round that both are asked about."""
    program = mentor.program
    round = round or make_round(program, state="published", now=now)
    publication = Publication.objects.create(round=round, at=now, leaves_at=now, released_at=now if released else None)
    return Introduction.objects.create(
        program=program, publication=publication, mentor=mentor, mentee=mentee, state=state, asked_at=now,
        answer_by=program.today(now) + timedelta(days=7), pair_words=["You both work in policy."], **fields,
    )  # fmt: skip


def make_apart(program, member, other, *, by=None, now=NOW):
    """Two people kept apart by name."""
    one, two = sorted((member.user_id, other.user_id))
    return KeptApart.objects.create(program=program, one_id=one, other_id=two, created_at=now, created_by=by)


def make_watch(pairing, *, standing="new", now=NOW, **fields):
    """The stored standing of a pair, as its opening leaves it."""
    day = pairing.program.today(now)
    values = {"since": day, "due_on": day + timedelta(days=14), "look_at": now + timedelta(days=1), **fields}
    return Watch.objects.create(pairing=pairing, standing=standing, **values)


def make_contact(pairing, on, *, sureness="one", source="said", now=NOW, **fields):
    """Evidence that a pair was in touch; said by the mentor unless told otherwise."""
    fields = fields or {"by_mentor": True, "by_mentee": sureness == "both"}
    return Contact.objects.create(pairing=pairing, on=on, sureness=sureness, source=source, noted_at=now, **fields)


def make_meeting(pairing, starts_at, *, state="accepted", by=None, now=NOW, **fields):
    values = {"place": "Harbour café", "proposed_by": by or pairing.mentor.user, "proposed_at": now, **fields}
    if state != "proposed":
        values.setdefault("answered_at", now)
    return Meeting.objects.create(pairing=pairing, starts_at=starts_at, state=state, **values)


def make_check_in(pairing, due_on, *, now=NOW, **fields):
    """An open check-in: both have been asked whether they met."""
    fields.setdefault("ask_again_at", now + timedelta(days=3))
    return CheckIn.objects.create(pairing=pairing, due_on=due_on, asked_at=now, **fields)


def make_case(pairing, *, kind="quiet", owner=None, tier="coordinator", concerned=(), now=NOW, **fields):
    """An open case about a pair: concerned are both of it, and whoever is named besides."""
    values = {
        "program": pairing.program,
        "membership": pairing.mentee,
        "cause": f"{kind}:{pairing.pk}:world:{next(_numbers)}",
        "opened_at": now,
        "due_at": now + timedelta(days=14),
        "at_council_since": now if tier == "council" else None,
        **fields,
    }
    if kind in Case.CRIES:
        values.setdefault("first_answer_by", now + timedelta(days=3))
    case = Case.objects.create(pairing=pairing, kind=kind, owner=owner, tier=tier, **values)
    people = {person.pk for person in (pairing.mentor.user, pairing.mentee.user, *concerned)}
    CaseConcerns.objects.bulk_create(CaseConcerns(case=case, person_id=pk) for pk in people)
    return case


def make_ask(pairing, kind="no_mentee", *, leave=None, now=NOW, **fields):
    """A question to the mentee of a pair that nobody has answered yet."""
    values = {"cause": f"{kind}:{pairing.pk}:world:{next(_numbers)}", "look_at": now + timedelta(days=7), **fields}
    return Ask.objects.create(
        kind=kind, pairing=pairing, membership=pairing.mentee, leave=leave, asked_at=now, **values
    )


def make_leave(membership, *, starts_in=0, days=28, now=NOW, **fields):
    """A leave that is not over; the status of the membership is the caller's."""
    first = membership.program.today(now) + timedelta(days=starts_in)
    values = {"starts_on": first, "returns_on": first + timedelta(days=days), "said_by": membership.user, **fields}
    return Leave.objects.create(membership=membership, said_at=now, **values)


def make_concern(program, by, *, told, other, about=(), now=NOW, **fields):
    """A concern that nobody has opened yet."""
    values = {"words": CONCERN_WORDS, "look_at": now + timedelta(hours=24), **fields}
    concern = Concern.objects.create(program=program, by=by, told=told, other=other, received_at=now, **values)
    ConcernAbout.objects.bulk_create(ConcernAbout(concern=concern, person=person) for person in about)
    return concern


def make_pulse(program, *, now=NOW):
    """The pulse of a program with its wave of this month."""
    return Wave.objects.create(survey=pulse_of(program, now), month=program.today(now).replace(day=1))


def make_invitation(wave, membership, pairing, *, answers=None, now=NOW, **fields):
    """Somebody asked in a pulse; answered where answers are given."""
    if answers is not None:
        fields = {"sheet": make_sheet(wave.survey.questionnaire, **answers), "answered_at": now, **fields}
    values = {"day": 30, **fields}
    return Invitation.objects.create(wave=wave, membership=membership, pairing=pairing, asked_at=now, **values)


def make_letter(to, *, topic="", kind="matching.matched_mentee", state="waiting", about=(), now=NOW, **fields):
    number = next(_numbers)
    values = {
        "key": f"world:{number}",
        "subject": "About your mentoring",
        "body": "Hello,\n\nthere is news about your mentoring.\n\n[link: home]\n[link: unsubscribe]\n",
        "posted_at": now,
        "due_at": now,
        "message_id": f"<world.{number}@example.org>",
        **fields,
    }
    if state == "sent":
        values.setdefault("sent_at", now)
    if state == "dead":
        values.setdefault("outcome", "The mail server says there is no such mailbox.")
        values.setdefault("tries", 6)
    letter = Letter.objects.create(recipient=to, kind=kind, topic=topic, state=state, **values)
    letter.concerned.add(to, *about)
    return letter


def make_entry(program, thing, by=None, *, concerns=(), words="Settings changed", verb="changed", now=NOW):
    return record(by=by, verb=verb, thing=thing, now=now, topic=program.slug, concerns=concerns, words=words)


NEWCOMERS = "name,email address,profession\n" + "".join(
    f"Newcomer {number},newcomer.{number}@example.org,Policy\n" for number in range(3)
)


def make_import(program, by, *, now=NOW):
    """An upload of one file of mentees with three rows, its columns named: a preview."""
    table = imports.read(NEWCOMERS.encode(), "mentees.csv")
    upload = imports.upload(program, {MENTEE: ("mentees.csv", table)}, by=by, now=now)
    meanings = {file.role: [Meaning.from_json(each) for each in file.mapping] for file in upload.files.all()}
    imports.name_columns(upload, meanings, places=1, show_addresses=False, by=by, now=now)
    return upload


def signed_in(person) -> Client:
    """A client in which this person is signed in; nobody's client for None."""
    client = Client()
    if person is not None:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# The personas of the access table, in its order.
PERSONAS = [
    "anonymous",
    "mentee",
    "other_mentee",
    "mentor",
    "other_mentor",
    "council",
    "coordinator",
    "other_coordinator",
    "former",
    "superuser",
    "safeguarding",
    "deputy",
    "council_mentor",
    "coordinator_mentee",
]


@dataclass
class World:
    """One open program with everything in it, another program beside it, and one person a persona."""

    program: Program = None
    other_program: Program = None
    people: dict = field(default_factory=dict)
    clients: dict = field(default_factory=dict)
    memberships: dict = field(default_factory=dict)
    pairing: Pairing = None
    council_pairing: Pairing = None
    own_pairing: Pairing = None
    apart: KeptApart = None
    other_pairing: Pairing = None
    round: Round = None
    # Bjarne has asked Dafydd.
    offer: Offer = None
    # Dafydd and Priya were both asked, and said yes.
    introduction: Introduction = None
    other_round: Round = None
    publication: Publication = None
    upload: Import = None
    other_upload: Import = None
    letters: dict = field(default_factory=dict)
    other_letter: Letter = None
    entry: Entry = None
    authenticator: Authenticator = None
    # Between Amara and Chitra: an agreed meeting and a proposed one, an open check-in, a question to Amara, and a leave
    # of Chitra's that is still to come.
    meeting: Meeting = None
    proposed: Meeting = None
    check_in: CheckIn = None
    ask: Ask = None
    away_ask: Ask = None
    leave: Leave = None
    # With the coordinator; handed on to the council; said to the council about Lena, who sits in it; about Mateo's own
    # pair, who coordinates.
    case: Case = None
    council_case: Case = None
    addressed_case: Case = None
    own_case: Case = None
    other_case: Case = None
    concern: Concern = None
    wave: Wave = None
    invitation: Invitation = None
    answered_invitation: Invitation = None
    other_meeting: Meeting = None
    # A draft to Björn and to Mateo, who coordinates.
    mailing: Mailing = None
    saved_filter: SavedFilter = None
    now: datetime = NOW

    def __getattr__(self, name):
        """world.mentee is the person; world.memberships["mentee"] is their place in the program."""
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    def client(self, persona) -> Client:
        """This persona's browser as it was right after signing in, the same each time."""
        if persona not in self.clients:
            client = signed_in(self.people.get(persona))
            self.clients[persona] = (client, client.cookies.output(header="", sep=";"))
        client, cookies = self.clients[persona]
        client.cookies = SimpleCookie(cookies)
        return client


def _people():
    names = {
        "mentee": "Amara Okafor",
        "other_mentee": "Bjarne Holt",
        "mentor": "Chitra Menon",
        "other_mentor": "Dafydd Rees",
        "council": "Elif Kaya",
        "coordinator": "Farida Haddad",
        "other_coordinator": "Goran Vidak",
        "former": "Hana Sato",
        "superuser": "Iris Root",
        "safeguarding": "Joana Prado",
        "deputy": "Kofi Asante",
        "council_mentor": "Lena Brandt",
        "coordinator_mentee": "Mateo Cruz",
        "council_mentee": "Nadia Petrova",
        "own_mentor": "Oskar Lind",
        "third_mentee": "Priya Nair",
        "waiting_mentee": "Quentin Roy",
        "free_mentor": "Rosa Bianchi",
        "second_coordinator": "Sean Byrne",
        "stranger_mentee": "Tomas Novak",
        "stranger_mentor": "Uma Shah",
        "stranger_contact": "Vera Lund",
    }
    return {
        key: make_person(name, f"{key.replace('_', '.')}@example.org", is_superuser=key == "superuser")
        for key, name in names.items()
    }


def _members(world, forms):
    """Who is what in the program, with answers for those who take part."""
    answers = {"grade": "HEO", "profession": "Policy", "identity": SECRET}
    roles = [
        ("mentee", MENTEE, "active"),
        ("other_mentee", MENTEE, "ready"),
        ("third_mentee", MENTEE, "ready"),
        ("waiting_mentee", MENTEE, "waiting"),
        ("council_mentee", MENTEE, "active"),
        ("coordinator_mentee", MENTEE, "active"),
        ("former", MENTEE, "left"),
        ("mentor", MENTOR, "active"),
        ("other_mentor", MENTOR, "ready"),
        ("free_mentor", MENTOR, "ready"),
        ("council_mentor", MENTOR, "active"),
        ("own_mentor", MENTOR, "active"),
    ]
    for key, role, state in roles:
        organisation = "Department of Joy" if role == MENTEE else "Department of Love"
        sheet = make_sheet(forms[role], organisation=organisation, **answers)
        world.memberships[key] = add_member(world.program, role, world.people[key], state=state, sheet=sheet)
    for key in ("coordinator", "second_coordinator"):
        world.memberships[key] = add_member(world.program, COORDINATOR, world.people[key])
    add_member(world.program, COORDINATOR, world.people["coordinator_mentee"])
    world.memberships["council"] = add_member(world.program, COUNCIL, world.people["council"])
    add_member(world.program, COUNCIL, world.people["council_mentor"])


def _matching(world):
    m = world.memberships
    make_policy(world.program, RULES, by=world.coordinator)
    published = make_round(world.program, state="published", by=world.coordinator, settled_at=NOW)
    world.publication = Publication.objects.create(round=published, at=NOW, leaves_at=NOW)
    world.pairing = make_pairing(m["mentor"], m["mentee"], round=published)
    world.council_pairing = make_pairing(m["council_mentor"], m["council_mentee"], round=published)
    world.apart = make_apart(world.program, m["mentee"], m["own_mentor"])
    world.own_pairing = make_pairing(m["own_mentor"], m["coordinator_mentee"], round=published)
    world.round = make_round(world.program, by=world.coordinator, now=NOW + timedelta(minutes=5))
    make_proposal(world.round, m["other_mentee"], m["other_mentor"])
    make_proposal(world.round, m["third_mentee"])
    make_proposal(world.round, m["waiting_mentee"])
    world.offer = make_offer(m["other_mentee"], m["other_mentor"])
    said = {"state": "made", "mentor_yes_at": NOW, "mentee_yes_at": NOW, "round": published}
    world.introduction = make_introduction(m["other_mentor"], m["third_mentee"], **said)
    make_introduction(m["own_mentor"], m["coordinator_mentee"], **said)


def _letters(world):
    slug = world.program.slug
    for state in ("waiting", "sent", "dead", "dropped"):
        world.letters[state] = make_letter(world.mentee, topic=slug, state=state)
    world.letters["about_mateo"] = make_letter(
        world.own_mentor, topic=slug, subject="About Mateo", about=[world.coordinator_mentee]
    )
    world.letters["to_coordinator"] = make_letter(world.coordinator, topic=slug)


def _written(world):
    world.mailing = Mailing.objects.create(
        program=world.program, subject="A meeting", text="We meet in May.", made_at=NOW, by=world.coordinator
    )
    for name in ("other_mentee", "coordinator_mentee"):
        Addressee.objects.create(mailing=world.mailing, membership=world.memberships[name])
    world.saved_filter = SavedFilter.objects.create(
        program=world.program, name="Mentees", query="role__exact=mentee", at=NOW, by=world.coordinator
    )


def _other_program(world):
    world.other_program = make_program(
        "Riverside readers", slug="riverside", safeguarding=world.stranger_contact, deputy=world.stranger_mentor
    )
    other = world.other_program
    add_member(other, COORDINATOR, world.other_coordinator)
    mentee = add_member(other, MENTEE, world.stranger_mentee, state="active")
    mentor = add_member(other, MENTOR, world.stranger_mentor, state="active")
    world.memberships |= {"stranger_mentee": mentee, "stranger_mentor": mentor}
    world.other_pairing = make_pairing(mentor, mentee)
    world.other_round = make_round(other, by=world.other_coordinator)
    world.other_upload = make_import(other, world.other_coordinator)
    world.other_letter = make_letter(world.stranger_mentee, topic=other.slug)
    make_entry(other, other, world.other_coordinator, words="Riverside was changed")


def _in_touch(world):
    """What the two of a pair have before them; every open pair is watched."""
    for pairing in (world.pairing, world.council_pairing, world.own_pairing, world.other_pairing):
        make_watch(pairing)
    make_contact(world.pairing, world.program.today(NOW), source="check_in")
    world.meeting = make_meeting(world.pairing, NOW + timedelta(days=3))
    world.proposed = make_meeting(world.pairing, NOW + timedelta(days=20), state="proposed")
    world.other_meeting = make_meeting(world.other_pairing, NOW + timedelta(days=3))
    world.check_in = make_check_in(world.pairing, world.program.today(NOW))
    world.leave = make_leave(world.memberships["mentor"], starts_in=7)
    world.ask = make_ask(world.pairing)
    world.away_ask = make_ask(world.pairing, "away", leave=world.leave)


def _cases(world):
    """One of each whom a case can be with, and a concern beside them."""
    world.case = make_case(world.pairing, owner=world.coordinator)
    world.council_case = make_case(world.pairing, kind="missed", tier="council", owner=world.council)
    world.addressed_case = make_case(
        world.council_pairing, kind="no_mentor", tier="council", addressed="council", owner=world.council,
        asked_by=world.council_mentee, words="Lena has not answered since May",
    )  # fmt: skip
    world.own_case = make_case(
        world.own_pairing, kind="wish", owner=world.coordinator, asked_by=world.coordinator_mentee,
        addressed="coordinator", words="Mateo asks for another mentor",
    )  # fmt: skip
    world.other_case = make_case(world.other_pairing, owner=world.other_coordinator)
    world.concern = make_concern(
        world.program, world.mentee, told=world.safeguarding, other=world.deputy, about=[world.mentor]
    )


def _pulses(world):
    world.wave = make_pulse(world.program)
    m = world.memberships
    world.invitation = make_invitation(world.wave, m["mentee"], world.pairing)
    said = {"going": "4", "wish": "nothing"}
    world.answered_invitation = make_invitation(world.wave, m["mentor"], world.pairing, answers=said)
    make_invitation(world.wave, m["coordinator_mentee"], world.own_pairing, answers=said)


def build() -> World:
    """One of everything, and everybody who might look at it."""
    world = World(people=_people())
    world.program = make_program(
        "Harbour volunteers", slug="harbour", safeguarding=world.safeguarding, deputy=world.deputy, mentees_choose=True
    )
    forms = {MENTEE: make_questionnaire("For mentees"), MENTOR: make_questionnaire("For mentors")}
    Program.objects.filter(pk=world.program.pk).update(
        mentee_questionnaire=forms[MENTEE], mentor_questionnaire=forms[MENTOR]
    )
    world.program.refresh_from_db()
    _members(world, forms)
    _matching(world)
    _letters(world)
    _written(world)
    world.authenticator = Authenticator.objects.create(
        user=world.stranger_contact, type=Authenticator.Type.TOTP, data={"secret": TOTP_SECRET}
    )
    world.upload = make_import(world.program, world.coordinator)
    make_entry(world.program, world.program, world.coordinator, words="Program opened", verb="opened")
    world.entry = make_entry(
        world.program, world.pairing, world.coordinator, concerns=[world.mentor, world.mentee],
        words="Amara Okafor and Chitra Menon are a pair", verb="paired",
    )  # fmt: skip
    make_entry(
        world.program, world.memberships["coordinator_mentee"], world.coordinator,
        concerns=[world.coordinator_mentee], words="Mateo Cruz was matched", verb="matched",
    )  # fmt: skip
    _other_program(world)
    _in_touch(world)
    _cases(world)
    _pulses(world)
    world.people["anonymous"] = None
    return world

"""Who gets what: one table of every address and every persona, and what no page may do.

An address that is not in the table fails the suite. In a line stand the personas' answers: whoever is turned away by
GET is turned away by POST, too, and for everybody GET writes nothing.
"""

from dataclasses import dataclass

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from outbox import links, mailbox
from tests import surface
from tests import world as w

pytestmark = pytest.mark.django_db
SIGN_IN = "sign in"
OK, FOUND, REFUSED, HIDDEN, NO_METHOD = 200, 302, 403, 404, 405
PARTICIPANTS = ["mentee", "other_mentee", "mentor", "other_mentor", "former", "safeguarding", "deputy"]
COUNCIL = ["council", "council_mentor"]
COORDINATORS = ["coordinator", "coordinator_mentee", "superuser"]


def who(anonymous, participants, council, coordinators, other, **others) -> dict:
    """The answer each persona gets, by kind of persona; `others` are exceptions by name."""
    answers = {"anonymous": anonymous, "other_coordinator": other}
    answers |= dict.fromkeys(PARTICIPANTS, participants)
    answers |= dict.fromkeys(COUNCIL, council)
    answers |= dict.fromkeys(COORDINATORS, coordinators)
    return answers | others


def everybody(answer=OK) -> dict:
    return who(answer, answer, answer, answer, answer)


def signed_in(answer=OK) -> dict:
    return everybody(answer) | {"anonymous": SIGN_IN}


def coordinators(answer=OK, **others) -> dict:
    """A page of a program: hidden from those who have no part in running it, refused to its council."""
    return who(SIGN_IN, HIDDEN, REFUSED, answer, HIDDEN, **others)


def board(council=OK, coordinators=OK) -> dict:
    """Follow-ups of a program: its coordinators, and its council where something has come to it."""
    return who(SIGN_IN, HIDDEN, council, coordinators, HIDDEN)


def staff(answer=OK, council=REFUSED, **others) -> dict:
    """A list of the admin: open to everybody who coordinates, each with their own rows."""
    return who(SIGN_IN, REFUSED, council, answer, answer, **others)


def superuser(answer=OK, turned_away=REFUSED) -> dict:
    return signed_in(turned_away) | {"superuser": answer, "anonymous": SIGN_IN}


# A pair's own pages are for the two of it alone.
IN_THE_PROGRAM = [
    "mentee", "other_mentee", "mentor", "other_mentor", "council", "coordinator", "former", "council_mentor",
    "coordinator_mentee",
]  # fmt: skip
OF_THE_TWO = {"mentee": OK, "mentor": OK}


@dataclass(frozen=True)
class Line:
    """One address: its arguments, who gets what by GET, and how POST may answer those who are let in."""

    answers: dict
    arguments: object = None
    # Where an address is for POST alone: whom that turns away.
    posts: dict | None = None
    # For an address without a name.
    path: object = None

    def url(self, name, world) -> str:
        if self.path:
            return self.path(world)
        return reverse(name, args=self.arguments(world) if self.arguments else [])


def of_program(world):
    return [world.program.slug]


def of_mailing(world):
    return [world.program.slug, world.mailing.public_id]


def of_kind(world):
    return [world.program.slug, "matching.matched_mentee"]


def of_round(world):
    return [world.program.slug, world.round.public_id]


def of_publication(world):
    return [world.program.slug, world.publication.public_id]


def of_line(world):
    return [world.program.slug, world.round.public_id, world.memberships["other_mentee"].public_id]


def of_mentee(world):
    return [world.program.slug, world.memberships["other_mentee"].public_id]


def of_mentor(world):
    return [world.program.slug, world.memberships["mentor"].public_id]


def of_case(world):
    return [world.program.slug, world.case.public_id]


def of_concern(world):
    return [world.concern.public_id]


def of_upload(world):
    return [world.program.slug, world.upload.public_id]


def of_token(world):
    ends = w.NOW.replace(year=2100)
    return [links.sign("unsubscribe", world.mentee.public_id, world.program.slug, ends)]


def of_row_on_site(world):
    return [ContentType.objects.get_for_model(world.mentee).pk, world.mentee.pk]


def of_mail(world):
    return [mailbox.names()[0]]


# What allauth answers depends on its own state (a code asked for, a password set), not on who somebody is.
ACCOUNT = {
    "account_login": everybody(FOUND) | {"anonymous": OK},
    "account_signup": everybody(FOUND) | {"anonymous": OK},
    "account_request_login_code": everybody(FOUND) | {"anonymous": OK},
    "account_confirm_login_code": everybody(FOUND),
    "account_reset_password": everybody(),
    "account_confirm_password_reset_code": everybody(FOUND),
    "account_complete_password_reset": everybody(FOUND),
    "account_password_reset_completed": everybody(),
    "account_email_verification_sent": everybody(FOUND),
    "account_inactive": everybody(),
    "account_logout": signed_in() | {"anonymous": FOUND},
    "account_change_password": signed_in(),
    "account_set_password": signed_in(FOUND),
    "account_email": signed_in(),
    "account_reauthenticate": signed_in(),
    "mfa_index": signed_in(),
    "mfa_authenticate": everybody(FOUND),
    "mfa_reauthenticate": signed_in(FOUND),
    "mfa_activate_totp": signed_in(FOUND),
    "mfa_deactivate_totp": signed_in(HIDDEN),
    "mfa_generate_recovery_codes": signed_in(FOUND),
    "mfa_view_recovery_codes": signed_in(HIDDEN),
    "mfa_download_recovery_codes": signed_in(HIDDEN),
}

TABLE = {
    # Whoever is signed in is at home.
    "front": Line(everybody(FOUND) | {"anonymous": OK}),
    "design": Line(everybody()),
    "try": Line(everybody()),
    "healthz": Line(everybody()),
    "readyz": Line(everybody()),
    # Nothing has been sent yet in this world, and it says so.
    "deliveryz": Line(everybody(503)),
    # Only in an embedded demo, which this world is not: tests/mentorship/test_tour.py.
    "demo": Line(everybody(HIDDEN)),
    "demo_seat": Line(everybody(NO_METHOD), lambda world: ["mentor"]),
    "profile": Line(signed_in()),
    "free_times": Line(signed_in()),
    "not_with": Line(signed_in()),
    "emails": Line(signed_in()),
    "home": Line(signed_in()),
    **{name: Line(answers) for name, answers in ACCOUNT.items()},
    "outbox:link": Line(everybody(), of_token),
    "outbox:one_click": Line(everybody(FOUND), of_token),
    "outbox:mailbox": Line(everybody()),
    "outbox:mailbox_one": Line(everybody(), of_mail),
    "outbox:mailbox_html": Line(everybody(), of_mail),
    "program_home": Line(who(SIGN_IN, HIDDEN, OK, OK, HIDDEN), of_program),
    "programs:new": Line(staff()),
    "programs:open": Line(coordinators(), of_program),
    "programs:end": Line(coordinators(), of_program),
    "programs:settings": Line(coordinators(), of_program),
    "programs:section": Line(coordinators(), lambda world: [world.program.slug, "basics"]),
    "programs:team": Line(coordinators(), of_program),
    "programs:team_remove": Line(
        coordinators(), lambda world: [world.program.slug, world.memberships["second_coordinator"].public_id]
    ),
    "people": Line(staff()),
    # Found by those alone who run a program of theirs.
    "person": Line(who(SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN), lambda world: [world.mentor.public_id]),
    # For those who coordinate by their own part in the program, not by running the installation.
    "person_seen": Line(
        who(SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN, superuser=HIDDEN), lambda world: [world.mentor.public_id]
    ),
    "looked_at": Line(signed_in()),
    "programs:participant": Line(coordinators(FOUND), of_mentor),
    "programs:reach": Line(coordinators(), of_mentee),
    "programs:places": Line(coordinators(), of_mentor),
    "programs:address": Line(
        coordinators(), lambda world: [world.program.slug, world.memberships["free_mentor"].public_id]
    ),
    "programs:move": Line(coordinators(), lambda world: [*of_mentee(world), "left"]),
    "programs:email": Line(coordinators(), lambda world: [world.program.slug, world.letters["dead"].public_id]),
    "programs:email_change": Line(
        coordinators(), lambda world: [world.program.slug, world.letters["dead"].public_id, "retry"]
    ),
    "programs:written": Line(coordinators(), of_program),
    "programs:mailing_begin": Line(coordinators(NO_METHOD), of_program, posts=coordinators(FOUND)),
    "programs:mailing": Line(coordinators(coordinator_mentee=HIDDEN), of_mailing),
    "programs:mailing_check": Line(coordinators(coordinator_mentee=HIDDEN), of_mailing),
    "programs:mailing_progress": Line(coordinators(coordinator_mentee=HIDDEN), of_mailing),
    "programs:mailing_rest": Line(
        coordinators(NO_METHOD), of_mailing, posts=coordinators(FOUND, coordinator_mentee=HIDDEN)
    ),
    "programs:mailing_take_back": Line(coordinators(FOUND, coordinator_mentee=HIDDEN), of_mailing),
    "programs:mailing_discard": Line(
        coordinators(NO_METHOD), of_mailing, posts=coordinators(FOUND, coordinator_mentee=HIDDEN)
    ),
    "programs:filters": Line(coordinators(NO_METHOD), of_program, posts=coordinators(FOUND)),
    "programs:filter_remove": Line(
        coordinators(NO_METHOD),
        lambda world: [world.program.slug, world.saved_filter.pk],
        posts=coordinators(FOUND),
    ),
    "programs:automatic": Line(coordinators(), of_program),
    "programs:automatic_around": Line(coordinators(), of_program),
    "programs:automatic_one": Line(coordinators(), of_kind),
    "programs:automatic_switch": Line(
        coordinators(NO_METHOD),
        lambda world: [world.program.slug, "surveys.pulse_mentee"],
        posts=coordinators(FOUND),
    ),
    "programs:automatic_test": Line(coordinators(NO_METHOD), of_kind, posts=coordinators(FOUND)),
    "programs:automatic_text": Line(coordinators(), of_kind),
    "programs:automatic_back": Line(coordinators(FOUND), of_kind),
    "matching:home": Line(coordinators(), of_program),
    "matching:rule_new": Line(coordinators(), lambda world: [world.program.slug, "same_value"]),
    "matching:weighing": Line(coordinators(NO_METHOD), of_program),
    "matching:apart": Line(coordinators(), of_program),
    "matching:apart_remove": Line(
        coordinators(NO_METHOD), lambda world: [world.program.slug, world.apart.public_id], posts=coordinators(FOUND)
    ),
    "matching:weights": Line(coordinators(), of_program),
    "matching:versions": Line(coordinators(), of_program),
    "matching:version_again": Line(
        coordinators(NO_METHOD), lambda world: [world.program.slug, 1], posts=coordinators(FOUND)
    ),
    "matching:first": Line(coordinators(), of_program),
    "matching:rule": Line(coordinators(), lambda world: [world.program.slug, 1]),
    "matching:rule_remove": Line(coordinators(NO_METHOD), lambda world: [world.program.slug, 1]),
    "programs:import": Line(coordinators(), of_program),
    "programs:import_one": Line(coordinators(FOUND), of_upload),
    "programs:import_columns": Line(coordinators(), of_upload),
    "programs:import_preview": Line(coordinators(), of_upload),
    "programs:import_start": Line(signed_in(NO_METHOD), of_upload, posts=coordinators(FOUND)),
    "programs:import_again": Line(signed_in(NO_METHOD), of_upload, posts=coordinators(FOUND)),
    "programs:import_discard": Line(signed_in(NO_METHOD), of_upload, posts=coordinators(FOUND)),
    "programs:import_progress": Line(coordinators(), of_upload),
    "matching:rules_file": Line(coordinators(), of_program, posts=coordinators(NO_METHOD)),
    "matching:rules_from_file": Line(coordinators(), of_program),
    "matching:asking": Line(coordinators(), of_program, posts=coordinators(NO_METHOD)),
    "matching:ask_mentors": Line(coordinators(NO_METHOD), of_program, posts=coordinators(FOUND)),
    "matching:note_availability": Line(
        coordinators(NO_METHOD), lambda world: [world.program.slug, world.memberships["free_mentor"].public_id]
    ),
    "matching:back_early": Line(
        coordinators(NO_METHOD), lambda world: [world.program.slug, world.memberships["free_mentor"].public_id]
    ),
    "available": Line(signed_in(HIDDEN) | {"mentor": OK}, lambda world: [world.memberships["mentor"].public_id]),
    "matching:purposes": Line(coordinators(), of_program, posts=coordinators(FOUND)),
    "matching:begin": Line(coordinators(FOUND), of_program, posts=coordinators(FOUND)),
    "matching:ask": Line(coordinators(NO_METHOD), of_program, posts=coordinators(FOUND)),
    "matching:round": Line(coordinators(), of_round),
    "matching:progress": Line(coordinators(), of_round),
    "matching:change": Line(coordinators(), of_line),
    "matching:places": Line(
        coordinators(NO_METHOD),
        lambda world: [world.program.slug, world.round.public_id, world.memberships["mentor"].public_id],
    ),
    "matching:undo": Line(coordinators(NO_METHOD), of_round),
    "matching:let_all_go": Line(coordinators(NO_METHOD), of_round),
    "matching:publish": Line(coordinators(), of_round),
    "matching:discard": Line(coordinators(NO_METHOD), of_round),
    "matching:fairness": Line(coordinators(), of_round, posts=coordinators(NO_METHOD)),
    "matching:compare": Line(coordinators(), of_round, posts=coordinators(NO_METHOD)),
    "matching:withdraw": Line(coordinators(NO_METHOD), of_publication),
    "matching:send_now": Line(coordinators(NO_METHOD), of_publication),
    "matching:by_hand": Line(coordinators(), of_mentee),
    "matching:introduction": Line(coordinators(), lambda world: [world.program.slug, world.introduction.public_id]),
    "matching:pair": Line(coordinators(), lambda world: [world.program.slug, world.pairing.public_id]),
    "matching:end": Line(coordinators(), lambda world: [world.program.slug, world.pairing.public_id]),
    "choosing:choose": Line(signed_in(HIDDEN) | {"other_mentee": OK}, of_program),
    "choosing:mentor": Line(
        signed_in(HIDDEN) | {"other_mentee": OK},
        lambda world: [world.program.slug, world.memberships["free_mentor"].public_id],
    ),
    "choosing:listed": Line(
        signed_in(NO_METHOD),
        lambda world: [world.offer.public_id],
        posts=signed_in(HIDDEN) | {"other_mentee": FOUND},
    ),
    "choosing:asked": Line(signed_in(HIDDEN) | {"other_mentor": OK}, lambda world: [world.offer.public_id]),
    "choosing:introduced": Line(
        signed_in(HIDDEN) | {"other_mentor": OK}, lambda world: [world.memberships["other_mentor"].public_id]
    ),
    "choosing:again": Line(
        signed_in(HIDDEN) | {"other_mentor": OK}, lambda world: [world.memberships["other_mentor"].public_id]
    ),
    # What participants can do: their own pages, hidden from everybody else, whoever runs the program included.
    "checkins:pair": Line(signed_in(HIDDEN) | OF_THE_TWO, lambda world: [world.pairing.public_id]),
    "checkins:propose": Line(signed_in(HIDDEN) | OF_THE_TWO, lambda world: [world.pairing.public_id]),
    "checkins:meeting": Line(signed_in(HIDDEN) | OF_THE_TWO, lambda world: [world.meeting.public_id]),
    "checkins:calendar": Line(signed_in(HIDDEN) | OF_THE_TWO, lambda world: [world.meeting.public_id]),
    "checkins:check_in": Line(signed_in(HIDDEN) | OF_THE_TWO, lambda world: [world.check_in.public_id]),
    "council:help": Line(signed_in()),
    "council:requests": Line(signed_in()),
    "council:ask": Line(signed_in(HIDDEN) | {"mentee": OK}, lambda world: [world.ask.public_id]),
    "council:leave": Line(signed_in(HIDDEN) | {"mentor": OK}, lambda world: [world.memberships["mentor"].public_id]),
    "council:withdraw": Line(signed_in(HIDDEN) | {"mentee": OK}, lambda world: [world.memberships["mentee"].public_id]),
    "council:pause": Line(signed_in(HIDDEN) | {"mentee": OK}, lambda world: [world.pairing.public_id]),
    "council:remove": Line(coordinators(), of_mentor),
    "council:board": Line(board(), of_program),
    "council:case": Line(board(HIDDEN), of_case),
    "council:note": Line(board(HIDDEN, NO_METHOD), of_case, posts=board(HIDDEN)),
    "council:answered": Line(board(HIDDEN, NO_METHOD), of_case, posts=board(HIDDEN)),
    "council:snooze": Line(board(HIDDEN), of_case),
    "council:hand_on": Line(board(HIDDEN), of_case),
    "council:reassign": Line(board(HIDDEN), of_case),
    "council:reassign_pair": Line(board(HIDDEN), lambda world: [*of_case(world), world.pairing.public_id]),
    "council:end_pair": Line(board(HIDDEN), lambda world: [*of_case(world), world.pairing.public_id]),
    "council:decide": Line(board(HIDDEN), lambda world: [*of_case(world), "talk"]),
    "council:concern_new": Line(
        signed_in(HIDDEN) | dict.fromkeys(IN_THE_PROGRAM, OK), lambda world: [world.program.slug]
    ),
    "council:concerns": Line(signed_in(HIDDEN) | {"safeguarding": OK, "deputy": OK}),
    "council:concern": Line(signed_in(HIDDEN) | {"safeguarding": OK, "deputy": OK}, of_concern),
    "council:concern_close": Line(signed_in(NO_METHOD), of_concern, posts=signed_in(HIDDEN) | {"safeguarding": FOUND}),
    "surveys:pulse": Line(signed_in(HIDDEN) | {"mentee": OK}, lambda world: [world.invitation.public_id]),
    "surveys:results": Line(coordinators(), of_program),
    "surveys:see_to": Line(
        coordinators(NO_METHOD),
        lambda world: [world.program.slug, world.answered_invitation.public_id],
        posts=coordinators(FOUND),
    ),
    # The admin's own frame.
    "admin:index": Line(staff(council=OK)),
    "admin:login": Line(who(SIGN_IN, REFUSED, FOUND, FOUND, FOUND)),
    "admin:<(?P<url>.*)$>": Line(staff(HIDDEN, council=HIDDEN), path=lambda world: "/admin/nowhere/"),
    "admin:<<path:object_id>/>": Line(
        staff(FOUND, council=FOUND), path=lambda world: f"/admin/programs/program/{world.program.pk}/"
    ),
    "admin:logout": Line(staff(FOUND, council=FOUND)),
    "admin:password_change": Line(staff(FOUND, council=FOUND)),
    "admin:password_change_done": Line(staff(FOUND, council=FOUND)),
    "admin:jsi18n": Line(staff(council=OK)),
    "admin:autocomplete": Line(signed_in(REFUSED)),
    "admin:view_on_site": Line(staff(HIDDEN, council=HIDDEN), of_row_on_site),
    "admin:app_list": Line(who(SIGN_IN, REFUSED, HIDDEN, HIDDEN, HIDDEN, superuser=OK), lambda world: ["programs"]),
}


def of_letter(world):
    return world.letters["dead"]


# Our models in the admin, each with a row.
ROWS = {
    "programs_program": lambda world: world.program,
    "programs_membership": lambda world: world.memberships["mentee"],
    "matching_pairing": lambda world: world.pairing,
    "matching_round": lambda world: world.round,
    "matching_offer": lambda world: world.offer,
    "matching_introduction": lambda world: world.introduction,
    "outbox_letter": lambda world: world.letters["dead"],
    "journal_entry": lambda world: world.entry,
    "profiles_user": lambda world: world.mentee,
}


def _one(find):
    return lambda world: [find(world).pk]


def of_admin() -> dict[str, Line]:
    """The stock addresses of each model by one rule: lists for those who coordinate, forms for superusers at most."""
    lines = {}
    for model, row in ROWS.items():
        name = f"admin:{model}"
        lines[f"{name}_changelist"] = Line(staff())
        # A row leads to its own page; who may not see the row does not find it.
        to_page = who(SIGN_IN, REFUSED, REFUSED, FOUND, HIDDEN)
        lines[f"{name}_change"] = lines[f"{name}_history"] = Line(to_page, _one(row))
        lines[f"{name}_add"] = Line(signed_in(REFUSED))
        lines[f"{name}_delete"] = Line(signed_in(REFUSED), _one(row))
    # People alone are added and corrected by hand, by whoever runs the installation.
    lines["admin:profiles_user_add"] = Line(superuser())
    lines["admin:profiles_user_change"] = Line(
        who(SIGN_IN, REFUSED, REFUSED, FOUND, HIDDEN, superuser=OK), _one(ROWS["profiles_user"])
    )
    return lines


def differences(name, line, world) -> list[str]:
    """Where an address answers otherwise than its line says, writes on GET, or shows what it must not."""
    found = []
    url = line.url(name, world)
    for persona, expected in line.answers.items():
        found += looked_at(world, persona, expected, url)
    found += [f"GET writes {label}" for label in surface.changed(world.as_built, surface.snapshot())]
    for persona, expected in (line.posts or line.answers).items():
        found += posted_to(world, persona, expected, url)
    return found


def answer_of(response):
    """The status; a way to the sign-in page has a word of its own."""
    ways = tuple(f"{reverse(name)}?" for name in ("account_login", "admin:login"))
    to_sign_in = response.status_code == FOUND and response["Location"].startswith(ways)
    return SIGN_IN if to_sign_in else response.status_code


def looked_at(world, persona, expected, url) -> list[str]:
    response = world.client(persona).get(url)
    found = []
    if (got := answer_of(response)) != expected:
        found.append(f"GET by {persona}: {got}, not {expected}")
    text = response.content.decode(errors="replace") if not response.streaming else ""
    if response.status_code == OK and url not in text and surface.signed_links(text, besides=world.people[persona]):
        found.append(f"{persona} sees a signed link of somebody else")
    if w.SECRET in text:
        found.append(f"{persona} sees an answer that only the matching uses")
    if w.TOTP_SECRET in text:
        found.append(f"{persona} sees the secret of somebody's second factor")
    return found


def posted_to(world, persona, expected, url) -> list[str]:
    """An empty POST, undone again: it turns away whomever GET turns away. (What errs raises here.)"""
    with transaction.atomic():
        got = answer_of(world.client(persona).post(url))
        transaction.set_rollback(True)
    turned_away = expected in (SIGN_IN, REFUSED, HIDDEN)
    if turned_away and got not in (expected, NO_METHOD):
        return [f"POST by {persona}: {got}, GET {expected}"]
    return []


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, once for the whole module, everybody signed in, an email in the mailbox; nothing is committed."""
    here = {
        "EMBEDDED": True,
        "REQUIRE_SECOND_FACTOR": False,
        "EMAIL_BACKEND": "outbox.mailbox.MailboxBackend",
        "MAILBOX_DIR": tmp_path_factory.mktemp("mail"),
    }
    with django_db_blocker.unblock(), override_settings(**here), transaction.atomic():
        send_mail("About your mentoring", "Hello.", None, ["mentee@example.org"])
        world = w.build()
        for persona in w.PERSONAS:
            world.client(persona)
        world.as_built = surface.snapshot()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db):
    """The world as it was built, whatever a test before did to it: each test's own transaction is undone."""
    return built


WHOLE_TABLE = {**of_admin(), **TABLE}


def test_every_address_has_a_line_and_every_line_an_address():
    assert sorted(WHOLE_TABLE) == surface.url_names()


def test_every_line_names_every_persona():
    assert {tuple(sorted(line.answers)) for line in WHOLE_TABLE.values()} == {tuple(sorted(w.PERSONAS))}


@pytest.mark.parametrize("name", WHOLE_TABLE)
def test_everybody_gets_what_the_table_says(name, world):
    found = differences(name, WHOLE_TABLE[name], world)
    assert not found, "\n".join(found)


def test_the_lists_of_the_admin_show_each_coordinator_their_own(world):
    page = world.client("coordinator").get(reverse("admin:programs_membership_changelist")).content.decode()
    assert world.mentee.name in page and world.stranger_mentee.name not in page
    page = world.client("other_coordinator").get(reverse("admin:programs_membership_changelist")).content.decode()
    assert world.mentee.name not in page and world.stranger_mentee.name in page


# What is about Mateo, who coordinates the program and is a mentee in it, as a list shows it.
ABOUT_MATEO = {
    "programs_membership": "Mateo Cruz",
    "matching_pairing": "Oskar Lind",
    "matching_introduction": "Oskar Lind",
    "outbox_letter": "About Mateo",
    "journal_entry": "Mateo Cruz was matched",
}


@pytest.mark.parametrize("model", ABOUT_MATEO)
@pytest.mark.parametrize("query", ["?", "?_export=csv&"])
def test_nobody_finds_what_is_about_themselves_in_a_list(world, model, query):
    words = ABOUT_MATEO[model]
    url = f"{reverse(f'admin:{model}_changelist')}{query}program={world.program.slug}"
    of_others, own = (
        world.client(persona).get(url).content.decode() for persona in ("coordinator", "coordinator_mentee")
    )
    # Their own name stands in the head of every page.
    signed_in_as = world.client("coordinator_mentee").get(reverse("programs:new")).content.decode().count(words)
    assert words in of_others
    assert own.count(words) == (0 if "csv" in query else signed_in_as)


@pytest.mark.parametrize("name", ["programs:participant", "matching:pair", "programs:email"])
def test_a_page_about_oneself_is_not_found(world, name):
    rows = {
        "programs:participant": world.memberships["coordinator_mentee"],
        "matching:pair": world.own_pairing,
        "programs:email": world.letters["about_mateo"],
    }
    url = reverse(name, args=[world.program.slug, rows[name].public_id])
    assert world.client("coordinator").get(url, follow=True).status_code == OK
    assert world.client("coordinator_mentee").get(url, follow=True).status_code == HIDDEN

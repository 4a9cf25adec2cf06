"""The demo builds what it says, the same for the same seed, and keeps away from real people."""

import io
import logging
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from checkins.models import Meeting, Watch
from council import promise
from council.actions import deciding
from council.models import Case
from matching.models import Pairing
from mentorship.demo import names
from mentorship.demo.build import build
from mentorship.demo.logins import SEATS, logins
from outbox.models import Letter
from profiles.models import User
from programs.models import Leave, Membership, Program
from surveys.models import Invitation

# A demo is embedded, which is SQLite.
pytestmark = pytest.mark.once
STAFF_ROLES = ("runs the installation", "coordinator", "council")


def run_demo(**options) -> str:
    out = io.StringIO()
    call_command("demo", stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_ready_to_be_matched_and_nothing_more():
    said = run_demo(stage="setup", people=20)
    program = Program.objects.get()
    assert program.state == "open" and program.policies.exists() and not program.rounds.exists()
    assert program.memberships.participants().filter(state="ready").count() == 20
    assert not Letter.objects.exists()
    assert {login.role for login in logins()} == {*STAFF_ROLES, "safeguarding contact"}
    assert run_demo(logins=True) == said
    assert run_demo(if_empty=True) == ""
    with pytest.raises(CommandError, match="empty"):
        run_demo()


@pytest.mark.django_db(transaction=True)
def test_just_matched_everybody_has_their_email(caplog):
    caplog.set_level(logging.INFO)
    said = run_demo(stage="matched", people=20)
    assert [record.getMessage() for record in caplog.records if record.name == "outbox.delivery"] == []
    assert Pairing.objects.open().count() >= 8
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
    for login in logins():
        assert login.role in said and login.email in said
        person = User.objects.get(email=login.email)
        assert person.check_password(login.password) == bool(login.password)
    assert {"mentor with a mentee", "mentee with a mentor"} < {login.role for login in logins()}
    assert all(address.endswith("@example.org") for address in User.objects.values_list("email", flat=True))


@pytest.mark.django_db(transaction=True)
def test_months_later_there_are_stories_and_nobody_is_lost():
    run_demo(people=48)
    now = timezone.now()
    program, second = Program.objects.get(slug="lantern-street"), Program.objects.get(slug="harbour-city")
    assert {login.role for login in logins()} == {
        *STAFF_ROLES,
        *(words for *_place, words in SEATS.values()),
        "safeguarding contact",
    }
    assert second.memberships.participants().filter(state="ready").count() == 24 and not second.rounds.exists()
    standings = set(
        Watch.objects.filter(pairing__program=program, pairing__state="open").values_list("standing", flat=True)
    )
    assert {"in_rhythm", "quiet", "paused"} <= standings
    open_cases = Case.objects.open().filter(program=program)
    assert set(open_cases.values_list("kind", "tier")) >= {
        ("quiet", "council"), ("quiet", "coordinator"), ("wish", "coordinator"), ("too_much", "coordinator"),
    }  # fmt: skip
    assert not open_cases.filter(due_at__lt=now).exists()
    assert Leave.objects.current().exists() and Letter.objects.filter(state="dead").exists()
    assert Invitation.objects.filter(answered_at__isnull=False).count() > 10
    assert Invitation.objects.filter(low_at__isnull=False).exists()
    assert Meeting.objects.filter(
        state="accepted", starts_at__gt=now, pairing__mentor__user__email=mentor_login()
    ).exists()
    assert list(promise.sentences(promise.lost(now))) == []
    the_first_story_ends_before_lunch(Case.objects.open().get(kind="too_much"), now)


def mentor_login() -> str:
    return next(login.email for login in logins() if login.role == "mentor with a mentee")


def the_first_story_ends_before_lunch(case, now) -> None:
    """Somebody has too much: each of their mentees gets the best mentor who is free, one after the other."""
    placed = []
    for pairing in deciding.pairs_of(case):
        best = deciding.candidates(case, pairing, now)[0].mentor
        placed.append(deciding.reassign(case, pairing, best, by=case.owner, now=now))
    assert len(placed) == 3 and len({pairing.mentor_id for pairing in placed}) == 3
    case.refresh_from_db()
    assert (case.state, case.decision) == ("closed", "reassigned")
    assert list(promise.sentences(promise.lost(now))) == []


@pytest.mark.django_db(transaction=True)
def test_somebody_of_the_demo_signs_in_with_the_printed_password():
    run_demo(stage="setup", people=8)
    login = next(login for login in logins() if login.role == "coordinator")
    client = Client()
    answer = client.post("/accounts/login/", {"login": login.email, "password": login.password})
    assert answer.status_code == 302 and answer["Location"] == "/home/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_demo_refuses_where_email_is_real(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with pytest.raises(CommandError, match="real email"):
        run_demo()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_without_a_demo_there_are_no_logins():
    assert run_demo(logins=True) == ""
    assert not Membership.objects.exists()


def test_the_same_seed_makes_the_same_people_and_no_address_twice():
    first, again = (names.people(random.Random(7)) for _ in range(2))
    people = [next(first) for _ in range(2000)]
    assert people == [next(again) for _ in range(2000)]
    assert len({person.email for person in people}) == len(people)
    assert people[:50] != [next(names.people(random.Random(8))) for _ in range(50)]


def test_the_same_seed_gives_the_same_people_the_same_partners(db):
    seen = []
    for _turn in range(2):
        with transaction.atomic():
            build(seed=7, people=8, now=timezone.now(), stage="matched")
            seen.append((logins(), sorted(str(pairing) for pairing in Pairing.objects.all())))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert seen[0][1]

"""The demo builds what it says, the same for the same seed, and keeps away from real people."""

import io
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from matching.models import Pairing
from mentorship.demo import build as demo
from mentorship.demo import names
from outbox.models import Letter
from profiles.models import User
from programs.models import Membership, Program


def run_demo(**options) -> str:
    out = io.StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_demo_has_a_program_to_match_one_with_pairs_and_a_login_for_every_role():
    said = run_demo(people=20)
    ready, running = Program.objects.get(slug="harbour-city"), Program.objects.get(slug="lantern-street")
    assert ready.state == running.state == "open"
    assert ready.memberships.participants().filter(state="ready").count() == 20
    assert ready.policies.exists() and not ready.rounds.exists()
    assert Pairing.objects.of(running).open().count() >= 11
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
    for login in demo.logins():
        assert login.role in said and login.email in said
        person = User.objects.get(email=login.email)
        assert person.check_password(login.password) == bool(login.password)
    roles = {login.role for login in demo.logins()}
    assert roles == {*demo.ROLE_WORDS.values(), "runs the installation", "safeguarding contact"}
    assert all(address.endswith("@example.org") for address in User.objects.values_list("email", flat=True))
    assert run_demo(logins=True) == said
    assert run_demo(if_empty=True) == ""
    with pytest.raises(CommandError, match="empty"):
        run_demo()


@pytest.mark.django_db(transaction=True)
def test_somebody_of_the_demo_signs_in_with_the_printed_password():
    run_demo(people=8)
    login = next(login for login in demo.logins() if login.role == "coordinator")
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
            demo.build(seed=7, people=8, now=timezone.now())
            seen.append((demo.logins(), sorted(str(pairing) for pairing in Pairing.objects.all())))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert seen[0][1]

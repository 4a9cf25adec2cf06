"""The tour: anybody may sit down as one of the made-up people, and only where this is an embedded demo."""

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from journal.models import Entry
from mentorship.demo import logins
from mentorship.demo.build import build
from mentorship.demo.tour import seats_now
from profiles.models import User
from tests import world as w

# A demo is embedded, which is SQLite.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def demo():
    with override_settings(EMBEDDED=True):
        build(seed=7, people=20, now=timezone.now(), stage="matched")
        return {seat.key: seat for seat in seats_now()}


def signed_in_as(client: Client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def test_everybody_of_the_tour_has_a_chair_and_every_step_leads_somewhere(demo):
    assert set(demo) == set(logins.SEATS)
    front = Client().get("/").text
    for seat in demo.values():
        client = Client()
        assert f'action="/demo/{seat.key}/"' in front
        answer = client.post(f"/demo/{seat.key}/")
        assert (answer.status_code, answer["Location"]) == (302, seat.steps[0].url)
        assert signed_in_as(client) == seat.user
        assert 2 <= len(seat.steps) <= 4
        for step in seat.steps:
            page = client.get(step.url)
            assert page.status_code == 200 and f"A demo: you are {seat.user.name}." in page.text
        assert f'href="{seat.steps[0].url}"' in client.get("/demo/").text
    assert client.post("/demo/mentor/").status_code == 302
    assert signed_in_as(client) == demo["mentor"].user


def test_the_word_of_the_demo_ends_with_signing_out(demo):
    client = Client()
    client.post("/demo/mentor/")
    client.post("/accounts/logout/")
    client.force_login(demo["mentor"].user)
    assert "A demo: you are" not in client.get("/home/").text


@override_settings(EMBEDDED=False)
def test_never_where_this_is_not_embedded(demo):
    for seat in [*logins.SEATS, "admin", "safeguarding", "nobody"]:
        client = Client()
        assert client.post(f"/demo/{seat}/").status_code == 404
        assert client.get("/demo/").status_code == 404
        assert signed_in_as(client) is None
        assert "/demo/" not in client.get("/").text


def test_never_without_the_line_that_only_building_a_demo_writes(demo):
    Entry.objects.filter(verb=logins.BUILT).delete()
    client = Client()
    assert client.post("/demo/mentor/").status_code == client.get("/demo/").status_code == 404
    assert signed_in_as(client) is None


def test_never_as_somebody_whose_password_is_their_own_or_who_runs_the_installation(demo):
    mentor = demo["mentor"].user
    mentor.set_password("a-word-of-my-own")
    mentor.save()
    for seat in ("mentor", "admin", "safeguarding", "deputy", "nobody"):
        client = Client()
        assert client.post(f"/demo/{seat}/").status_code == 404
        assert signed_in_as(client) is None


def test_looking_at_the_address_signs_nobody_in(demo):
    client = Client()
    assert client.get("/demo/mentor/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/demo/mentor/").status_code == 403
    assert signed_in_as(client) is None and signed_in_as(strict) is None


def test_real_people_beside_nothing_of_a_demo():
    w.make_person("Amara Okafor", "coordinator@example.org", password=logins.PASSWORD)
    client = Client()
    assert client.post("/demo/coordinator/").status_code == client.get("/demo/").status_code == 404
    assert "/demo/" not in client.get("/").text

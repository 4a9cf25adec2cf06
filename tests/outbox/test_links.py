"""Signed links: one purpose, one person, one thing, one end; nothing happens on GET."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from outbox import delivery, links
from outbox.models import Choice, Letter
from tests.outbox.conftest import NOW
from tests.world import make_person

pytestmark = pytest.mark.django_db


def token(person, ends=None, thing="north", purpose="unsubscribe"):
    return links.sign(purpose, person.public_id, thing, ends or timezone.now() + timedelta(days=1))


def test_a_link_says_what_was_signed():
    ada = make_person()
    signed = links.read(token(ada, NOW + timedelta(hours=1)), NOW, purpose="unsubscribe")
    assert (signed.purpose, signed.person, signed.thing) == ("unsubscribe", str(ada.public_id), "north")


def test_a_link_is_for_one_purpose():
    with pytest.raises(links.BadLink):
        links.read(token(make_person(), NOW + timedelta(hours=1), purpose="home"), NOW, purpose="unsubscribe")


def test_a_link_ends_at_its_moment():
    key = token(make_person(), NOW)
    links.read(key, NOW - timedelta(seconds=1))
    with pytest.raises(links.LinkEnded) as ended:
        links.read(key, NOW)
    assert ended.value.signed.thing == "north"


@pytest.mark.parametrize(
    "spoil", [lambda k: k[:-1], lambda k: "x" + k, lambda k: k[::-1], lambda k: "", lambda k: ":::"]
)
def test_a_changed_link_is_no_link(spoil):
    with pytest.raises(links.BadLink):
        links.read(spoil(token(make_person())), NOW)


def test_a_link_of_another_person_cannot_be_made_from_mine():
    ada, ben = make_person(), make_person()
    payload, *rest = token(ada).split(":")
    other, *_rest = token(ben).split(":")
    with pytest.raises(links.BadLink):
        links.read(":".join([other, *rest]), NOW)
    assert payload != other


def test_unsubscribing_takes_a_button(client):
    ada = make_person()
    path = f"/e/{token(ada)}/"
    page = client.get(path)
    assert page.status_code == 200 and page.content.decode().count("<button") >= 1
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "same-origin"
    assert not Choice.objects.exists()
    assert client.head(path).status_code == 200 and not Choice.objects.exists()
    assert client.post(path, {"reminders": "off"}).status_code == 302
    assert client.post(path, {"reminders": "off"}).status_code == 302
    assert Choice.objects.get().person == ada and Choice.objects.get().topic == "north"
    assert "They are off" in client.get(path).content.decode()
    client.post(path, {"reminders": "on"})
    assert not Choice.objects.exists()


def test_the_page_wants_its_csrf_token_and_the_mail_programs_button_does_not():
    ada, strict = make_person(), Client(enforce_csrf_checks=True)
    path = f"/e/{token(ada)}/"
    assert strict.post(path, {"reminders": "off"}).status_code == 403
    assert not Choice.objects.exists()
    assert strict.get(f"{path}one-click/").status_code == 302
    assert not Choice.objects.exists()
    assert strict.post(f"{path}one-click/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Choice.objects.get().person == ada


def test_one_click_takes_no_link_of_another_purpose(client):
    links_before = Choice.objects.count()
    assert client.post(f"/e/{token(make_person(), purpose='home')}/one-click/").status_code == 404
    assert client.post("/e/rubbish/one-click/").status_code == client.get("/e/rubbish/").status_code == 404
    assert Choice.objects.count() == links_before


def test_somebody_who_was_shut_out_has_no_links(client):
    assert client.get(f"/e/{token(make_person(is_active=False))}/").status_code == 404


def test_a_link_that_has_run_out_sends_a_fresh_one_to_the_same_address(client, settings, mailoutbox):
    ada = make_person(email="ada@example.org")
    path = f"/e/{token(ada, timezone.now() - timedelta(days=1))}/"
    assert "run out" in client.get(path).content.decode()
    assert not Letter.objects.exists()
    for _twice in range(2):
        assert "on its way" in client.post(path).content.decode()
    letter = Letter.objects.get()
    assert letter.recipient == ada and "/e/" not in letter.body
    assert delivery.deliver_due(timezone.now(), lambda: False) == 1
    fresh, _help = [line for line in mailoutbox[0].body.split() if "/e/" in line]
    assert client.get(fresh.removeprefix(settings.PUBLIC_URL)).status_code == 200
    client.post(fresh.removeprefix(settings.PUBLIC_URL), {"reminders": "off"})
    assert Choice.objects.get().person == ada


def test_a_purpose_has_an_address_or_a_page():
    with pytest.raises(ValueError):
        links.register(links.Purpose("odd", "Odd"))
    with pytest.raises(ValueError):
        links.register(links.Purpose("home", "Other words", url=lambda letter: "/"))
    with pytest.raises(links.BadLink):
        links.words("never_registered")

"""A page seen as a participant sees it: read-only, without what they wrote, written down, and readable by them."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from checkins.models import CheckInAnswer
from journal.models import Entry
from programs.models import Membership
from surveys.models import Invitation
from tests import surface
from tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(w.NOW + timedelta(hours=1), tick=False):
        yield w.build()


def url_of(person) -> str:
    return reverse("person_seen", args=[person.public_id])


def keys(client, person) -> list[str]:
    html = client.get(url_of(person)).content.decode()
    return [form.values["page"][0] for form in surface.forms(html) if "page" in form.values]


def seen(client, person, kind) -> str:
    key = next(key for key in keys(client, person) if key.startswith(kind))
    response = client.post(url_of(person), {"page": key})
    assert response.status_code == 200
    return response.content.decode()


def inside(html) -> str:
    return html.partition('<div class="seen">')[2].partition("</main>")[0]


@pytest.mark.parametrize("kind", ["home", "pair", "met", "pulse"])
def test_nothing_in_it_can_be_pressed_and_it_is_written_down(world, kind):
    client = world.client("coordinator")
    before = surface.snapshot()
    assert {"home", "pair", "met", "pulse"} <= {key.partition(":")[0] for key in keys(client, world.mentee)}
    # Being told what there is to see writes nothing.
    assert surface.changed(before, surface.snapshot()) == []
    page = inside(seen(client, world.mentee, kind))
    assert "Chitra Menon" in page
    for acting in ("href=", "<form", "<a ", "action=", "name=", "hx-", "checked", "value="):
        assert acting not in page, acting
    fields = sum(page.count(tag) for tag in ("<button", "<input", "<textarea", "<select"))
    assert fields == page.count(" disabled>")
    assert surface.signed_links(page) == []
    entry = Entry.objects.get(verb="person.seen_as")
    assert (entry.by, entry.topic) == (world.coordinator, "harbour") and "as Amara Okafor sees it" in str(entry)
    assert surface.changed(before, surface.snapshot()) == ["journal.entry", "journal.entryconcerns"]


def test_who_was_looked_at_reads_it_and_nobody_else_does(world):
    seen(world.client("coordinator"), world.mentee, "pair")
    url = reverse("looked_at")
    assert "Farida Haddad" in world.client("mentee").get(url).content.decode()
    # Their mentor does not read that Amara's page was looked at.
    for persona in ("mentor", "other_mentee"):
        assert "Nobody has looked" in world.client(persona).get(url).content.decode()
    history = reverse("person", args=[world.mentee.public_id])
    assert "as Amara Okafor sees it" in world.client("coordinator").get(history).content.decode()


def test_what_they_wrote_is_left_out(world):
    member = world.memberships["mentee"]
    invitation = Invitation.objects.get(pk=world.invitation.pk)
    other = w.make_check_in(world.pairing, world.program.today(w.NOW) - timedelta(days=1))
    CheckInAnswer.objects.create(check_in=other, membership=member, met=True, how="a private word", at=w.NOW)
    client = world.client("coordinator")
    for kind in ("home", "pair", "met", "pulse"):
        page = inside(seen(client, world.mentee, kind))
        assert "a private word" not in page and w.CONCERN_WORDS not in page and w.SECRET not in page
    # What is answered is not offered.
    Invitation.objects.filter(pk=invitation.pk).update(
        answered_at=w.NOW, sheet=w.make_sheet(world.wave.survey.questionnaire, going="2", wish="call")
    )
    CheckInAnswer.objects.create(check_in=world.check_in, membership=member, met=True, how="secret", at=w.NOW)
    assert {key.partition(":")[0] for key in keys(client, world.mentee)} == {"home", "pair"}


def test_nothing_of_a_program_the_reader_does_not_coordinate(world):
    there = w.add_member(world.other_program, "mentor", world.mentee, state="active")
    w.make_watch(w.make_pairing(there, w.add_member(world.other_program, "mentee", state="active")))
    client = world.client("coordinator")
    assert "Riverside" not in client.get(url_of(world.mentee)).content.decode()
    assert "Riverside" not in seen(client, world.mentee, "home")
    other = world.client("other_coordinator")
    assert "Riverside" in inside(seen(other, world.mentee, "home"))
    assert "Harbour" not in inside(seen(other, world.mentee, "home"))
    # A key of a page that is not theirs to look at opens nothing.
    harbour = keys(client, world.mentee)
    for key in [*harbour, "home:nonsense", "", "\x00"]:
        assert other.post(url_of(world.mentee), {"page": key}).status_code == 302
    assert not Entry.objects.filter(verb="person.seen_as", by=world.other_coordinator, topic="harbour").exists()


def test_running_the_installation_is_not_enough(world):
    assert world.client("superuser").get(url_of(world.mentee)).status_code == 404
    assert world.client("superuser").post(url_of(world.mentee), {"page": "home"}).status_code == 404
    assert url_of(world.mentee) not in world.client("superuser").get(
        reverse("person", args=[world.mentee.public_id])
    ).content.decode()  # fmt: skip


def test_whoever_was_in_a_pair_with_them_does_not_see_their_pages(world):
    """Mateo coordinates the program and is Oskar's mentee: Oskar's home is about him."""
    assert world.client("coordinator_mentee").get(url_of(world.own_mentor)).status_code == 404
    assert world.client("coordinator").get(url_of(world.own_mentor)).status_code == 200


def test_what_they_do_as_staff_is_not_shown(world):
    """Lena is a mentor and sits on the council: only the mentor is seen."""
    at_home = world.client("council_mentor").get(reverse("home")).content.decode()
    page = inside(seen(world.client("coordinator"), world.council_mentor, "home"))
    assert "Nadia Petrova" in page and "Nadia Petrova" in at_home
    assert "Programs you look after" not in page and "follow-up" not in page.lower()
    assert "follow-up" in at_home.lower()


def test_somebody_who_has_left_has_no_pages(world):
    Membership.objects.filter(pk=world.memberships["former"].pk).update(state="left")
    assert world.client("coordinator").get(url_of(world.former)).status_code == 404

"""Every page of a program renders for its coordinator, refuses others, and survives junk."""

import uuid

import pytest
from django.urls import reverse

from journal.models import Entry
from programs.models import Membership, PointOfContact, Program
from tests import world as w

pytestmark = pytest.mark.django_db

LISTS = [
    "admin:programs_program_changelist",
    "admin:programs_membership_changelist",
    "admin:outbox_letter_changelist",
    "admin:journal_entry_changelist",
    "admin:profiles_user_changelist",
]


@pytest.fixture
def world():
    return w.build()


def pages_of(world):
    slug, member, mentee = world.program.slug, world.memberships["mentor"], world.memberships["other_mentee"]
    return [
        reverse("program_home", args=[slug]),
        reverse("programs:open", args=[slug]),
        reverse("programs:end", args=[slug]),
        reverse("programs:settings", args=[slug]),
        reverse("programs:team", args=[slug]),
        *(reverse("programs:section", args=[slug, key]) for key in ("basics", "figures", "help", "words")),
        reverse("programs:team_remove", args=[slug, world.memberships["second_coordinator"].public_id]),
        reverse("person", args=[member.user.public_id]),
        reverse("programs:places", args=[slug, member.public_id]),
        reverse("programs:address", args=[slug, mentee.public_id]),
        reverse("programs:move", args=[slug, mentee.public_id, "left"]),
        reverse("programs:email", args=[slug, world.letters["dead"].public_id]),
    ]


def test_every_page_opens_for_the_coordinator_and_a_superuser(world):
    for persona in ("coordinator", "superuser"):
        client = world.client(persona)
        for url in [reverse("admin:index"), reverse("programs:new"), *pages_of(world), *map(reverse, LISTS)]:
            response = client.get(url)
            assert response.status_code == 200, (persona, url)
            text = response.content.decode()
            assert " style=" not in text, url
            assert "<style" not in text, url
            assert "Secret wish" not in text, url


def test_who_does_not_run_the_program_does_not_find_it(world):
    for persona, expected in {"other_coordinator": 404, "mentee": 404, "former": 404, "safeguarding": 404}.items():
        client = world.client(persona)
        for url in pages_of(world):
            assert client.get(url).status_code == expected, (persona, url)
            assert client.post(url).status_code == expected, (persona, url)


def test_the_council_sees_the_home_and_nothing_else(world):
    client = world.client("council")
    home, *others = pages_of(world)
    assert client.get(home).status_code == 200
    # No participants but those of the follow-ups that have come to the council.
    assert world.other_mentee.name not in client.get(home).content.decode()
    assert client.get(reverse("admin:index")).status_code == 200
    for url in [*others, *map(reverse, LISTS)]:
        # A person's page is as if it were not there.
        assert client.get(url).status_code == (404 if "/admin/people/" in url else 403), url


def test_pages_say_where_one_is(world):
    client = world.client("coordinator")
    text = client.get(reverse("programs:settings", args=[world.program.slug])).content.decode()
    assert text.count('aria-current="page"') >= 1
    text = client.get(f"{reverse('admin:programs_membership_changelist')}?program=harbour").content.decode()
    assert "Pages of Harbour volunteers" in text


def test_new_program_by_whoever_coordinates_one(world):
    client = world.client("coordinator")
    data = {"name": "Second harbour", "template": "career", "time_zone": "Europe/Berlin", "purpose": "Learning."}
    response = client.post(reverse("programs:new"), data)
    made = Program.objects.get(name="Second harbour")
    assert response.url == reverse("program_home", args=[made.slug])
    assert Membership.objects.filter(program=made, user=world.coordinator, role="coordinator", state="active").exists()
    assert made.figure("rhythm_days") == 14
    for persona in ("council", "mentee", "safeguarding"):
        assert world.client(persona).get(reverse("programs:new")).status_code == 403


def test_a_program_opens_in_the_browser_once_everything_is_there(world):
    client = world.client("coordinator")
    client.post(reverse("programs:new"), {"name": "Fresh", "template": "youth", "time_zone": "Europe/London"})
    fresh = Program.objects.get(slug="fresh")
    opening = reverse("programs:open", args=["fresh"])
    text = client.get(opening).content.decode()
    for words in ("What the program is for", "The first day", "emergency number", "safeguarding contact", "deputy"):
        assert words in text
    client.post(opening)
    fresh.refresh_from_db()
    assert fresh.state == "setup"
    basics = {"name": "Fresh", "template": "youth", "time_zone": "Europe/London", "purpose": "Reading together.",
              "starts_on": "2026-12-01", "edition": 0}  # fmt: skip
    assert client.post(reverse("programs:section", args=["fresh", "basics"]), basics).status_code == 302
    fresh.refresh_from_db()
    contact = world.safeguarding.email
    people = {"edition": fresh.edition, "emergency_number": "112", "safeguarding_person_email": contact,
              "safeguarding_deputy_email": "new.deputy@example.org"}  # fmt: skip
    section = reverse("programs:section", args=["fresh", "help"])
    response = client.post(section, people)
    assert response.status_code == 400
    assert "give their name, too" in response.content.decode()
    assert not PointOfContact.objects.filter(program=fresh).exists()
    assert client.post(section, people | {"safeguarding_deputy_name": "New Deputy"}).status_code == 302
    client.post(opening)
    fresh.refresh_from_db()
    assert fresh.state == "open"
    assert Entry.objects.filter(topic="fresh", verb="program.opened", by=world.coordinator).exists()


def test_a_change_somebody_else_made_meanwhile_is_not_undone(world):
    client, url = world.client("coordinator"), reverse("programs:section", args=["harbour", "words"])
    edition = Program.objects.get(slug="harbour").edition
    mine = {"evaluation_for_mentees": "Mine.", "evaluation_for_mentors": "Mine, too.", "edition": edition}
    theirs = mine | {"evaluation_for_mentees": "Theirs."}
    assert world.client("second_coordinator").post(url, theirs).status_code == 302
    response = client.post(url, mine)
    text = response.content.decode()
    assert response.status_code == 400
    assert "Somebody else changed" in text
    assert "Mine." in text
    assert Program.objects.get(slug="harbour").evaluation_for_mentees == "Theirs."
    again = mine | {"edition": Program.objects.get(slug="harbour").edition}
    assert client.post(url, again).status_code == 302
    assert Program.objects.get(slug="harbour").evaluation_for_mentees == "Mine."


def test_an_open_program_cannot_lose_what_it_needs(world):
    client = world.client("coordinator")
    program = Program.objects.get(slug="harbour")
    data = {"edition": program.edition, "emergency_number": "", "safeguarding_person_email": "safeguarding@example.org",
            "safeguarding_deputy_email": "deputy@example.org"}  # fmt: skip
    url = reverse("programs:section", args=["harbour", "help"])
    response = client.post(url, data)
    assert response.status_code == 400
    assert "An open program cannot be without this" in response.content.decode()
    assert Program.objects.get(slug="harbour").emergency_number == program.emergency_number
    response = client.post(url, data | {"emergency_number": "112", "safeguarding_deputy_email": ""})
    assert response.status_code == 400
    assert PointOfContact.objects.get(program=program).deputy == world.deputy


def test_a_participant_s_answers_are_shown_but_for_the_matcher_s(world):
    url = reverse("person", args=[world.mentee.public_id])
    text = world.client("coordinator").get(url).content.decode()
    assert "Department of Joy" in text
    assert "Identity to match" in text
    assert "used only for matching" in text
    assert "Secret wish" not in text


def test_nobody_finds_their_own_place(world):
    client, member = world.client("coordinator_mentee"), world.memberships["coordinator_mentee"]
    url = reverse("programs:participant", args=["harbour", member.public_id])
    assert client.get(url).status_code == 404
    assert world.client("coordinator").get(url, follow=True).status_code == 200
    letter = w.make_letter(world.coordinator_mentee, topic="harbour")
    assert client.get(reverse("programs:email", args=["harbour", letter.public_id])).status_code == 404
    assert (
        world.client("coordinator").get(reverse("programs:email", args=["harbour", letter.public_id])).status_code
        == 200
    )


def test_places_and_removal_by_hand(world):
    client, mentor = world.client("coordinator"), world.memberships["other_mentor"]
    places = reverse("programs:places", args=["harbour", mentor.public_id])
    assert client.post(places, {"places": "3"}).status_code == 302
    assert client.post(places, {"places": "21"}).status_code == 400
    assert Membership.objects.get(pk=mentor.pk).places == 3
    move = reverse("programs:move", args=["harbour", mentor.public_id, "left"])
    assert client.get(move).status_code == 200
    assert Membership.objects.get(pk=mentor.pk).state == "ready"
    assert client.post(move, {"why": "Moved away."}).status_code == 302
    assert Membership.objects.get(pk=mentor.pk).state == "left"
    assert Entry.objects.filter(why="Moved away.", concerned=world.other_mentor).exists()
    for to in ("active", "completed", "nonsense"):
        assert client.post(reverse("programs:move", args=["harbour", mentor.public_id, to])).status_code == 404


def test_an_address_is_put_right_until_somebody_has_signed_in(world):
    client, member = world.client("coordinator"), world.memberships["free_mentor"]
    url = reverse("programs:address", args=["harbour", member.public_id])
    for email, words in (("mentee@example.org", "already"), ("nonsense", "valid"), ("\x00", "characters")):
        response = client.post(url, {"email": email})
        assert (response.status_code, words in response.content.decode()) == (400, True), email
    assert client.post(url, {"email": "Rosa@Example.org"}).status_code == 302
    member.user.refresh_from_db()
    assert member.user.email == "rosa@example.org"
    assert Entry.objects.filter(verb="person.address", concerned=member.user).exists()
    # Somebody of another program, too, or who has signed in, is not theirs to correct.
    w.add_member(world.other_program, "mentor", member.user)
    assert client.get(url).status_code == 403
    world.client("other_mentor")
    signed_in = reverse("programs:address", args=["harbour", world.memberships["other_mentor"].public_id])
    assert client.post(signed_in, {"email": "new@example.org"}).status_code == 403


def test_somebody_in_a_pair_is_removed_with_their_pairs_and_never_without(world):
    client, mentor = world.client("coordinator"), world.memberships["mentor"]
    page = reverse("person", args=[mentor.user.public_id])
    assert "Remove from the program, and end their pairs" in client.get(page).content.decode()
    move = reverse("programs:move", args=["harbour", mentor.public_id, "left"])
    for response in (client.get(move, follow=True), client.post(move, follow=True)):
        assert "in a pair with Amara Okafor" in response.content.decode()
    assert Membership.objects.get(pk=mentor.pk).state == "active"


def test_the_last_coordinator_cannot_be_removed(world):
    client = world.client("other_coordinator")
    me = Membership.objects.get(program=world.other_program, role="coordinator")
    url = reverse("programs:team_remove", args=["riverside", me.public_id])
    assert "only coordinator" in client.post(url, {}, follow=True).content.decode()
    team = reverse("programs:team", args=["riverside"])
    assert client.post(team, {"email": "kim@example.org", "name": "Kim", "role": "coordinator"}).status_code == 302
    assert client.post(url, {}).url == reverse("admin:index")
    assert client.get(team).status_code == 404


def test_ids_of_other_programs_are_not_found(world):
    client, foreign = world.client("coordinator"), world.memberships["stranger_mentee"]
    for url in (
        reverse("programs:participant", args=["harbour", foreign.public_id]),
        reverse("programs:places", args=["harbour", foreign.public_id]),
        reverse("programs:move", args=["harbour", foreign.public_id, "left"]),
        reverse("programs:email", args=["harbour", world.other_letter.public_id]),
        reverse("programs:team_remove", args=["harbour", foreign.public_id]),
        reverse("programs:participant", args=["harbour", uuid.uuid4()]),
        reverse("programs:section", args=["harbour", "nonsense"]),
        reverse("admin:programs_membership_change", args=[foreign.pk]),
        reverse("admin:outbox_letter_change", args=[world.other_letter.pk]),
    ):
        assert client.get(url).status_code == 404, url
        assert client.post(url).status_code == 404, url

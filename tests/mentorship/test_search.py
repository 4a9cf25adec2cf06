"""Finding a person: by a part of the name or the address, in one's own programs, ten at most."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentorship.person.search import search
from tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def names(reader, q) -> list[str]:
    return [one.person.name for one in search(reader, q).found]


def test_a_part_of_the_name_or_the_address_is_enough(world):
    for q in ("Amara", "okaf", "OKAFOR  amara", "mentee@example"):
        assert "Amara Okafor" in names(world.coordinator, q), q
    assert names(world.coordinator, "amara nair") == []
    # Whose name begins so comes first.
    assert names(world.coordinator, "o")[0] == "Oskar Lind"


def test_it_says_where_they_have_a_part(world):
    w.add_member(world.program, "mentor", world.mentee, state="ready")
    (found,) = search(world.coordinator, "Amara").found
    assert found.words == "mentee in Harbour volunteers, mentor in Harbour volunteers"


def test_nobody_of_another_program_is_found_and_never_oneself(world):
    assert names(world.coordinator, "Tomas") == [] and names(world.other_coordinator, "Tomas") == ["Tomas Novak"]
    assert names(world.coordinator_mentee, "Mateo") == [] and names(world.coordinator, "Mateo") == ["Mateo Cruz"]
    assert names(world.mentor, "Amara") == [] and names(world.council, "Amara") == []
    # Somebody in both is found with the part the reader may know of.
    w.add_member(world.other_program, "mentee", world.mentor)
    assert search(world.other_coordinator, "Chitra").found[0].words == "mentee in Riverside readers"


def test_ten_at_most_and_it_says_that_there_are_more(world):
    for number in range(12):
        w.add_member(world.program, "mentee", w.make_person(f"Zola {number:02}"))
    found = search(world.coordinator, "Zola")
    assert len(found.found) == 10 and found.more and "first 10" in found.words
    assert search(world.coordinator, "Quentin Roy").words == "1 person"


@pytest.mark.parametrize("q", ["", " ", "\x00", "%", "_", "'", "x" * 5000, "<script>"])
def test_junk_finds_nobody(world, q):
    response = world.client("coordinator").get(reverse("people"), {"q": q})
    assert response.status_code == 200 and "<script>x" not in response.content.decode()
    assert names(world.coordinator, q) == []


def test_the_box_asks_for_the_lines_alone(world):
    client, url = world.client("coordinator"), reverse("people")
    lines = client.get(url, {"q": "amara"}, headers={"HX-Request": "true"}).content.decode()
    assert 'role="option"' in lines and "<html" not in lines
    assert reverse("person", args=[world.mentee.public_id]) in lines
    # Without script the same address is a page, and on every page of the admin the box is a form that leads there.
    assert "Amara Okafor" in client.get(url, {"q": "amara"}).content.decode()
    for page in (reverse("admin:index"), reverse("program_home", args=["harbour"])):
        assert "data-find" in client.get(page).content.decode()
        assert "data-find" not in world.client("council").get(page).content.decode()


def test_as_many_queries_for_one_as_for_ten(world):
    def queries_of(q) -> int:
        with CaptureQueriesContext(connection) as asked:
            search(world.coordinator, q)
        return len(asked)

    for number in range(12):
        w.add_member(world.program, "mentee", w.make_person(f"Zola {number:02}"))
    assert queries_of("Amara") == queries_of("Zola") == 2

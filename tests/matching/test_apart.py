"""People kept apart by name: in rounds, by hand, in either role; read by coordinators alone."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from journal.models import Entry, EntryConcerns
from matching import tables
from matching.actions import keep_apart, let_together, pair_by_hand
from matching.models import KeptApart
from profiles.actions import change_not_with
from programs.errors import Refused
from tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return w.make_program("Harbour", opened_at=w.NOW, slug="harbour")


@pytest.fixture
def two(program):
    return (
        w.add_member(program, w.MENTEE, w.make_person("Amara")),
        w.add_member(program, w.MENTOR, w.make_person("Chitra")),
    )


@pytest.fixture
def farida(program):
    return w.add_member(program, w.COORDINATOR, w.make_person("Farida")).user


def test_they_are_kept_apart_whichever_is_the_mentor(program, two, farida):
    row = keep_apart(program, *two, by=farida, now=w.NOW)
    assert keep_apart(program, *two, by=farida, now=w.NOW) == row
    w.add_member(program, w.MENTOR, two[0].user)
    w.add_member(program, w.MENTEE, two[1].user)
    read = tables.read(program, {"rules": []}, now=w.NOW)
    assert (read.scored.matrix < 0).all() and len(read.apart) == 2
    with pytest.raises(Refused, match="kept apart"):
        pair_by_hand(program, two[1], two[0], by=farida, now=w.NOW)
    before = read.fingerprint("seed", "1")
    let_together(row, by=farida, now=w.NOW)
    after = tables.read(program, {"rules": []}, now=w.NOW)
    assert (after.scored.matrix >= 0).sum() == 2 and after.fingerprint("seed", "1") != before


def test_the_history_names_nobody_and_another_program_does_not_hear_of_it(program, two, farida):
    keep_apart(program, *two, by=farida, now=w.NOW)
    entry = Entry.objects.get(verb="apart.kept")
    assert "Amara" not in entry.words and entry.by == farida and not EntryConcerns.objects.filter(entry=entry).exists()
    elsewhere = w.make_program("Elsewhere", opened_at=w.NOW)
    w.add_member(elsewhere, w.MENTEE, two[0].user)
    w.add_member(elsewhere, w.MENTOR, two[1].user)
    assert tables.read(elsewhere, {"rules": []}, now=w.NOW).score(0, 0) == 0


def test_nobody_keeps_somebody_apart_from_themselves(program, two, farida):
    own = w.add_member(program, w.MENTEE, farida)
    with pytest.raises(Refused, match="about you"):
        keep_apart(program, own, two[1], by=farida, now=w.NOW)


def test_two_names_from_a_list_and_back(program, two, farida, django_assert_max_num_queries):
    client = w.signed_in(farida)
    url = reverse("matching:apart", args=[program.slug])
    amara, chitra = two
    assert client.post(url, {"mentee": amara.public_id, "mentor": chitra.public_id}).status_code == 302
    page = client.get(url).content.decode()
    assert "Amara and Chitra" in page and "by Farida" in page
    # What is about whoever looks stands on nobody's page but others'.
    own = w.add_member(program, w.MENTEE, farida)
    w.make_apart(program, own, chitra)
    assert "Farida and" not in (page := client.get(url).content.decode()) and "and Farida" not in page
    assert client.post(url, {"mentee": own.public_id, "mentor": chitra.public_id}).status_code == 422
    assert client.post(url, {"mentee": "x\x00", "mentor": ""}).status_code == 422
    row = KeptApart.objects.visible_to(farida).get()
    remove = reverse("matching:apart_remove", args=[program.slug, row.public_id])
    assert client.post(remove).status_code == 302 and client.post(remove).status_code == 404
    hidden = KeptApart.objects.get()
    assert client.post(reverse("matching:apart_remove", args=[program.slug, hidden.public_id])).status_code == 404
    for number in range(30):
        w.make_apart(program, w.add_member(program, w.MENTEE, w.make_person(f"M {number}", password=None)), chitra)
    with django_assert_max_num_queries(25):
        client.get(url)


def test_whom_somebody_would_rather_not_meet_is_a_wish_that_nobody_reads(program, two, farida):
    amara, chitra = two
    dafydd = w.add_member(program, w.MENTOR, w.make_person("Dafydd"))
    client, url = w.signed_in(amara.user), reverse("not_with")
    page = client.post(url, {"names": f" chitra\r\n{dafydd.user.email.upper()}\nNobody Here\n"}, follow=True)
    assert "Saved. Nobody reads it but the matching." in page.content.decode()
    read = tables.read(program, {"rules": []}, now=w.NOW)
    assert (read.scored.matrix < 0).all() and read.why_not(0, 0) == "A personal wish stands against it."
    with pytest.raises(Refused, match="A personal wish"):
        pair_by_hand(program, chitra, amara, by=farida, now=w.NOW)
    # Also where the mentor is the one who wishes it, and another may see nothing of it.
    client.post(url, {"names": ""})
    w.signed_in(dafydd.user).post(url, {"names": "AMARA"})
    read = tables.read(program, {"rules": []}, now=w.NOW)
    assert [str(read.mentors[j].user) for j in range(2) if read.score(0, j) < 0] == ["Dafydd"]
    seen = [w.signed_in(farida).get(reverse(f"matching:{name}", args=[program.slug])) for name in ("apart", "home")]
    assert not any("Dafydd and" in page.content.decode() for page in seen)
    assert w.signed_in(amara.user).post(url, {"names": "\n".join(map(str, range(21)))}).status_code == 422


def test_nobody_says_for_another_whom_they_would_rather_not_meet(two):
    with pytest.raises(PermissionDenied):
        change_not_with(two[0].user, by=two[1].user, now=w.NOW, names=["Bo"])


def test_each_list_can_be_narrowed_to_a_part_of_a_name(program, two, farida):
    w.add_member(program, w.MENTEE, w.make_person("Bela"))
    url = reverse("matching:apart", args=[program.slug])
    page = w.signed_in(farida).get(url, {"mentee_named": "amar"}).content.decode()
    assert ">Amara<" in page and ">Bela<" not in page and ">Chitra<" in page

"""Who sees which follow-up, and how much of it: the council only what is for the council, nobody what is about them."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from checkins.models import CheckInAnswer
from council import board
from council.models import Case, CaseConcerns, CaseLine
from council.permissions import reads_as_coordinator, sits_on_council
from tests import world as w

pytestmark = pytest.mark.django_db
SAID = "said to Farida alone"


@pytest.fixture
def world():
    world = w.build()
    for case in (world.council_case, world.addressed_case):
        CaseLine.objects.create(case=case, at=w.NOW, words="Both were written to.")
        CaseLine.objects.create(case=case, at=w.NOW, words=SAID, by=world.coordinator, for_council=False)
    Case.objects.filter(pk=world.council_case.pk).update(
        words="My words are for the coordinator", asked_by=world.mentee, addressed="coordinator"
    )
    return world


def seen(person) -> set[str]:
    return set(Case.objects.visible_to(person).values_list("cause", flat=True))


def page(world, persona, case):
    return world.client(persona).get(reverse("council:case", args=[world.program.slug, case.public_id]))


def test_each_sees_their_own_follow_ups(world):
    own, handed = world.case.cause, world.council_case.cause
    assert seen(world.coordinator) == {own, handed, world.own_case.cause}
    # What a mentee told the council alone is for the council alone, but the one it is about.
    assert seen(world.council) == {handed, world.addressed_case.cause}
    assert seen(world.council_mentor) == {handed}
    # A coordinator with a mentor of their own sees everything but that.
    assert seen(world.coordinator_mentee) == {own, handed}
    for persona in ("mentee", "mentor", "other_mentee", "former", "safeguarding", "council_mentee"):
        assert seen(world.people[persona]) == set(), persona
    assert seen(world.other_coordinator) == {world.other_case.cause}
    assert world.addressed_case.cause not in seen(world.superuser) and seen(AnonymousUser()) == set()


def test_whoever_no_longer_sits_or_is_switched_off_sees_nothing(world):
    place = world.memberships["council"]
    assert sits_on_council(world.council, world.program) and not sits_on_council(world.coordinator, world.program)
    type(place).objects.filter(pk=place.pk).update(state="left")
    assert seen(world.council) == set() and not sits_on_council(world.council, world.program)
    type(world.coordinator).objects.filter(pk=world.coordinator.pk).update(is_active=False)
    world.coordinator.refresh_from_db()
    assert seen(world.coordinator) == set() and not reads_as_coordinator(world.coordinator, world.case)
    assert not sits_on_council(AnonymousUser(), world.program)


def test_the_council_reads_what_is_for_it_and_nothing_else(world):
    """Names, when the two were in touch, what was tried, words addressed to it; a coordinator reads the rest, too."""
    CheckInAnswer.objects.create(
        check_in=world.check_in, membership=world.memberships["mentee"], met=True, how="I felt small", at=w.NOW
    )
    for_council = page(world, "council", world.council_case)
    assert for_council.status_code == 200
    text = for_council.content.decode()
    assert "Amara Okafor" in text and "Chitra Menon" in text and "Both were written to." in text
    assert "Monday 16 November 2026" in text and "confirmed by one" in text
    for secret in (SAID, "for the coordinator", "felt small", world.mentee.email, world.mentor.email, w.SECRET):
        assert secret not in text, secret
    everything = page(world, "coordinator", world.council_case).content.decode()
    assert SAID in everything and "for the coordinator" in everything
    assert "felt small" not in everything and w.SECRET not in everything


def test_words_to_the_council_are_read_there(world):
    text = page(world, "council", world.addressed_case).content.decode()
    assert "Lena has not answered since May" in text and "Coordinators do not see this" in text
    for persona in ("coordinator", "second_coordinator", "council_mentor", "coordinator_mentee"):
        assert page(world, persona, world.addressed_case).status_code == 404


def test_what_is_about_somebody_counts_nowhere_for_them(world):
    """Lists, searches, exports, homes: no trace for Lena, who sits in the council and is the mentor it is about."""
    url = reverse("council:board", args=[world.program.slug])
    lena = world.client("council_mentor")
    for query in ("", "?q=Nadia", "?q=Lena", "?show=overdue", "?kind=no_mentor", "?show=closed", "?format=csv"):
        found = lena.get(url + query)
        assert found.status_code == 200 and "Petrova" not in found.content.decode(), query
    assert board.cases_of(world.council_mentor, world.program).count() == 1
    for path in (reverse("home"), reverse("program_home", args=[world.program.slug])):
        both, hers = (
            re.search(r'<ol class="diary">.*?</ol>', client.get(path).content.decode(), re.S).group()
            for client in (world.client("council"), lena)
        )
        assert both.count("<li") == 2 and "Petrova" in both, path
        assert hers.count("<li") == 1 and "Petrova" not in hers, path


def test_a_follow_up_of_another_program_is_not_found_in_mine(world):
    url = reverse("council:case", args=[world.program.slug, world.other_case.public_id])
    assert world.client("coordinator").get(url).status_code == 404


def test_every_verb_is_hidden_from_those_it_is_about(world):
    """Also where they coordinate: what is posted does nothing."""
    args = [world.program.slug, world.own_case.public_id]
    for name, more in (("note", []), ("answered", []), ("snooze", []), ("hand_on", []), ("reassign", []),
                       ("decide", ["talk"]), ("end_pair", [world.own_pairing.public_id])):  # fmt: skip
        posted = world.client("coordinator_mentee").post(
            reverse(f"council:{name}", args=[*args, *more]),
            {"words": "x", "days": 3, "mentor": world.memberships["free_mentor"].public_id},
        )
        assert posted.status_code == 404, name
    world.own_case.refresh_from_db()
    assert world.own_case.state == "open" and not world.own_case.lines.exists()


def test_a_council_member_who_is_concerned_besides_is_left_out(world):
    CaseConcerns.objects.create(case=world.council_case, person=world.council)
    assert page(world, "council", world.council_case).status_code == 404
    assert world.council_case.cause not in seen(world.council)


def test_nobody_gives_a_mentee_to_themselves(world):
    """A coordinator who is a mentor, too, is none of the choices, and posting their own name is refused."""
    own = w.add_member(world.program, w.MENTOR, world.second_coordinator, sheet=world.memberships["free_mentor"].sheet)
    url = reverse("council:reassign", args=[world.program.slug, world.case.public_id])
    assert str(own.public_id) not in world.client("second_coordinator").get(url).content.decode()
    assert str(own.public_id) in world.client("coordinator").get(url).content.decode()
    world.client("second_coordinator").post(url, {"mentor": str(own.public_id)})
    world.case.refresh_from_db()
    assert world.case.state == "open"


def test_a_leave_of_a_day_does_not_change_what_somebody_sees(world):
    w.make_leave(world.memberships["council"], now=w.NOW - timedelta(days=1))
    assert world.council_case.cause in seen(world.council)

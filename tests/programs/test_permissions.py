"""Who sees which rows: one's own programs, and never what is about oneself."""

import pytest
from django.contrib.auth.models import AnonymousUser

from journal.models import Entry
from outbox.models import Letter
from programs import permissions as p
from programs.models import Membership, PointOfContact, Program
from tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def test_who_coordinates(world):
    expected = {"coordinator", "second_coordinator", "coordinator_mentee", "superuser"}
    assert {
        key for key, person in world.people.items() if person and p.can_coordinate(person, world.program)
    } == expected
    assert not p.can_coordinate(AnonymousUser(), world.program)


def test_who_enters_the_admin(world):
    expected = {"coordinator", "second_coordinator", "coordinator_mentee", "superuser", "council", "council_mentor",
                "other_coordinator"}  # fmt: skip
    assert {key for key, person in world.people.items() if person and p.can_enter_admin(person)} == expected


def test_a_superuser_without_programs_enters_an_empty_installation():
    boss = w.make_person(is_superuser=True)
    assert p.can_enter_admin(boss)
    assert p.can_create_program(boss)


def test_somebody_who_may_not_sign_in_sees_nothing(world):
    for key in ("coordinator", "superuser"):
        person = world.people[key]
        person.is_active = False
        assert not p.can_enter_admin(person)
        assert not p.can_coordinate(person, world.program)


def test_who_needs_a_second_factor(world):
    third = w.make_person("Third Name")
    PointOfContact.objects.create(program=world.program, duty="third", person=third)
    expected = {"coordinator", "second_coordinator", "coordinator_mentee", "superuser", "council", "council_mentor",
                "other_coordinator", "safeguarding", "deputy", "stranger_contact", "stranger_mentor"}  # fmt: skip
    assert {key for key, person in world.people.items() if person and p.needs_second_factor(person)} == expected
    assert p.needs_second_factor(third)


def test_rows_of_other_programs_are_not_seen(world):
    for person in (world.coordinator, world.coordinator_mentee):
        assert set(p.letters_visible_to(person).values_list("topic", flat=True)) == {"harbour"}
        assert set(p.entries_visible_to(person).values_list("topic", flat=True)) == {"harbour"}
        assert world.stranger_mentee not in p.people_visible_to(person)
        assert set(Membership.objects.visible_to(person).values_list("program__slug", flat=True)) == {"harbour"}
    assert world.stranger_mentee in p.people_visible_to(world.superuser)


def test_nobody_sees_what_is_about_themselves(world):
    me = world.coordinator_mentee
    to_me = w.make_letter(me, topic="harbour")
    about_me = w.make_letter(world.own_mentor, topic="harbour")
    about_me.concerned.add(me)
    seen = p.letters_visible_to(me)
    assert to_me not in seen
    assert about_me not in seen
    assert {to_me, about_me} <= set(p.letters_visible_to(world.coordinator))
    entry = Entry.objects.get(words="Mateo Cruz was matched")
    assert entry not in p.entries_visible_to(me)
    assert entry in p.entries_visible_to(world.coordinator)
    mine = world.memberships["coordinator_mentee"]
    assert mine not in Membership.objects.visible_to(me)
    assert mine in Membership.objects.visible_to(world.coordinator)
    boss = world.superuser
    own = w.add_member(world.program, "mentee", boss)
    letter = w.make_letter(boss, topic="harbour")
    assert own not in Membership.objects.visible_to(boss)
    assert letter not in p.letters_visible_to(boss)
    assert Letter.objects.filter(pk=letter.pk).exists()


def test_council_members_see_the_program_and_no_rows(world):
    assert world.program in Program.objects.visible_to(world.council)
    assert not p.letters_visible_to(world.council).exists()
    assert not p.entries_visible_to(world.council).exists()
    assert not Membership.objects.visible_to(world.council).exists()
    assert not p.people_visible_to(world.council).exists()

"""Every write to a program: what it changes, what it refuses, and the history it leaves."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from journal.models import Entry
from profiles.models import User
from programs import actions, leaving
from programs.errors import Refused
from programs.models import Membership, PointOfContact, Program, ProgramFigure
from programs.permissions import may_write_to
from tests import world as w
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return w.make_person("Bo Boss", is_superuser=True)


@pytest.fixture
def program(boss):
    return actions.create_program(by=boss, now=NOW, name="Harbour", purpose="Together.")


def complete(program, boss):
    one, two = w.make_person(), w.make_person()
    actions.change_program(program, by=boss, now=NOW, starts_on=date(2026, 12, 1), emergency_number="112")
    actions.set_contact(program, "safeguarding", one, two, by=boss, now=NOW)
    return Program.objects.get(pk=program.pk)


def test_whoever_makes_a_program_coordinates_it(program, boss):
    assert Membership.objects.filter(program=program, user=boss, role="coordinator", state="active").exists()
    assert program.evaluation_for_mentees == "Not used to evaluate you."
    assert Entry.objects.get(topic="harbour").verb == "program.created"


def test_short_names_are_free_ones_and_never_pages_of_ours(boss):
    slugs = [actions.create_program(by=boss, now=NOW, name=name).slug for name in ("New", "New", "数学", "!!!")]
    assert slugs == ["new-2", "new-3", "program", "program-2"]


def test_a_program_opens_only_when_nothing_is_missing(program, boss):
    assert [one.section for one in actions.missing_to_open(program)] == ["basics", "help", "help", "help"]
    with pytest.raises(Refused, match="first day"):
        actions.open_program(program, by=boss, now=NOW)
    assert not may_write_to("harbour")
    program = complete(program, boss)
    actions.open_program(program, by=boss, now=NOW)
    assert may_write_to("harbour")
    with pytest.raises(Refused, match="open already"):
        actions.open_program(program, by=boss, now=NOW)
    actions.end_program(program, by=boss, now=NOW, why="Done.")
    with pytest.raises(Refused):
        actions.end_program(program, by=boss, now=NOW)
    verbs = list(Entry.objects.of(program).order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["program.opened", "program.ended"]


def test_somebody_who_may_not_sign_in_does_not_answer_for_safety(program, boss):
    program = complete(program, boss)
    deputy = program.points_of_contact.get().deputy
    User.objects.filter(pk=deputy.pk).update(is_active=False)
    with pytest.raises(Refused, match="deputy"):
        actions.open_program(program, by=boss, now=NOW)


def test_no_letter_of_an_unknown_program_leaves():
    assert not may_write_to("nowhere")
    assert may_write_to("")


def test_the_database_itself_refuses_an_open_program_without_number(program):
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.filter(pk=program.pk).update(state="open", emergency_number="")


def test_a_deputy_is_somebody_else_by_the_database_too(program, boss):
    with pytest.raises(Refused, match="somebody else"):
        actions.set_contact(program, "mentors", boss, boss, by=boss, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PointOfContact.objects.create(program=program, duty="mentors", person=boss, deputy=boss)


def test_an_open_program_keeps_its_safeguarding_contact(program, boss):
    program = actions.open_program(complete(program, boss), by=boss, now=NOW)
    with pytest.raises(Refused, match="cannot be without"):
        actions.set_contact(program, "safeguarding", None, by=boss, now=NOW)
    with pytest.raises(Refused, match="cannot be without"):
        actions.change_program(program, by=boss, now=NOW, purpose=" ")
    assert PointOfContact.objects.filter(program=program, duty="safeguarding").exists()


def test_a_change_names_what_changed_and_nothing_changed_says_nothing(program, boss):
    before = Entry.objects.count()
    actions.change_program(program, by=boss, now=NOW, name="Harbour")
    assert Entry.objects.count() == before
    changed = actions.change_program(program, by=boss, now=NOW, name="Bay", goals=["Meet.", "Meet.", " Stay. "])
    assert Entry.objects.first().words == "Settings changed: name, goals."
    assert [goal.text for goal in changed.goals.all()] == ["Meet.", "Stay."]
    kept = changed.goals.get(text="Stay.").pk
    actions.change_program(program, by=boss, now=NOW, goals=["Stay.", "Grow."])
    assert [goal.text for goal in changed.goals.all()] == ["Stay.", "Grow."]
    assert changed.goals.get(text="Stay.").pk == kept


def test_a_stale_edition_is_refused(program, boss):
    actions.change_program(program, by=boss, now=NOW, edition=0, name="Bay")
    with pytest.raises(Refused, match="Somebody else"):
        actions.change_program(program, by=boss, now=NOW, edition=0, name="Gulf")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x" * 151},
        {"name": ""},
        {"time_zone": "Mars/Crater"},
        {"template": "army"},
        {"ends_on": date(2026, 1, 1)},
        {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)},
    ],
)
def test_what_the_columns_cannot_hold_is_refused_in_a_sentence(program, boss, fields):
    with pytest.raises(Refused):
        actions.change_program(program, by=boss, now=NOW, **fields)
    with pytest.raises(TypeError):
        actions.change_program(program, by=boss, now=NOW, state="open")


def test_figures_stay_within_their_bounds_and_keep_their_history(program, boss):
    actions.set_figures(program, {"rhythm_days": 30}, by=boss, now=NOW)
    assert not ProgramFigure.objects.exists()
    actions.set_figures(program, {"rhythm_days": 21}, by=boss, now=NOW)
    actions.set_figures(program, {"rhythm_days": 7}, by=boss, now=NOW + timedelta(days=1))
    assert program.figure("rhythm_days") == 7
    assert list(ProgramFigure.objects.order_by("pk").values_list("value", flat=True)) == [21, 7]
    with pytest.raises(Refused, match="choose between 1 and 366"):
        actions.set_figures(program, {"rhythm_days": 367}, by=boss, now=NOW)


def test_a_person_is_found_by_address_and_made_once(program, boss):
    kim, made = actions.find_or_make_person(" Kim@Example.org", "Kim", by=boss, now=NOW, program=program)
    again, made_again = actions.find_or_make_person("kim@example.org", "Other name", by=boss, now=NOW)
    assert (made, made_again, again) == (True, False, kim)
    assert again.name == "Kim"
    assert not kim.has_usable_password()
    for email, name in (("nonsense", "A"), ("new@example.org", " "), ("new@example.org", "x" * 151)):
        with pytest.raises(Refused):
            actions.find_or_make_person(email, name, by=boss, now=NOW)


def test_people_move_along_their_path_and_nowhere_else(program, boss):
    member = actions.add_member(program, w.make_person(), "mentee", by=boss, now=NOW, state="ready")
    moved = actions.move(member, "waiting", by=boss, now=NOW, why="Full.")
    assert moved.write_again_on == program.today(NOW) + timedelta(days=30)
    assert Entry.objects.first().why == "Full."
    with pytest.raises(Refused, match="cannot become"):
        actions.move(moved, "completed", by=boss, now=NOW)
    stale = Membership.objects.get(pk=moved.pk)
    actions.move(moved, "left", by=boss, now=NOW)
    with pytest.raises(Refused, match="Somebody else"):
        actions.move(stale, "left", by=boss, now=NOW)
    assert Membership.objects.get(pk=member.pk).write_again_on is None


def test_somebody_in_a_pair_does_not_leave(program, boss):
    mentor, mentee = w.add_member(program, "mentor", state="active"), w.add_member(program, "mentee", state="active")
    w.make_pairing(mentor, mentee)
    for member in (mentor, mentee):
        with pytest.raises(Refused, match="in a pair with"):
            actions.move(member, "left", by=boss, now=NOW)
    assert leaving.ties(w.add_member(program, "mentee")) == []


def test_a_program_keeps_a_coordinator(program, boss):
    me = Membership.objects.get(user=boss, role="coordinator")
    with pytest.raises(Refused, match="only coordinator"):
        actions.move(me, "left", by=boss, now=NOW)
    other = w.make_person()
    actions.add_member(program, other, "coordinator", by=boss, now=NOW)
    gone = actions.move(me, "left", by=boss, now=NOW)
    assert actions.add_member(program, boss, "coordinator", by=other, now=NOW).state == "active"
    assert Membership.objects.filter(pk=gone.pk, state="active").exists()
    assert Membership.objects.filter(user=boss, role="coordinator").count() == 1


def test_places_are_a_mentor_s_and_bounded(program, boss):
    mentor = w.add_member(program, "mentor")
    assert actions.set_places(mentor, 0, by=boss, now=NOW).places == 0
    for places in (-1, 21):
        with pytest.raises(Refused):
            actions.set_places(mentor, places, by=boss, now=NOW)
    with pytest.raises(Refused):
        actions.set_places(w.add_member(program, "mentee"), 1, by=boss, now=NOW)


def test_somebody_removed_by_mistake_is_brought_back():
    world = w.build()
    boss, member = world.coordinator, world.memberships["other_mentee"]
    Membership.objects.filter(pk=member.pk).update(state="left")
    member.refresh_from_db()
    actions.move(member, "ready", by=boss, now=NOW)
    member.refresh_from_db()
    assert member.state == "ready"

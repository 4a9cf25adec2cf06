"""A program's home and the list of one's programs: figures, what needs one, and constant queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.models import PairPurpose, PurposeWait
from mentorship import program_home
from programs import actions
from programs.models import Import, Program
from tests import world as w
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return w.make_person("Bo Boss")


@pytest.fixture
def program(boss):
    return actions.create_program(by=boss, now=NOW, name="Harbour", purpose="Together.")


def needs(program, user):
    program = Program.objects.get(pk=program.pk)
    return [
        need.action
        for need in program_home.needs_of(program, program_home.figures_of([program], user, NOW)[program.pk])
    ]


def test_what_needs_me_comes_in_the_order_of_the_path(program, boss):
    assert needs(program, boss) == ["See what is missing", "Import people"]
    Program.objects.filter(pk=program.pk).update(starts_on="2026-12-01", emergency_number="112")
    actions.set_contact(program, "safeguarding", w.make_person(), w.make_person(), by=boss, now=NOW)
    assert needs(program, boss) == ["Open the program", "Import people"]
    actions.open_program(program, by=boss, now=NOW)
    assert needs(program, boss) == ["Import people"]
    upload = w.make_import(program, boss)
    assert needs(program, boss) == ["Go on with the import"]
    Import.objects.filter(pk=upload.pk).update(state="done")
    mentee, mentor = w.add_member(program, "mentee"), w.add_member(program, "mentor")
    assert needs(program, boss) == ["Set the matching rules"]
    w.make_policy(program)
    assert needs(program, boss) == ["Start a round"]
    round = w.make_round(program)
    assert needs(program, boss) == ["Look at the draft"]
    type(round).objects.filter(pk=round.pk).update(state="published")
    for member in (mentee, mentor):
        type(member).objects.filter(pk=member.pk).update(state="active")
    assert needs(program, boss) == []
    w.make_letter(mentee.user, topic=program.slug, state="dead")
    assert needs(program, boss) == ["See them"]


def test_each_number_opens_the_list_that_it_counts():
    world = w.build()
    client = world.client("coordinator")
    response = client.get(reverse("program_home", args=["harbour"]))
    for line in response.context["funnel"]:
        for cell in line["cells"]:
            listed = client.get(cell["url"])
            assert listed.status_code == 200
            assert listed.context["cl"].result_count == cell["number"], cell["url"]
    figures = response.context["figures"]
    assert sum(line["number"] for line in response.context["standings"]) == figures.pairs
    for line in response.context["standings"]:
        assert client.get(line["url"]).context["cl"].result_count == line["number"], line["url"]
    emails = [(f"{key}_url", getattr(figures.delivery, key)) for key in ("waiting", "held", "sent", "dead")]
    for key, number in (("pairs_url", figures.pairs), *emails):
        assert client.get(response.context[key]).context["cl"].result_count == number, key


def test_what_else_needs_me(program, boss):
    """A question unanswered, no place free, emails that do not leave, a last day gone by: each with its one button."""
    Program.objects.filter(pk=program.pk).update(
        state="open", emergency_number="112", ends_on="2026-11-15", starts_on="2026-01-01"
    )
    mentor, mentee = w.add_member(program, "mentor", state="active"), w.add_member(program, "mentee", state="active")
    pair = w.make_pairing(mentor, mentee, now=NOW)
    w.make_watch(pair)
    w.make_policy(program)
    assert needs(program, boss) == ["End the program"]
    w.make_ask(pair, now=NOW - timedelta(days=4))
    waiting = w.add_member(program, "mentee", state="waiting", write_again_on=NOW.date())
    w.make_letter(waiting.user, topic=program.slug, due_at=NOW - timedelta(hours=1))
    assert needs(program, boss) == ["See how to reach them", "See what waits", "See the mentors", "End the program"]
    found = program_home.needs_of(
        Program.objects.get(pk=program.pk), program_home.figures_of([program], boss, NOW)[program.pk]
    )
    assert str(mentee.user) in found[0].why
    assert "One of those who wait hears from us again within three days." in found[2].why
    for need in found:
        assert w.signed_in(boss).get(need.url).status_code == 200, need.url


def test_a_mentee_who_waits_for_one_more_mentor_is_to_be_matched(program, boss):
    Program.objects.filter(pk=program.pk).update(state="open", emergency_number="112")
    career, everyday = (
        PairPurpose.objects.create(program=program, name=name, position=position)
        for position, name in enumerate(("career", "everyday"))
    )
    w.make_policy(program)
    mentors = [w.add_member(program, "mentor", state="active", places=2) for _ in range(2)]
    mentee = w.add_member(program, "mentee", state="active")
    w.make_pairing(mentors[0], mentee, purpose=everyday)
    assert "Start a round" not in needs(program, boss)
    PurposeWait.objects.create(membership=mentee, purpose=career, since=NOW, write_again_on=NOW.date())
    figures = program_home.figures_of([program], boss, NOW)[program.pk]
    need = next(one for one in program_home.needs_of(program, figures) if one.action == "Start a round")
    assert need.title == "One mentee waits for one more mentor"
    w.add_member(program, "mentee", state="ready")
    figures = program_home.figures_of([program], boss, NOW)[program.pk]
    need = next(one for one in program_home.needs_of(program, figures) if one.action == "Start a round")
    assert need.title == "One mentee has no mentor yet" and "waits for one more, for something else" in need.why
    w.make_pairing(mentors[1], mentee, purpose=career)
    assert program_home.figures_of([program], boss, NOW)[program.pk].beside == 0


def test_a_mentee_without_a_next_date_comes_first(program, boss):
    Program.objects.filter(pk=program.pk).update(state="open", emergency_number="112")
    mentee = w.add_member(program, "mentee", state="active")
    program.refresh_from_db()
    lost = program_home.lost_of(program, boss, NOW)
    assert [one.membership.pk for one in lost] == [mentee.pk]
    need = program_home.needs_of(program, program_home.figures_of([program], boss, NOW)[program.pk], lost)[0]
    assert need.title == "One mentee has no next date"
    assert w.signed_in(boss).get(need.url).status_code == 200
    # Who it is about hears nothing of it in another role.
    w.add_member(program, "coordinator", mentee.user)
    assert program_home.lost_of(program, mentee.user, NOW) == []


def test_a_contact_for_safety_whom_nobody_can_reach_is_named(program, boss):
    deputy = w.make_person("Kofi")
    actions.set_contact(program, "safeguarding", w.make_person(), deputy, by=boss, now=NOW)
    Program.objects.filter(pk=program.pk).update(state="open", emergency_number="112")
    assert "Name somebody" not in needs(program, boss)
    type(deputy).objects.filter(pk=deputy.pk).update(is_active=False)
    assert needs(program, boss)[0] == "Name somebody"


def test_figures_leave_out_what_is_about_the_reader():
    world = w.build()
    mine = program_home.figures_of([world.program], world.coordinator_mentee, NOW)[world.program.pk]
    all_of_it = program_home.figures_of([world.program], world.coordinator, NOW)[world.program.pk]
    assert mine.count("mentee") == all_of_it.count("mentee") - 1
    assert mine.pairs == all_of_it.pairs - 1


def test_one_primary_button():
    world = w.build()
    text = world.client("coordinator").get(reverse("program_home", args=["harbour"])).content.decode()
    assert text.count("btn-primary") == 1


def test_your_programs_say_what_waits(program, boss):
    text = w.signed_in(boss).get(reverse("admin:index")).content.decode()
    assert "Harbour" in text
    assert "things are missing before the program opens" in text
    empty = w.make_person(is_superuser=True)
    text = w.signed_in(empty).get(reverse("admin:index")).content.decode()
    assert "Everything of the installation" in text


def test_an_empty_installation_teaches():
    text = w.signed_in(w.make_person(is_superuser=True)).get(reverse("admin:index")).content.decode()
    assert "No programs yet" in text
    assert reverse("programs:new") in text


def test_queries_do_not_grow_with_rows_or_programs(program, boss):
    client = w.signed_in(boss)

    def queries(url):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    urls = [reverse("admin:index"), reverse("program_home", args=[program.slug])]
    mentor, mentee = w.add_member(program, "mentor", state="active"), w.add_member(program, "mentee", state="active")
    w.make_pairing(mentor, mentee)
    w.make_letter(mentee.user, topic=program.slug)
    few = [queries(url) for url in urls]
    for number in range(30):
        mentor, mentee = (
            w.add_member(program, "mentor", state="active"),
            w.add_member(program, "mentee", state="active"),
        )
        w.make_pairing(mentor, mentee)
        w.make_letter(mentee.user, topic=program.slug, state="sent")
        if number % 10 == 0:
            other = actions.create_program(by=boss, now=NOW, name=f"Other {number}")
            w.make_letter(mentee.user, topic=other.slug, state="dead")
    assert [queries(url) for url in urls] == few
    assert max(few) <= 29

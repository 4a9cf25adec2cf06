"""The whole road on the real files: rounds are published, a pair never meets, and the council finds another mentor."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from checkins.models import Contact, Watch
from council.models import Case, Step
from matching import rounds
from matching.models import Pairing, Round
from outbox.models import Letter
from programs.models import Membership, PointOfContact, Program
from tests import world as w
from tests.matching import civil_service
from tests.stories.living import browser, buttons, link, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def program(days):
    """The fifty mentors and fifty mentees of the files, a coordinator and a council; nobody was told anything yet."""
    program = civil_service.build(opened_at=timezone.now())
    PointOfContact.objects.create(
        program=program, duty="safeguarding", person=w.make_person("Joana Prado"), deputy=w.make_person("Kofi Asante")
    )
    for name in ("Elif Kaya", "Lena Brandt"):
        w.add_member(program, "council", w.make_person(name))
    Membership.objects.update(since=timezone.now(), joined_at=timezone.now())
    return program


def test_from_publishing_to_a_new_mentor(days, program):
    cora = browser(civil_service.coordinator_of(program))
    publish(days, cora, program)
    silent = everybody_but_one_pair_meets(days, program)
    case = nudges_then_a_coordinator_then_the_council(days, program, silent)
    another_mentor(days, program, silent, case)
    for_the_rest_of_it(days, program)


def publish(days, cora, program):
    """Worked out by the sweep, published on the page."""
    cora.open(reverse("matching:home", args=[program.slug]))
    cora.submit("matching/ask/")
    days.sweep()
    round = Round.objects.get(state="draft")
    cora.open(reverse("matching:publish", args=[program.slug, round.public_id]))
    cora.submit("confirmed")
    cora.submit("/send/")
    days.sweep()
    assert Pairing.objects.open().count() == Watch.objects.count() == 35
    to_all = Letter.objects.exclude(kind="mentorship.morning").filter(state="sent")
    assert to_all.count() == 100
    ids = set(to_all.values_list("message_id", flat=True))
    for letter in days.sink.received:
        assert letter.message_id not in ids or link(letter, "wrong")


def everybody_but_one_pair_meets(days, program) -> Pairing:
    """34 pairs say on their pages that they were in touch; one mentor never answers."""
    days.to(2)
    # One whom another mentor could take.
    for silent in Pairing.objects.open().select_related("mentee__user", "mentor__user", "program").order_by("pk"):
        found = rounds.choices_for(program, silent.mentee, program.policies.first(), now=timezone.now())
        if any(choice.free > 0 and not choice.why_not for choice in found):
            break
    today = program.today(timezone.now())
    for number, pairing in enumerate(Pairing.objects.open().exclude(pk=silent.pk).select_related("mentor__user")):
        person = pairing.mentor.user if number % 2 else pairing.mentee.user
        page = browser(person)
        page.open(reverse("checkins:pair", args=[pairing.public_id]))
        page.submit("on", on=today.isoformat())
    assert Contact.objects.count() == 34
    days.to(3)
    assert Counter(Watch.objects.values_list("standing", flat=True)) == {"in_rhythm": 34, "new": 1}
    return silent


def nudges_then_a_coordinator_then_the_council(days, program, silent) -> Case:
    mentor, mentee = silent.mentor.user, silent.mentee.user
    before = {person.pk: len(days.letters(person)) for person in (mentor, mentee)}
    days.to(13)
    assert list(Step.objects.values_list("step", flat=True)) == ["nudge", "nudge-2"]
    for person in (mentor, mentee):
        nudges = days.letters(person, before[person.pk])
        assert len(nudges) == 2 and all("Can you reach" in one.text for one in nudges)
    days.to(14)
    case = Case.objects.get()
    cora = civil_service.coordinator_of(program)
    assert (case.kind, case.tier, case.owner, case.pairing) == ("never", "coordinator", cora, silent)
    assert silent.mentee.user.name in days.last(cora).text
    # The mentee says that they cannot reach their mentor, from the last letter, and to the coordinators.
    page = browser()
    page.open(link(days.letters(mentee)[-1], "wrong"))
    (way,) = [value for value in buttons(page, "way") if value.startswith("no_mentor")]
    page.open(f"{page.url}?way={way}")
    page.submit("addressed", addressed="coordinator", words="I wrote twice.")
    assert Case.objects.open().count() == 2
    # The coordinator is away and decides neither: the cry after a week, the silence after two.
    days.to(21)
    assert set(Case.objects.open().values_list("kind", "tier")) == {("never", "coordinator"), ("no_mentor", "council")}
    days.to(28)
    assert set(Case.objects.open().values_list("tier", flat=True)) == {"council"}
    case.refresh_from_db()
    assert case.owner.name in ("Elif Kaya", "Lena Brandt")
    return case


def another_mentor(days, program, silent, case):
    """The best free mentor is chosen already; one button, and all three are told."""
    member = browser(case.owner)
    page = reverse("council:reassign", args=[program.slug, case.public_id])
    member.open(page)
    offered = buttons(member, "mentor")
    possible = rounds.choices_for(program, silent.mentee, program.policies.first(), now=timezone.now())
    scores = [one.score for one in possible if one.free > 0 and not one.why_not and one.mentor.pk != silent.mentor_id]
    chosen = Membership.objects.get(public_id=offered[0])
    assert next(one.score for one in possible if one.mentor == chosen) == max(scores) and len(offered) == len(scores)
    people = (silent.mentee.user, silent.mentor.user, chosen.user)
    before = {person.pk: len(days.letters(person)) for person in people}
    member.submit("mentor", mentor=offered[0], words="No answer in four weeks.")
    assert "All of them get an email" in words(member.text)
    days.sweep()
    told = [days.letters(person, before[person.pk]) for person in people]
    assert [len(letters) for letters in told[1:]] == [1, 1]
    assert any(chosen.user.name in one.text for one in told[0])
    assert silent.mentee.user.name in told[1][0].text and silent.mentee.user.name in told[2][0].text
    assert "No answer" not in "".join(one.text for letters in told for one in letters)
    new = Pairing.objects.open().get(mentee=silent.mentee)
    assert new.mentor == chosen and Pairing.objects.open().count() == 35
    # What the mentee had asked for is settled with it.
    assert not Case.objects.open().exists()
    home = browser(silent.mentee.user)
    assert chosen.user.name in home.open("/home/") and silent.mentor.user.name not in home.text


def for_the_rest_of_it(days, program):
    """The weeks after: nobody is lost on any day, and no step of a silence is taken twice."""
    call_command("check_nobody_lost", "--program", program.slug)
    days.to(60)
    taken = Counter(Step.objects.values_list("cause", "step"))
    assert set(taken.values()) == {1} and len(taken) > 35
    assert Program.objects.get(pk=program.pk).state == "open"
    assert not Letter.objects.filter(state="dead").exists()
    assert timezone.now() - days.begins >= timedelta(days=60)

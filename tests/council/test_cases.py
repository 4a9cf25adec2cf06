"""Follow-ups: opened once a cause, by somebody who has no part in them; passed on, put off, said again, settled."""

from datetime import timedelta

import pytest
from django.db import transaction

from checkins import actions as checkins
from council.actions import cases, watch_cases
from council.models import Case, CaseConcerns, CaseKind, Decision, Step, Tier
from journal.models import Entry
from outbox import kinds
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Program
from programs.permissions import entries_visible_to, letters_visible_to
from tests import world as w
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Town:
    """A program with two coordinators, a council of two, and a pair."""

    def __init__(self, council=2):
        self.program = w.make_program()
        self.farida, self.sean = (self.member(COORDINATOR, name).user for name in ("Farida Haddad", "Sean Byrne"))
        self.council = [self.member(COUNCIL, name).user for name in ("Elif Kaya", "Lena Brandt")[:council]]
        mentor, mentee = self.member(MENTOR, "Chitra Menon"), self.member(MENTEE, "Amara Okafor")
        self.pairing = w.make_pairing(mentor, mentee)
        self.chitra, self.amara = mentor.user, mentee.user

    def member(self, role, name):
        return w.add_member(self.program, role, w.make_person(name), state="active")

    def new(self, kind=CaseKind.QUIET, **fields):
        values = {
            "cause": f"{kind}:{self.pairing.pk}:since:{NOW.date()}",
            "program": self.program,
            "membership": self.pairing.mentee,
            "pairing": self.pairing,
            "concerned": [self.chitra, self.amara],
            "now": NOW,
            **fields,
        }
        return cases.new_case(kind=kind, **values)

    def open(self, kind=CaseKind.QUIET, by=None, now=NOW, **fields):
        opening = self.new(kind, now=now, **fields)
        with transaction.atomic():
            return cases.open_case(opening, by=by, now=now)

    def cry(self, **fields):
        return self.open(CaseKind.NO_MENTOR, by=self.amara, **{"asked_by": self.amara, "words": "I wrote.", **fields})


@pytest.fixture
def town():
    return Town()


def sweep(day):
    return watch_cases(NOW + day * DAY, never)


def now_of(case):
    case.refresh_from_db()
    return case


def to(person, kind="follow_up"):
    return list(Letter.objects.filter(recipient=person, kind=f"council.{kind}").order_by("pk"))


def test_a_case_has_an_owner_and_a_day_and_the_same_cause_opens_no_other(town):
    case = town.open(tried=["Both were asked."])
    assert (case.owner, case.tier, case.due_at) == (town.farida, Tier.COORDINATOR, NOW + 14 * DAY)
    assert [line.words for line in case.lines.all()] == ["Both were asked."]
    assert town.open() is None
    assert Case.objects.count() == 1
    # What nobody cries for waits for the morning email.
    assert not Letter.objects.exists()
    with transaction.atomic():
        assert cases.close(case, decision=Decision.TALK, by=town.farida, now=NOW)
        assert not cases.close(case, decision=Decision.TALK, by=town.farida, now=NOW)
    assert town.open() is not None


def test_nothing_is_rendered_or_asked_for_in_the_transaction_of_a_case(town, django_assert_max_num_queries):
    opening = town.new()
    with transaction.atomic(), django_assert_max_num_queries(14):
        cases.open_case(opening, by=None, now=NOW)


def test_a_cry_has_a_first_answer_and_fewer_days_and_whoever_asked_hears_both(town):
    case = town.cry()
    assert case.first_answer_by == NOW + 3 * DAY and case.due_at == NOW + 7 * DAY
    (letter,) = to(town.amara, "asked")
    assert "Farida Haddad reads what you wrote and answers you by Thursday 19 November 2026." in letter.body
    assert "Monday 23 November 2026" in letter.body
    assert not to(town.chitra, "asked") and "I wrote." not in "".join(Letter.objects.values_list("body", flat=True))


@pytest.mark.parametrize("name", ["farida", "sean"])
def test_nobody_owns_sees_or_hears_what_is_about_themselves(town, name):
    person = getattr(town, name)
    case = town.open(concerned=[town.chitra, town.amara, person])
    assert case.owner not in (person, None) and CaseConcerns.objects.filter(case=case, person=person).exists()
    assert case not in Case.objects.visible_to(person) and case in Case.objects.visible_to(case.owner)
    assert not letters_visible_to(person).exists() and not entries_visible_to(person).exists()
    sweep(14)
    sweep(28)
    assert not Letter.objects.filter(recipient=person).exists()


def test_where_every_coordinator_has_a_part_in_it_it_begins_with_the_council(town):
    case = town.open(concerned=[town.chitra, town.amara, town.farida, town.sean])
    assert case.tier == Tier.COUNCIL and case.owner in town.council and case.at_council_since == NOW


def test_the_council_shares_its_follow_ups(town):
    owners = [town.open(cause=f"quiet:{n}", tier=Tier.COUNCIL).owner for n in range(4)]
    assert sorted(map(owners.count, town.council)) == [2, 2]


def test_told_to_the_council_it_leaves_no_trace_for_coordinators(town):
    case = town.cry(addressed=Tier.COUNCIL, tier=Tier.COUNCIL)
    assert case.owner in town.council
    for person in (town.farida, town.sean):
        assert not Case.objects.visible_to(person).exists()
        assert not letters_visible_to(person).exists() and not entries_visible_to(person).exists()
    assert {letter.kind for letter in Letter.objects.all()} <= set(kinds.apart_names())
    assert set(Entry.objects.values_list("topic", flat=True)) == {""}
    sweep(14)
    sweep(21)
    assert not Letter.objects.filter(recipient__in=[town.farida, town.sean]).exists()
    assert not letters_visible_to(town.farida).exists()


def test_undecided_it_goes_to_the_council_once_with_days_of_their_own(town):
    case = town.open()
    sweep(13)
    assert now_of(case).tier == Tier.COORDINATOR
    assert (sweep(14), sweep(14)) == (1, 0)
    assert (now_of(case).tier, case.due_at, case.at_council_since) == (Tier.COUNCIL, NOW + 28 * DAY, NOW + 14 * DAY)
    assert case.owner in town.council
    assert case in Case.objects.visible_to(town.farida), "Coordinators still see it."
    assert not cases.to_council(case, by=None, now=NOW + 15 * DAY, why="Again.")


@pytest.mark.parametrize("days", [14, 40])
def test_a_late_sweep_passes_it_on_once_with_all_of_their_days(town, days):
    case = town.open()
    sweep(days)
    assert now_of(case).due_at == NOW + (days + 14) * DAY


def test_a_cry_that_is_overdue_is_said_once_a_week_to_all_who_could_decide(town):
    town.cry()
    for day in range(7, 43):
        sweep(day)
    for person in (*town.council, town.farida, town.sean):
        overdue = [letter for letter in to(person) if "nobody has decided it yet" in letter.body]
        assert [(letter.posted_at - NOW).days for letter in overdue] == [21, 28, 35, 42]


def test_without_a_council_the_other_coordinators_get_it_once_then_it_is_overdue():
    town = Town(council=0)
    case = town.cry()
    sweep(7)
    assert (now_of(case).owner, case.tier, case.due_at) == (town.sean, Tier.COORDINATOR, NOW + 21 * DAY)
    sweep(21)
    sweep(22)
    assert now_of(case).due_at == NOW + 21 * DAY
    assert len(to(town.sean)) == 2 and len(to(town.farida)) == 2


def test_put_off_three_times_fourteen_days_at_most(town):
    case = town.open()
    for turn in range(3):
        now = NOW + (turn + 1) * 10 * DAY
        assert cases.snooze(case, days=14, by=town.farida, now=now).due_at == now + 14 * DAY
        sweep((turn + 1) * 10 + 13)
        assert now_of(case).at_council_since is None
    with pytest.raises(Refused, match="as often as it may be"):
        cases.snooze(case, days=1, by=town.farida, now=NOW + 40 * DAY)
    for days in (0, 15):
        with pytest.raises(Refused):
            cases.snooze(town.open(cause=f"quiet:{days}"), days=days, by=town.farida, now=NOW)
    sweep(44)
    assert now_of(case).tier == Tier.COUNCIL


def test_a_cry_is_put_off_once_a_week_at_most_and_after_an_answer(town):
    case = town.cry()
    with pytest.raises(Refused, match="answer them first"):
        cases.snooze(case, days=7, by=town.farida, now=NOW + DAY)
    assert cases.answered(case, by=town.farida, now=NOW + DAY)
    assert not cases.answered(case, by=town.farida, now=NOW + 2 * DAY)
    with pytest.raises(Refused):
        cases.snooze(case, days=8, by=town.farida, now=NOW + DAY)
    assert cases.snooze(case, days=7, by=town.farida, now=NOW + 2 * DAY).due_at == NOW + 9 * DAY
    with pytest.raises(Refused):
        cases.snooze(case, days=1, by=town.farida, now=NOW + 3 * DAY)


def test_what_is_settled_is_settled(town):
    case = town.cry()
    with transaction.atomic():
        cases.close(case, decision=Decision.ANSWERED, by=town.farida, now=NOW, words="Done.")
    assert (case.state, case.decision_words, case.closed_at) == ("closed", "Done.", NOW)
    for act in (
        lambda: cases.snooze(case, days=3, by=town.farida, now=NOW),
        lambda: cases.add_line(case, "Late.", by=town.farida, now=NOW),
        lambda: cases.answered(case, by=town.farida, now=NOW),
    ):
        with pytest.raises(Refused, match="settled already"):
            act()
    assert not cases.to_council(case, by=None, now=NOW, why="Late.")
    (letter,) = to(town.farida)
    assert kinds.get(letter.kind).still_needed(letter, NOW)
    assert sweep(60) == 0


@pytest.mark.parametrize(
    ("kind", "says", "on", "settled"),
    [
        ("never", "mentor", 0, True),
        ("quiet", "mentor", 1, True),
        ("quiet", "mentee", 0, False),
        ("idle", "mentee", 1, True),
        ("no_mentee", "mentor", 2, True),
        ("no_mentee", "mentor", 1, False),
        ("missed", "mentor", 2, True),
        ("no_mentor", "mentor", 5, False),
        ("no_mentor", "mentee", 5, True),
        ("no_mentor", "mentee", 1, False),
        ("too_much", "mentee", 5, False),
        ("wish", "mentee", 5, False),
        ("long_leave", "mentee", 5, False),
    ],
)
def test_what_contact_settles_and_what_it_does_not(town, kind, says, on, settled):
    """Asked, missed or opened on day 2; contact on a day before says nothing of it."""
    checkins.opened([town.pairing], now=NOW)
    since = NOW.date()
    cause = f"{kind}:{town.pairing.pk}:since:{since}" if kind in ("never", "quiet", "idle") else f"{kind}:1"
    case = town.open(kind, cause=cause, now=NOW + 2 * DAY)
    by = getattr(town.pairing, says).user
    checkins.add_contact(town.pairing, on=since + on * DAY, says=says, source="said", by=by, now=NOW + 6 * DAY)
    assert (now_of(case).state == "closed") == settled


def test_a_step_is_taken_once(town):
    with transaction.atomic():
        assert cases.take_step("quiet:1", "nudge", pairing=town.pairing, now=NOW)
        assert not cases.take_step("quiet:1", "nudge", pairing=town.pairing, now=NOW)
        assert cases.take_step("quiet:1", "case", pairing=town.pairing, now=NOW)
    assert Step.objects.count() == 2


def test_a_program_that_has_ended_passes_nothing_on(town):
    case = town.open()
    Program.objects.update(state="ended")
    assert sweep(20) == 0 and now_of(case).tier == Tier.COORDINATOR


@pytest.mark.parametrize("number", [1, 30])
def test_the_sweep_finds_nothing_in_as_many_queries(town, number, django_assert_max_num_queries):
    for n in range(number):
        town.open(cause=f"quiet:{n}")
    with django_assert_max_num_queries(4):
        assert sweep(1) == 0

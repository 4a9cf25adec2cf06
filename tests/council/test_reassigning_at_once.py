"""Two coordinators reassign at the same moment: the last place is given once, and the other mentee keeps their pair."""

import pytest

from council.actions import deciding
from council.models import Case, CaseState
from matching.actions import pairs
from matching.models import Pairing
from outbox.models import Letter
from programs.errors import Refused
from programs.models import Membership
from tests import world as w
from tests.matching.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def two_for_the_last_place():
    """Two silent pairs with a follow-up each, and one mentor with one place."""
    program = w.make_program("Harbour", opened_at=w.NOW)
    coordinator = w.make_person("Farida Haddad", password=None)
    w.add_member(program, w.COORDINATOR, coordinator)

    def member(role, **fields):
        return w.add_member(program, role, w.make_person(password=None), **fields)

    free = member(w.MENTOR, places=1)
    cases = []
    for _ in range(2):
        pair = w.make_pairing(member(w.MENTOR, state="active"), member(w.MENTEE, state="active"))
        w.make_watch(pair, standing="quiet")
        cases.append(w.make_case(pair, owner=coordinator))

    def job(case):
        mine = Case.objects.select_related("program", "membership__user").get(pk=case.pk)
        pair = Pairing.objects.select_related("program", "mentor__user", "mentee__user").get(pk=case.pairing_id)
        mentor = Membership.objects.select_related("user", "program").get(pk=free.pk)
        return deciding.reassign(mine, pair, mentor, by=coordinator, now=w.NOW)

    return free, cases, [lambda case=case: job(case) for case in cases]


def test_the_last_place_goes_to_one_and_the_other_is_told_before_anything_is_lost():
    free, cases, jobs = two_for_the_last_place()
    answers = at_once(jobs)
    (refused,) = [answer for answer in answers if isinstance(answer, Exception)]
    assert isinstance(refused, Refused), refused
    new = Pairing.objects.get(mentor=free)
    kept = Case.objects.get(pk__in=[case.pk for case in cases], state=CaseState.OPEN)
    assert kept.pairing.state == "open" and kept.pairing.mentee_id != new.mentee_id
    assert not Letter.objects.filter(recipient__in=[kept.pairing.mentor.user_id, kept.pairing.mentee.user_id]).exists()


def test_without_the_guard_the_last_place_is_given_twice(monkeypatch):
    monkeypatch.setattr(pairs, "take_places", lambda *wanted: None)
    free, _cases, jobs = two_for_the_last_place()
    at_once(jobs)
    assert Pairing.objects.filter(mentor=free).count() == 2

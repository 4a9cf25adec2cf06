"""Twenty processes killed with -9 while a draft is worked out anew: there is the old draft or the new, never a mix."""

import os
import signal
from contextlib import nullcontext
from datetime import timedelta
from itertools import count
from types import SimpleNamespace

import pytest
from django.db import connection

from matching.actions import ask_round, drafts, run_rounds
from matching.models import Proposal, Round, RoundState
from outbox.sweeping import never
from tests.world import NOW, RULES, add_member, make_person, make_policy, make_program, make_questionnaire, make_sheet

KILLS = 20
PEOPLE = 4
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def program():
    form = make_questionnaire()
    program = make_program(mentor_questionnaire=form, mentee_questionnaire=form)
    make_policy(program, RULES)
    for role, organisation in (("mentor", "Love"), ("mentee", "Joy")):
        for _number in range(PEOPLE):
            sheet = make_sheet(form, organisation=organisation)
            add_member(program, role, make_person(password=None), sheet=sheet)
    return program


def killed_at(limit: int, work) -> bool:
    """Does the work in a process of its own, which is killed before its statement of this number; False if it ended."""
    connection.close()
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)
    statements = count()

    def end(execute, *arguments):
        if next(statements) == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    try:
        with connection.execute_wrapper(end):
            work()
    finally:
        os._exit(0)


def anew(program, now):
    """In place of the draft there is, by a worker, in a process that may be killed."""

    def work():
        ask_round(program, by=None, now=now, instead_of=Round.objects.of(program).in_work().first())
        run_rounds(now, never)

    return work


def mixed(program, before: Round) -> bool:
    """Whether what a coordinator can open is neither the old draft, nor the new one, nor one that is still to come."""
    current = Round.objects.of(program).in_work().first()
    if current is None:
        return True
    lines = Proposal.objects.filter(round=current).count()
    if current.pk == before.pk:
        return current.state != RoundState.DRAFT or lines != PEOPLE
    whole = lines == (PEOPLE if current.state == RoundState.DRAFT else 0)
    before.refresh_from_db()
    return not whole or before.state != RoundState.DISCARDED


def mixes(program, kills: int) -> tuple[int, int]:
    """How many were killed, and how many of these left a mix."""
    anew(program, NOW)()
    before, now, killed, found = Round.objects.get(), NOW, 0, 0
    for number in count():
        if killed == kills:
            return killed, found
        now += drafts.LEASE * 2
        killed += killed_at(number % 40, anew(program, now))
        found += mixed(program, before)
        # Another worker takes over what was left, once the lease has run out.
        run_rounds(now + drafts.LEASE + timedelta(seconds=1), never)
        before = Round.objects.of(program).in_work().first() or before
        if before.state == RoundState.DISCARDED:
            anew(program, now)()
            before = Round.objects.of(program).in_work().get()


def test_twenty_kills_leave_the_old_draft_or_the_new(program):
    killed, found = mixes(program, KILLS)
    assert (killed, found) == (KILLS, 0)
    assert Round.objects.of(program).in_work().get().state == RoundState.DRAFT


def test_without_transactions_a_kill_leaves_a_mix(program, monkeypatch):
    monkeypatch.setattr(drafts, "transaction", SimpleNamespace(atomic=nullcontext))
    _killed, found = mixes(program, KILLS)
    assert found

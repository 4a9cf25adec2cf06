"""A small program in which one mentor has two mentees, and the clock of its first day."""

import pytest
import time_machine

from matching.actions import pair_by_hand
from tests import world as w


@pytest.fixture
def clock(db):
    with time_machine.travel(w.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def program(clock):
    return w.make_program("Harbour", safeguarding=w.make_person(), deputy=w.make_person())


@pytest.fixture
def coordinator(program):
    return w.add_member(program, "coordinator", w.make_person("Farida Haddad")).user


@pytest.fixture
def pairings(program, coordinator):
    mentor = w.add_member(program, "mentor", w.make_person("Chitra Menon"), places=2)
    mentees = [w.add_member(program, "mentee", w.make_person(name)) for name in ("Amara Okafor", "Nadia Petrova")]
    return [pair_by_hand(program, mentor, mentee, by=coordinator, now=w.NOW) for mentee in mentees]

"""A change of figures has the pairs of that program looked at again, and of no other."""

from datetime import timedelta

import pytest

from checkins.models import Watch
from programs.actions import set_figures
from tests import world as w
from tests.world import MENTEE, MENTOR, NOW

pytestmark = pytest.mark.django_db


def test_changed_figures_have_the_pairs_looked_at_again():
    pairs = []
    for program in (w.make_program(), w.make_program()):
        for state in ("open", "ended"):
            mentor, mentee = (w.add_member(program, role, state="active") for role in (MENTOR, MENTEE))
            pairing = w.make_pairing(mentor, mentee, state=state)
            w.make_watch(pairing, standing="new" if state == "open" else "ended", look_at=NOW + timedelta(days=5))
            pairs.append(pairing)
    program, later = pairs[0].program, NOW + timedelta(hours=1)
    default = program.figure("never_case_days")
    set_figures(program, {"never_case_days": default}, by=None, now=later)
    assert not Watch.objects.filter(look_at=later).exists()
    set_figures(program, {"never_case_days": 7}, by=None, now=later)
    assert [watch.pairing for watch in Watch.objects.filter(look_at=later)] == [pairs[0]]

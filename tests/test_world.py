"""The world the other tests stand on is itself sound."""

import pytest

from tests import world as w


@pytest.mark.django_db
def test_every_persona_is_somebody_of_their_own():
    world = w.build()
    assert set(w.PERSONAS) <= set(world.people)
    named = [world.people[persona].pk for persona in w.PERSONAS if persona != "anonymous"]
    assert len(named) == len(set(named))
    assert world.people["anonymous"] is None
    assert world.pairing in type(world.pairing).objects.visible_to(world.coordinator)
    assert world.own_pairing not in type(world.pairing).objects.visible_to(world.coordinator_mentee)

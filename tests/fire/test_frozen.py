"""Workers frozen for longer than their lease: none lost, at most one twice per freeze."""

from tests.fire import scene
from tests.fire.scene import Hands, SlowSink, size
from tests.parts.processes import wait_until


def outcome(database, tmp_path, how, letters, freezes, seconds):
    """How often one was frozen, and how many letters were lost and sent again."""
    with SlowSink(0.003, 0.006) as sink:
        env = database | sink.environment() | {"FIRE_LEASE": "1.5"}
        scene.hand(env, "seed", letters)
        with Hands(env, how, tmp_path) as hands:
            frozen = 0
            while frozen < freezes and hands.freeze_the_oldest(lambda: len(sink.received) > letters * 0.9, seconds):
                frozen += 1
            wait_until(lambda: scene.states(env) == {"sent": letters}, seconds=scene.SECONDS, what="the last email")
        lost, again = scene.lost_and_again(letters, sink.count_by_message_id())
    print(f"frozen {frozen}, lost {lost}, sent again {again}")
    return frozen, lost, again


def test_frozen_workers_lose_nothing_and_repeat_one_each_at_most(database, tmp_path):
    letters, freezes = size((300, 2), (5_000, 30))
    frozen, lost, again = outcome(database, tmp_path, "work", letters, freezes, 2.0)
    assert frozen >= 2, "froze too few to show anything"
    assert lost == 0
    assert again <= frozen


def test_taken_ahead_letters_of_frozen_workers_go_out_twice(one_database, tmp_path):
    frozen, _lost, again = outcome(one_database, tmp_path, "ahead", 300, 1, 4.0)
    assert again > frozen, f"{frozen} freezes repeated {again}: the test could not have noticed a repetition"

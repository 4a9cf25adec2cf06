"""Letters while workers are killed with -9 at random: none lost, at most one twice per killed process."""

from tests.fire import scene
from tests.fire.scene import Hands, SlowSink, size
from tests.parts.processes import wait_until


def outcome(database, tmp_path, how, letters, kills, slow, within):
    """How many were killed, lost, and sent again."""
    with SlowSink(*slow) as sink:
        env = database | sink.environment()
        scene.hand(env, "seed", letters)
        with Hands(env, how, tmp_path) as hands:
            killed = 0
            while killed < kills and hands.kill_the_oldest(lambda: len(sink.received) > letters * 0.9, within):
                killed += 1
            wait_until(lambda: scene.states(env) == {"sent": letters}, seconds=scene.SECONDS, what="the last email")
        lost, again = scene.lost_and_again(letters, sink.count_by_message_id())
    print(f"killed {killed}, lost {lost}, sent again {again}")
    assert killed >= 4, "killed too few to show anything"
    return killed, lost, again


def test_killed_workers_lose_nothing_and_repeat_one_each_at_most(database, tmp_path):
    letters, kills = size((500, 6), (10_000, 10_000))
    within = size((0, 0.5), (1, 4))
    killed, lost, again = outcome(database, tmp_path, "work", letters, kills, (0.003, 0.006), within)
    assert lost == 0
    assert again <= killed


def test_without_the_fence_killed_workers_lose_letters(one_database, tmp_path):
    killed, lost, _again = outcome(one_database, tmp_path, "careless", 120, 5, (0.1, 0), (0, 0.5))
    assert lost > 0, f"{killed} kills lost nothing: the test could not have noticed a loss"


def test_marked_together_letters_of_killed_workers_go_out_twice(one_database, tmp_path):
    killed, _lost, again = outcome(one_database, tmp_path, "batch", 300, 4, (0.003, 0.006), (0.2, 0.4))
    assert again > 2 * killed, f"{killed} kills repeated {again}: the test could not have noticed a repetition"

"""Ticks, two workers with a beat each, and a hand that hastens, all at once: each letter goes out once."""

import sys

from django.conf import settings

from tests.fire import scene
from tests.fire.scene import Hands, SlowSink, size
from tests.parts.processes import end, start, wait_until

TICKS, WORKERS = 5, 2


def everybody(env, folder):
    """Five ticks, as cron would start them on top of each other, two workers, and somebody who says "send now"."""
    manage = [sys.executable, "manage.py"]
    commands = [[*manage, "tick", "--seconds", "60"]] * TICKS + [[*manage, "worker"]] * WORKERS
    commands.append([sys.executable, "-m", "tests.fire.hand", "hasten"])
    logs = [folder / f"at-once-{number}.log" for number in range(len(commands))]
    return [
        start(command, log=log, env=env, cwd=settings.BASE_DIR) for command, log in zip(commands, logs, strict=True)
    ]


def test_everything_at_once_sends_each_letter_once(database, tmp_path):
    letters = size(150, 1000)
    with SlowSink(after=0.01) as sink:
        env = database | sink.environment()
        scene.hand(env, "seed", letters)
        processes = everybody(env, tmp_path)
        try:
            wait_until(lambda: scene.states(env) == {"sent": letters}, seconds=scene.SECONDS, what="the last email")
        finally:
            for process in processes:
                end(process)
        lost, again = scene.lost_and_again(letters, sink.count_by_message_id())
    print(f"{letters} letters, lost {lost}, sent again {again}")
    assert (lost, again) == (0, 0)


def test_without_the_claim_letters_go_out_twice(one_database, tmp_path):
    with SlowSink(after=0.01) as sink:
        env = one_database | sink.environment()
        scene.hand(env, "seed", 100)
        with Hands(env, "unclaimed", tmp_path, number=3):
            wait_until(lambda: len(sink.count_by_message_id()) == 100, seconds=scene.SECONDS, what="the last email")
        _lost, again = scene.lost_and_again(100, sink.count_by_message_id())
    assert again > 0, "nothing went out twice: the test could not have noticed it"

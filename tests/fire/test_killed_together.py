"""Letters that go together while workers are killed with -9: each of them comes, and one email a kill at most twice."""

import re
from collections import Counter

from tests.fire import scene
from tests.fire.scene import Hands, SlowSink, size
from tests.parts.processes import wait_until

# As tests.fire.hand seeds them.
EACH = 3
MATTER = re.compile(r"matter (\d+)\.", re.IGNORECASE)


def outcome(database, tmp_path, how, people, kills, slow, within):
    """How many were killed and lost, which emails came again, and how many went together."""
    letters = EACH * people
    with SlowSink(*slow) as sink:
        env = database | sink.environment()
        scene.hand(env, "seed_together", people)
        with Hands(env, how, tmp_path) as hands:
            killed = 0
            while killed < kills and hands.kill_the_oldest(lambda: len(sink.received) > people * 0.9, within):
                killed += 1
            wait_until(lambda: scene.states(env) == {"sent": letters}, seconds=scene.SECONDS, what="the last email")
        came = [(received.message_id, tuple(MATTER.findall(received.text))) for received in sink.received]
    matters = Counter(matter for _message, told in came for matter in told)
    again = Counter(message for message, _told in came)
    again = {message for message, number in again.items() if number > 1}
    twice = {matter for matter, number in matters.items() if number > 1}
    # What came twice came with an email that came twice: no matter is in two of them.
    of_these = {matter for message, told in came if message in again for matter in told}
    lost, together = letters - len(matters), sum(len(told) == EACH for _message, told in came)
    print(f"killed {killed}, lost {lost}, emails sent again {len(again)}, of {len(came)} emails {together} of {EACH}")
    assert killed >= min(kills, 4), "killed too few to show anything"
    return killed, lost, len(again), twice <= of_these, together


def test_what_goes_together_is_lost_by_no_kill_and_comes_again_once_a_kill_at_most(one_database, tmp_path):
    people, kills = size((60, 3), (3_000, 3_000))
    within = size((0, 0.3), (1, 4))
    killed, lost, again, no_other, together = outcome(
        one_database, tmp_path, "work", people, kills, (0.003, 0.006), within
    )
    assert lost == 0 and again <= killed and no_other
    assert together > people / 2
    assert rows_apart(one_database) == 0


def rows_apart(env) -> int:
    """Letters that went with one that did not go, or that came to another end than it."""
    question = (
        "SELECT COUNT(*) FROM outbox_letter a JOIN outbox_letter b ON a.joined_into_id = b.id"
        " WHERE a.state <> b.state OR a.sent_at <> b.sent_at OR b.joined_into_id IS NOT NULL"
    )
    return scene.asked(env, question)[0][0]


def test_not_tied_to_the_email_they_go_with_letters_are_lost(one_database, tmp_path):
    killed, lost, *_rest = outcome(one_database, tmp_path, "untied", 24, 3, (0.25, 0), (0, 0.3))
    assert lost > 0, f"{killed} kills lost nothing: the test could not have noticed a loss"

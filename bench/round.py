"""A round from the button to the draft, database included, and the steps of the workbench in it.

    python bench/round.py [--people 3000x3000] [--places 1]

Builds the people in a new SQLite file that is gone afterwards, and says wall seconds and the peak of memory.
"""

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def peak() -> int:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed(words: str, work):
    """Does the work and says how long it took, by the clock and of the processor; answers with what it answered."""
    begin, used = time.perf_counter(), time.process_time()
    found = work()
    wall, used = time.perf_counter() - begin, time.process_time() - used
    print(f"{words:<44} {wall:7.2f} s  cpu {used:7.2f} s  peak {peak()} MB", flush=True)
    return found


def main(mentees: int, mentors: int, places: int) -> None:
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from django.core.management import call_command
    from django.urls import reverse

    from matching import actions
    from matching.models import Round
    from outbox.sweeping import never
    from tests.matching import many
    from tests.world import NOW, signed_in

    call_command("migrate", verbosity=0)
    program = timed(f"building {mentees} + {mentors} people", lambda: many.build(mentees, mentors, places=places))
    coordinator = program.memberships.get(role="coordinator").user

    def run():
        actions.ask_round(program, by=coordinator, now=NOW)
        actions.run_rounds(NOW + timedelta(seconds=2), never)

    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; before: {peak()} MB")
    timed("from the button to the draft", run)
    round = Round.objects.select_related("program", "policy").get()
    print(round.state, round.failure, {key: round.result[key] for key in ("matched", "of", "places", "total")})
    lines = list(round.proposals.pairs().select_related("mentee__user", "mentor__user")[:3])
    said = {"by": coordinator, "now": NOW}
    timed("step: kept apart", lambda: actions.set_apart(round, lines[0].mentee, lines[0].mentor, **said))
    timed("step: left without a mentor", lambda: actions.leave_out(round, lines[1].mentee, **said))
    timed("step: places of a mentor", lambda: actions.set_draft_places(round, lines[2].mentor, 0, **said))
    timed("undo", lambda: actions.undo(round, **said))
    client = signed_in(coordinator)
    timed("page: the draft", lambda: client.get(reverse("matching:round", args=[program.slug, round.public_id])))
    line = [program.slug, round.public_id, lines[2].mentee.public_id]
    timed("page: one line, 40 choices weighed", lambda: client.get(reverse("matching:change", args=line)))


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--people", default="3000x3000")
    given.add_argument("--places", type=int, default=1)
    read = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MENTORSHIP_VAR=folder, DJANGO_SETTINGS_MODULE="mentorship.settings")
        main(*map(int, read.people.split("x")), read.places)

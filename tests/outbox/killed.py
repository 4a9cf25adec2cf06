"""What runs in the processes of test_kill.py: `python -m tests.outbox.killed seed|work|careless|count`."""

import json
import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from outbox import actions, delivery, kinds, letters  # noqa: E402
from outbox.models import Letter, LetterState  # noqa: E402
from outbox.sweeping import never  # noqa: E402
from profiles.models import User  # noqa: E402

kinds.register(kinds.Kind("tests.killed", "News", "outbox/fresh_link.txt", any_hour=True))
# The sink answers in milliseconds, and a killed process's letter is to be taken over within the test.
delivery.LEASE = timedelta(seconds=3)


def seed(number: int) -> None:
    """Writes down this many letters, each to a person of its own, all due."""
    now = timezone.now()
    people = User.objects.bulk_create(
        User(name=f"Person {n}", email=f"person{n}@example.org", password="!") for n in range(number)
    )
    about = {"purpose": "unsubscribe", "thing": "north", "ends": (now + timedelta(days=30)).isoformat()}
    written = [
        letters.write("tests.killed", person, key="all", context={}, topic="north", now=now, about=about)
        for person in people
    ]
    with transaction.atomic():
        assert actions.post(written) == number


def work() -> None:
    """Delivers until killed; says so once it is at it."""
    settle = delivery.Sweep.settle

    def settle_and_say(sweep, letter):
        settle(sweep, letter)
        print("at work", flush=True)

    delivery.Sweep.settle = settle_and_say
    while True:
        if not delivery.deliver_due(timezone.now(), never):
            time.sleep(0.05)


def careless() -> None:
    """The control: marks each letter as sent before sending it, as one would without a fence."""

    def fence(sweep, letter):
        return sweep.move(letter, LetterState.CLAIMED, LetterState.SENDING) and bool(
            Letter.objects.filter(pk=letter.pk).update(state=LetterState.SENT)
        )

    delivery.Sweep.fence = fence
    work()


def count() -> None:
    """Prints how many letters stand in which state."""
    states = Letter.objects.order_by().values_list("state").annotate(n=Count("pk"))
    print(json.dumps(dict(states)))


if __name__ == "__main__":
    {"seed": lambda: seed(int(sys.argv[2])), "work": work, "careless": careless, "count": count}[sys.argv[1]]()

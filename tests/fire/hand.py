"""What runs in the processes of these tests: `python -m tests.fire.hand seed|work|…`."""

import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.db import OperationalError, connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from outbox import actions, delivery, kinds, letters  # noqa: E402
from outbox.models import Letter, LetterState  # noqa: E402
from outbox.sweeping import never  # noqa: E402
from profiles.models import User  # noqa: E402

# The sink answers in milliseconds, and a killed process's letter is to be taken over within the test.
delivery.LEASE = timedelta(seconds=float(os.environ.get("FIRE_LEASE", "3")))


def seed(number: int) -> None:
    """Writes down this many letters, each to a person of its own, all due."""
    now, begins = timezone.now(), User.objects.count()
    people = User.objects.bulk_create(
        User(name=f"Person {n}", email=f"person{n}.{begins}@example.org", password="!") for n in range(number)
    )
    about = {"purpose": "unsubscribe", "thing": "north", "ends": (now + timedelta(days=30)).isoformat()}
    written = [
        letters.write("outbox.fresh_link", person, key="all", context={}, topic="north", now=now, about=about)
        for person in people
    ]
    with transaction.atomic():
        assert actions.post(written) == number


# As many of these as are due to one person go as one email.
REMINDER = kinds.register(kinds.Kind("fire.reminder", "A reminder", "outbox/test.txt", optional=True, any_hour=True))
EACH = 3


def seed_together(number: int) -> None:
    """Writes down three reminders to each of this many people, all due after a night: each of them about a matter."""
    now = timezone.now()
    people = User.objects.bulk_create(
        User(name=f"Reader {n}", email=f"reader{n}@example.org", password="!") for n in range(number)
    )
    written = [
        Letter(
            key=f"matter:{matter}", recipient=people[matter // EACH], kind=REMINDER.name, topic="", due_at=now,
            subject="About your mentoring", body=f"Hello,\n\nthis is matter {matter}.\n", posted_at=now,
            message_id=f"<matter.{matter}@fire>",
        )
        for matter in range(EACH * number)
    ]  # fmt: skip
    with transaction.atomic():
        assert actions.post(written) == EACH * number


def work() -> None:
    """Delivers until killed; says so once it is at it."""
    settle = delivery.Sweep.settle

    def settle_and_say(sweep, letter):
        settle(sweep, letter)
        print("at work", flush=True)

    delivery.Sweep.settle = settle_and_say
    while True:
        try:
            sent = delivery.deliver_due(timezone.now(), never)
        except OperationalError:
            # A sweep that fails is woken up again, as by Celery.
            connection.close()
            sent = 0
        if not sent:
            time.sleep(0.05)


def careless() -> None:
    """A control: marks each letter as sent before sending it, as one would without a fence."""

    def fence(sweep, letter, with_it=()):
        return sweep.move(letter, LetterState.CLAIMED, LetterState.SENDING) and bool(
            Letter.objects.filter(pk=letter.pk).update(state=LetterState.SENT)
        )

    delivery.Sweep.fence = fence
    work()


def untied() -> None:
    """A control: takes what goes with a letter as sent when that letter is about to be."""
    fence = delivery.Sweep.fence

    def fence_alone(sweep, letter, with_it=()):
        Letter.objects.filter(pk__in=[each.pk for each in with_it]).update(state=LetterState.SENT, lease_until=None)
        return fence(sweep, letter)

    delivery.Sweep.fence = fence_alone
    work()


def batch() -> None:
    """A control: sends fifty letters, then marks them together, as one would to save writes."""
    sent = []

    def settle(sweep, letter):
        print("at work", flush=True)
        sent.append(letter.pk)
        if len(sent) == 50 or not Letter.objects.due(timezone.now()).exclude(pk__in=sent).exists():
            Letter.objects.filter(pk__in=sent).update(state=LetterState.SENT, lease_until=None)
            sent.clear()

    delivery.Sweep.settle = settle
    while True:
        if not delivery.deliver_due(timezone.now(), never):
            time.sleep(0.05)


def unclaimed() -> None:
    """A control: looks at what is due and sends it, as one would who trusts to be alone."""

    def claim(sweep, pk):
        mine = {"state": LetterState.CLAIMED, "claimed_by": sweep.me, "lease_until": sweep.now() + delivery.LEASE}
        letter = Letter.objects.select_related("recipient").get(pk=pk)
        Letter.objects.filter(pk=pk).update(**mine)
        return letter

    delivery.Sweep.claim = claim
    work()


def ahead() -> None:
    """A control: takes two hundred letters at a time, and sends them without looking whether they are still its own."""

    def due(sweep):
        now = sweep.now()
        first = list(Letter.objects.due(now).values_list("pk", flat=True)[:200])
        mine = {"state": LetterState.CLAIMED, "claimed_by": sweep.me, "lease_until": now + delivery.LEASE}
        Letter.objects.due(now).filter(pk__in=first).update(**mine)
        taken = Letter.objects.filter(state=LetterState.CLAIMED, claimed_by=sweep.me)
        return [(pk, None) for pk in taken.values_list("pk", flat=True)]

    def moved_to(state):
        return lambda sweep, letter, with_it=(): bool(Letter.objects.filter(pk=letter.pk).update(state=state))

    delivery.Sweep.due = due
    delivery.Sweep.claim = lambda sweep, pk: Letter.objects.select_related("recipient").get(pk=pk)
    delivery.Sweep.fence, delivery.Sweep.settle = moved_to(LetterState.SENDING), moved_to(LetterState.SENT)
    work()


def counting() -> None:
    """A control: a mail server that is away counts as a try of the letter."""
    ready = delivery.Line.ready

    def blame(line, message):
        try:
            ready(line)
        except delivery.ServerUnreachable as error:
            raise delivery.NotTaken(str(error)) from error

    delivery.Line.ready, delivery.Line.send = lambda _line: None, blame
    work()


def hasten() -> None:
    """A coordinator who wants everything now, again and again."""
    while True:
        actions.hasten(Letter.objects.all(), now=timezone.now())
        time.sleep(0.05)


def history(number: int) -> None:
    """Writes down this many letters that were sent long ago, for benches."""
    person = User.objects.create_user(email="history@example.org", name="History")
    now = timezone.now() - timedelta(days=300)
    for first in range(0, number, 5000):
        Letter.objects.bulk_create(
            Letter(
                key=f"history:{n}", recipient=person, kind="outbox.fresh_link", topic="north", subject="Hi", body="-",
                state=LetterState.SENT, posted_at=now, due_at=now, sent_at=now, message_id=f"<{n}@history>",
            )
            for n in range(first, min(first + 5000, number))
        )  # fmt: skip


def sweep(number: int) -> None:
    """Prints the seconds of one run over this many due letters, which the mail server takes at once."""
    Letter.objects.filter(pk__in=Letter.objects.order_by("pk").values("pk")[:number]).update(
        state=LetterState.WAITING, due_at=timezone.now()
    )
    delivery.Line.ready = delivery.Line.send = lambda *_: None
    began = time.monotonic()
    assert delivery.deliver_due(timezone.now(), never) == number
    print(time.monotonic() - began)


def somebody() -> None:
    """Somebody who can sign in with a password."""
    person = User.objects.create_user(email="somebody@example.org", name="Somebody", password="harbour-lantern")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


def let_go() -> None:
    """What a coordinator does who has looked."""
    actions.release(Letter.objects.filter(state=LetterState.HELD), by=None, now=timezone.now())


def expire() -> None:
    """As if three minutes had passed: what a process held whose database went away may be taken over."""
    Letter.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now())


if __name__ == "__main__":
    doors = (work, careless, untied, batch, unclaimed, ahead, counting, hasten, somebody, let_go, expire)
    numbered = {"seed": seed, "seed_together": seed_together, "history": history, "sweep": sweep}
    if sys.argv[1] in numbered:
        numbered[sys.argv[1]](int(sys.argv[2]))
    else:
        {door.__name__: door for door in doors}[sys.argv[1]]()

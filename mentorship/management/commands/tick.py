"""manage.py tick"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checkins.actions import delivered
from mentorship import heartbeat
from mentorship.sweeps import ended_by_signals, tick
from outbox import sweeping
from profiles.civil import iso_moment


class Command(BaseCommand):
    """Every sweep once, without Celery."""

    help = "Runs every sweep as of a moment, in order, until nothing is left or its time is over; prints the counts."

    def add_arguments(self, parser):
        parser.add_argument("--at", type=iso_moment, help="as of this moment, such as 2027-03-01T09:00+00:00; else now")
        parser.add_argument("--seconds", type=float, default=sweeping.SECONDS, help="at most this long for each sweep")

    def handle(self, *, at, seconds, **options):
        if at is None:
            # Only in real time: what is asked as of a moment says nothing of when our sweeps ran.
            heartbeat.note(timezone.now())
        with ended_by_signals():
            counts, failed = tick(at or timezone.now(), seconds)
        if at is None and "deliver" not in failed:
            delivered(timezone.now())
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. The reason is in the log above.")

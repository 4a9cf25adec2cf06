"""manage.py restored"""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from mentorship import restored
from profiles.civil import iso_moment


class Command(BaseCommand):
    """Says that a backup was put back, where the database cannot tell by itself."""

    help = (
        "Holds every email that waits until a coordinator lets it go or cancels it. Run it after putting a backup "
        "back, before the workers start; a database that was made anew for it is noticed without."
    )

    def add_arguments(self, parser):
        parser.add_argument("--of", type=iso_moment, help="when the backup was taken, such as 2027-03-01T02:00+00:00")

    def handle(self, *, of, **options):
        now = timezone.now()
        with transaction.atomic():
            count = restored.hold_everything(of or now, now)
        self.stdout.write(f"Held: {count}")

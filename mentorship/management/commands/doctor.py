"""manage.py doctor"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mentorship import doctor


class Command(BaseCommand):
    """Looks at everything an installation needs, and says what to do about what is wrong."""

    help = (
        "Looks at the database, clocks, Redis, mail, keys, second factors, backups, delivery and the disk. "
        "Exit codes: 0 all is well; 1 something is not."
    )

    def handle(self, **options):
        bad = 0
        for line in doctor.look(timezone.now()):
            bad += not line.good
            self.stdout.write(f"{'ok ' if line.good else 'BAD'}  {line.about}: {line.words}")
        if bad:
            raise CommandError(f"{bad} to see to.", returncode=1)

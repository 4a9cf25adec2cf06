"""manage.py check_nobody_lost"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from council import promise
from profiles.civil import iso_moment
from programs.models import Program

LOST = 1
UNKNOWN = 2


class Command(BaseCommand):
    """Proves the promise, or names everybody for whom it does not hold."""

    help = (
        "Looks at every mentee of every open program, and names those without a next date and a person who answers "
        "for it, with what to do. Exit codes: 0 nobody is lost; 1 somebody is; 2 bad options."
    )

    def add_arguments(self, parser):
        parser.add_argument("--at", type=iso_moment, help="as of this moment, such as 2027-03-01T09:00+00:00; else now")
        parser.add_argument("--program", metavar="SHORT-NAME", help="only this one, as in its address")

    def handle(self, *, at, program, **options):
        row = Program.objects.filter(slug=program).first() if program else None
        if program and row is None:
            raise CommandError(f"There is no program “{program}”.", returncode=UNKNOWN)
        found = promise.look(at or timezone.now(), row)
        looked_at = f"{found.mentees} mentees in {found.programs} programs looked at."
        if found.lost:
            for line in promise.sentences(found.lost):
                self.stdout.write(line)
            raise CommandError(f"{len(found.lost)} without a date or a person. {looked_at}", returncode=LOST)
        self.stdout.write(f"Nobody is lost: {looked_at}")

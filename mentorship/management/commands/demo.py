"""Fills an empty database with made-up programs, or says whom to sign in as."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mentorship.demo.build import RUNNING, STAGES, build
from mentorship.demo.logins import logins
from profiles.models import User


class Command(BaseCommand):
    help = "Builds made-up programs in an empty database, up to a stage of their life; prints the log-ins."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="Do nothing where there is somebody already.")
        parser.add_argument(
            "--stage", choices=STAGES, default=RUNNING, help="Ready to be matched, just matched, or months later."
        )
        parser.add_argument("--seed", type=int, default=7, help="The same seed makes the same people.")
        parser.add_argument("--people", type=int, default=48, help="How many take part (4 to 20000).")
        parser.add_argument("--logins", action="store_true", help="Build nothing; print the log-ins of a demo.")

    def handle(self, *, if_empty, stage, seed, people, logins, **options):
        if not logins:
            if User.objects.exists():
                if if_empty:
                    return
                raise CommandError("There is somebody in this database already: the demo is for an empty one.")
            self.build(stage, seed, people)
        self.print_logins()

    def build(self, stage, seed, people):
        if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
            raise CommandError("This installation sends real email: the demo is for one that keeps it, see EMAIL_HOST.")
        if not 4 <= people <= 20000:
            raise CommandError("Choose between 4 and 20000 people.")
        build(seed=seed, people=people, now=timezone.now(), stage=stage, say=self.say)

    def say(self, words):
        """How far it is, for whoever waits: not among the log-ins."""
        self.stderr.write(words)

    def print_logins(self):
        found = logins()
        if not found:
            return
        roles, emails = (max(len(getattr(login, part)) for login in found) for part in ("role", "email"))
        for login in found:
            way = login.password or "code by email, read it at /mailbox/"
            self.stdout.write(f"  {login.role:{roles}}  {login.email:{emails}}  {way}")

"""manage.py prepare"""

import io

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from mentorship.demo.build import RUNNING, STAGES


class Command(BaseCommand):
    """What ./run needs before it serves, in one process because each start costs a second."""

    help = "Makes an embedded database ready: tables, cache, demo data where there is none; prints the demo log-ins."

    def add_arguments(self, parser):
        parser.add_argument("--stage", choices=STAGES, default=RUNNING, help="How far the demo is in its life.")

    def handle(self, *, stage, **options):
        # WhiteNoise looks for it although embedded everything is served from where it lies.
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        # What it prints of its building is what the next line prints again, also when nothing was to be built.
        call_command("demo", if_empty=True, stage=stage, stdout=io.StringIO())
        call_command("demo", logins=True, stdout=self.stdout)

"""manage.py worker"""

import logging
import os
import sys

from celery import signals
from celery.beat import EmbeddedService
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mentorship.celery import app, sweeps_begun
from mentorship.sweeps import SWEEPS
from mentorship.tasks import sweep
from mentorship.watchdog import EXIT, Watchdog

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Worker and beat in one process over an in-memory broker: the database is the memory."""

    help = "Runs the sweeps in one process that needs no broker. With REDIS_URL, use celery worker and celery beat."

    def handle(self, **options):
        if settings.REDIS_URL:
            raise CommandError(
                "REDIS_URL names a broker: start 'celery -A mentorship worker' and 'celery -A mentorship beat' "
                "instead (see Procfile)."
            )
        beat = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
        watchdog = Watchdog(sweeps_begun, beat.is_alive)

        @signals.worker_ready.connect(weak=False)
        def wake_everything(**kwargs):
            # Beat waits one interval before the first wake-up; a worker that starts has no reason to.
            for name in SWEEPS:
                sweep.apply_async([name], expires=60)
            beat.start()
            watchdog.start()
            log.info("The worker is up.")

        worker = app.Worker(
            pool="threads",
            concurrency=2,
            hostname=f"embedded-{os.getpid()}@localhost",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        worker.start()
        # Another exit code, so that a supervisor that restarts on failure starts another.
        sys.exit(EXIT if watchdog.bit else worker.exitcode)

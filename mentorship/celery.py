"""The Celery application: it wakes the sweeps up and remembers nothing."""

import os

from celery import Celery, signals
from celery.worker import state
from django.conf import settings

from mentorship import broker
from mentorship.sweeps import SWEEPS
from mentorship.watchdog import Watchdog
from outbox import sweeping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
app = Celery("mentorship")
app.config_from_object("django.conf:settings", namespace="CELERY")
# No results are kept, so beat has none to clean up: it holds the sweeps and nothing else.
app.conf.result_expires = None
app.conf.beat_schedule = {
    sweep.name: {
        "task": "sweep",
        "args": [sweep.name],
        "schedule": float(sweep.every),
        # A wake-up that waited longer than its interval has been followed by the next.
        "options": {"expires": sweep.every},
    }
    for sweep in SWEEPS.values()
}
app.autodiscover_tasks()
broker.install()


@signals.setup_logging.connect
def keep_the_logging_of_the_settings(**kwargs):
    """Celery sets up logging of its own unless somebody listens here."""


def sweeps_begun() -> int:
    """How many sweeps this worker has begun, whichever of its processes or threads runs them."""
    return state.all_total_count[0]


@signals.worker_ready.connect
def watch_over_the_worker(**kwargs):
    """A worker over a broker that nothing reaches any more makes room for another; the embedded one has its own."""
    if settings.REDIS_URL:
        Watchdog(sweeps_begun).start()


@signals.worker_shutting_down.connect
def end_running_sweeps(**kwargs):
    """A sweep at work ends between two rows once its worker is asked to stop."""
    sweeping.shutdown.set()

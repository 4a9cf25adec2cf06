"""The outside dead-man's switch: asked for an address, we tell it that all is well, and it cries when we do not."""

import logging
import urllib.request

from django.conf import settings

from mentorship import health

log = logging.getLogger(__name__)
TIMEOUT = 5


def ping(now, stop) -> int:
    """Tells the watching service that emails go out; silence is what it waits for."""
    if not settings.PING_URL or stop() or health.of_delivery(now):
        return 0
    try:
        # Named by whoever runs the installation, in its environment.
        with urllib.request.urlopen(settings.PING_URL, timeout=TIMEOUT) as answer:
            answer.read(1)
    except OSError as error:
        log.warning("The address of PING_URL did not answer (%s).", error)
        return 0
    return 1

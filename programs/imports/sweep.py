"""The worker's part: imports that were asked for, one after another."""

from outbox.sweeping import each
from programs.imports.actions import run
from programs.models import Import


def run_imports(now, stop) -> int:
    """Does the imports that wait; any number of workers may."""
    return each(Import.objects.to_do(now), lambda draft: run(draft, now=now), stop)

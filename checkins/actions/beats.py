"""Whether our own sweeps ran: what happens while they do not is nobody's silence."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from checkins.models import Heartbeat, Outage
from matching.actions.putting_off import put_off_answers

LONGEST_GAP = timedelta(minutes=30)


@transaction.atomic
def beat(now) -> bool:
    """Notes that the sweeps run now; a gap since the last time is written down as an outage."""
    last, _first = Heartbeat.objects.select_for_update().get_or_create(pk=1, defaults={"at": now})
    if now <= last.at:
        return False
    gap = now - last.at > LONGEST_GAP
    if gap:
        Outage.objects.create(from_at=last.at, to_at=now)
        put_off_answers(last.at, now)
    Heartbeat.objects.filter(pk=last.pk).update(at=now)
    return gap


def delivered(now) -> None:
    """Notes that a run of sending what is due has come to its end."""
    later = Q(delivered_at__lt=now) | Q(delivered_at=None)
    Heartbeat.objects.filter(later, pk=1).update(delivered_at=now)

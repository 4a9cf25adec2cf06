"""Wishes said in a pulse: a person takes them on the same day; the score stays with the coordinator."""

from council.actions import requests
from council.models import Case, CaseKind
from matching.models import PairingState
from outbox.sweeping import each
from programs.models import ProgramState
from questions import values
from surveys.models import Invitation
from surveys.pulse import NOTHING, WISH

BATCH = 200


def hear_pulses(now, stop) -> int:
    """Opens a follow-up for each wish of an answer that nobody has looked at yet."""
    rows = Invitation.objects.filter(answered_at__isnull=False, heard_at=None)
    rows = rows.filter(pairing__program__state=ProgramState.OPEN)
    rows = rows.select_related(
        "membership__user", "membership__program", "pairing__program", "pairing__mentor__user", "pairing__mentee__user"
    )
    return each(list(rows.order_by("answered_at", "pk")[:BATCH]), lambda row: hear(row, now), stop)


def hear(row: Invitation, now) -> bool:
    """One answer: the wish becomes a follow-up, once; the answer is marked as heard only after that."""
    wish = values.of_sheets([row.sheet_id])[row.sheet_id].get(WISH, NOTHING)
    if wish != NOTHING and row.pairing.state == PairingState.OPEN:
        cause = f"{row.public_id.hex}:{wish}"
        known = Case.objects.filter(kind=CaseKind.WISH, cause__endswith=cause).exists()
        if not known:
            requests.wish(row.pairing, wish, membership=row.membership, episode=cause, by=row.membership.user, now=now)
    return Invitation.objects.filter(pk=row.pk, answered_at=row.answered_at).update(heard_at=now) == 1

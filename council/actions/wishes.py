"""Wishes said in a pulse: a person takes them on the same day; the score stays with the coordinator."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from council import requested
from council.actions import cases, requests
from council.letters import cases as letters
from council.models import Case, CaseKind
from council.ways import HERE
from matching.models import PairingState
from outbox.actions import post
from outbox.sweeping import each
from programs.models import ProgramState
from questions import values
from surveys.follow_ups import FollowUp
from surveys.models import Invitation
from surveys.pulse import NOTHING, WISH

BATCH = 200


def hear_pulses(now, stop) -> int:
    """Opens a follow-up for each wish of an answer that nobody has looked at yet."""
    rows = Invitation.objects.filter(answered_at__isnull=False, looked_at=None)
    rows = rows.filter(pairing__program__state=ProgramState.OPEN)
    rows = rows.select_related(
        "membership__user", "membership__program", "pairing__program", "pairing__mentor__user", "pairing__mentee__user"
    )
    return each(list(rows.order_by("answered_at", "pk")[:BATCH]), lambda row: hear(row, now), stop)


def hear(row: Invitation, now) -> bool:
    """One answer: what is wished for anew becomes a follow-up, or a line of the one that is open."""
    wish = values.of_sheets([row.sheet_id])[row.sheet_id].get(WISH, NOTHING)
    if wish == (row.known_wish or NOTHING):
        return _looked_at(row, wish, now)
    if case := _open_case(row):
        return _say_again(case, row, wish, now)
    if wish == NOTHING or row.membership.state not in HERE:
        return _looked_at(row, wish, now)
    return _open(row, wish, now)


def _looked_at(row: Invitation, wish: str, now) -> bool:
    """Notes that this answer was looked at; False where it was changed meanwhile, or somebody was quicker."""
    mine = Invitation.objects.filter(pk=row.pk, answered_at=row.answered_at, looked_at=None)
    return mine.update(looked_at=now, known_wish=wish) == 1


def _cause(row: Invitation) -> str:
    return f"wish:{row.pairing_id}:{row.public_id}"


def _open_case(row: Invitation) -> Case | None:
    """The open follow-up of this answer, or one this person asked for in their own words."""
    mine = requested.cases_of(row.membership.user).open().filter(kind=CaseKind.WISH)
    asked = requested.open_case(CaseKind.WISH, row.membership.user, pairing=row.pairing)
    return mine.filter(cause=_cause(row)).first() or asked


def _open(row: Invitation, wish: str, now) -> bool:
    """The wish in words, never the score; of somebody whose pair has ended meanwhile, as of somebody without one."""
    both = requests.both_of(row.pairing)
    pairing = row.pairing if row.pairing.state == PairingState.OPEN else None
    opening = requests.opening_of_wish(
        row.membership, wish, cause=_cause(row), pairing=pairing, concerned=both, now=now
    )
    with transaction.atomic():
        if not _looked_at(row, wish, now):
            return False
        return cases.open_case(opening, by=row.membership.user, now=now) is not None


def _say_again(case: Case, row: Invitation, wish: str, now) -> bool:
    """A wish that was changed or taken back stands in the log of its follow-up, which stays open.

    Another wish is promised an answer of its own; whoever answers for it hears of it.
    """
    anew = wish != NOTHING
    words = requests.wanted_words(wish, row.membership.role) if anew else _("Would like nothing any more.")
    answer_by = now + timedelta(days=case.program.figure("first_answer_days"))
    answered = anew and case.first_answer_at is not None
    written = []
    if answered:
        case.first_answer_by = answer_by
    if anew and case.owner:
        concerned = cases.concerned_by(case)
        step = f"again:{wish}:{case.program.today(now)}"
        written = [letters.to_owner(case, concerned, now=now, step=step)]
    with transaction.atomic():
        if not _looked_at(row, wish, now):
            return False
        if answered:
            Case.objects.open().filter(pk=case.pk).update(first_answer_at=None, first_answer_by=answer_by)
        cases.add_line(case, words, by=row.membership.user, now=now, for_council=False)
        post(written)
    return True


def came_of(invitations, *, user) -> dict[int, FollowUp]:
    """The follow-ups that came of these answers and that this person may see, in one query."""
    asked = {row.membership.user_id for row in invitations if row.looked_at}
    seen = Case.objects.visible_to(user).filter(kind=CaseKind.WISH, asked_by__in=asked).select_related("program")
    found = {}
    for case in seen.order_by("opened_at", "pk") if asked else ():
        url = reverse("council:case", args=[case.program.slug, case.public_id])
        for row in invitations:
            if case.cause == _cause(row) or _was_told(case, row):
                found[row.pk] = FollowUp(str(case.get_state_display()), url)
    return found


def _was_told(case: Case, row: Invitation) -> bool:
    """Whether a wish of this answer was noted in a follow-up that its person had asked for before."""
    same = (case.asked_by_id, case.pairing_id) == (row.membership.user_id, row.pairing_id)
    if not same or row.looked_at is None or row.known_wish in ("", NOTHING):
        return False
    return case.opened_at <= row.looked_at and (case.closed_at is None or case.closed_at > row.looked_at)

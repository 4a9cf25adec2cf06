"""Meetings: proposed by one of the two, accepted or not by the other, moved and cancelled by either."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins import letters, permissions, watching, words
from checkins.actions.clock import look_again
from checkins.models import CheckIn, Contact, Meeting, MeetingState, Restart
from journal.actions import record
from matching.models import Pairing, PairingState
from outbox.actions import post
from profiles import civil
from programs.errors import Refused
from programs.models import Role

FARTHEST = timedelta(days=366)
LONGEST_PLACE = Meeting._meta.get_field("place").max_length
LEAST_MINUTES, MOST_MINUTES = 5, int(words.LONGEST.total_seconds() // 60)
# Each proposal is an email to the other: enough to choose from, too few to drown in.
MOST_WAITING = 3
DECLINES_OF_ONE = 2


def propose(pairing, *, starts_at, minutes, place="", by, now, instead_of=None) -> Meeting:
    """Proposes a meeting to the other of a pair; `instead_of` is the one it would take the place of."""
    if not permissions.can_meet(by, pairing):
        raise Refused(_("This pair has ended, so no meeting can be proposed."))
    if not now < starts_at <= now + FARTHEST:
        raise Refused(_("Choose a time ahead of now, within a year."))
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Refused(_("Choose a length of %(least)s to %(most)s minutes.") % _LENGTHS)
    if len(place) > LONGEST_PLACE:
        raise Refused(_("Use %(most)s characters at most for the place.") % {"most": LONGEST_PLACE})
    meeting = Meeting(
        pairing=pairing,
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip(),
        proposed_by=by,
        proposed_at=now,
        instead_of=instead_of,
    )
    written = [letters.proposed(meeting, now=now)]
    with transaction.atomic():
        _hold(pairing)
        _check_proposal(meeting, by, now)
        if instead_of is not None:
            _make_way(instead_of, by, now)
        meeting.save(force_insert=True)
        _note(meeting, "meeting.proposed", _("A meeting on %(date)s was proposed."), by, now)
        post(written)
    return meeting


_LENGTHS = {"least": LEAST_MINUTES, "most": MOST_MINUTES}


def move(meeting, *, starts_at, minutes, place="", by, now) -> Meeting:
    """Proposes another time for a meeting; what is agreed stands until the other accepts."""
    return propose(
        meeting.pairing, starts_at=starts_at, minutes=minutes, place=place, by=by, now=now, instead_of=meeting
    )


def accept(meeting, *, by, now) -> None:
    """Agrees to a proposal: both get a confirmation, and one reminder the day before."""
    _may(permissions.can_answer(by, meeting, now))
    written = letters.agreed(meeting, now=now)
    with transaction.atomic():
        _hold(meeting.pairing)
        _change(meeting, MeetingState.PROPOSED, MeetingState.ACCEPTED, now)
        if meeting.instead_of_id:
            # What it takes the place of is off now; the confirmation says so.
            old = Meeting.objects.filter(pk=meeting.instead_of_id, starts_at__gt=now)
            old.filter(state=MeetingState.ACCEPTED).update(state=MeetingState.CANCELLED, answered_at=now)
        _note(meeting, "meeting.agreed", _("A meeting on %(date)s was agreed."), by, now)
        look_again([meeting.pairing_id], now=now)
        post(written)


def decline(meeting, *, by, now) -> None:
    """Says that a proposed time does not suit."""
    _may(permissions.can_answer(by, meeting, now))
    # Whoever proposed it may be gone from the database.
    written = [letters.declined(meeting, now=now)] if meeting.proposed_by else []
    with transaction.atomic():
        _hold(meeting.pairing)
        before = missed_in_a_row(meeting.pairing)
        _change(meeting, MeetingState.PROPOSED, MeetingState.DECLINED, now)
        _note(meeting, "meeting.declined", _("The meeting proposed for %(date)s does not suit."), by, now)
        post(written)
        tell_of_missed(meeting, before, by=by, now=now)


def cancel(meeting, *, by, now) -> None:
    """Calls off what was agreed, or takes back one's own proposal; the other is told."""
    _may(permissions.can_cancel(by, meeting, now))
    written = [letters.cancelled(meeting, by=by, now=now)]
    with transaction.atomic():
        _hold(meeting.pairing)
        _change(meeting, meeting.state, MeetingState.CANCELLED, now)
        _note(meeting, "meeting.cancelled", _("The meeting on %(date)s was cancelled."), by, now)
        look_again([meeting.pairing_id], now=now)
        post(written)


def missed_in_a_row(pairing) -> int:
    """How many meetings in a row did not happen: none counts that lies before they were last in touch.

    One did not happen where the mentee says so, or both do; two proposals declined one after the other are one that
    did not come about. A person's decision that the pair goes on begins the count anew.
    """
    begun = _last_day(pairing)
    zone = pairing.program.zone
    count = sum(did_not_happen(row) for row in _asked_after(pairing, begun))
    declines = 0
    answered = Meeting.objects.of(pairing).filter(answered_at__isnull=False)
    # Where another time did not suit, the meeting agreed before stands.
    answered = answered.exclude(state=MeetingState.DECLINED, instead_of__state=MeetingState.ACCEPTED)
    for meeting in answered.order_by("answered_at", "pk"):
        if begun is not None and civil.day_of(meeting.answered_at, zone) <= begun:
            continue
        if meeting.state == MeetingState.ACCEPTED:
            declines = 0
        elif meeting.state == MeetingState.DECLINED:
            declines += 1
            count += declines % DECLINES_OF_ONE == 0
    return count


def did_not_happen(check_in: CheckIn) -> bool:
    """Whether the two say that their meeting did not take place: the mentee's no is enough, a mentor's alone is not."""
    return check_in.meeting_id is not None and any(
        not answer.met and answer.membership.role == Role.MENTEE for answer in check_in.answers.all()
    )


def tell_of_missed(meeting, before: int, *, by, now) -> None:
    """Has those above hear of one more that did not happen, from the second in a row on, in this transaction."""
    after = missed_in_a_row(meeting.pairing)
    if after > before:
        look_again([meeting.pairing_id], now=now)
        if after > 1:
            watching.missed(meeting, by=by, now=now)


def _asked_after(pairing, begun):
    rows = CheckIn.objects.of(pairing).filter(meeting__isnull=False)
    if begun is not None:
        rows = rows.filter(due_on__gt=begun)
    return rows.prefetch_related("answers__membership")


def _last_day(pairing):
    """The day of their last contact, or on which somebody decided that the pair goes on."""
    days = [rows.objects.of(pairing).aggregate(last=Max("on"))["last"] for rows in (Contact, Restart)]
    return max((day for day in days if day), default=None)


def _hold(pairing) -> None:
    """Keeps a pair open to the end of the transaction, so that all about its meetings happens one after the other."""
    rows = Pairing.objects.select_for_update(of=("self",), no_key=True).filter(pk=pairing.pk)
    if rows.values_list("state", flat=True)[0] != PairingState.OPEN:
        raise Refused(_("This pair has ended."))


def _check_proposal(meeting, by, now) -> None:
    ahead = Meeting.objects.of(meeting.pairing).filter(starts_at__gt=now)
    if ahead.filter(
        state__in=[MeetingState.PROPOSED, MeetingState.ACCEPTED], starts_at=meeting.starts_at, place=meeting.place
    ).exists():
        raise Refused(_("This time is proposed or agreed already."))
    mine = ahead.filter(state=MeetingState.PROPOSED, proposed_by=by)
    if meeting.instead_of is not None:
        mine = mine.exclude(pk=meeting.instead_of.pk)
    if mine.count() >= MOST_WAITING:
        raise Refused(_("You have proposed three times already. Wait for an answer, or take one of them back."))


def _make_way(old, by, now) -> None:
    """A proposal gives way to the next at once; what is agreed stands until the next is accepted."""
    found = Meeting.objects.filter(pk=old.pk, starts_at__gt=now)
    if found.filter(state=MeetingState.PROPOSED).update(state=MeetingState.CANCELLED, answered_at=now):
        return
    if not found.filter(state=MeetingState.ACCEPTED).exists():
        raise Refused(_("This meeting can no longer be moved. Propose a new one."))


def _may(allowed: bool) -> None:
    if not allowed:
        raise Refused(_("This has been answered, cancelled, or its time has come. Look at it once more."))


def _change(meeting, old, new, now) -> None:
    assert (old, new) in Meeting.MOVES
    if Meeting.objects.filter(pk=meeting.pk, state=old).update(state=new, answered_at=now) != 1:
        _may(False)
    meeting.state, meeting.answered_at = new, now


def _note(meeting, verb, said, by, now) -> None:
    """The history says that there was a meeting and when, not where."""
    pairing = meeting.pairing
    day = civil.day_of(meeting.starts_at, pairing.program.zone)
    record(
        by=by,
        verb=verb,
        thing=pairing,
        now=now,
        topic=pairing.program.slug,
        concerns=[pairing.mentor.user, pairing.mentee.user],
        words=said % {"date": date_format(day, "j F Y")},
    )

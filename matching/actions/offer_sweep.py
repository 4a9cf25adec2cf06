"""Requests for mentors go on by themselves: reminded, lapsed, settled, and the next on the list is asked."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from journal.actions import record
from matching import choosing, offer_letters
from matching.actions.offers import can_be_asked_now, goes_on_after, places_of, settle, write_asked
from matching.actions.pairs import lock
from matching.models import Breather, Offer, OfferState, Pairing
from matching.tables import MATCHABLE
from outbox.actions import post
from outbox.sweeping import each
from programs import reach
from programs.models import Program, ProgramState

DAY = timedelta(days=1)
PEOPLE = ("program", "purpose", "mentor__user", "mentor__program", "mentee__user", "mentee__program")


def turn_offers(now, stop) -> int:
    """Everything that is due about offers; how many it did."""
    due = (
        (_needless(), _close),
        (_out_of_reach(), _send_on),
        (_late(now), _lapse),
        (_to_remind(now), _remind),
        (_next_in_turn(), _ask),
    )
    return sum(each(rows, lambda row, act=act: act(row, now), stop) for rows, act in due)


def _rows(found):
    return found.select_related(*PEOPLE).order_by("pk")


def _needless():
    """Live ones of a mentee who has a mentor or looks for none, or of a program that does not work so any more."""
    pairs = Pairing.objects.of_mentee(OuterRef("mentee"))
    for_it = Q(purpose=OuterRef("purpose")) | Q(mentor=OuterRef("mentor"))
    paired = Q(Exists(pairs), purpose=None) | Q(Exists(pairs.filter(for_it)))
    looks = Q(mentee__state__in=MATCHABLE, mentee__user__is_active=True)
    program = Q(program__state=ProgramState.OPEN, program__mentees_choose=True)
    return _rows(Offer.objects.live().filter(paired | ~(looks & program)))


def _close(offer, now) -> None:
    asked = offer.state == OfferState.OPEN
    letters = [offer_letters.need_not_answer(offer, now=now)] if asked else []
    words = _("%(mentor)s need not answer %(mentee)s any more.")
    settle(offer, OfferState.CLOSED, letters, verb="offer.closed", words=words, by=None, now=now)


def _out_of_reach():
    """Open ones to a mentor who has no place any more, and all of those to one who cannot have pairs."""
    cannot = ~Q(mentor__state__in=MATCHABLE) | Q(mentor__user__is_active=False)
    live = Offer.objects.live().filter(cannot | Q(state=OfferState.OPEN))
    return (row for row in _rows(live) if not _can_have_pairs(row.mentor) or not places_of(row.mentor))


def _can_have_pairs(mentor) -> bool:
    return mentor.state in MATCHABLE and mentor.user.is_active


def _send_on(offer, now) -> None:
    asked = offer.state == OfferState.OPEN
    letters = [offer_letters.no_pair(offer, how="full", goes_on=goes_on_after(offer), now=now)] if asked else []
    words = _("%(mentor)s has no place for %(mentee)s any more.")
    settle(offer, OfferState.CLOSED, letters, verb="offer.closed", words=words, by=None, now=now)


def _late(now):
    """Open ones whose last day is over in their program."""
    # A day is over somewhere up to 14 hours before it is in UTC.
    over = Offer.objects.open().filter(answer_by__lt=(now + timedelta(hours=14)).date())
    return (row for row in _rows(over) if row.answer_by < row.program.today(now))


def _lapse(offer, now) -> None:
    if reach.by_email(offer.mentor.user):
        _say_it_did_not_arrive(offer, now)
        return
    letter = offer_letters.no_pair(offer, how=OfferState.LAPSED, goes_on=goes_on_after(offer), now=now)
    words = _("%(mentor)s has not answered %(mentee)s.")
    if settle(offer, OfferState.LAPSED, [letter], verb="offer.lapsed", words=words, by=None, now=now):
        _let_breathe(offer.mentor, now)


def _say_it_did_not_arrive(offer, now) -> None:
    """A mentor whom our emails do not reach has left no question unanswered."""
    letter = offer_letters.no_pair(offer, how="unreached", goes_on=goes_on_after(offer), now=now)
    words = _("Our email to %(mentor)s about %(mentee)s did not arrive.")
    settle(offer, OfferState.CLOSED, [letter], verb="offer.closed", words=words, by=None, now=now)


def _let_breathe(mentor, now) -> None:
    """Asks a mentor whether to pause, once, where the last offers found no answer."""
    letter = offer_letters.shall_we_pause(mentor, now=now, key=mentor.program.today(now).isoformat())
    with transaction.atomic():
        lock([mentor.pk])
        pauses = Breather.objects.filter(mentor=mentor, ended_at=None).exists()
        if pauses or not choosing.asks_too_much(mentor):
            return
        Breather.objects.create(mentor=mentor, since=now)
        words = _("Nobody asks %(name)s for now: two offers found no answer.") % {"name": mentor.user}
        record(
            by=None, verb="mentor.not_asked", thing=mentor, now=now, topic=mentor.program.slug,
            concerns=[mentor.user], words=words,
        )  # fmt: skip
        post([letter])


def _to_remind(now):
    """Open ones of which their mentor has not been reminded, in programs whose day for it has come."""
    waiting = Offer.objects.open().filter(reminded_at=None, asked_at__lte=now - DAY)
    return (row for row in _rows(waiting) if row.asked_at <= now - row.program.figure("request_nudge_days") * DAY)


def _remind(offer, now) -> None:
    letter = offer_letters.asked(offer, answer_by=offer.answer_by, now=now, again=True)
    with transaction.atomic():
        unreminded = Offer.objects.open().filter(pk=offer.pk, reminded_at=None)
        if unreminded.update(reminded_at=now) == 1:
            post([letter])


def _next_in_turn():
    """Those on a list who can be asked now, as their mentees ranked them."""
    listed = Offer.objects.filter(state=OfferState.LISTED, program__state=ProgramState.OPEN)
    rows = listed.select_related(*PEOPLE).order_by("mentee", "rank", "pk")
    return (row for row in rows if can_be_asked_now(row))


def _ask(offer, now) -> None:
    until = choosing.answer_by(offer.program, now)
    letter = offer_letters.asked(offer, answer_by=until, now=now)
    with transaction.atomic():
        Program.objects.locked().get(pk=offer.program_id)
        members = lock([offer.mentor_id, offer.mentee_id])
        offer.mentor = members[offer.mentor_id]
        if can_be_asked_now(offer):
            write_asked(offer, letter, by=None, now=now, until=until)

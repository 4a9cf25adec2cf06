"""A mentee asks for a mentor, the mentor answers: the pair begins with their yes."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from journal.actions import record
from matching import choosing, offer_letters, rounds
from matching.actions.pairs import hold_open, lock, opening_of, write_opening
from matching.models import Breather, Offer, OfferState, Pairing
from matching.permissions import can_answer_offer, can_change_offer
from outbox.actions import post
from programs.errors import Refused

LONGEST_WORDS = 1000
MOST_LISTED = 10


def ask_mentor(mentee, mentor, *, words: str = "", by, now, purpose=None) -> Offer:
    """Puts a mentor on a mentee's list, and asks them at once where both have room for it."""
    words = words.strip()
    may = by.pk == mentee.user_id and choosing.can_choose(mentee)
    if not may or purpose not in choosing.purposes_left(mentee):
        raise Refused(_("You cannot choose a mentor here now."))
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WORDS})
    insist_possible(mentee, mentor, now, purpose)
    offer = Offer(
        program=mentee.program,
        mentee=mentee,
        mentor=mentor,
        purpose=purpose,
        words=words,
        listed_at=now,
        state=OfferState.LISTED,
    )
    until = choosing.answer_by(mentee.program, now)
    letter = offer_letters.asked(offer, answer_by=until, now=now)
    with transaction.atomic():
        hold_open(mentee.program)
        lock([mentor.pk, mentee.pk])
        live = Offer.objects.live().filter(mentee=mentee)
        if live.filter(mentor=mentor).exists():
            raise Refused(_("%(name)s is on your list already.") % {"name": mentor.user})
        if live.count() >= MOST_LISTED:
            raise Refused(_("Your list is full. Take somebody off it first."))
        offer.rank = (live.aggregate(last=Max("rank"))["last"] or 0) + 1
        offer.save(force_insert=True)
        if can_be_asked_now(offer):
            write_asked(offer, letter, by=by, now=now, until=until)
    return offer


def insist_possible(mentee, mentor, now, purpose=None) -> None:
    """Refused where these two cannot be a pair; which rule says so is nobody's to read here."""
    name = {"name": mentor.user}
    if not choosing.mentors_to_ask(mentee.program).filter(pk=mentor.pk).exists() or not places_of(mentor):
        raise Refused(_("%(name)s has no free place at the moment. Choose somebody else.") % name)
    try:
        rounds.score_of_pair(mentee.program, mentor, mentee, now=now, purpose=purpose)
    except rounds.Forbidden:
        raise Refused(_("%(name)s cannot be asked. Choose somebody else.") % name) from None


def places_of(mentor) -> int:
    """How many more pairs a mentor may have."""
    return max(0, mentor.places - Pairing.objects.taken_of([mentor.pk]).get(mentor.pk, 0))


def can_be_asked_now(offer) -> bool:
    """Whether the mentee may ask one more and the mentor may be asked once more; ask it under both locks."""
    asks = Offer.objects.open().filter(mentee=offer.mentee_id).count()
    if asks >= offer.program.figure("requests_of_mentee"):
        return False
    mentor = offer.mentor
    return choosing.room_of(offer.program, {mentor.pk: places_of(mentor)})[mentor.pk] > 0


def write_asked(offer, letter, *, by, now, until) -> bool:
    """Asks somebody on a list, in the caller's transaction; False where the offer has changed meanwhile."""
    listed = Offer.objects.filter(pk=offer.pk, state=OfferState.LISTED)
    if listed.update(state=OfferState.OPEN, asked_at=now, answer_by=until) != 1:
        return False
    offer.state, offer.asked_at, offer.answer_by = OfferState.OPEN, now, until
    tell(offer, "offer.asked", _("%(mentee)s asked %(mentor)s to be their mentor."), by=by, now=now)
    post([letter])
    return True


def tell(offer, verb: str, words: str, *, by, now, why: str = "") -> None:
    """A line of history about both."""
    people = {"mentee": offer.mentee.user, "mentor": offer.mentor.user}
    record(
        by=by,
        verb=verb,
        thing=offer,
        now=now,
        topic=offer.program.slug,
        concerns=people.values(),
        words=words % people,
        why=why,
    )


def settle(offer, state: str, letters, *, verb: str, words: str, by, now, why: str = "") -> bool:
    """Ends a live offer with its letters; False where it has ended already."""
    with transaction.atomic():
        same = Offer.objects.filter(pk=offer.pk, state=offer.state)
        if same.update(state=state, closed_at=now, reason=why) != 1:
            return False
        if offer.state == OfferState.OPEN:
            tell(offer, verb, words, by=by, now=now, why=why)
        post(letters)
    offer.state, offer.closed_at, offer.reason = state, now, why
    return True


def changed_meanwhile() -> Refused:
    return Refused(_("This has been settled already."))


def accept(offer, *, by, now) -> Pairing:
    """The mentor's yes: the pair begins, or Refused where somebody was faster."""
    if not can_answer_offer(by, offer):
        raise changed_meanwhile()
    opening = opening_of(offer.program, offer.mentor, offer.mentee, now=now, purpose=offer.purpose)
    with transaction.atomic():
        hold_open(offer.program)
        made = Offer.objects.open().filter(pk=offer.pk)
        if made.update(state=OfferState.MADE, closed_at=now) != 1:
            raise changed_meanwhile()
        return write_opening(opening, by=by, now=now)


def decline(offer, *, by, now, reason: str = "") -> None:
    """The mentor's “not this time”; the reason is for coordinators alone."""
    reason = reason.strip()
    if not can_answer_offer(by, offer):
        raise changed_meanwhile()
    if len(reason) > LONGEST_WORDS:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WORDS})
    letter = offer_letters.no_pair(offer, how=OfferState.DECLINED, goes_on=goes_on_after(offer), now=now)
    words = _("%(mentor)s cannot be the mentor of %(mentee)s just now.")
    said = {"verb": "offer.declined", "words": words, "by": by, "now": now, "why": reason}
    if not settle(offer, OfferState.DECLINED, [letter], **said):
        raise changed_meanwhile()


def goes_on_after(offer) -> bool:
    """Whether somebody else stands on the mentee's list."""
    return Offer.objects.live().filter(mentee=offer.mentee_id).exclude(pk=offer.pk).exists()


def take_back(offer, *, by, now) -> None:
    """Takes a mentor off the list; whoever was asked hears that they need not answer."""
    if not can_change_offer(by, offer):
        raise changed_meanwhile()
    asked = offer.state == OfferState.OPEN
    letters = [offer_letters.need_not_answer(offer, now=now)] if asked else []
    words = _("%(mentee)s no longer asks %(mentor)s.")
    if not settle(offer, OfferState.CLOSED, letters, verb="offer.closed", words=words, by=by, now=now):
        raise changed_meanwhile()


def prefer(offer, *, by, now) -> None:
    """Moves somebody who is not asked yet one place up on the list."""
    if not can_change_offer(by, offer) or offer.state != OfferState.LISTED:
        raise changed_meanwhile()
    with transaction.atomic():
        lock([offer.mentee_id])
        listed = Offer.objects.filter(mentee=offer.mentee_id, state=OfferState.LISTED)
        rows = list(listed.order_by("rank", "pk"))
        at = next((place for place, row in enumerate(rows) if row.pk == offer.pk), None)
        if at is None:
            raise changed_meanwhile()
        if at:
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
            ranks = sorted(row.rank for row in rows)
            for row, rank in zip(rows, ranks, strict=True):
                Offer.objects.filter(pk=row.pk).update(rank=rank)


def ask_me_again(mentor, *, by, now) -> bool:
    """A mentor who paused can be asked again; False where they did not pause."""
    if by.pk != mentor.user_id:
        raise Refused(_("Only they can say so themselves."))
    with transaction.atomic():
        if Breather.objects.filter(mentor=mentor, ended_at=None).update(ended_at=now) != 1:
            return False
        words = _("%(name)s can be asked for again.") % {"name": mentor.user}
        record(
            by=by, verb="mentor.asked_again", thing=mentor, now=now, topic=mentor.program.slug,
            concerns=[mentor.user], words=words,
        )  # fmt: skip
    return True

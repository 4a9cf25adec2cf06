"""Writing to participants: whom, what, when; sent once, and taken back as far as it has not left."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.actions import record
from outbox import actions as outbox_actions
from outbox.models import Letter, LetterState
from outbox.sweeping import never
from outbox.wording import Unusable
from programs import letters
from programs.actions.writing import write_on
from programs.errors import Refused
from programs.models import Addressee, Mailing, MailingState, Membership, SavedFilter

MOST_FILTERS = 30
# So many are written down while the sender waits for the page.
AT_ONCE = 200
UNSENT = (LetterState.WAITING, LetterState.HELD)


@transaction.atomic
def draft_mailing(program, memberships: Iterable[Membership], *, by, now) -> Mailing:
    """A draft to these participants; somebody with two roles is written to once."""
    chosen = {member.user_id: member for member in memberships if member.program_id == program.pk}
    if not chosen:
        raise Refused(_("There is nobody to write to."))
    mailing = Mailing.objects.create(program=program, made_at=now, by=by)
    Addressee.objects.bulk_create(Addressee(mailing=mailing, membership=member) for member in chosen.values())
    return mailing


def word_mailing(mailing, *, subject, text, due_at=None, at_night=False) -> Mailing:
    """What a draft says and when it goes."""
    words = {"subject": subject, "text": text, "due_at": due_at, "at_night": at_night}
    if not Mailing.objects.filter(pk=mailing.pk, state=MailingState.DRAFT).update(**words):
        raise Refused(_("This has been sent already."))
    for name, value in words.items():
        setattr(mailing, name, value)
    return mailing


def addressees(mailing, user):
    """Those a mailing is for, as far as this person may see them, with their email."""
    seen = Membership.objects.visible_to(user).values("pk")
    rows = mailing.addressees.filter(membership__in=seen)
    return rows.select_related("membership__user", "membership__program", "letter__joined_into")


def reason_not_to(member: Membership, no_news: set[int]) -> str:
    """Why somebody is not written to; "" where they are."""
    person = member.user
    if member.state in letters.GONE:
        return _("no longer in the program")
    if not person.email:
        return _("has no email address")
    if not person.is_active:
        return _("the account is closed")
    if person.address_bounced_at:
        return _("emails to the address come back")
    if person.pk in no_news:
        return _("wants no news of the program")
    return ""


def sorted_out(mailing, rows) -> tuple[list[Addressee], list[tuple[Addressee, str]]]:
    """Who is written to, and who is not and why."""
    no_news = letters.wants_no_news(mailing.program)
    reasons = [(row, reason_not_to(row.membership, no_news)) for row in rows]
    return [row for row, why in reasons if not why], [(row, why) for row, why in reasons if why]


def send_mailing(mailing, *, by, now) -> int:
    """The button: it is decided once who gets it, and the emails are written; how many there are.

    Few are written at once; many by the worker, batch after batch.
    """
    if not mailing.subject or not mailing.text:
        raise Refused(_("Write a subject and a text first."))
    seen = list(addressees(mailing, by))
    reached, left_out = sorted_out(mailing, seen)
    if not reached:
        raise Refused(_("There is nobody to write to."))
    _insist_it_reads(mailing, reached[0].membership, by)
    for row, why in left_out:
        row.why_not = why
    with transaction.atomic():
        draft = Mailing.objects.filter(pk=mailing.pk, state=MailingState.DRAFT)
        if not draft.update(state=MailingState.SENDING, sent_at=now, by=by):
            raise Refused(_("This has been sent already."))
        Addressee.objects.bulk_update([row for row, _why in left_out], ["why_not"], 200)
        unseen = mailing.addressees.exclude(pk__in=[row.pk for row in reached]).unwritten()
        unseen.update(why_not=_("not among those whom its sender may see"))
        _tell(mailing, "mailing.sent", len(reached), [row.membership.user for row in reached], by, now)
    mailing.refresh_from_db()
    if len(reached) <= AT_ONCE:
        write_on(mailing, now=now, stop=never)
    return len(reached)


def _insist_it_reads(mailing, member, by) -> None:
    """A text that cannot be used stays a draft."""
    try:
        letters.as_it_reads(mailing, member, by=by)
    except Unusable as error:
        raise Refused(str(error)) from None


def _tell(mailing, verb, number, people, by, now):
    said = {
        "mailing.sent": ngettext(
            "“%(subject)s” was written to one person.", "“%(subject)s” was written to %(number)s people.", number
        ),
        "mailing.taken_back": ngettext(
            "“%(subject)s” was taken back from one person.",
            "“%(subject)s” was taken back from %(number)s people.",
            number,
        ),
    }[verb] % {"subject": mailing.subject, "number": number}
    record(by=by, verb=verb, thing=mailing, now=now, topic=mailing.program.slug, concerns=people, words=said)


def to_take_back(mailing, by):
    """Those of its people, as far as this person may see them, whose email is not written or has not left."""
    unsent = Q(letter__state__in=UNSENT)
    if mailing.state == MailingState.SENDING:
        unsent |= Q(letter=None, why_not="")
    return addressees(mailing, by).filter(unsent)


@transaction.atomic
def take_back_mailing(mailing, *, by, now, why: str = "") -> int:
    """Stops what is not written yet and cancels what has not left; how many do not get it."""
    why, stopped = why or _("Taken back before it was sent."), []
    # First of all, so that it waits for whoever writes in this moment, and nothing is written after it.
    if Mailing.objects.filter(pk=mailing.pk, state=MailingState.SENDING).update(state=MailingState.SENT):
        stopped = list(mailing.addressees.unwritten().select_related("membership__user"))
        mailing.addressees.unwritten().update(why_not=why[:200])
    mailing.refresh_from_db()
    waiting = Letter.objects.filter(pk__in=to_take_back(mailing, by).values("letter")).select_related("recipient")
    cancelled = outbox_actions.cancelled(waiting, UNSENT, by=by, now=now, why=why)
    if done := len(stopped) + len(cancelled):
        people = [row.membership.user for row in stopped] + [letter.recipient for letter in cancelled]
        _tell(mailing, "mailing.taken_back", done, people, by, now)
    return done


def draft_for_the_rest(mailing, *, by, now) -> Mailing:
    """A draft in the same words to those it did not reach, as far as they can be reached now."""
    if mailing.state != MailingState.SENT:
        raise Refused(_("It is not written to the end yet."))
    reachable = [row.membership for row in not_reached(mailing, by)]
    with transaction.atomic():
        draft = draft_mailing(mailing.program, reachable, by=by, now=now)
        return word_mailing(draft, subject=mailing.subject, text=mailing.text, at_night=mailing.at_night)


def not_reached(mailing, by) -> list[Addressee]:
    """Those who were left out, and could be written to now."""
    rows = addressees(mailing, by).filter(letter=None).exclude(why_not="")
    return sorted_out(mailing, rows)[0]


def discard_mailing(mailing) -> bool:
    """Throws a draft away: nobody has heard of it."""
    return bool(Mailing.objects.filter(pk=mailing.pk, state=MailingState.DRAFT).delete()[0])


def save_filter(program, name: str, query: str, *, by, now) -> SavedFilter:
    """Keeps a filter of the list of participants; the same name again changes it."""
    if SavedFilter.objects.filter(program=program).exclude(name=name).count() >= MOST_FILTERS:
        raise Refused(_("A program keeps at most %(number)d filters. Remove one first.") % {"number": MOST_FILTERS})
    try:
        with transaction.atomic():
            row, _new = SavedFilter.objects.update_or_create(
                program=program, name=name, defaults={"query": query, "at": now, "by": by}
            )
            words = _("The filter “%(name)s” was saved.") % {"name": name}
            record(by=by, verb="filter.saved", thing=row, now=now, topic=program.slug, words=words)
    except IntegrityError:
        raise Refused(_("Somebody has just saved a filter of this name.")) from None
    return row


@transaction.atomic
def remove_filter(row: SavedFilter, *, by, now) -> None:
    words = _("The filter “%(name)s” was removed.") % {"name": row.name}
    record(by=by, verb="filter.removed", thing=row, now=now, topic=row.program.slug, words=words)
    row.delete()

"""Evidence that a pair was in touch."""

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins import watching
from checkins.actions.clock import look_again
from checkins.models import Contact, Source, Sureness
from journal.actions import record
from matching.models import Pairing, PairingState
from profiles import civil
from programs.errors import Refused
from programs.models import Role

STAFF = "staff"
SAID = ["by_mentor", "by_mentee", "sureness", "source"]


@transaction.atomic
def add_contact(pairing, *, on, says: str, source: str, by, now) -> Contact:
    """Writes down that the two were in touch on a civil day; `says` is "mentor", "mentee" or "staff"."""
    pairing = Pairing.objects.select_for_update(of=("self",), no_key=True).select_related("program").get(pk=pairing.pk)
    _check(pairing, on, now)
    contact = Contact.objects.filter(pairing=pairing, on=on).first()
    if contact is None:
        contact = Contact(pairing=pairing, on=on, source=source, noted_at=now, noted_by=by)
        _say(contact, says)
        contact.save(force_insert=True)
        _note_touch(pairing, contact, says, by, now)
    elif not _has_said(contact, says):
        _say(contact, says)
        contact.save(update_fields=SAID)
        _note_touch(pairing, contact, says, by, now)
    look_again([pairing.pk], now=now)
    watching.touched(contact, by=by, now=now)
    return contact


@transaction.atomic
def take_back(pairing, *, on, says: str, by, now) -> bool:
    """Takes back what one side, or staff, said of a day; the others' word stays."""
    pairing = Pairing.objects.select_for_update(of=("self",), no_key=True).select_related("program").get(pk=pairing.pk)
    contact = Contact.objects.filter(pairing=pairing, on=on).first()
    if contact is None or not _has_said(contact, says):
        return False
    if says == STAFF:
        contact.source = Source.SAID
    else:
        setattr(contact, f"by_{says}", False)
    if contact.by_mentor or contact.by_mentee or contact.source == Source.STAFF:
        contact.sureness = _sureness(contact)
        contact.save(update_fields=SAID)
    else:
        contact.delete()
    words = _("Not in touch on %(date)s after all.") % {"date": date_format(on, "j F Y")}
    _note(pairing, "pair.not_in_touch", words, by, now)
    look_again([pairing.pk], now=now)
    return True


def _say(contact, says: str) -> None:
    contact.by_mentor |= says == Role.MENTOR
    contact.by_mentee |= says == Role.MENTEE
    contact.sureness = _sureness(contact)
    if says == STAFF:
        # What a person of the program has noted stays, whatever the two take back.
        contact.source = Source.STAFF


def _has_said(contact, says: str) -> bool:
    return contact.source == Source.STAFF if says == STAFF else getattr(contact, f"by_{says}")


def _check(pairing, on, now) -> None:
    zone = pairing.program.zone
    if pairing.state != PairingState.OPEN:
        raise Refused(_("This pair has ended, so there is nothing to note."))
    if on > civil.day_of(now, zone):
        raise Refused(_("This day has not come yet. Choose the day on which you were in touch."))
    began = civil.day_of(pairing.began_at, zone)
    if on < began:
        words = _("You were matched on %(date)s. Choose that day or a later one.")
        raise Refused(words % {"date": date_format(began, "j F Y")})


def _sureness(contact) -> str:
    return Sureness.BOTH if contact.by_mentor and contact.by_mentee else Sureness.ONE


def _note_touch(pairing, contact, says, by, now) -> None:
    words = _("In touch on %(date)s (%(sure)s).") % {
        "date": date_format(contact.on, "j F Y"),
        "sure": Sureness(contact.sureness).label,
    }
    _note(pairing, "pair.in_touch", words, by, now, why=Source.STAFF.label if says == STAFF else "")


def _note(pairing, verb, words, by, now, why="") -> None:
    record(
        by=by,
        verb=verb,
        thing=pairing,
        now=now,
        topic=pairing.program.slug,
        concerns=[pairing.mentor.user, pairing.mentee.user],
        why=str(why),
        words=words,
    )

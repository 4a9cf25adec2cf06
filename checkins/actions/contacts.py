"""Evidence that a pair was in touch."""

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins import watching
from checkins.models import Contact, Source, Sureness, Watch
from journal.actions import record
from matching.models import Pairing, PairingState
from profiles import civil
from programs.errors import Refused


@transaction.atomic
def add_contact(pairing, *, on, says: str, source: str, by, now) -> Contact:
    """Writes down that the two were in touch on a civil day; `says` is "mentor", "mentee" or "staff"."""
    pairing = Pairing.objects.select_for_update(of=("self",), no_key=True).select_related("program").get(pk=pairing.pk)
    _check(pairing, on, now)
    contact = Contact.objects.filter(pairing=pairing, on=on).first()
    new = contact is None
    contact = contact or Contact(pairing=pairing, on=on, source=source, noted_at=now, noted_by=by)
    contact.by_mentor |= says == "mentor"
    contact.by_mentee |= says == "mentee"
    contact.sureness = _sureness(contact)
    if new:
        contact.save(force_insert=True)
    else:
        contact.save(update_fields=["by_mentor", "by_mentee", "sureness"])
    _note(pairing, contact, by, now)
    Watch.objects.filter(pairing=pairing).update(look_at=now)
    watching.touched(contact, by=by, now=now)
    return contact


@transaction.atomic
def take_back(pairing, *, on, says: str, by, now) -> bool:
    """Takes back what one side said of a day; the other's word stays."""
    Pairing.objects.select_for_update(of=("self",), no_key=True).get(pk=pairing.pk)
    contact = Contact.objects.filter(pairing=pairing, on=on).first()
    if contact is None or not getattr(contact, f"by_{says}"):
        return False
    setattr(contact, f"by_{says}", False)
    if contact.by_mentor or contact.by_mentee:
        contact.sureness = _sureness(contact)
        contact.save(update_fields=["by_mentor", "by_mentee", "sureness"])
    else:
        contact.delete()
    Watch.objects.filter(pairing=pairing).update(look_at=now)
    return True


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


def _note(pairing, contact, by, now) -> None:
    words = _("In touch on %(date)s (%(sure)s).") % {
        "date": date_format(contact.on, "j F Y"),
        "sure": Sureness(contact.sureness).label,
    }
    record(
        by=by,
        verb="pair.in_touch",
        thing=pairing,
        now=now,
        topic=pairing.program.slug,
        concerns=[pairing.mentor.user, pairing.mentee.user],
        why="" if contact.source != Source.STAFF else str(Source(contact.source).label),
        words=words,
    )

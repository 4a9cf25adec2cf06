"""What a coordinator heard on the telephone."""

from datetime import timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins.actions.contacts import STAFF, add_contact
from checkins.models import Source
from checkins.permissions import other_of
from journal.actions import record
from journal.models import Entry
from matching.models import Pairing
from programs.errors import Refused
from programs.models import Membership

LONGEST_SAID = 500
# Longer ago nobody remembers what was said.
OLDEST = timedelta(days=366)


@transaction.atomic
def note_call(place: Membership, *, on, said: str, by, now, pairing=None, in_touch_on=None) -> Entry:
    """Writes down a call with a participant; where they say that a pair of theirs was in touch, that counts."""
    today = place.program.today(now)
    said = " ".join(said.split())
    if not said:
        raise Refused(_("Write what was said, in a few words."))
    if len(said) > LONGEST_SAID:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_SAID})
    if on > today:
        raise Refused(_("This day has not come yet. Choose the day of the call."))
    if on < today - OLDEST:
        raise Refused(_("Choose a day within the last year."))
    if pairing is not None and in_touch_on is not None:
        add_contact(pairing, on=in_touch_on, says=STAFF, source=Source.STAFF, by=by, now=now)
    words = _("Called %(name)s on %(date)s: %(said)s") % {
        "name": place.user,
        "date": date_format(on, "j F Y"),
        "said": said,
    }
    return record(
        by=by,
        verb="person.called",
        thing=place,
        now=now,
        topic=place.program.slug,
        concerns=_concerned(place),
        words=words,
    )


def _concerned(place) -> list:
    """Whoever was called, and their partners: what is said on the telephone is about them, too."""
    pairs = Pairing.objects.of_participant(place.user).open().filter(program=place.program)
    pairs = pairs.select_related("mentor__user", "mentee__user")
    return [place.user, *(other_of(place.user, pairing) for pairing in pairs)]

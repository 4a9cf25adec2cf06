"""What a participant sees, shown to a coordinator of the program: which pages there are, and that one was looked at."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from checkins.models import CheckIn
from checkins.permissions import other_of
from checkins.views import check_ins
from checkins.views import pair as pair_page
from journal.actions import record
from journal.models import Entry
from matching.models import Pairing
from mentorship import homes
from programs.models import Membership, MembershipState, Program, Role
from surveys.actions import can_answer
from surveys.models import Invitation
from surveys.views import answering

LOOKED = "person.seen_as"
GONE = (MembershipState.LEFT, MembershipState.DECLINED)


@dataclass(frozen=True)
class Page:
    """One page of a participant: its key in the form, in words, its template, and whom it is about besides."""

    key: str
    words: str
    template: str
    place: Membership
    thing: object = None
    other: object = None

    def context(self, now) -> dict:
        """What stands on it, as they read it."""
        # No request of the reader goes in, so nothing of theirs comes out, and the token is nobody's.
        return {**self._theirs(now), "user": self.place.user, "person": self.place.user, "csrf_token": "-"}

    def _theirs(self, now) -> dict:
        person = self.place.user
        if isinstance(self.thing, Pairing):
            return pair_page.page_context(person, self.thing, now)
        if isinstance(self.thing, CheckIn):
            return check_ins.blank(person, self.thing, now)
        if isinstance(self.thing, Invitation):
            return answering.blank(self.thing, now)
        return homes.page_context(person, now, only=[self.place.program])


def places_of(reader, person) -> list[Membership]:
    """Where the reader may look: programs in which they are a coordinator themselves, not by running the installation,
    and were never in a pair with this person."""
    role = reader.memberships.filter(role=Role.COORDINATOR, state=MembershipState.ACTIVE)
    rows = Membership.objects.visible_to(reader).participants().filter(user=person)
    rows = rows.filter(program__in=Program.objects.filter(pk__in=role.values("program"))).exclude(state__in=GONE)
    together = Pairing.objects.filter(
        Q(mentor__user=reader, mentee__user=person) | Q(mentor__user=person, mentee__user=reader)
    )
    rows = rows.exclude(program__in=together.values("program")).exclude(user=reader)
    return list(rows.select_related("program", "user").order_by("program__name", "role"))


def pages_of(reader, person, now) -> list[Page]:
    """Each home, pair and open question of this person that the reader may look at."""
    places = places_of(reader, person)
    found, homes_of = [], set()
    by_place = {place.pk: place for place in places}
    for place in places:
        if place.program_id not in homes_of:
            homes_of.add(place.program_id)
            words = _("the home in %(program)s") % {"program": place.program}
            found.append(Page(f"home:{place.public_id}", words, "home/page.html", place))
    pairs = Pairing.objects.visible_to(reader).open().filter(Q(mentor__in=by_place) | Q(mentee__in=by_place))
    pairs = list(pairs.select_related("program", "mentor__user", "mentee__user").order_by("began_at", "pk"))
    for pairing in pairs:
        place = by_place.get(pairing.mentor_id) or by_place[pairing.mentee_id]
        other = other_of(person, pairing)
        words = _("the pair with %(name)s") % {"name": other}
        found.append(Page(f"pair:{pairing.public_id}", words, "checkins/pair_page.html", place, pairing, other))
    return [*found, *_asked(person, pairs, by_place), *_pulses(person, pairs, by_place, now)]


def _asked(person, pairs, by_place):
    """ "Did you meet?", where they have not answered."""
    rows = CheckIn.objects.filter(pairing__in=pairs, closed_at=None).exclude(answers__membership__user=person)
    rows = rows.select_related("meeting", "pairing__program", "pairing__mentor__user", "pairing__mentee__user")
    for row in rows.order_by("due_on", "pk"):
        place = by_place.get(row.pairing.mentor_id) or by_place[row.pairing.mentee_id]
        other = other_of(person, row.pairing)
        words = _("the question “Did you meet?” about %(name)s") % {"name": other}
        yield Page(f"met:{row.public_id}", words, "checkins/check_in_page.html", place, row, other)


def _pulses(person, pairs, by_place, now):
    """The newest pulse they have not answered, one a place."""
    rows = Invitation.objects.filter(pairing__in=pairs, membership__in=by_place, answered_at=None)
    rows = rows.select_related("membership__user", "membership__program", "pairing__mentor__user",
                               "pairing__mentee__user", "pairing__program")  # fmt: skip
    seen = set()
    for row in rows.order_by("-asked_at", "pk"):
        if row.membership_id in seen or not can_answer(row, now):
            continue
        seen.add(row.membership_id)
        words = _("the questions of the pulse")
        place = by_place[row.membership_id]
        yield Page(
            f"pulse:{row.public_id}", words, "surveys/pulse_page.html", place, row, other_of(person, row.pairing)
        )


@transaction.atomic
def note_look(page: Page, *, by, now) -> Entry:
    """That somebody looked, for the person to read."""
    words = _("Looked at %(page)s as %(name)s sees it.") % {"page": page.words, "name": page.place.user}
    return record(
        by=by,
        verb=LOOKED,
        thing=page.place,
        now=now,
        topic=page.place.program.slug,
        concerns=[page.place.user, *([page.other] if page.other else [])],
        words=words,
    )


def looks_at(person):
    """Who looked at pages as this person sees them; what was looked at is theirs alone to read."""
    mine = [str(pk) for pk in person.memberships.values_list("pk", flat=True)]
    rows = Entry.objects.filter(verb=LOOKED, app="programs", model="membership", object_id__in=mine)
    return rows.concerning(person).select_related("by")

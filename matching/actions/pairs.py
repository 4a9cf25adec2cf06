"""Opening pairs: the one place where a mentor's places are counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.actions import record_many
from journal.models import Entry
from matching import circles, letters, listeners
from matching.models import Pairing, PairPurpose, Round
from matching.rounds import Forbidden, score_of_pair
from matching.tables import MATCHABLE
from outbox.actions import post
from programs.errors import Refused
from programs.models import Membership, MembershipState, Program, ProgramState, Role


class Full(Refused):
    """A mentor has no place left."""


def hold_open(program: Program) -> None:
    """Keeps a program as it is to the end of the transaction, or Refused where it is not open.

    Taken before any membership, as in programs.actions: everybody locks in this order, so no two wait for each other.
    """
    rows = Program.objects.select_for_update(of=("self",), no_key=True).filter(pk=program.pk)
    if rows.values_list("state", flat=True)[0] != ProgramState.OPEN:
        raise Refused(_("%(program)s is not open, so no pair can begin.") % {"program": program})


def lock(pks: Iterable[int]) -> dict[int, Membership]:
    """These memberships, locked to the end of the transaction, in one order."""
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    return {member.pk: member for member in rows.filter(pk__in=set(pks)).order_by("pk")}


def take_places(wanted: Mapping[int, int], moving: Round | None = None) -> None:
    """Raises Full unless every mentor (by membership) has that many places left; what is found holds to the end.

    The one function that counts places: none opens while a mentor has as many open pairs as places, those that the
    round itself ends left out.
    """
    mentors = lock(wanted)
    taken = Pairing.objects.taken_of(list(wanted), moving)
    for pk, number in wanted.items():
        mentor = mentors[pk]
        if number > mentor.places - taken.get(pk, 0):
            raise Full(full_sentence(mentor))


def full_sentence(mentor) -> str:
    """What somebody is told who wants a place that is not there."""
    if not mentor.places:
        return _("%(name)s is full: they offer no place at the moment. Choose another mentor.") % {"name": mentor.user}
    return ngettext(
        "%(name)s is full: their one place is taken. Choose another mentor, or ask them for one more place.",
        "%(name)s is full: their %(places)s places are taken. Choose another mentor, or ask them for one more place.",
        mentor.places,
    ) % {"name": mentor.user, "places": mentor.places}


def open_pairs(pairings: list[Pairing], *, by, now) -> None:
    """Opens pairs in the caller's transaction, or raises Refused and opens none."""
    program = pairings[0].program
    hold_open(program)
    members = lock(pk for pairing in pairings for pk in (pairing.mentor_id, pairing.mentee_id))
    take_places(Counter(pairing.mentor_id for pairing in pairings), pairings[0].round)
    for pairing in pairings:
        check_pair(members[pairing.mentor_id], members[pairing.mentee_id], program)
    refuse_taken(pairings)
    circles.gather(pairings, now)
    Pairing.objects.bulk_create(pairings)
    to_activate = [pk for pk, member in members.items() if member.state != MembershipState.ACTIVE]
    moved = Membership.objects.filter(pk__in=to_activate, state__in=[MembershipState.READY, MembershipState.WAITING])
    if moved.update(state=MembershipState.ACTIVE, since=now, write_again_on=None) != len(to_activate):
        raise Refused(_("Somebody's status changed at the same moment. Look again, then try once more."))
    record_many((opened_entry(pairing, members, by, now), people_of(pairing, members)) for pairing in pairings)
    listeners.opened(pairings, now=now)


def check_pair(mentor, mentee, program) -> None:
    """Raises Refused unless these two may be a pair of this program now."""
    for member, role in ((mentor, Role.MENTOR), (mentee, Role.MENTEE)):
        if member.program_id != program.pk or member.role != role:
            raise Refused(_("A pair is a mentor and a mentee of the same program."))
        if member.state not in MATCHABLE:
            raise Refused(
                _("%(name)s is not ready to be matched (%(status)s).")
                % {"name": member.user, "status": member.get_state_display()}
            )
    if mentor.user_id == mentee.user_id:
        raise Refused(_("%(name)s cannot be their own mentor.") % {"name": mentor.user})


def refuse_taken(pairs) -> None:
    """Raises Refused where one of these mentees has a mentor for the same, or this one for something else.

    `pairs` are pairs that are to begin, or that both are asked about.
    """
    has = Pairing.objects.open().filter(mentee__in=[pair.mentee_id for pair in pairs])
    taken = set(has.filter(ends_with=None).values_list("mentee", "purpose"))
    together = set(has.values_list("mentee", "mentor"))
    for pair in pairs:
        mentor, mentee = pair.mentor, pair.mentee
        if (mentee.pk, pair.purpose_id) in taken:
            raise Refused(_("%(name)s already has a mentor.") % {"name": mentee.user})
        if (mentee.pk, mentor.pk) in together:
            words = {"mentor": mentor.user, "mentee": mentee.user}
            raise Refused(_("%(mentor)s is the mentor of %(mentee)s already, for something else.") % words)


def check_purpose(program, purpose: PairPurpose | None) -> None:
    """Raises Refused unless a pair of this program may be for this; for nothing in particular where it has none."""
    purposes = PairPurpose.objects.of(program)
    fits = purposes.filter(pk=purpose.pk).exists() if purpose is not None else not purposes.exists()
    if not fits:
        raise Refused(_("Say what the pair is for."))


def ties(membership) -> str:
    """Why somebody cannot leave the program yet: they are in a pair."""
    pair = Pairing.objects.open().filter(Q(mentor=membership) | Q(mentee=membership))
    pair = pair.select_related("mentor__user", "mentee__user").first()
    if pair is None:
        return ""
    other = pair.mentee if pair.mentor_id == membership.pk else pair.mentor
    return _("%(name)s is in a pair with %(other)s, which has to end first.") % {
        "name": membership.user,
        "other": other.user,
    }


def people_of(pairing, members) -> list:
    return [members[pairing.mentor_id].user, members[pairing.mentee_id].user]


def opened_entry(pairing, members, by, now) -> Entry:
    """The history of a pair begins."""
    mentor, mentee = people_of(pairing, members)
    return Entry(
        at=now,
        by=by,
        verb="pair.opened",
        app="matching",
        model="pairing",
        object_id=str(pairing.pk),
        topic=pairing.program.slug,
        words=_("%(mentor)s is now the mentor of %(mentee)s.") % {"mentor": mentor, "mentee": mentee},
    )


def new_pairing(
    program, mentor, mentee, *, now, rhythm_days: int, pair_words=(), round=None, publication=None, purpose=None
) -> Pairing:
    """An unsaved pair, so that its letters can be written before the transaction."""
    return Pairing(
        program=program,
        mentor=mentor,
        mentee=mentee,
        rhythm_days=rhythm_days,
        began_at=now,
        round=round,
        publication=publication,
        purpose=purpose,
        pair_words=list(pair_words),
    )


@dataclass(frozen=True)
class Opening:
    """A pair that is to begin, with its letters written already: made outside any transaction."""

    pairing: Pairing
    letters: list


def opening_of(
    program,
    mentor,
    mentee,
    *,
    now,
    by=None,
    purpose: PairPurpose | None = None,
    instead_of: Pairing | None = None,
    round: Round | None = None,
) -> Opening:
    """A pair, if the rules allow it, with its letters; `instead_of` is the pair that ends for it.

    `round` is the one that proposed it, where both were asked since.
    """
    if by is not None and by.pk in (mentor.user_id, mentee.user_id):
        raise Refused(_("This is about you: another coordinator has to do it."))
    if instead_of is None:
        check_pair(mentor, mentee, program)
        check_purpose(program, purpose)
    try:
        scored = score_of_pair(program, mentor, mentee, now=now, purpose=purpose)
    except Forbidden as forbidden:
        raise Refused(str(forbidden)) from None
    days = program.figure("rhythm_days")
    pairing = new_pairing(
        program,
        mentor,
        mentee,
        now=now,
        rhythm_days=days,
        pair_words=scored.pair_words,
        round=round,
        purpose=purpose,
    )
    ends = {mentee.pk: instead_of} if instead_of else {}
    return Opening(pairing, letters.of_pairs([pairing], now=now, instead_of=ends))


def write_opening(opening: Opening, *, by, now) -> Pairing:
    """Opens it in the caller's transaction, or raises Refused and opens none."""
    open_pairs([opening.pairing], by=by, now=now)
    post(opening.letters)
    return opening.pairing


def pair_by_hand(program, mentor, mentee, *, by, now, purpose: PairPurpose | None = None) -> Pairing:
    """Pairs two people outside a round, and writes to both."""
    opening = opening_of(program, mentor, mentee, by=by, now=now, purpose=purpose)
    with transaction.atomic():
        return write_opening(opening, by=by, now=now)

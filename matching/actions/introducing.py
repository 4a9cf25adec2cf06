"""Both are asked before a pair begins: two yeses open it, a no is told to nobody but coordinators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions import record, record_many
from journal.models import Entry
from matching import choosing, introduction_letters
from matching.actions.asking import lapse_of
from matching.actions.pairs import (
    check_pair,
    check_purpose,
    hold_open,
    lock,
    opening_of,
    refuse_taken,
    take_places,
    write_opening,
)
from matching.actions.waiting import wait_beside
from matching.models import Introduction, OfferState, Pairing
from matching.permissions import can_answer_introduction, can_take_back_introduction
from matching.rounds import Forbidden, score_of_pair
from outbox.actions import post
from programs.errors import Refused
from programs.models import Membership, MembershipState, ProgramState, Role

LONGEST_REASON = 1000
COLUMNS = {Role.MENTOR: "mentor_yes_at", Role.MENTEE: "mentee_yes_at"}
TOLD, OWN, SILENT, UNREACHED, TAKEN_BACK = "told", "own", "silent", "unreached", "taken_back"
# Of these nothing was heard.
UNHEARD = (SILENT, UNREACHED)
WITHOUT_PAIR = (MembershipState.READY, MembershipState.WAITING)


def introductions_of(lines, publication, now) -> list[Introduction]:
    """Unsaved, so that the emails can be written before the transaction."""
    round = publication.round
    until = choosing.answer_by(round.program, now)
    return [
        Introduction(
            program=round.program, publication=publication, mentor=line.mentor, mentee=line.mentee,
            purpose=round.purpose, pair_words=line.pair_words, asked_at=now, answer_by=until,
        )
        for line in lines
    ]  # fmt: skip


def introduce(found: list[Introduction], *, by, now) -> None:
    """Keeps a place for each in the caller's transaction and writes them down, or raises Refused and asks nobody."""
    program = found[0].program
    hold_open(program)
    members = lock(member.pk for one in found for member in one.sides)
    take_places(Counter(one.mentor_id for one in found))
    mentees = [one.mentee_id for one in found]
    same = {"purpose": found[0].purpose, "mentee__in": mentees}
    if Introduction.objects.open().filter(**same).exists():
        raise Refused(_("Somebody is being asked about another pair already. Look again."))
    for one in found:
        check_pair(members[one.mentor_id], members[one.mentee_id], program)
    refuse_taken(found)
    Introduction.objects.bulk_create(found)
    words = _("%(mentor)s and %(mentee)s are asked whether they would like to be a pair.")
    record_many((entry_of(one, "introduction.asked", words, by, now), people_of(one)) for one in found)


def unask(publication, *, by, now) -> int:
    """Takes back what nobody has heard of yet, in the caller's transaction; how many pairs were to be asked."""
    rows = Introduction.objects.filter(publication=publication)
    found = list(rows.select_related("program", "mentor__user", "mentee__user"))
    words = _("Taken back before anybody heard of it: %(mentor)s and %(mentee)s are not asked.")
    record_many((entry_of(one, "introduction.taken_back", words, by, now), people_of(one)) for one in found)
    rows.delete()
    return len(found)


def ask_both(program, mentor, mentee, *, by, now, purpose=None) -> Introduction:
    """A coordinator asks two people by hand, those who once said no to each other too; both get an email."""
    if by.pk in (mentor.user_id, mentee.user_id):
        raise Refused(_("This is about you: another coordinator has to do it."))
    try:
        check_purpose(program, purpose)
        scored = score_of_pair(program, mentor, mentee, now=now, purpose=purpose)
    except Forbidden as forbidden:
        raise Refused(str(forbidden)) from None
    one = Introduction(
        program=program, mentor=mentor, mentee=mentee, purpose=purpose, pair_words=scored.pair_words, asked_at=now,
        answer_by=choosing.answer_by(program, now),
    )  # fmt: skip
    letters = introduction_letters.of_asking([one], key=str(one.public_id), now=now)
    with transaction.atomic():
        introduce([one], by=by, now=now)
        post(letters)
    return one


def people_of(one: Introduction) -> list:
    return [member.user for member in one.sides]


def entry_of(one: Introduction, verb: str, words: str, by, now) -> Entry:
    return Entry(
        at=now, by=by, verb=verb, app="matching", model="introduction", object_id=str(one.pk),
        topic=one.program.slug, words=words % {"mentor": one.mentor.user, "mentee": one.mentee.user},
    )  # fmt: skip


def tell(one: Introduction, verb: str, words: str, *, by, now, why: str = "") -> None:
    """A line of history about both."""
    people = {"mentor": one.mentor.user, "mentee": one.mentee.user}
    record(
        by=by, verb=verb, thing=one, now=now, topic=one.program.slug, concerns=people.values(), words=words % people,
        why=why,
    )  # fmt: skip


def settled() -> Refused:
    return Refused(_("This has been settled already."))


def say_yes(one: Introduction, role: str, *, by, now) -> Pairing | None:
    """One of the two says yes, or a coordinator who heard it notes it; the pair, where the other had said so, too."""
    if not can_answer_introduction(by, one, role):
        raise settled()
    column = COLUMNS[Role(role)]
    words = _("%(mentor)s said yes to %(mentee)s.") if role == Role.MENTOR else _("%(mentee)s said yes to %(mentor)s.")
    with transaction.atomic():
        unsaid = Introduction.objects.open().filter(pk=one.pk, **{column: None})
        if unsaid.update(**{column: now}):
            tell(one, "introduction.yes", words, by=by, now=now)
    one.refresh_from_db(fields=["state", *COLUMNS.values()])
    if one.state not in (OfferState.OPEN, OfferState.MADE) or not one.yes_of(role):
        raise settled()
    return begin(one, now=now) if one.agreed and one.state == OfferState.OPEN else None


def begin(one: Introduction, *, now) -> Pairing | None:
    """The pair of two who both said yes; where it cannot be any more, both hear that kindly, and it is None."""
    try:
        about = {"purpose": one.purpose, "round": one.round}
        opening = opening_of(one.program, one.mentor, one.mentee, now=now, **about)
        with transaction.atomic():
            hold_open(one.program)
            # From here on its own place is free for the pair.
            if not move(one, OfferState.MADE, now):
                return None
            return write_opening(opening, by=None, now=now)
    except Refused as refused:
        one.state = OfferState.OPEN
        close(one, now=now, why=str(refused))
        return None


def move(one: Introduction, state: str, now, *, unanswered: Collection[str] = (), **fields) -> bool:
    """Out of the open by compare-and-set, where these sides have said nothing; the caller's copy follows."""
    rows = Introduction.objects.open().filter(pk=one.pk, **{COLUMNS[role]: None for role in unanswered})
    if rows.update(state=state, closed_at=now, **fields) != 1:
        return False
    one.state = state
    return True


def say_no(one: Introduction, role: str, *, by, now, reason: str = "") -> None:
    """One of the two would rather not; the reason is for coordinators alone, and so is who it was."""
    reason = reason.strip()
    if not can_answer_introduction(by, one, role):
        raise settled()
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_REASON})
    words = (
        _("%(mentor)s would rather not be the mentor of %(mentee)s just now.")
        if role == Role.MENTOR
        else _("%(mentee)s would rather not have %(mentor)s as their mentor.")
    )
    other = Role.MENTEE if role == Role.MENTOR else Role.MENTOR
    # A mentor who answers has read on the page what comes next; a mentee is given the date in writing.
    how = {other: TOLD, role: OWN if role == Role.MENTEE else ""}
    said = {"verb": "introduction.declined", "words": words, "by": by, "why": reason}
    if not over(one, OfferState.DECLINED, how, now=now, no_from=role, reason=reason, **said):
        raise settled()


def over(one: Introduction, state: str, how: dict[str, str], *, now, verb, words, by=None, why="", **fields) -> bool:
    """It does not come about: whoever waits has a date, and the emails say it; `how` is empty for who gets none.

    False where it is settled already, or where one of those of whom nothing was heard has answered meanwhile.
    """
    again = {role: waits_until(one.of_side(role), one, now) for role in COLUMNS}
    if how.get(Role.MENTOR) == SILENT:
        again[Role.MENTOR] = None
    letters = [
        introduction_letters.no_pair(one, role, how=how[role], again=again[role], now=now)
        for role in COLUMNS
        if how.get(role)
    ]
    with transaction.atomic():
        if not move(one, state, now, unanswered=[role for role in how if how[role] in UNHEARD], **fields):
            return False
        lock(member.pk for member in one.sides)
        for role, day in again.items():
            put_on_waiting_list(one.of_side(role), one, day, now)
        if how.get(Role.MENTOR) == SILENT:
            # Nobody is asked again at once: the next round has those who say that they take somebody.
            lapse_of(one.mentor, now)
        tell(one, verb, words, by=by, now=now, why=why)
        post(letters)
    return True


def waits_until(member: Membership, one: Introduction, now) -> date | None:
    """When we write again to somebody who then has nobody and is asked about nobody; None for the others.

    A mentee who has somebody for something else waits beside it for this.
    """
    beside = member.role == Role.MENTEE and one.purpose_id is not None and member.state == MembershipState.ACTIVE
    if not (beside or member.state in WITHOUT_PAIR):
        return None
    if beside and Pairing.objects.of_mentee(member, one.purpose).exists():
        return None
    if not member.user.is_active or one.program.state != ProgramState.OPEN:
        return None
    also = {"mentor": member} if member.role == Role.MENTOR else {"mentee": member, "purpose": one.purpose}
    if Introduction.objects.open().filter(**also).exclude(pk=one.pk).exists():
        return None
    return one.program.today(now) + timedelta(days=one.program.figure("write_again_days"))


def put_on_waiting_list(member: Membership, one: Introduction, again: date | None, now) -> None:
    """With the date, where there is one; whoever waited already keeps since when."""
    if again is None:
        return
    if member.state == MembershipState.ACTIVE:
        wait_beside([member.pk], one.purpose, again=again, now=now)
        return
    rows = Membership.objects.filter(pk=member.pk)
    if not rows.filter(state=MembershipState.WAITING).update(write_again_on=again):
        rows.filter(state=MembershipState.READY).update(state=MembershipState.WAITING, since=now, write_again_on=again)


def take_back(one: Introduction, *, by, now) -> None:
    """A coordinator asks no longer; both hear that they need not answer."""
    if not can_take_back_introduction(by, one):
        raise settled()
    if not close(one, now=now, by=by):
        raise settled()


def close(one: Introduction, *, now, by=None, why: str = "") -> bool:
    """Settled without their answers; whoever has somebody by now hears nothing."""
    paired = Pairing.objects.open().filter(mentee=one.mentee, purpose=one.purpose).exists()
    gone = {role: not can_hear(one.of_side(role)) for role in COLUMNS}
    how = {role: "" if gone[role] or (paired and role == Role.MENTEE) else TAKEN_BACK for role in COLUMNS}
    words = _("%(mentor)s and %(mentee)s are no longer asked about each other.")
    return over(one, OfferState.CLOSED, how, now=now, verb="introduction.closed", words=words, by=by, why=why)


def can_hear(member: Membership) -> bool:
    """Whether somebody still takes part."""
    return member.user.is_active and member.state in (*WITHOUT_PAIR, MembershipState.ACTIVE)

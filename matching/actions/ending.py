"""Ending a pair: the place is free again, and the mentee waits with a date."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions import record
from matching import letters, listeners
from matching.actions.drafts import refuse_own
from matching.actions.pairs import lock
from matching.models import Pairing, PairingState, PurposeWait
from outbox.actions import cancel, post
from programs.errors import Refused
from programs.models import Membership, MembershipState, Program, ProgramState

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Ending:
    """A pair that is to end, with its letters written already: made outside any transaction."""

    pairing: Pairing
    # The day on which we write again to a mentee who waits; None where they do not.
    again: date | None
    # The mentee's other pairs, which go on; None where it makes no difference.
    others: frozenset[int] | None
    letters: list
    not_sent: dict
    instead: dict


def ending_of(pairing, *, now, waits: bool = True, quietly: Collection[int] = (), takes_more: bool = True) -> Ending:
    """What ends with a pair; the mentee goes to the waiting list where `waits`.

    `quietly`: the people (by primary key) who hear of it in another letter of the caller's; `takes_more`: the mentor
    may have somebody new.
    """
    program = pairing.program
    waits = waits and program.state == ProgramState.OPEN
    others = others_of(pairing) if waits else None
    # Whoever has somebody else for the same in a moment waits for nobody.
    waits = waits and not (others and pairing.purpose_id is None)
    again = program.today(now) + timedelta(days=program.figure("write_again_days")) if waits else None
    not_sent = letters.not_sent_of(pairing)
    written = letters.of_ending(pairing, write_again_on=again, now=now, takes_more=takes_more)
    return Ending(
        pairing=pairing,
        again=again,
        others=others,
        letters=[one for one in written if one.recipient_id not in quietly],
        not_sent=not_sent,
        instead={reader: letters.of_the_rest(letter, pairing, now=now) for reader, letter in not_sent.items()},
    )


def others_of(pairing: Pairing) -> frozenset[int]:
    """The mentee's other open pairs."""
    rows = Pairing.objects.of_mentee(pairing.mentee_id).exclude(pk=pairing.pk)
    return frozenset(rows.values_list("pk", flat=True))


def write_ending(ending: Ending, *, by, now, why: str) -> None:
    """Ends a pair in the caller's transaction; Refused where it has ended already."""
    pairing = ending.pairing
    program = pairing.program
    Program.objects.locked().get(pk=program.pk)
    lock([pairing.mentor_id, pairing.mentee_id])
    ended = Pairing.objects.filter(pk=pairing.pk, state=PairingState.OPEN).update(
        state=PairingState.ENDED, ended_at=now, end_reason=why
    )
    if ended != 1:
        raise Refused(_("This pair has ended already."))
    if ending.others is not None and others_of(pairing) != ending.others:
        # The mentee was written to as somebody who has another mentor, or has none.
        raise Refused(_("Something changed at the same moment. Look again, then try once more."))
    if ending.again:
        put_on_list(pairing, ending, now)
    words = {"mentor": pairing.mentor.user, "mentee": pairing.mentee.user}
    record(
        by=by,
        verb="pair.ended",
        thing=pairing,
        now=now,
        topic=program.slug,
        concerns=[pairing.mentor.user, pairing.mentee.user],
        words=_("%(mentor)s is no longer the mentor of %(mentee)s.") % words,
    )
    listeners.ended(pairing, by=by, now=now)
    told = {letter.recipient_id: [letter] for letter in ending.letters}
    for reader, unheard in ending.not_sent.items():
        # Whoever has not heard of the pair yet does not hear of its end.
        if cancel([unheard], by=by, now=now, why=_("A pair it tells of has ended.")):
            told[reader] = ending.instead[reader]
    for letters_of_one in told.values():
        post(letters_of_one)


def put_on_list(pairing: Pairing, ending: Ending, now) -> None:
    """The mentee waits: for anybody at all, or for somebody for this while another pair goes on."""
    if ending.others:
        PurposeWait.objects.update_or_create(
            membership_id=pairing.mentee_id,
            purpose_id=pairing.purpose_id,
            defaults={"since": now, "write_again_on": ending.again},
        )
        return
    Membership.objects.filter(pk=pairing.mentee_id, state=MembershipState.ACTIVE).update(
        state=MembershipState.WAITING, since=now, write_again_on=ending.again
    )


def end_pairing(pairing, *, by, now, why: str) -> None:
    """Ends a pair and tells both; why is for coordinators alone. The mentee waits and comes before newcomers."""
    refuse_own(by, pairing.mentor, pairing.mentee)
    why = why.strip()
    if not why:
        raise Refused(_("Say in a sentence why it ends. Only coordinators read it."))
    if len(why) > LONGEST_REASON:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_REASON})
    ending = ending_of(pairing, now=now)
    with transaction.atomic():
        write_ending(ending, by=by, now=now, why=why)

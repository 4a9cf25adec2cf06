"""Ending a pair: the place is free again, and the mentee waits with a date."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions import record
from matching import letters, listeners
from matching.actions.drafts import refuse_own
from matching.actions.pairs import lock
from matching.models import Pairing, PairingState
from outbox.actions import cancel, post
from programs.errors import Refused
from programs.models import Membership, MembershipState, Program, ProgramState

LONGEST_REASON = 2000


def end_pairing(pairing, *, by, now, why: str) -> None:
    """Ends a pair and tells both; why is for coordinators alone. The mentee waits and comes before newcomers."""
    refuse_own(by, pairing.mentor, pairing.mentee)
    why = why.strip()
    if not why:
        raise Refused(_("Say in a sentence why it ends. Only coordinators read it."))
    if len(why) > LONGEST_REASON:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_REASON})
    program = pairing.program
    waits = program.state == ProgramState.OPEN
    again = program.today(now) + timedelta(days=program.figure("write_again_days")) if waits else None
    written = letters.of_ending(pairing, write_again_on=again, now=now)
    not_sent = letters.not_sent_of(pairing)
    instead = {reader: letters.of_the_rest(letter, pairing, now=now) for reader, letter in not_sent.items()}
    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        lock([pairing.mentor_id, pairing.mentee_id])
        ended = Pairing.objects.filter(pk=pairing.pk, state=PairingState.OPEN).update(
            state=PairingState.ENDED, ended_at=now, end_reason=why
        )
        if ended != 1:
            raise Refused(_("This pair has ended already."))
        if waits:
            Membership.objects.filter(pk=pairing.mentee_id, state=MembershipState.ACTIVE).update(
                state=MembershipState.WAITING, since=now, write_again_on=again
            )
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
        for letter in written:
            # Whoever has not heard of the pair yet does not hear of its end.
            unheard = not_sent.get(letter.recipient_id)
            withdrawn = unheard and cancel([unheard], by=by, now=now, why=_("A pair it tells of has ended."))
            post(instead[letter.recipient_id] if withdrawn else [letter])

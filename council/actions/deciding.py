"""What a person decides about a case: a talk, less to do, a pause, another mentor."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from checkins import actions as checkins
from council.actions import cases
from council.actions.requests import both_of
from council.letters import decisions as letters
from council.letters import leaves as pauses
from council.models import Case, CaseKind, Decision
from council.requested import how_it_ended
from journal.actions import record
from matching import actions as matching
from matching import rounds
from matching.models import Pairing, PairingState, Policy
from outbox.actions import post
from programs import actions as people
from programs import answering
from programs.errors import Refused
from programs.figures import FIGURES
from programs.models import Membership, MembershipState, Program

D = Decision
LONGEST_WORDS = 2000
# The order in which they are proposed: the lightest first.
ORDER = (D.TALK, D.EASIER, D.PAUSE, D.REASSIGNED, D.WAITING, D.ANSWERED)


def pairs_of(case: Case) -> list[Pairing]:
    """The open pairs a case is about: its own, or all of a mentor for whom it is too much."""
    rows = Pairing.objects.open().select_related("program", "mentor__user", "mentor__program", "mentee__user")
    if case.pairing_id:
        return list(rows.filter(pk=case.pairing_id))
    if case.kind in (CaseKind.TOO_MUCH, CaseKind.LONG_LEAVE):
        return list(rows.filter(mentor=case.membership_id).order_by("began_at", "pk"))
    return []


def choices(case: Case) -> list[str]:
    """What may be decided here, in the order in which it is proposed."""
    pairs = pairs_of(case)
    if not pairs:
        waits = case.kind == CaseKind.LEFT and case.membership.state == MembershipState.WAITING
        return [D.REASSIGNED, D.ANSWERED] if waits else [D.ANSWERED]
    if len(pairs) > 1 or case.pairing_id is None:
        return [D.TALK, D.EASIER, D.REASSIGNED, D.ANSWERED]
    return list(ORDER)


def candidates(case: Case, pairing: Pairing | None, now) -> list[rounds.Choice]:
    """The mentors a mentee could have instead, the best first: with a free place, allowed, here, none of the two."""
    program = case.program
    mentee = pairing.mentee if pairing else case.membership
    away = answering.away(program, now)
    found = rounds.choices_for(program, mentee, Policy.objects.of(program).first())
    former = pairing.mentor_id if pairing else (case.pairing.mentor_id if case.pairing else None)
    return [
        choice
        for choice in found
        if choice.free > 0
        and not choice.why_not
        and choice.mentor.pk != former
        and choice.mentor.user_id not in away
        and choice.mentor.user_id != mentee.user_id
    ]


def insist_may_decide(case: Case, by, *others) -> None:
    """Nobody decides what is about themselves."""
    about = {*case.concerned.values_list("pk", flat=True), *(person.pk for person in others)}
    if by is not None and by.pk in about:
        raise Refused(_("This is about you: somebody else has to decide it."))


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WORDS})
    return words


def _close(case, decision, by, now, words) -> None:
    """Closes it in the caller's transaction; deciding is an answer, too."""
    Case.objects.filter(pk=case.pk, first_answer_at=None, first_answer_by__isnull=False).update(first_answer_at=now)
    if not cases.close(case, decision=decision, by=by, now=now, words=words):
        raise Refused(_("Somebody else has settled this in the meantime."))


def decide(case: Case, decision: str, *, by, now, words: str = "", until=None, places=None, rhythm_days=None) -> None:
    """Settles a case in any way but a new mentor; `until` is the end of a pause, the rest makes a load easier."""
    insist_may_decide(case, by)
    words = _checked(words)
    if decision not in choices(case) or decision == D.REASSIGNED:
        raise Refused(_("This cannot be decided here any more. Look again."))
    verbs = {D.EASIER: _easier, D.PAUSE: _pause, D.WAITING: _end}
    if verb := verbs.get(decision):
        verb(case, by, now, words, until=until, places=places, rhythm_days=rhythm_days)
        return
    told = _told(case, decision, now)
    with transaction.atomic():
        _close(case, decision, by, now, words)
        _go_on(case, by, now)
        post(told)


def _told(case, decision, now) -> list:
    """Whoever asked hears what came of it."""
    if case.asked_by_id is None or case.asked_by_id != case.membership.user_id:
        return []
    return [letters.settled(case, how_it_ended(case, decision), now=now)]


def _go_on(case, by, now) -> None:
    """The pairs go on: their clock starts anew, so that they have a next date."""
    for pairing in pairs_of(case):
        checkins.restart(pairing, by=by, now=now)


def _easier(case, by, now, words, *, places=None, rhythm_days=None, **_rest) -> None:
    pairs = pairs_of(case)
    if places is None and rhythm_days is None:
        raise Refused(_("Say what gets easier: fewer places, or being in touch less often."))
    if rhythm_days is not None:
        try:
            FIGURES["rhythm_days"].check(rhythm_days)
        except ValueError as error:
            raise Refused(str(error)) from None
    told = _told(case, D.EASIER, now)
    with transaction.atomic():
        Program.objects.locked().get(pk=case.program_id)
        _close(case, D.EASIER, by, now, words)
        if places is not None:
            people.set_places(pairs[0].mentor, places, by=by, now=now)
        if rhythm_days is not None:
            for pairing in pairs:
                _set_rhythm(pairing, rhythm_days, by, now)
        for pairing in pairs:
            checkins.restart(pairing, by=by, now=now)
        post(told)


def _set_rhythm(pairing, days, by, now) -> None:
    Pairing.objects.filter(pk=pairing.pk, state=PairingState.OPEN).update(rhythm_days=days)
    pairing.rhythm_days = days
    record(
        by=by,
        verb="pair.rhythm",
        thing=pairing,
        now=now,
        topic=pairing.program.slug,
        concerns=both_of(pairing),
        words=_("From now on in touch %(often)s.") % {"often": pairing.rhythm_words},
    )


def _pause(case, by, now, words, *, until=None, **_rest) -> None:
    if until is None:
        raise Refused(_("Say until when the mentee agreed to pause."))
    (pairing,) = pairs_of(case)
    written = pauses.paused(pairing, until=until, now=now)
    with transaction.atomic():
        _close(case, D.PAUSE, by, now, words)
        checkins.end_pause(pairing, by=by, now=now)
        checkins.pause(pairing, until=until, by=by, now=now)
        # After the pause they begin anew: the steps of this silence are taken.
        checkins.restart(pairing, by=by, now=now)
        post(written)


def _end(case, by, now, words, **_rest) -> None:
    (pairing,) = pairs_of(case)
    ending = matching.ending_of(pairing, now=now)
    with transaction.atomic():
        Program.objects.locked().get(pk=case.program_id)
        _close(case, D.WAITING, by, now, words)
        matching.write_ending(ending, by=by, now=now, why=words or str(case.get_kind_display()))


def reassign(case: Case, pairing: Pairing | None, mentor: Membership, *, by, now, words: str = "") -> Pairing:
    """A new mentor in one step: the old pair ends, the new one begins, all three are told; or Refused, and nothing is.

    `pairing` is None for a mentee whose mentor has left already. The former mentor gets nobody new until they say so.
    """
    mentee = pairing.mentee if pairing else case.membership
    insist_may_decide(case, by, mentor.user, mentee.user)
    words = _checked(words)
    rest = [other for other in pairs_of(case) if pairing is None or other.pk != pairing.pk]
    opening = matching.opening_of(case.program, mentor, mentee, now=now, by=by, instead_of=pairing)
    ending = (
        matching.ending_of(pairing, now=now, waits=False, quietly=[mentee.user_id], takes_more=False)
        if pairing
        else None
    )
    with transaction.atomic():
        Program.objects.locked().get(pk=case.program_id)
        if rest:
            said = _("%(mentee)s has a new mentor.") % {"mentee": mentee.user}
            cases.add_line(case, said, by=by, now=now)
        else:
            _close(case, D.REASSIGNED, by, now, words)
        if ending:
            matching.write_ending(ending, by=by, now=now, why=words or str(case.get_kind_display()))
            _take_nobody_new(pairing.mentor, by, now)
        return matching.write_opening(opening, by=by, now=now)


def _take_nobody_new(mentor, by, now) -> None:
    """As many places as are still taken: whoever fell silent, or has too much, is not sent the next one at once."""
    row = Membership.objects.get(pk=mentor.pk)
    taken = Pairing.objects.taken_of([row.pk]).get(row.pk, 0)
    if taken < row.places:
        people.set_places(row, taken, by=by, now=now)

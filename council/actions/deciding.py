"""What a person decides about a case: a talk, less to do, a pause, another mentor."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from checkins import actions as checkins
from council.actions import cases
from council.actions.requests import both_of, take_nobody_new
from council.letters import decisions as letters
from council.letters import leaves as pauses
from council.models import Case, CaseKind, Decision, Tier
from council.requested import how_it_ended
from journal.actions import record
from matching import actions as matching
from matching import rounds
from matching.models import Pairing, PairingState, PairPurpose, Policy
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
    rows = Pairing.objects.open().select_related(
        "program", "mentor__user", "mentor__program", "mentee__user", "mentee__program"
    )
    if case.pairing_id:
        return list(rows.filter(pk=case.pairing_id))
    if case.kind in (CaseKind.TOO_MUCH, CaseKind.LONG_LEAVE):
        return list(rows.filter(mentor=case.membership_id).order_by("began_at", "pk"))
    return []


def choices(case: Case) -> list[str]:
    """What may be decided here, in the order in which it is proposed."""
    pairs = pairs_of(case)
    if not pairs:
        waits = case.kind == CaseKind.LEFT and waits_for_somebody(case)
        return [D.REASSIGNED, D.ANSWERED] if waits else [D.ANSWERED]
    # A pause is agreed with one mentee.
    return [decision for decision in ORDER if decision != D.PAUSE or len(pairs) == 1]


def purpose_of(case: Case, pairing: Pairing | None) -> PairPurpose | None:
    """What a new pair would be for: the same as the one that ends or has ended."""
    ended = pairing or case.pairing
    return ended.purpose if ended else None


def waits_for_somebody(case: Case) -> bool:
    """Whether its mentee waits for a mentor: for anybody at all, or for somebody for the same beside another."""
    state, purpose = case.membership.state, purpose_of(case, None)
    if state == MembershipState.WAITING:
        return True
    beside = state == MembershipState.ACTIVE and purpose is not None
    return beside and not Pairing.objects.of_mentee(case.membership, purpose).exists()


def suitable(case: Case, pairing: Pairing | None, now) -> list[rounds.Choice]:
    """The mentors the rules allow for a mentee, the best first: here, none of the two, with a free place or without."""
    program = case.program
    mentee = pairing.mentee if pairing else case.membership
    away = answering.away(program, now)
    policy, purpose = Policy.objects.of(program).first(), purpose_of(case, pairing)
    found = rounds.choices_for(program, mentee, policy, now=now, purpose=purpose)
    former = pairing.mentor_id if pairing else (case.pairing.mentor_id if case.pairing else None)
    return [
        choice
        for choice in found
        if not choice.why_not
        and choice.mentor.pk != former
        and choice.mentor.user_id not in away
        and choice.mentor.user_id != mentee.user_id
    ]


def candidates(case: Case, pairing: Pairing | None, now) -> list[rounds.Choice]:
    """The mentors a mentee could have now, the best first."""
    return [choice for choice in suitable(case, pairing, now) if choice.free > 0]


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


def _hold_pairs(case) -> None:
    """Keeps its pairs as they are, before the case: whoever writes down contact takes them in this order, too."""
    pks = [pairing.pk for pairing in pairs_of(case)]
    list(Pairing.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks).order_by("pk"))


def _close(case, decision, by, now, words) -> None:
    """Closes it in the caller's transaction; deciding is an answer, too."""
    _hold_pairs(case)
    Case.objects.filter(pk=case.pk, first_answer_at=None, first_answer_by__isnull=False).update(first_answer_at=now)
    if not cases.close(case, decision=decision, by=by, now=now, words=words):
        raise Refused(_("Somebody else has settled this in the meantime."))


def decide(
    case: Case, decision: str, *, by, now, words: str = "", until=None, places=None, rhythm_days=None, pairing=None
) -> None:
    """Settles a case in any way but a new mentor.

    `until` ends a pause, `places` and `rhythm_days` make a load easier, `pairing` is the one of several to end.
    """
    insist_may_decide(case, by)
    words = _checked(words)
    if decision not in choices(case) or decision == D.REASSIGNED:
        raise Refused(_("This cannot be decided here any more. Look again."))
    verbs = {D.EASIER: _easier, D.PAUSE: _pause, D.WAITING: _end}
    verbs.get(decision, _go_on)(
        case, by, now, words, decision=decision, until=until, places=places, rhythm_days=rhythm_days, pairing=pairing
    )


def _told(case, decision, now, lines=()) -> list:
    """Whoever asked hears what came of it."""
    if case.asked_by_id is None or case.asked_by_id != case.membership.user_id:
        return []
    return [letters.settled(case, " ".join([how_it_ended(case, decision), *map(str, lines)]), now=now)]


def _go_on(case, by, now, words, *, decision, **_rest) -> None:
    """The pairs go on: their clock starts anew, so that they have a next date."""
    told = _told(case, decision, now)
    # A request that was answered changes nothing about a silence, which has steps of its own.
    as_before = case.is_cry and decision == D.ANSWERED
    with transaction.atomic():
        _close(case, decision, by, now, words)
        for pairing in [] if as_before else pairs_of(case):
            checkins.restart(pairing, by=by, now=now)
        post(told)


def _easier(case, by, now, words, *, places=None, rhythm_days=None, **_rest) -> None:
    pairs = pairs_of(case)
    # What stays as it is, is nothing that gets easier.
    if pairs and places == pairs[0].mentor.places:
        places = None
    if all(pairing.rhythm_days == rhythm_days for pairing in pairs):
        rhythm_days = None
    if places is None and rhythm_days is None:
        raise Refused(_("Say what gets easier: fewer places, or being in touch less often."))
    if rhythm_days is not None:
        try:
            FIGURES["rhythm_days"].check(rhythm_days)
        except ValueError as error:
            raise Refused(str(error)) from None
    asked = case.membership if case.asked_by_id == case.membership.user_id else None
    eased = letters.eased(pairs, rhythm_days=rhythm_days, places=places)
    told = _told(case, D.EASIER, now, eased.get(asked, ()))
    told += [letters.easier(case, member, lines, now=now) for member, lines in eased.items() if member != asked]
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
    pairing = _one_of(pairs_of(case))
    written = pauses.paused(pairing, until=until, now=now)
    with transaction.atomic():
        _close(case, D.PAUSE, by, now, words)
        checkins.end_pause(pairing, by=by, now=now)
        checkins.pause(pairing, until=until, by=by, now=now)
        # After the pause they begin anew: the steps of this silence are taken.
        checkins.restart(pairing, by=by, now=now)
        post(written)


def _one_of(pairs: list[Pairing], chosen: Pairing | None = None) -> Pairing:
    """The pair a decision is about: the only one, or the one chosen of several."""
    found = [pair for pair in pairs if chosen is None or pair.pk == chosen.pk]
    if len(found) != 1:
        raise Refused(_("This cannot be decided here any more. Look again."))
    return found[0]


def _end(case, by, now, words, *, pairing=None, **_rest) -> None:
    """A pair ends, and its mentee waits; the case stays open while there are other pairs to decide about."""
    pairs = pairs_of(case)
    pairing = _one_of(pairs, pairing)
    ending = matching.ending_of(pairing, now=now, takes_more=not gets_nobody_new(case))
    with transaction.atomic():
        Program.objects.locked().get(pk=case.program_id)
        said = _("The pair with %(mentee)s has ended; %(mentee)s waits for a new mentor.")
        _close_or_note(case, D.WAITING, len(pairs) == 1, said % {"mentee": pairing.mentee.user}, by, now, words)
        _end_in(case, ending, by, now, words)


def reassign(case: Case, pairing: Pairing | None, mentor: Membership, *, by, now, words: str = "") -> Pairing:
    """A new mentor in one step: the old pair ends, the new one begins, all three are told; or Refused, and nothing is.

    `pairing` is None for a mentee whose mentor has left already. A former mentor who fell silent or has too much gets
    nobody new until they say so.
    """
    mentee = pairing.mentee if pairing else case.membership
    insist_may_decide(case, by, mentor.user, mentee.user)
    words = _checked(words)
    rest = [other for other in pairs_of(case) if pairing is None or other.pk != pairing.pk]
    purpose = purpose_of(case, pairing)
    opening = matching.opening_of(case.program, mentor, mentee, now=now, by=by, purpose=purpose, instead_of=pairing)
    more, quietly = not gets_nobody_new(case), [mentee.user_id]
    ending = matching.ending_of(pairing, now=now, waits=False, quietly=quietly, takes_more=more) if pairing else None
    with transaction.atomic():
        Program.objects.locked().get(pk=case.program_id)
        said = _("%(mentee)s has a new mentor.") % {"mentee": mentee.user}
        _close_or_note(case, D.REASSIGNED, not rest, said, by, now, words)
        if ending:
            _end_in(case, ending, by, now, words)
        return matching.write_opening(opening, by=by, now=now)


def _close_or_note(case, decision, is_last: bool, said, by, now, words) -> None:
    """The last of several pairs closes the case; each before it is a line of its log, and an answer."""
    if is_last:
        _close(case, decision, by, now, words)
        return
    _hold_pairs(case)
    Case.objects.filter(pk=case.pk, first_answer_at=None, first_answer_by__isnull=False).update(first_answer_at=now)
    cases.add_line(case, f"{said} {words}".strip(), by=by, now=now)


# Nothing is said against the mentor where the mentee was silent or wished for somebody else; one who is away is not
# matched anyhow. Nor where our emails did not reach the two: that is no silence of theirs.
NOT_THE_MENTOR = (
    CaseKind.NO_MENTEE, CaseKind.WISH, CaseKind.AWAY, CaseKind.LONG_LEAVE, CaseKind.LEFT, CaseKind.UNREACHED,
)  # fmt: skip


def gets_nobody_new(case: Case) -> bool:
    """Whoever fell silent, or has too much, is not sent the next one at once."""
    return case.kind not in NOT_THE_MENTOR


def _end_in(case, ending, by, now, words) -> None:
    """Ends a pair in the caller's transaction; what was told to the council alone stands in no list of pairs."""
    apart = case.addressed == Tier.COUNCIL
    why = _("Decided by the council.") if apart else words or str(case.get_kind_display())
    matching.write_ending(ending, by=by, now=now, why=why)
    if gets_nobody_new(case):
        take_nobody_new(ending.pairing.mentor, by=by, now=now)

"""Rounds: asked for on a page, worked out by a worker, changed by hand."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from journal.actions import record
from matching import rounds
from matching.actions.asking import lapse_in
from matching.actions.pairs import full_sentence
from matching.models import Pairing, Policy, Proposal, Round, RoundState
from matching.scoring import PolicyError
from matching.solver import NotProved
from outbox.sweeping import each
from programs.errors import Refused
from programs.models import ProgramState

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)


def move(round, old: str, new: str, **fields) -> bool:
    """One move of a round by compare-and-set; the caller's copy follows."""
    assert (old, new) in Round.MOVES
    if Round.objects.filter(pk=round.pk, state=old).update(state=new, **fields) != 1:
        return False
    round.state = new
    return True


def ask_round(program, *, by, now, instead_of: Round | None = None) -> Round:
    """Asks for the pairs to be worked out; a worker does it. `instead_of` is a draft thrown away for it."""
    policy = Policy.objects.of(program).first()
    if policy is None or not policy.rules.get("rules"):
        raise Refused(_("Say first what makes a good match: add at least one rule."))
    if program.state == ProgramState.ENDED:
        raise Refused(_("%(program)s has ended.") % {"program": program})
    lapse_in(program, now)
    try:
        with transaction.atomic():
            if instead_of is not None:
                discard(instead_of, by=by, now=now)
            round = Round.objects.create(
                program=program, policy=policy, asked_by=by, asked_at=now, seed=rounds.seed_of(program)
            )
            record(
                by=by,
                verb="round.asked",
                thing=round,
                now=now,
                topic=program.slug,
                words=_("Asked for the pairs to be worked out."),
            )
    except IntegrityError:
        raise Refused(_("The pairs are being worked out already, or there is a draft.")) from None
    return round


def run_rounds(now, stop) -> int:
    """Works out the rounds that wait, and those whose worker died."""
    return each(Round.objects.to_do(now).select_related("program", "policy"), lambda round: run_round(round, now), stop)


def claim(round, now) -> bool:
    """Takes a round for this worker: the lease's end is what it is known by."""
    lease = now + LEASE
    assert (round.state, RoundState.WORKING) in Round.MOVES
    mine = Round.objects.filter(pk=round.pk, state=round.state, lease_until=round.lease_until)
    if mine.update(state=RoundState.WORKING, lease_until=lease, progress=5) != 1:
        return False
    round.state, round.lease_until = RoundState.WORKING, lease
    return True


def run_round(round, now) -> None:
    """Claims, computes outside any transaction, and writes the draft only if the claim still holds."""
    if not claim(round, now):
        return
    claimed = Round.objects.filter(pk=round.pk, state=RoundState.WORKING, lease_until=round.lease_until)
    try:
        draft = rounds.compute(round, progress=lambda percent: claimed.update(progress=percent))
    except Exception as error:
        logger.exception("Round %s failed", round.public_id)
        claimed.update(state=RoundState.FAILED, failure=failure_words(error), settled_at=now, lease_until=None)
        return
    with transaction.atomic():
        done = {"progress": 100, "result": draft.result, "fingerprint": draft.fingerprint}
        if claimed.update(state=RoundState.DRAFT, lease_until=None, solver_version=rounds.SOLVER_VERSION, **done):
            Proposal.objects.bulk_create(draft.proposals, batch_size=500)


def failure_words(error: Exception) -> str:
    """What went wrong, for the coordinator."""
    if isinstance(error, PolicyError):
        return _("The rules do not fit the forms any more: %(why)s") % {"why": " ".join(s for _path, s in error.errors)}
    if isinstance(error, NotProved):
        return _("The result could not be proved to be the best, so it was thrown away. Please tell whoever runs this.")
    return _("Something went wrong on our side. Please try again, and tell whoever runs this if it happens twice.")


def discard(round, *, by, now) -> None:
    """Throws a draft away, or what is left of it where a part is published."""
    with transaction.atomic():
        if round.proposals.filter(publication__isnull=False).exists():
            close_rest(round, by=by, now=now)
            return
        for old in (RoundState.DRAFT, RoundState.ASKED, RoundState.WORKING, RoundState.FAILED):
            if move(round, old, RoundState.DISCARDED, settled_at=now, lease_until=None):
                break
        else:
            raise Refused(_("This round is published or discarded already."))
        record(
            by=by,
            verb="round.discarded",
            thing=round,
            now=now,
            topic=round.program.slug,
            words=_("Discarded a draft; nobody was written to."),
        )


def close_rest(round, *, by, now) -> None:
    """What was published of a draft stands; the rest of it is thrown away, and its people are in the next round."""
    if not move(round, RoundState.DRAFT, RoundState.PUBLISHED, settled_at=now):
        raise Refused(_("This round is published or discarded already."))
    words = _("Discarded what was left of a draft; nobody of it was written to.")
    record(by=by, verb="round.closed", thing=round, now=now, topic=round.program.slug, words=words)


def proposal_of(round, mentee, by) -> Proposal:
    """The line of a mentee, unless it is about whoever asks."""
    line = round.proposals.select_related("mentee__user", "mentor__user").filter(mentee=mentee).first()
    if line is None:
        raise Refused(_("%(name)s is not in this round.") % {"name": mentee.user})
    if line.publication_id:
        raise Refused(_("The pair of %(name)s is published already.") % {"name": mentee.user})
    refuse_own(by, line.mentee, line.mentor)
    return line


def refuse_own(by, *members) -> None:
    """Nobody decides what is about themselves."""
    if by is not None and any(member is not None and member.user_id == by.pk for member in members):
        raise Refused(_("This is about you: another coordinator has to do it."))


def hold_draft(round) -> None:
    """Keeps a round a draft to the end of the transaction, or Refused."""
    drafts = Round.objects.select_for_update(of=("self",)).filter(pk=round.pk, state=RoundState.DRAFT)
    if not drafts.exists():
        raise Refused(_("This draft is published or discarded already."))


def pair_score(round, mentor, mentee) -> rounds.PairScore:
    try:
        return rounds.score_of_pair(round.program, mentor, mentee, round.policy, now=round.asked_at)
    except rounds.Forbidden as forbidden:
        raise Refused(str(forbidden)) from None


def put(line: Proposal, mentor, scored: rounds.PairScore | None) -> bool:
    """Writes one line of a draft, if nobody changed it meanwhile."""
    return bool(
        Proposal.objects.to_publish()
        .filter(pk=line.pk, mentor=line.mentor_id)
        .update(
            mentor=mentor,
            score=scored.score if scored else 0,
            reasons=scored.reasons if scored else [],
            pair_words=scored.pair_words if scored else [],
            why_none={} if mentor else {"kind": "by_hand", "words": _("Left without a mentor by hand.")},
            by_hand=True,
        )
    )


def tell_changed(round, line, by, now) -> None:
    """The history says that a draft was changed and by whom, not what: a draft is nobody's news."""
    record(
        by=by,
        verb="draft.changed",
        thing=line,
        now=now,
        topic=round.program.slug,
        words=_("Set a pair of the draft by hand."),
    )


CHANGED = "Somebody else changed this pair at the same moment. Look again."


def set_by_hand(round, mentee, mentor, *, by, now) -> None:
    """Gives a mentee of a draft another mentor, or none."""
    line = proposal_of(round, mentee, by)
    refuse_own(by, mentor)
    scored = pair_score(round, mentor, mentee) if mentor else None
    with transaction.atomic():
        hold_draft(round)
        if mentor is not None and free_in_draft(round, mentor, without=line) < 1:
            raise Refused(full_in_draft(mentor))
        if not put(line, mentor, scored):
            raise Refused(_(CHANGED))
        tell_changed(round, line, by, now)


def swap_by_hand(round, mentee, other, *, by, now) -> None:
    """Two mentees of a draft change mentors."""
    lines = [proposal_of(round, mentee, by), proposal_of(round, other, by)]
    if not lines[1].mentor:
        raise Refused(_("%(name)s has no mentor to give.") % {"name": other.user})
    first, second = lines
    scored_first = pair_score(round, second.mentor, mentee)
    scored_second = pair_score(round, first.mentor, other) if first.mentor else None
    with transaction.atomic():
        hold_draft(round)
        if not (put(first, second.mentor, scored_first) and put(second, first.mentor, scored_second)):
            raise Refused(_(CHANGED))
        for line in lines:
            tell_changed(round, line, by, now)


def free_in_draft(round, mentor, without: Proposal | None = None) -> int:
    """Places of a mentor that neither an open pair nor another line of the draft takes."""
    lines = round.proposals.filter(mentor=mentor)
    if without is not None:
        lines = lines.exclude(pk=without.pk)
    return mentor.places - Pairing.objects.taken_of([mentor.pk]).get(mentor.pk, 0) - lines.count()


def full_in_draft(mentor) -> str:
    if not mentor.places:
        return full_sentence(mentor)
    return _("%(name)s is full in this draft. Swap, or give the person they have another mentor first.") % {
        "name": mentor.user
    }

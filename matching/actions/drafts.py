"""Rounds: asked for on a page, worked out by a worker, changed by hand."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from journal.actions import record
from matching import rounds
from matching.actions import waiting
from matching.actions.asking import lapse_in
from matching.actions.pairs import check_purpose
from matching.models import Policy, Proposal, Round, RoundPeople, RoundState
from matching.scoring import PolicyError
from matching.settings_of_round import Settings
from matching.solver import NotProved
from outbox.actions import post
from outbox.sweeping import each
from programs.actions import move as move_member
from programs.errors import Refused
from programs.models import Membership, MembershipState, ProgramState

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)


def move(round, old: str, new: str, **fields) -> bool:
    """One move of a round by compare-and-set; the caller's copy follows."""
    assert (old, new) in Round.MOVES
    if Round.objects.filter(pk=round.pk, state=old).update(state=new, **fields) != 1:
        return False
    round.state = new
    return True


def ask_round(program, *, by, now, settings: Settings | None = None, instead_of: Round | None = None) -> Round:
    """Asks for the pairs to be worked out; a worker does it. `instead_of` is a draft thrown away for it."""
    settings = settings or Settings()
    policy = Policy.objects.of(program).first()
    if policy is None or not policy.rules.get("rules"):
        raise Refused(_("Say first what makes a good match: add at least one rule."))
    if program.state == ProgramState.ENDED:
        raise Refused(_("%(program)s has ended.") % {"program": program})
    check_settings(program, settings)
    lapse_in(program, now, keep_draft=False)
    try:
        with transaction.atomic():
            if instead_of is not None:
                throw_away(instead_of, by=by, now=now)
            round = Round.objects.create(
                program=program,
                policy=policy,
                asked_by=by,
                asked_at=now,
                seed=rounds.seed_of(program),
                result=carried_from(instead_of),
                **settings.columns,
            )
            round.chosen.set(settings.chosen)
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


def check_settings(program, settings: Settings) -> None:
    """Refused where a round cannot be worked out so."""
    check_purpose(program, settings.purpose)
    if settings.people == RoundPeople.EVERYBODY and settings.change_price is None:
        raise Refused(_("Say how many points a change has to bring."))
    if settings.people == RoundPeople.EVERYBODY and settings.least is not None:
        raise Refused(_("Pairs change one by one: a round in circles leaves pairs as they are."))
    if settings.people == RoundPeople.EVERYBODY and program.both_say_yes:
        raise Refused(_("Here both sides say yes first, so no round can change pairs."))
    if settings.people == RoundPeople.CHOSEN and not settings.chosen:
        raise Refused(_("Choose at least one person."))


def carried_from(draft: Round | None) -> dict:
    """What is held by hand in a draft stays held in the one that takes its place."""
    if draft is None:
        return {}
    published = draft.proposals.filter(publication__isnull=False).values_list("mentee", flat=True)
    held = rounds.Held.of(draft).without(set(published))
    return {"carried": held.to_json()} if held else {}


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
    """Throws a draft away, or what is left of it where a part is published: those left read by when we write again."""
    left = left_ready(round) if round.proposals.filter(publication__isnull=False).exists() else []
    told = [waiting.told_to_wait(member, now) for member in left]
    with transaction.atomic():
        throw_away(round, by=by, now=now)
        for member in left:
            move_member(member, MembershipState.WAITING, by=by, now=now)
        post(told)


def left_ready(round) -> list[Membership]:
    """Mentees of what is left of a draft who are ready, and so have no date of their own."""
    rows = Membership.objects.filter(pk__in=round.proposals.to_publish().values("mentee"), state=MembershipState.READY)
    return list(rows.select_related("program", "user").order_by("pk"))


def throw_away(round, *, by, now) -> None:
    """The round's own part of it."""
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
    """What was published of a draft stands; the rest of it is thrown away."""
    if not move(round, RoundState.DRAFT, RoundState.PUBLISHED, settled_at=now):
        raise Refused(_("This round is published or discarded already."))
    words = _("Discarded what was left of a draft; none of its pairs was told.")
    record(by=by, verb="round.closed", thing=round, now=now, topic=round.program.slug, words=words)


def refuse_own(by, *members) -> None:
    """Nobody decides what is about themselves."""
    if by is not None and any(member is not None and member.user_id == by.pk for member in members):
        raise Refused(_("This is about you: another coordinator has to do it."))


def hold_draft(round) -> None:
    """Keeps a round a draft to the end of the transaction, or Refused."""
    drafts = Round.objects.select_for_update(of=("self",)).filter(pk=round.pk, state=RoundState.DRAFT)
    if not drafts.exists():
        raise Refused(_("This draft is published or discarded already."))

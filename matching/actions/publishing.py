"""Publishing a draft or a part of it: pairs, the waiting list, history and emails in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.actions import record, record_many
from journal.models import Entry
from matching import asking, checks, choosing, introduction_letters, letters, listeners, round_tables
from matching.actions.drafts import hold_draft, move
from matching.actions.introducing import introduce, introductions_of
from matching.actions.pairs import Full, hold_open, lock, new_pairing, open_pairs
from matching.actions.waiting import wait_beside
from matching.models import (
    Introduction,
    KeptApart,
    Pairing,
    Proposal,
    Publication,
    Round,
    RoundState,
)
from matching.permissions import takes_part
from matching.tables import MATCHABLE
from outbox.actions import post
from programs.errors import Refused
from programs.models import Membership, MembershipState
from questions.values import chunks


@dataclass(frozen=True, eq=False)
class Plan:
    """What publishing would do, and to whom."""

    round: Round
    pairs: list[Proposal]
    unmatched: list[Proposal]
    idle_mentors: list[Membership]
    write_again_on: date
    # Pairs that stay a draft; while there are any, those without anybody are not told so yet.
    later: list[Proposal]
    now: datetime
    # Where pairs may change: the lines of those that stay, and by mentee the pair that ends for another.
    kept: list[Proposal] = field(default_factory=list)
    ends: dict[int, Pairing] = field(default_factory=dict)

    @property
    def answer_by(self) -> date:
        """Where both are asked first: the last day on which they may answer."""
        return choosing.answer_by(self.round.program, self.now)

    @property
    def mentors(self) -> int:
        """How many mentors are written to because of new pairs."""
        return len({line.mentor_id for line in self.pairs})

    @property
    def told(self) -> tuple[frozenset, ...]:
        """Everybody who would hear from us, and with whom: the same before and under the lock, or nothing happens."""
        return (
            frozenset((line.mentee_id, line.mentor_id) for line in self.pairs),
            frozenset(line.mentee_id for line in self.unmatched),
            frozenset(mentor.pk for mentor in self.idle_mentors),
            frozenset(pairing.pk for pairing in self.ends.values()),
        )

    @property
    def whole(self) -> bool:
        """Nothing of the round is left."""
        return not self.later

    @property
    def fingerprint(self) -> str:
        """What the confirming page said, as one word: publishing anything else is refused."""
        program = self.round.program
        said = [sorted(map(str, part)) for part in self.told]
        whole = repr((said, self.write_again_on, program.show_addresses, program.both_say_yes))
        return hashlib.sha256(whole.encode()).hexdigest()

    @property
    def members(self) -> set[int]:
        """Everybody it touches, to be locked."""
        paired = {pk for line in self.pairs for pk in (line.mentee_id, line.mentor_id)}
        return paired | {pairing.mentor_id for pairing in self.ends.values()} | self.told[1] | self.told[2]

    @property
    def former(self) -> set[int]:
        """The mentors who lose somebody and get nobody else: they hear of it in an email of their own."""
        return {pairing.mentor_id for pairing in self.ends.values()} - {line.mentor_id for line in self.pairs}

    @property
    def emails(self) -> int:
        return len(self.pairs) + self.mentors + len(self.former) + len(self.unmatched) + len(self.idle_mentors)


def lines_of(round):
    return round.proposals.select_related("mentee__user", "mentor__user").order_by("pk")


def plan_of(round: Round, now, only: Collection[int] | None = None) -> Plan:
    """Who would be paired, who would wait, and until when; `only` are the mentees (memberships) to publish now."""
    everybody = list(lines_of(round))
    lines = [line for line in everybody if line.publication_id is None]
    again = round.program.today(now) + timedelta(days=round.program.figure("write_again_days"))
    kept = [line for line in lines if line.stays]
    pairs = [line for line in lines if line.mentor_id and not line.stays]
    if only is not None and round.least is not None:
        only = whole_circles(pairs, only)
    if only is not None and (later := [line for line in pairs if line.mentee_id not in only]):
        now_ones = [line for line in pairs if line.mentee_id in only]
        return Plan(round, now_ones, [], [], again, later, now, ends=ending_for(round, now_ones))
    paired = {line.mentor_id for line in everybody if line.mentor_id}
    # In a round for some people alone, nobody else was looked for.
    then = {} if round.is_for_chosen else round.places_then
    free_then = [pk for pk, free in then.items() if free and pk not in paired]
    busy = Pairing.objects.open().filter(mentor__in=free_then).values("mentor")
    asked = Introduction.objects.open().filter(mentor__in=free_then).values("mentor")
    idle = Membership.objects.filter(pk__in=free_then).matchable().exclude(pk__in=busy).exclude(pk__in=asked)
    idle = idle.select_related("user")
    taken = round_tables.paired_in(round)
    unmatched = [
        line for line in lines if not line.mentor_id and line.mentee.state in MATCHABLE and line.mentee_id not in taken
    ]
    return Plan(round, pairs, unmatched, list(idle), again, [], now, kept, ending_for(round, pairs))


def ending_for(round: Round, lines: list[Proposal]) -> dict[int, Pairing]:
    """By mentee, the open pair that each of these lines puts an end to."""
    changed = {line.mentee_id: line.stands_with_id for line in lines if line.changes}
    pairs = Pairing.objects.open().of(round.program).filter(ends_with=None, purpose=round.purpose_id)
    rows = pairs.select_related("program", "purpose", "mentor__user", "mentee__user") if changed else ()
    return {pair.mentee_id: pair for pair in rows if changed.get(pair.mentee_id) == pair.mentor_id}


def whole_circles(pairs: list[Proposal], only: Collection[int]) -> set[int]:
    """Those to publish of whose circle nobody is left for later."""
    broken = {line.mentor_id for line in pairs if line.mentee_id not in only}
    return {line.mentee_id for line in pairs if line.mentor_id not in broken}


def refuse_own_round(round, by) -> None:
    """Nobody publishes what is about themselves."""
    if by is not None and takes_part(by, round):
        raise Refused(_("You are in this round yourself, so another coordinator has to publish it."))


def publish(round: Round, *, by, now, confirmed: str | None = None, only: Collection[int] | None = None) -> Plan:
    """Makes a draft, or `only` some of it, true, to be told in a few minutes; or Refused, and nothing has happened.

    `confirmed` is the fingerprint of the plan somebody was shown.
    """
    refuse_own_round(round, by)
    program = round.program
    plan = plan_of(round, now, only)
    if confirmed is not None and confirmed != plan.fingerprint:
        raise Refused(changed_sentence(plan))
    if plan.later and not plan.pairs:
        raise Refused(_("Leave at least one pair to publish now."))
    refuse_forbidden(plan)
    refuse_tied(plan)
    hold = timedelta(minutes=program.figure("hold_minutes"))
    publication = Publication(round=round, by=by, at=now, leaves_at=now + hold, released_at=None if hold else now)
    days = program.figure("rhythm_days")
    asked = introductions_of(plan.pairs, publication, now) if program.both_say_yes else []
    pairings = [
        new_pairing(
            program, line.mentor, line.mentee, now=now, rhythm_days=days, pair_words=line.pair_words, round=round,
            publication=publication, purpose=round.purpose,
        )
        for line in plan.pairs
        if not asked
    ]  # fmt: skip
    written = written_for(plan, publication, pairings, asked, now)
    with transaction.atomic():
        hold_open(program)
        take_lines(plan, now)
        members = lock(plan.members)
        if plan_of(round, now, only).told != plan.told:
            raise Refused(_("Something changed while you were publishing. Look at the draft again."))
        refuse_apart(plan)
        refuse_unwilling(plan)
        write_publication(plan, publication, members)
        mark_endings(plan, publication)
        if pairings:
            open_all(plan, pairings, by, now)
        if asked:
            introduce(asked, by=by, now=now)
        put_on_waiting_list(plan, by=by, now=now)
        refuse_forgotten(plan)
        record(by=by, verb="round.published", thing=round, now=now, topic=program.slug, words=published_words(plan))
        post(written)
    return plan


def refuse_tied(plan: Plan) -> None:
    """A pair in which something has come up since stays as it is, and so does one that is another by now."""
    if any(line.changes and line.mentee_id not in plan.ends for line in plan.pairs):
        raise Refused(_("Pairs have changed since this draft. Work it out again."))
    if not plan.ends:
        return
    tied = listeners.tied(Pairing.objects.filter(pk__in=[pairing.pk for pairing in plan.ends.values()]))
    for pairing in plan.ends.values():
        if pairing.pk in tied:
            words = _("The pair of %(name)s stays as it is for now. Work the draft out again.")
            raise Refused(words % {"name": pairing.mentee.user})


def mark_endings(plan: Plan, publication: Publication) -> None:
    """The pairs that end go on until the emails leave; in the caller's transaction."""
    pks = sorted(pairing.pk for pairing in plan.ends.values())
    rows = Pairing.objects.open().filter(ends_with=None)
    if sum(rows.filter(pk__in=chunk).update(ends_with=publication) for chunk in chunks(pks)) != len(pks):
        raise Refused(_("Something changed while you were publishing. Look at the draft again."))


def open_all(plan: Plan, pairings: list[Pairing], by, now) -> None:
    """Opens the new pairs; a part of what changes together may want a place that the rest would free."""
    try:
        open_pairs(pairings, by=by, now=now)
    except Full as full:
        if plan.later and plan.round.may_change_pairs:
            words = _("%(why)s Those who change places are published together.")
            raise Refused(words % {"why": full}) from None
        raise


def changed_sentence(plan: Plan) -> str:
    """Why what somebody was shown is not what would happen now."""
    if Round.objects.filter(pk=plan.round.pk, state=RoundState.DRAFT).exists():
        return _("The draft has changed since you looked at what will happen. Look at it again, then publish.")
    return settled_sentence(plan.round)


def refuse_forbidden(plan: Plan) -> None:
    """The rules are asked once more: an answer, or who had whom, may have changed since the draft was made."""
    if found := checks.first_forbidden(plan.round, [(line.mentee_id, line.mentor_id) for line in plan.pairs]):
        raise Refused(found)


def refuse_apart(plan: Plan) -> None:
    """Two whom somebody keeps apart are no pair, even if that was said in this moment."""
    apart = KeptApart.objects.of(plan.round.program).pairs()
    for line in plan.pairs:
        one, other = sorted((line.mentee.user_id, line.mentor.user_id))
        if (one, other) in apart:
            words = {"mentor": line.mentor.user, "mentee": line.mentee.user}
            raise Refused(_("%(mentor)s and %(mentee)s are kept apart. Look at the draft again.") % words)


def refuse_unwilling(plan: Plan) -> None:
    """Nobody is given somebody after they said no."""
    unwilling = asking.said_no({line.mentor_id for line in plan.pairs})
    for line in plan.pairs:
        if line.mentor_id in unwilling:
            words = _("%(name)s has said since that they take nobody. Give their mentees somebody else, then publish.")
            raise Refused(words % {"name": line.mentor.user})


def take_lines(plan: Plan, now) -> None:
    """Settles the round, or keeps it a draft where lines are left: by compare-and-set, in the caller's transaction."""
    round = plan.round
    if plan.later:
        hold_draft(round)
    elif not move(round, RoundState.DRAFT, RoundState.PUBLISHED, settled_at=now):
        raise Refused(settled_sentence(round))


def write_publication(plan: Plan, publication: Publication, members: dict[int, Membership]) -> None:
    """What is published together, and how everybody stood before."""
    publication.before = {
        str(pk): [
            member.state,
            member.since.isoformat(),
            member.write_again_on.isoformat() if member.write_again_on else None,
        ]
        for pk, member in members.items()
    }
    Publication.objects.bulk_create([publication])
    lines = [line.pk for line in (*plan.pairs, *plan.unmatched, *plan.kept)]
    taken = sum(
        Proposal.objects.filter(pk__in=chunk, publication=None).update(publication=publication)
        for chunk in chunks(lines)
    )
    if taken != len(lines):
        raise Refused(_("Another coordinator has published these pairs already. Everybody is written to once."))


def refuse_forgotten(plan: Plan) -> None:
    """Publishing does not finish while somebody without anybody has no date on which we write again."""
    on_list = Q(state=MembershipState.WAITING, write_again_on__isnull=False)
    waits = Membership.objects.filter(on_list | Q(purpose_waits__purpose=plan.round.purpose_id)).distinct()
    left = {line.mentee_id for line in plan.unmatched}
    found = sum(waits.filter(pk__in=chunk).count() for chunk in chunks(sorted(left)))
    if found != len(left):
        raise Refused(_("Somebody without a mentor would be left without a date. Look at the draft again."))


def written_for(plan: Plan, publication: Publication, pairings: list[Pairing], asked: list[Introduction], now) -> list:
    """Every email of it, rendered before the transaction, to leave once it can be taken back no more."""
    key = str(publication.public_id)
    written = [
        *letters.of_pairs(pairings, key=key, now=now, instead_of=plan.ends),
        *introduction_letters.of_asking(asked, key=key, now=now),
        *letters.of_unmatched(
            plan.round.program,
            [(line.mentee, line.why_none.get("kind", "")) for line in plan.unmatched],
            plan.idle_mentors,
            write_again_on=plan.write_again_on,
            key=key,
            now=now,
            purpose=plan.round.purpose,
        ),
    ]
    for letter in written:
        letters.hold(letter, publication.leaves_at, key)
    return written


def settled_sentence(round) -> str:
    """What somebody is told who publishes what is a draft no more."""
    state = Round.objects.values_list("state", flat=True).get(pk=round.pk)
    if state == RoundState.PUBLISHED:
        return _("Another coordinator has published this round already. Everybody has been written to once.")
    return _("This round is no draft any more, so there is nothing to publish.")


def put_on_waiting_list(plan: Plan, *, by, now) -> None:
    """Whoever got nobody waits, with the date we write again; a pair for something else goes on beside it."""
    left = [line.mentee_id for line in plan.unmatched]
    beside = wait_beside(left, plan.round.purpose, again=plan.write_again_on, now=now)
    members = [
        *(line.mentee for line in plan.unmatched if line.mentee_id not in beside),
        *plan.idle_mentors,
    ]
    told = Membership.objects.filter(pk__in=[member.pk for member in members])
    told.filter(state=MembershipState.WAITING).update(write_again_on=plan.write_again_on)
    told.filter(state__in=[MembershipState.READY, MembershipState.ACTIVE]).update(
        state=MembershipState.WAITING, since=now, write_again_on=plan.write_again_on
    )
    date = {"date": letters.day(plan.write_again_on), "purpose": plan.round.purpose}
    words = _("On the waiting list: nobody was found this time. We write again on %(date)s.") % date
    record_many((waits_entry(plan, member, words, by, now), [member.user]) for member in members)
    words = _("Nobody was found for %(purpose)s this time. We write again on %(date)s.") % date
    lines = [line for line in plan.unmatched if line.mentee_id in beside]
    record_many((waits_entry(plan, line.mentee, words, by, now), [line.mentee.user]) for line in lines)


def waits_entry(plan: Plan, member: Membership, words: str, by, now) -> Entry:
    return Entry(
        at=now,
        by=by,
        verb="participant.waits",
        app="programs",
        model="membership",
        object_id=str(member.pk),
        topic=plan.round.program.slug,
        words=words,
    )


def published_words(plan: Plan) -> str:
    if plan.round.program.both_say_yes:
        pairs = ngettext("Asked both of %(count)s pair", "Asked both of %(count)s pairs", len(plan.pairs))
    else:
        pairs = ngettext("Published %(count)s pair", "Published %(count)s pairs", len(plan.pairs))
    pairs %= {"count": len(plan.pairs)}
    if plan.later:
        return _("%(pairs)s of a draft; %(later)s stay a draft.") % {"pairs": pairs, "later": len(plan.later)}
    return _("%(pairs)s; %(waiting)s people stay on the waiting list.") % {
        "pairs": pairs,
        "waiting": len(plan.unmatched) + len(plan.idle_mentors),
    }

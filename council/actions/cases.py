"""Cases: opened once a cause, passed on, put off, and closed by a decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins.models import Meeting
from council.letters import cases as letters
from council.models import Ask, Case, CaseConcerns, CaseKind, CaseLine, CaseState, Decision, Step, Tier
from journal.actions import record
from outbox.actions import post
from programs import answering
from programs.errors import Refused
from programs.models import Program, Role
from programs.permissions import can_coordinate

DAY = timedelta(days=1)
SNOOZES, SNOOZE_DAYS = 3, 14
CRY_SNOOZES, CRY_SNOOZE_DAYS = 1, 7
LONGEST_WORDS = 4000


@dataclass
class Opening:
    """A case that is to be opened: unsaved, with whom it is about, its log, and its letters, written already."""

    case: Case
    concerned: list
    tried: list[str]
    letters: list = field(default_factory=list)


def owner_for(program, tier: str, avoid: Collection[int], now):
    """Who answers for a case now: none of those it is about, nobody who is away; None where there is nobody."""
    answers = answering.of_programs([program], now)[program.pk]
    if tier == Tier.COORDINATOR:
        person = answers.coordinator(Role.MENTEE, avoid, can_decide=True)
        if person:
            return person
    members = answers.able(answers.council, avoid)
    busy = dict(Case.objects.open().filter(owner__in=members).order_by().values_list("owner").annotate(n=Count("pk")))
    return min(members, key=lambda one: busy.get(one.pk, 0), default=None)


def due_days(kind: str, tier: str, program) -> int:
    """How many days a case may stay undecided before it goes on, or is overdue with the council."""
    cry = kind in Case.CRIES and tier == Tier.COORDINATOR
    return program.figure("cry_council_days" if cry else "council_days")


def new_case(
    *,
    kind,
    cause,
    program,
    membership,
    pairing=None,
    concerned: Iterable,
    now,
    asked_by=None,
    addressed="",
    words="",
    tier=Tier.COORDINATOR,
    tried=(),
    owner=None,
) -> Opening:
    """A case with its owner, its days and its letters, unsaved: call it outside any transaction."""
    people = {person.pk: person for person in (*concerned, *([asked_by] if asked_by else []))}
    owner = owner or owner_for(program, tier, people, now)
    if tier == Tier.COORDINATOR and owner is not None and not can_coordinate(owner, program):
        # Every coordinator is one of those it is about, or away: the next in line are the council.
        tier = Tier.COUNCIL
    case = Case(
        program=program,
        kind=kind,
        tier=tier,
        cause=cause,
        membership=membership,
        pairing=pairing,
        asked_by=asked_by,
        addressed=addressed,
        words=words,
        owner=owner,
        opened_at=now,
        due_at=now + due_days(kind, tier, program) * DAY,
        first_answer_by=now + program.figure("first_answer_days") * DAY if kind in Case.CRIES else None,
        at_council_since=now if tier == Tier.COUNCIL else None,
    )
    opening = Opening(case, list(people.values()), list(tried))
    if owner and case.is_cry:
        opening.letters.append(letters.to_owner(case, opening.concerned, now=now))
    if asked_by:
        opening.letters.append(letters.to_asker(case, opening.concerned, now=now))
    return opening


def open_case(opening: Opening, *, by, now) -> Case | None:
    """Writes a case down in the caller's transaction; None where its cause has an open one already."""
    case = opening.case
    # Two sweeps at once wait for each other here, so that the second finds the first's.
    Program.objects.locked().get(pk=case.program_id)
    if Case.objects.open().filter(cause=case.cause).exists():
        return None
    case.save(force_insert=True)
    CaseConcerns.objects.bulk_create(CaseConcerns(case=case, person=person) for person in opening.concerned)
    CaseLine.objects.bulk_create(CaseLine(case=case, at=now, words=words) for words in opening.tried)
    tell_history(case, "case.opened", _("A follow-up began: %(what)s.") % {"what": case.get_kind_display()}, by, now)
    post(opening.letters)
    return case


def close(case: Case, *, decision: str, by, now, words: str = "") -> bool:
    """Closes an open case in the caller's transaction; False where somebody else has closed it."""
    closed = Case.objects.open().filter(pk=case.pk)
    fields = {"decision": decision, "decision_words": words, "decided_by": by, "closed_at": now}
    if closed.update(state=CaseState.CLOSED, **fields) != 1:
        return False
    case.refresh_from_db()
    said = str(Decision(decision).label)
    CaseLine.objects.create(case=case, at=now, by=by, words=f"{said[:1].upper()}{said[1:]}.", for_council=True)
    tell_history(case, "case.closed", _("A follow-up was settled: %(how)s.") % {"how": said}, by, now)
    return True


def concerned_by(case: Case) -> list:
    """The people a case is about."""
    return list(get_user_model().objects.filter(pk__in=case.concerned.values("pk")))


def tell_history(case, verb, words, by, now, why="") -> None:
    """A line of history; what was addressed to the council stands under no program."""
    record(
        by=by,
        verb=verb,
        thing=case,
        now=now,
        topic="" if case.addressed == Tier.COUNCIL else case.program.slug,
        concerns=concerned_by(case),
        why=why,
        words=words,
    )


@transaction.atomic
def add_line(case: Case, words: str, *, by, now, for_council: bool = True) -> CaseLine:
    """Adds to the log of an open case; said to coordinators alone where not `for_council`."""
    words = words.strip()
    if not words:
        raise Refused(_("Write what you want to note."))
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WORDS})
    _insist_open(case)
    return CaseLine.objects.create(case=case, at=now, by=by, words=words, for_council=for_council)


def _insist_open(case) -> Case:
    """The case as it is now, held to the end of the transaction, or Refused where it is closed."""
    row = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    if row.state != CaseState.OPEN:
        raise Refused(_("This follow-up has been settled already."))
    return row


@transaction.atomic
def answered(case: Case, *, by, now) -> bool:
    """Whoever asked has had a first answer from a person."""
    _insist_open(case)
    if not Case.objects.filter(pk=case.pk, first_answer_at=None).update(first_answer_at=now):
        return False
    CaseLine.objects.create(case=case, at=now, by=by, words=_("Answered whoever asked."))
    return True


@transaction.atomic
def snooze(case: Case, *, days: int, by, now) -> Case:
    """Puts the day of an open case off: three times, 14 days at most; a person's call for help once, 7 days."""
    row = _insist_open(case)
    times, most = (CRY_SNOOZES, CRY_SNOOZE_DAYS) if row.is_cry else (SNOOZES, SNOOZE_DAYS)
    if row.snoozes >= times:
        raise Refused(_("This has been put off as often as it may be. Decide it, or hand it to the council."))
    if not 1 <= days <= most:
        raise Refused(_("Choose between 1 and %(most)s days.") % {"most": most})
    # Counted from today, so that a day put off is never further away than the rule allows.
    due = now + days * DAY
    if due <= row.due_at:
        words = _("It is not due before %(date)s anyhow. Put it off by more days, or leave it as it is.")
        raise Refused(words % {"date": date_format(row.program.today(row.due_at), "j F Y")})
    if row.is_cry and row.first_answer_at is None:
        raise Refused(_("They have asked for help: answer them first, then put the decision off."))
    Case.objects.filter(pk=row.pk).update(due_at=due, snoozes=F("snoozes") + 1, reminded_at=None)
    words = _("Put off until %(date)s.") % {"date": date_format(row.program.today(due), "j F Y")}
    CaseLine.objects.create(case=row, at=now, by=by, words=words)
    tell_history(row, "case.put_off", words, by, now)
    row.refresh_from_db()
    return row


def to_council(case: Case, *, by, now, why: str) -> bool:
    """Hands an open case on to the council, who have their own days for it; False where it is there already.

    In a program without a council, or where all of it is concerned, the other coordinators are told instead.
    """
    people = concerned_by(case)
    avoid = {person.pk for person in people}
    owner = owner_for(case.program, Tier.COUNCIL, avoid, now)
    tier = Tier.COUNCIL if owner else Tier.COORDINATOR
    owner = owner or owner_for(case.program, Tier.COORDINATOR, avoid | {case.owner_id}, now) or case.owner
    due = now + case.program.figure("council_days") * DAY
    draft = Case.objects.select_related("program", "membership__user").get(pk=case.pk)
    draft.tier, draft.owner, draft.due_at = tier, owner, due
    written = [letters.to_owner(draft, people, now=now, step="council")] if owner and draft.is_cry else []
    with transaction.atomic():
        row = Case.objects.open().filter(pk=case.pk, at_council_since=None)
        fields = {"tier": tier, "owner": owner, "due_at": due, "at_council_since": now, "reminded_at": None}
        if row.update(**fields) != 1:
            return False
        words = _("Passed on to the council.") if tier == Tier.COUNCIL else _("There is no council to pass it on to.")
        CaseLine.objects.create(case=case, at=now, by=by, words=f"{words} {why}".strip())
        tell_history(case, "case.to_council", words, by, now)
        post(written)
    case.refresh_from_db()
    return True


def take_step(cause: str, step: str, *, pairing, now) -> bool:
    """Notes a step of the ladder in the caller's transaction; False where it was taken before."""
    try:
        with transaction.atomic():
            Step.objects.create(cause=cause, step=step, pairing=pairing, at=now)
    except IntegrityError:
        return False
    return True


def settle(cases: Iterable[Case], *, by, now, words: str) -> int:
    """Closes cases that have settled by themselves."""
    return sum(close(case, decision=Decision.BY_ITSELF, by=by, now=now, words=words) for case in list(cases))


# Contact of any kind settles these; what a mentee said of themselves only the mentee takes back.
BY_ANY_CONTACT = (
    CaseKind.NEVER, CaseKind.QUIET, CaseKind.UNREACHED, CaseKind.IDLE, CaseKind.MISSED, CaseKind.NO_MENTEE,
)  # fmt: skip


def settle_by_contact(contact, *, by, now) -> int:
    """The two were in touch: what was open because they were not has settled."""
    settled = Q(kind__in=BY_ANY_CONTACT)
    if contact.by_mentee:
        settled |= Q(kind=CaseKind.NO_MENTOR)
    rows = Case.objects.open().filter(settled, pairing_id=contact.pairing_id).select_related("program")
    # A contact of before the matter began says nothing about it.
    rows = [case for case in rows if contact.on >= _began(case)]
    return settle(rows, by=None, now=now, words=_("They were in touch."))


def _began(case) -> date:
    """The civil day from which contact settles a case: after the last one, or from the day of what it is about."""
    if case.cause.startswith("never:"):
        return date.min
    _before, silent, since = case.cause.rpartition(":since:")
    if silent:
        return date.fromisoformat(since) + DAY
    about = {
        CaseKind.NO_MENTEE: Ask.objects.filter(cause=case.cause).values_list("asked_at", flat=True),
        CaseKind.MISSED: Meeting.objects.filter(pk__in=_last_number(case.cause)).values_list("starts_at", flat=True),
    }
    moments = about.get(case.kind, Case.objects.none())
    return case.program.today(moments.first() or case.opened_at)


def _last_number(cause: str) -> list[int]:
    last = cause.rpartition(":")[2]
    return [int(last)] if last.isdecimal() else []

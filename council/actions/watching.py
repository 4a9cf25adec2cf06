"""The days of open cases: what is undecided goes on, what is overdue is said again, owners who cannot answer change.

Only a person's cry for help is said at once; whatever else waits stands in the morning email.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from council.actions import cases
from council.letters import cases as letters
from council.models import Case, CaseConcerns, CaseLine, Tier
from outbox.actions import post
from outbox.sweeping import each
from profiles import civil
from programs import answering
from programs.models import Leave, Membership, MembershipState, ProgramState, Role

WEEK = timedelta(days=7)
STAFF_OF = {Tier.COORDINATOR: Role.COORDINATOR, Tier.COUNCIL: Role.COUNCIL}


def watch_cases(now, stop) -> int:
    """Open cases whose day has come, and those whose owner can no longer answer for them."""
    rows = Case.objects.open().select_related("program", "membership__user", "owner")
    rows = rows.filter(program__state=ProgramState.OPEN).order_by("due_at", "pk")
    done = each(unanswered_for(rows, now)[:200], lambda case: new_owner(case, now), stop)
    due = rows.filter(due_at__lte=now).filter(
        Q(at_council_since=None) | Q(reminded_at=None) | Q(reminded_at__lte=now - WEEK)
    )
    return done + each(due[:200], lambda case: is_due(case, now), stop)


def is_due(case: Case, now) -> bool:
    """Nothing was decided in time: the council's, or said again where it is with them already."""
    if case.at_council_since is None:
        return cases.to_council(case, by=None, now=now, why=_("Nothing was decided in time."))
    return remind(case, now)


def remind(case: Case, now) -> bool:
    """To the owner and everybody else it could be decided by, once a week."""
    concerned = cases.concerned_by(case)
    week = civil.week_of(case.program.today(now))
    told = _deciders(case, concerned, now) if case.is_cry else []
    written = [letters.overdue(case, person, concerned, now=now, week=week) for person in told]
    with transaction.atomic():
        mine = Case.objects.open().filter(pk=case.pk, reminded_at=case.reminded_at)
        if mine.update(reminded_at=now) != 1:
            return False
        post(written)
    return True


def _deciders(case, concerned, now) -> list:
    avoid = {person.pk for person in concerned} | answering.away(case.program, now)
    roles = [Role.COUNCIL] if case.addressed == Tier.COUNCIL else [Role.COUNCIL, Role.COORDINATOR]
    people = {one.pk: one for role in roles for one in answering.staff(case.program, role)}
    return [person for person in people.values() if answering.can_answer(person, avoid)]


def unanswered_for(rows, now):
    """Open cases whose owner is gone, away, not in charge any more, or one of those it is about."""
    owner = {"user": OuterRef("owner"), "program": OuterRef("program"), "state": MembershipState.ACTIVE}
    coordinates = Exists(Membership.objects.filter(**owner, role=Role.COORDINATOR))
    sits = Exists(Membership.objects.filter(**owner, role=Role.COUNCIL))
    in_charge = Q(coordinates, ~Q(addressed=Tier.COUNCIL)) | Q(sits, tier=Tier.COUNCIL)
    about = CaseConcerns.objects.filter(case=OuterRef("pk"), person=OuterRef("owner"))
    unreachable = Q(owner__is_active=False) | Q(owner__email=None) | Q(owner__address_bounced_at__isnull=False)
    cannot = Q(owner=None) | unreachable | ~in_charge | Q(pk__in=_with_owners_away(rows, now)) | Exists(about)
    # One for whom there was nobody is looked at again once a day.
    return rows.filter(cannot).filter(Q(reminded_at=None) | Q(reminded_at__lte=now - timedelta(days=1)))


def _with_owners_away(rows, now) -> list[int]:
    """Those of the cases whose owner is on leave from its program today."""
    near = {"starts_on__lte": (now + timedelta(hours=14)).date(), "returns_on__gte": (now - timedelta(hours=12)).date()}
    leaves = Leave.objects.current().filter(**near, membership__user__in=rows.values("owner"))
    away = {
        (leave.membership.user_id, leave.membership.program_id)
        for leave in leaves.select_related("membership__program")
        if leave.starts_on <= leave.membership.program.today(now) < leave.returns_on
    }
    theirs = rows.filter(owner__in={person for person, _program in away}).values_list("pk", "owner", "program")
    return [pk for pk, owner, program in theirs if (owner, program) in away]


def new_owner(case: Case, now) -> bool:
    """Somebody else answers for a case from now on: the deputy or a coordinator, else the council."""
    concerned = cases.concerned_by(case)
    avoid = {person.pk for person in concerned} | ({case.owner_id} if case.owner_id else set())
    person = cases.owner_for(case.program, case.tier, avoid, now)
    tier = case.tier
    if tier == Tier.COORDINATOR and person is not None and not cases.can_coordinate(person, case.program):
        # Nobody who runs the program can answer: the next in line are the council.
        if case.at_council_since is None:
            return cases.to_council(case, by=None, now=now, why=_("Nobody else can answer for it now."))
        tier = Tier.COUNCIL
    if person is None and case.addressed != Tier.COUNCIL:
        person = cases.owner_for(case.program, Tier.COORDINATOR, avoid, now)
    mine = Case.objects.open().filter(pk=case.pk, owner=case.owner)
    if person is None:
        return mine.update(reminded_at=now) == 1
    draft = Case.objects.select_related("program", "membership__user").get(pk=case.pk)
    draft.owner = person
    step = f"owner:{person.public_id}:{case.program.today(now)}"
    written = [letters.to_owner(draft, concerned, now=now, step=step)] if draft.is_cry else []
    with transaction.atomic():
        if mine.update(owner=person, tier=tier, reminded_at=None) != 1:
            return False
        words = _("%(name)s answers for it from now on.") % {"name": person}
        CaseLine.objects.create(case=case, at=now, words=words)
        cases.tell_history(case, "case.passed_on", words, None, now)
        post(written)
    return True

"""What is counted of a program for whoever runs it, never of what is about themselves."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q

from checkins.models import Watch
from council.models import Ask, Case
from matching import circles
from matching.models import Introduction, OfferState, Pairing, PairingState, Policy, PurposeWait, Round
from outbox import texts
from outbox.models import LetterState
from programs import reach
from programs.models import Import, Membership, MembershipState, PointOfContact, ProgramState, Role
from programs.permissions import letters_visible_to
from surveys import results

GONE = {MembershipState.LEFT, MembershipState.DECLINED, MembershipState.COMPLETED}
LEAVING = [LetterState.WAITING, LetterState.CLAIMED, LetterState.SENDING]
# An email of an open program that is due for longer than this is late: the worker does not run.
LATE = timedelta(minutes=30)
SENT_IN = timedelta(days=7)

SOON = timedelta(days=3)
# A question put to a mentee is worth a call once it has lain for this long.
SILENT = timedelta(days=3)
UNREACHED_MEMBER = Q(membership__user__email=None) | Q(membership__user__address_bounced_at__isnull=False)


def sent_since(now) -> datetime:
    """From when on sent emails are counted: a whole hour, so that the list behind the number counts the same."""
    return (now - SENT_IN).replace(minute=0, second=0, microsecond=0)


@dataclass
class Delivery:
    """Whether a program's emails arrive."""

    waiting: int = 0
    held: int = 0
    # In the last days.
    sent: int = 0
    dead: int = 0
    # Of the dead ones, those to people who can be reached.
    mendable: int = 0
    oldest_due: datetime | None = None


@dataclass
class Figures:
    """What is counted of one program, without rows about the reader themselves."""

    now: datetime
    people: dict = field(default_factory=dict)
    pairs: int = 0
    standings: dict = field(default_factory=dict)
    delivery: Delivery = field(default_factory=Delivery)
    imports: dict = field(default_factory=dict)
    rounds: set = field(default_factory=set)
    has_rules: bool = False
    contacts: list = field(default_factory=list)
    follow_ups: int = 0
    overdue: int = 0
    # People who say that it goes badly and asked for nothing.
    low: int = 0
    # Mentees who wait and are written to again within days; mentors who could take somebody.
    soon: int = 0
    free: int = 0
    # Participants whom our reminders do not reach, with why, and without another way agreed.
    unreached: list = field(default_factory=list)
    # Questions to mentees that lie unanswered, the oldest first.
    asks: list = field(default_factory=list)
    # Mentees who are asked about a mentor; of these pairs those not answered though reminded, the oldest first.
    introduced: int = 0
    # Mentees who have a mentor for something else, and wait for one more.
    beside: int = 0
    unanswered: list = field(default_factory=list)
    # Circles in which fewer are left than the fewest of their round.
    small_circles: list = field(default_factory=list)
    # Texts of the program's own that could not be used, so that people got ours.
    broken: list = field(default_factory=list)

    def count(self, role: str, *states) -> int:
        """Participants in a role, in these states, or all who have not gone."""
        return sum(
            number
            for (its_role, state), number in self.people.items()
            if its_role == role and (state in states if states else state not in GONE)
        )

    def ever(self, role: str) -> int:
        """All who were ever added in a role."""
        return sum(number for (its_role, _state), number in self.people.items() if its_role == role)

    @property
    def late(self) -> bool:
        """Emails are due and do not leave."""
        return bool(self.delivery.oldest_due and self.delivery.oldest_due < self.now - LATE)


def figures_of(programs, user, now) -> dict[int, Figures]:
    """The figures of these programs by primary key, in a fixed number of queries."""
    found = {program.pk: Figures(now) for program in programs}
    if not found:
        return found
    _count_people(found, user, now)
    _count_pairs(found, user, now)
    _count_letters(found, {program.slug: found[program.pk] for program in programs}, user, now)
    count_follow_ups(found, user, now)
    running = [program.pk for program in programs if program.state == ProgramState.OPEN]
    members = Membership.objects.visible_to(user).participants().filter(program__in=running)
    for member, why in reach.to_agree_with(members):
        found[member.program_id].unreached.append((member, why))
    by_slug = {program.slug: found[program.pk] for program in programs}
    for text in texts.broken(by_slug):
        by_slug[text.topic].broken.append(text)
    for pk, number in results.low_counts(user, list(found)).items():
        found[pk].low = number
    imports = Import.objects.filter(program__in=found).order_by().exclude(state__in=["done", "discarded"])
    for pk, state, number in imports.values_list("program", "state").annotate(n=Count("pk")):
        found[pk].imports[state] = number
    _count_introductions(found, user)
    _count_beside(found, user)
    for pk, state in Round.objects.in_work().filter(program__in=found).values_list("program", "state"):
        found[pk].rounds.add(state)
    for pk in Policy.objects.filter(program__in=found).order_by().values_list("program", flat=True).distinct():
        found[pk].has_rules = True
    for row in PointOfContact.objects.filter(program__in=found).select_related("person", "deputy"):
        found[row.program_id].contacts.append(row)
    return found


def _count_people(found, user, now) -> None:
    members = Membership.objects.visible_to(user).participants().filter(program__in=found).order_by()
    near = Q(state=MembershipState.WAITING, role=Role.MENTEE, write_again_on__lte=(now + SOON).date())
    rows = members.values_list("program", "role", "state").annotate(n=Count("pk"), soon=Count("pk", filter=near))
    for pk, role, state, number, soon in rows:
        found[pk].people[role, state] = number
        found[pk].soon += soon
    taken = Count("pairings_as_mentor", filter=Q(pairings_as_mentor__state=PairingState.OPEN), distinct=True)
    kept = Count("introductions_as_mentor", filter=Q(introductions_as_mentor__state=OfferState.OPEN), distinct=True)
    free = members.mentors().matchable().annotate(taken=taken + kept).filter(places__gt=F("taken"))
    for pk in free.values_list("program", flat=True):
        found[pk].free += 1


def _count_pairs(found, user, now) -> None:
    pairs = Pairing.objects.visible_to(user).open().filter(program__in=found).order_by()
    for pk, number in pairs.values_list("program").annotate(n=Count("pk")):
        found[pk].pairs = number
    for circle in circles.too_small(found, user):
        found[circle.mentor.program_id].small_circles.append(circle)
    watched = Watch.objects.filter(pairing__in=pairs.values("pk")).order_by()
    for pk, standing, number in watched.values_list("pairing__program", "standing").annotate(n=Count("pk")):
        found[pk].standings[standing] = number
    # Whom no email reaches at all is a line of their own.
    reached = Ask.objects.exclude(UNREACHED_MEMBER).filter(pairing__in=pairs.values("pk"), answered_at=None)
    asks = reached.filter(look_at__isnull=False, asked_at__lte=now - SILENT).select_related("membership__user")
    for ask in asks.order_by("asked_at", "pk"):
        found[ask.membership.program_id].asks.append(ask)


def _count_beside(found, user) -> None:
    members = Membership.objects.visible_to(user).filter(program__in=found, state=MembershipState.ACTIVE)
    same = {"mentee": OuterRef("membership"), "purpose": OuterRef("purpose")}
    rows = PurposeWait.objects.filter(membership__in=members)
    rows = rows.exclude(Exists(Pairing.objects.open().filter(**same)))
    rows = rows.exclude(Exists(Introduction.objects.open().filter(**same)))
    for pk, number in rows.values_list("membership__program").annotate(n=Count("membership", distinct=True)):
        found[pk].beside = number


def _count_introductions(found, user) -> None:
    rows = Introduction.objects.visible_to(user).open().filter(program__in=found)
    for one in rows.select_related("mentor__user", "mentee__user").order_by("answer_by", "pk"):
        found[one.program_id].introduced += one.mentee.state in (MembershipState.READY, MembershipState.WAITING)
        if one.reminded_at and not one.agreed:
            found[one.program_id].unanswered.append(one)


def _count_letters(found, by_slug, user, now) -> None:
    letters = letters_visible_to(user).filter(topic__in=by_slug).order_by()
    # Those of people whom no email reaches at all are one line of their own, by person.
    unreached = Q(recipient__email=None) | Q(recipient__address_bounced_at__isnull=False)
    for slug, *numbers in letters.values_list("topic").annotate(
        waiting=Count("pk", filter=Q(state=LetterState.WAITING)),
        held=Count("pk", filter=Q(state=LetterState.HELD)),
        sent=Count("pk", filter=Q(state=LetterState.SENT, sent_at__gte=sent_since(now))),
        dead=Count("pk", filter=Q(state=LetterState.DEAD)),
        mendable=Count("pk", filter=Q(state=LetterState.DEAD) & ~unreached),
        oldest_due=Min("due_at", filter=Q(state__in=LEAVING, due_at__lte=now)),
    ):
        by_slug[slug].delivery = Delivery(*numbers)


def count_follow_ups(found, user, now) -> None:
    """How many a person may decide, and how many of these are late."""
    open_ones = Case.objects.visible_to(user).open().filter(program__in=found).order_by()
    for pk, *numbers in open_ones.values_list("program").annotate(
        n=Count("pk"), late=Count("pk", filter=Q(due_at__lte=now))
    ):
        found[pk].follow_ups, found[pk].overdue = numbers

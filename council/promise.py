"""The promise: nobody is silently lost. Worked out anew from the rows, without the ladder's own answer.

For every mentee of an open program there is a next date within its rule, and a person who can answer for it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins.models import Contact, Meeting, MeetingState, Outage, Pause, Restart, Standing
from council.ladder import NUDGE, SECOND_NUDGE
from council.models import Case, CaseConcerns, Step, Tier
from matching.models import Introduction, Pairing
from profiles import civil
from programs import answering
from programs.models import Duty, Leave, Membership, MembershipState, Program, Role

BATCH = 500
DAY = timedelta(days=1)
# The bounds of the rule, and what sweeps are allowed to be late.
CASE_DAYS, WAITING_DAYS, PAUSE_DAYS, MEETING_DAYS = 14, 30, Pause.MOST_DAYS, 14
GRACE_DAYS = 1
SNOOZES, CRY_SNOOZES = 3, 1
S = MembershipState
LOOKED_AT = (S.READY, S.WAITING, S.ACTIVE, S.ON_LEAVE)

MATCH = gettext_lazy("Pair them by hand or in a round, or put them on the waiting list.")
DECIDE = gettext_lazy("Open the follow-up and decide it.")
NAME = gettext_lazy("Name somebody for questions of mentees in the program's settings, with a deputy.")
SWEEPS = gettext_lazy("See that the worker and beat run, then run: manage.py tick.")
REPORT = gettext_lazy("End the pair or note a contact by hand, and tell whoever looks after this installation.")


@dataclass(frozen=True)
class Hole:
    """What is missing, by its name, in words, and what closes it."""

    kind: str
    why: str
    do: str


@dataclass(frozen=True)
class Lost:
    """A mentee for whom nothing with a date and a person stands."""

    membership: Membership
    hole: Hole

    @property
    def why(self) -> str:
        return self.hole.why


@dataclass
class Look:
    """What was looked at, and who is lost."""

    programs: int = 0
    mentees: int = 0
    lost: list[Lost] = field(default_factory=list)


def lost(now, program: Program | None = None) -> list[Lost]:
    """Every mentee of an open program who has no next date with a person who answers for it."""
    return look(now, program).lost


def look(now, program: Program | None = None) -> Look:
    """The same with how many were looked at; a number of queries that does not grow within 500 mentees."""
    programs = list(Program.objects.open().filter(**({"pk": program.pk} if program else {})).order_by("name", "pk"))
    answers = answering.of_programs(programs, now)
    outages = list(Outage.objects.values_list("from_at", "to_at"))
    found = Look(programs=len(programs))
    for one in programs:
        desk = Desk(one, answers[one.pk], one.figures_in_force(), _whole_days(outages, one.zone), now)
        mentees = Membership.objects.of(one).mentees().filter(state__in=LOOKED_AT).select_related("user")
        last = 0
        while batch := list(mentees.filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = batch[-1].pk
            rows = Rows.of(batch, now)
            found.mentees += len(batch)
            found.lost += [Lost(member, hole) for member in batch if (hole := Mentee(desk, rows, member).hole())]
    return found


def _whole_days(outages, zone) -> set[date]:
    """The civil days on which our own sweeps did not run from their beginning to their end."""
    found: set[date] = set()
    for begin, end in outages:
        day = civil.day_of(begin, zone)
        while civil.moment(day + DAY, time(0), zone) <= end:
            if civil.moment(day, time(0), zone) >= begin:
                found.add(day)
            day += DAY
    return found


@dataclass(frozen=True)
class Desk:
    """What is the same for everybody of a program."""

    program: Program
    answering: answering.Answering
    figures: dict[str, int]
    our_days: set[date]
    now: datetime

    @property
    def today(self) -> date:
        return self.program.today(self.now)


@dataclass(frozen=True)
class Rows:
    """What is written down about some mentees: by membership or by pair."""

    pairs: dict
    # The day by which they and the mentor they are asked about have answered.
    asked: dict
    cases: dict
    concerned: dict
    contacts: dict
    restarts: dict
    agreed: dict
    nudged: dict
    pauses: dict
    leaves: dict

    @classmethod
    def of(cls, batch, now) -> "Rows":
        pairs, cases, concerned, leaves = (defaultdict(list) for _each in range(4))
        rows = Pairing.objects.open().filter(mentee__in=batch).select_related("watch", "mentor__user")
        for pairing in rows:
            pairs[pairing.mentee_id].append(pairing)
        mentee_of = {pairing.pk: pairing.mentee_id for pairing in rows}
        for case in Case.objects.open().filter(membership__in=batch).select_related("owner"):
            cases[case.membership_id].append(case)
        for case, person in CaseConcerns.objects.filter(case__state="open", case__membership__in=batch).values_list(
            "case", "person"
        ):
            concerned[case].append(person)
        members = {*(member.pk for member in batch), *(pairing.mentor_id for pairing in rows)}
        for leave in Leave.objects.filter(membership__in=members):
            leaves[leave.membership_id].append(leave)
        pauses = defaultdict(list)
        for pause in Pause.objects.filter(pairing__in=mentee_of):
            pauses[pause.pairing_id].append(pause)
        agreed = Meeting.objects.filter(state__in=[MeetingState.ACCEPTED, MeetingState.CANCELLED])
        asked = Introduction.objects.open().filter(mentee__in=batch).values_list("mentee", "answer_by")
        return cls(
            pairs,
            dict(asked.order_by("-answer_by")),
            cases,
            concerned,
            contacts=_last(Contact.objects.filter(pairing__in=mentee_of), "on"),
            restarts=_last(Restart.objects.filter(pairing__in=mentee_of), "on"),
            agreed=_last(agreed.filter(pairing__in=mentee_of), "starts_at"),
            nudged=_last(Step.objects.filter(pairing__in=mentee_of, step__in=[NUDGE, SECOND_NUDGE]), "at"),
            pauses=pauses,
            leaves=leaves,
        )


def _last(rows, column) -> dict:
    return dict(rows.order_by().values_list("pairing").annotate(last=Max(column)))


@dataclass(frozen=True)
class Silence:
    """A silence: its days without those of a rest, and after how many, of its own or of the nudge, a person decides."""

    since: date
    days: int
    most: int
    after_nudge: int


@dataclass(frozen=True)
class Mentee:
    """One mentee, and whatever covers them."""

    desk: Desk
    rows: Rows
    member: Membership

    def hole(self) -> Hole | None:
        """What is missing for this mentee; None where they are covered."""
        pairs, cases = self.rows.pairs[self.member.pk], self.rows.cases[self.member.pk]
        holes = {case.pk: self.hole_of_case(case) for case in cases}
        held = any(hole is None for hole in holes.values())
        # Whoever asked for something themselves is answered by nothing else.
        for case in cases:
            if case.asked_by_id == self.member.user_id and holes[case.pk]:
                return holes[case.pk]
        for pairing in pairs:
            if hole := self.hole_of_watch(pairing, held):
                return hole
        if held:
            return None
        of_cases = next(iter(holes.values()), None)
        if of_state := self.hole_of_state(pairs):
            return of_cases or of_state
        avoid = {self.member.user_id, *(pairing.mentor.user_id for pairing in pairs)}
        if self.desk.answering.anybody(Role.MENTEE, avoid) is None:
            return Hole("nobody", _("Nobody who can be reached answers for them."), str(NAME))
        return None

    def hole_of_state(self, pairs) -> Hole | None:
        """What is wrong with the date that covers somebody who stands where they stand."""
        state = self.member.state
        if state in (S.READY, S.WAITING) and (by := self.rows.asked.get(self.member.pk)):
            return self._asked(by)
        if state == S.READY:
            return self._ready()
        if state == S.WAITING:
            return self._waiting()
        if state == S.ON_LEAVE:
            return self._on_leave()
        if not pairs:
            return Hole("no_pair", _("They are active, and in no pair."), str(MATCH))
        return next((hole for pairing in pairs if (hole := self.hole_of_pair(pairing))), None)

    def _ready(self) -> Hole | None:
        since = max(filter(None, (self.member.since, self.desk.program.opened_at)))
        since = self.desk.program.today(since)
        if (self.desk.today - since).days <= self.desk.figures["write_again_days"]:
            return None
        return Hole("ready", _("They are ready to be matched since %(date)s.") % _date(since), str(MATCH))

    def _asked(self, by: date) -> Hole | None:
        if self.desk.today <= by + GRACE_DAYS * DAY:
            return None
        words = _("They are asked about a mentor, and it was to be settled by %(date)s.") % _date(by)
        return Hole("asked_passed", words, str(SWEEPS))

    def _waiting(self) -> Hole | None:
        again = self.member.write_again_on
        if again < self.desk.today:
            return Hole("waiting_passed", _("We were to write to them again on %(date)s.") % _date(again), str(SWEEPS))
        if (again - self.desk.today).days > WAITING_DAYS:
            words = _("We write to them again on %(date)s only, which is too late.") % _date(again)
            return Hole("waiting_far", words, str(MATCH))
        return None

    def _on_leave(self) -> Hole | None:
        current = [leave for leave in self.rows.leaves[self.member.pk] if leave.ended_at is None]
        if not current:
            return Hole("no_leave", _("They are on leave, and nobody knows until when."), str(MATCH))
        returns = max(leave.returns_on for leave in current)
        if returns < self.desk.today:
            return Hole("leave_passed", _("They were to be back on %(date)s.") % _date(returns), str(SWEEPS))
        return None

    def hole_of_pair(self, pairing) -> Hole | None:
        """Neither a pause nor a check-in within its ladder; that their mentor is away covers nobody."""
        today = self.desk.today
        for pause in self.rows.pauses[pairing.pk]:
            if pause.ended_at is None and pause.starts_on <= today < pause.ends_on:
                if (pause.ends_on - pause.starts_on).days <= PAUSE_DAYS:
                    return None
                words = _("Their pair rests until %(date)s, longer than a pause may be.") % _date(pause.ends_on)
                return Hole("pause_far", words, _("End the pause, or agree on a shorter one."))
        silence = self.silence(pairing)
        if silence.days <= silence.most + GRACE_DAYS:
            return None
        # Contact that was taken back makes a silence longer at once: they are written to, and a person decides as many
        # days after that as was planned.
        nudged = self.rows.nudged.get(pairing.pk)
        if nudged and silence.since <= (day := self.desk.program.today(nudged)):
            if (today - day).days <= silence.after_nudge + GRACE_DAYS:
                return None
        words = _("Nobody has heard of their pair for %(days)s days, and nobody was asked to decide.")
        return Hole("overdue", words % {"days": silence.days}, str(REPORT))

    def silence(self, pairing) -> "Silence":
        """Since when a pair has been silent, and when a person is to decide."""
        figures, today = self.desk.figures, self.desk.today
        began = self.desk.program.today(pairing.began_at)
        contact, restart = self.rows.contacts.get(pairing.pk), self.rows.restarts.get(pairing.pk)
        since = max(filter(None, (began, contact, restart)))
        rests = set(self.desk.our_days)
        for pause in self.rows.pauses[pairing.pk]:
            rests |= _days(pause.starts_on, min(pause.ends_on, pause.starts_on + PAUSE_DAYS * DAY))
        for leave in self.rows.leaves[self.member.pk]:
            rests |= _days(leave.starts_on, leave.returns_on)
        days = (today - since).days - sum(since <= day < today for day in rests)
        if contact is None:
            most = figures["never_case_days"]
            after_nudge = most - figures["first_nudge_days"]
        else:
            most = _quiet_days(pairing.rhythm_days, figures)
            after_nudge = most - pairing.rhythm_days
        # A meeting that was agreed puts every step off, by fourteen days in all.
        agreed = self.rows.agreed.get(pairing.pk)
        if agreed and self.desk.program.today(agreed) >= since:
            most, after_nudge = most + MEETING_DAYS, after_nudge + MEETING_DAYS
        return Silence(since, days, most, after_nudge)

    def hole_of_watch(self, pairing, held: bool) -> Hole | None:
        """A date is worth nothing where no sweep will look at it."""
        watch = getattr(pairing, "watch", None)
        if watch is None or watch.standing == Standing.ENDED or (watch.look_at is None and not held):
            return Hole("unwatched", _("No sweep looks at their pair."), str(REPORT))
        if watch.look_at is not None and watch.look_at < self.desk.now - GRACE_DAYS * DAY:
            since = {"date": date_format(self.desk.program.today(watch.look_at), "j F Y")}
            return Hole("not_looked_at", _("No sweep has looked at their pair since %(date)s.") % since, str(SWEEPS))
        return None

    def hole_of_case(self, case) -> Hole | None:
        """Why an open case covers nobody."""
        if hole := self._no_owner(case):
            return hole
        now, due = self.desk.now, _date(self.desk.program.today(case.due_at))
        # Before the last step a sweep passes it on.
        if case.due_at < (now if case.at_council_since else now - GRACE_DAYS * DAY):
            return Hole("case_overdue", _("Their follow-up was due on %(date)s.") % due, str(DECIDE))
        often = case.snoozes > (CRY_SNOOZES if case.is_cry else SNOOZES)
        if often or case.due_at > now + CASE_DAYS * DAY:
            return Hole("case_far", _("Their follow-up is put off to %(date)s, too far.") % due, str(DECIDE))
        return None

    def _no_owner(self, case) -> Hole | None:
        """Why nobody who can decide it answers for a case."""
        owner, answers = case.owner, self.desk.answering
        avoid = {self.member.user_id, *self.rows.concerned[case.pk]}
        do = _("Name a coordinator or a council member who has no part in it, then run: manage.py tick.")
        if owner is None:
            return Hole("no_owner", _("Nobody answers for their follow-up."), do)
        name = {"name": owner}
        if owner.pk in avoid:
            return Hole("owner_concerned", _("Their follow-up is with %(name)s, whom it is about.") % name, do)
        if not answering.can_answer(owner, avoid) or owner not in self._deciders(case):
            return Hole("owner_gone", _("Their follow-up is with %(name)s, who cannot answer.") % name, do)
        if owner.pk in answers.away:
            point = answers.points.get(Duty.MENTEES)
            deputy = point.deputy if point and point.person_id == owner.pk else None
            if deputy is None or not answers.able([deputy], avoid) or deputy not in self._deciders(case):
                return Hole("owner_away", _("Their follow-up is with %(name)s, who is away.") % name, do)
        return None

    def _deciders(self, case) -> list:
        """Whoever may see and decide a case: its tier, and with the council's also the coordinators."""
        answers = self.desk.answering
        if case.tier == Tier.COORDINATOR:
            return answers.coordinators
        return answers.council if case.addressed == Tier.COUNCIL else [*answers.council, *answers.coordinators]


def _quiet_days(rhythm: int, figures) -> int:
    """After how many days of silence somebody is asked to decide."""
    share = max(-(-rhythm * figures["quiet_case_percent"] // 100), figures["quiet_case_least"])
    return max(rhythm + 2, min(share, rhythm + max(figures["quiet_case_most"], figures["quiet_case_least"])))


def _days(first: date, end: date) -> set[date]:
    return {first + number * DAY for number in range((end - first).days)}


def _date(day: date) -> dict[str, str]:
    return {"date": date_format(day, "j F Y")}


def sentences(found: list[Lost]) -> Iterator[str]:
    """One line for each who is lost: who, where, why, and what to do."""
    for one in found:
        who = {"person": one.membership.user, "program": one.membership.program, "why": one.hole.why, "do": one.hole.do}
        yield _("%(person)s in %(program)s: %(why)s %(do)s") % who

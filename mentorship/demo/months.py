"""Months of a program, day by day: people meet, fall silent, answer and ask, and the sweeps do what they always do."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from checkins import actions as checkins
from checkins.models import CheckIn, Meeting, MeetingState
from council.actions import cases, deciding
from council.models import Case, Decision
from matching import actions as matching
from matching import rounds
from matching.models import Pairing
from mentorship.demo import words
from mentorship.sweeps import SWEEPS
from outbox.models import Letter, LetterState
from outbox.sweeping import never
from profiles import civil
from programs.models import Leave
from surveys import actions as surveys
from surveys.models import Invitation

DAY = timedelta(days=1)
# From then on the story says who is matched by hand.
LAST_MATCHED = timedelta(days=14)
# The emails of the last days are written out one by one, as always.
WRITTEN_OUT = timedelta(days=12)
PAIRS = Pairing.objects.select_related("program", "mentor__user", "mentor__program", "mentee__user", "mentee__program")


@dataclass
class Life:
    """What the two of a pair are like, unknown to everybody else."""

    mentor_says: float
    mentee_says: float
    mood: tuple[str, ...]
    next_on: date | None
    silent_from: date | None = None
    silent_until: date | None = None

    def silent(self, day: date) -> bool:
        """Whether nothing happens between the two on a day."""
        if self.silent_from is None or day < self.silent_from:
            return False
        return self.silent_until is None or day < self.silent_until


class Months:
    """One program, its pairs, and the day it is."""

    def __init__(self, program, coordinator, draw: random.Random, *, began: datetime, today: datetime):
        self.program, self.coordinator, self.draw = program, coordinator, draw
        self.now, self.today = began, today
        self.lives: dict[int, Life] = {}
        # Pairs whose follow-ups are left for the visitor to decide.
        self.left_open: set[int] = set()

    def day(self, ago: int = 0) -> date:
        """The civil day so many days before today."""
        return civil.day_of(self.today - ago * DAY, self.program.zone)

    def live(self, until: datetime, story=None) -> None:
        """Every day up to a moment, each with what people do and with its sweeps."""
        while self.now + DAY <= until:
            self.now += DAY
            if story:
                story(self)
            self.live_a_day()
            self.sweep()

    def sweep(self) -> None:
        """What the worker does; emails of long ago are not written out, and nothing comes of old mornings."""
        long_ago = self.now < self.today - WRITTEN_OUT
        for name, sweep in SWEEPS.items():
            if name == "deliver" and long_ago:
                Letter.objects.due(self.now).update(state=LetterState.SENT, sent_at=self.now)
            if name in ("deliver", "mornings") and long_ago:
                continue
            while sweep.run(self.now, never):
                pass

    def live_a_day(self) -> None:
        for pairing in PAIRS.filter(program=self.program, state="open").order_by("pk"):
            self.meet(pairing, self.life(pairing))
        self.answer_proposals()
        self.answer_check_ins()
        self.answer_pulses()
        self.staff_decide()
        if self.now.weekday() == 0 and self.now < self.today - LAST_MATCHED:
            self.match_who_waits()

    def life(self, pairing) -> Life:
        """The life of a pair, drawn when it is first met."""
        if pairing.pk not in self.lives:
            draw, today = self.draw, civil.day_of(self.now, self.program.zone)
            life = Life(
                mentor_says=draw.choice((0.9, 0.7, 0.3)),
                mentee_says=draw.choice((0.9, 0.6, 0.3)),
                mood=draw.choice(("345", "45", "445", "344")),
                next_on=today + draw.randrange(1, 7) * DAY,
            )
            silent_from = today + draw.randrange(14, 50) * DAY
            silent_until = silent_from + draw.randrange(24, 34) * DAY
            if draw.random() < 0.25 and silent_until < self.day(10):
                # A while in which life comes between, and then they go on.
                life.silent_from, life.silent_until = silent_from, silent_until
            self.lives[pairing.pk] = life
        return self.lives[pairing.pk]

    def meet(self, pairing, life: Life) -> None:
        """Some arrange meetings here, some just say that they were in touch."""
        today, draw = civil.day_of(self.now, self.program.zone), self.draw
        if life.next_on is None or today < life.next_on or life.silent(today) or self.away(pairing):
            return
        life.next_on = today + draw.randrange(7, 13) * DAY
        one, other = draw.sample([pairing.mentor.user, pairing.mentee.user], 2)
        ahead = draw.randrange(1, 5)
        if draw.random() < 0.35:
            checkins.in_touch(pairing, on=today, by=one, now=self.now)
        elif not life.silent(today + ahead * DAY):
            self.arrange(pairing, today + ahead * DAY, one, other)

    def arrange(self, pairing, day: date, one, other, *, agree: bool = True) -> Meeting | None:
        """One proposes a meeting, the other agrees."""
        if Meeting.objects.of(pairing).filter(state__in=("proposed", "accepted"), starts_at__gt=self.now).exists():
            return None
        hour = time(self.draw.choice((9, 12, 17, 18)), self.draw.choice((0, 30)))
        starts_at = civil.moment(day, hour, self.program.zone)
        meeting = checkins.propose(
            pairing, starts_at=starts_at, minutes=self.draw.choice((45, 60)), place=self.draw.choice(words.MEET_AT),
            by=one, now=self.now,
        )  # fmt: skip
        if agree:
            checkins.accept(meeting, by=other, now=self.now)
        return meeting

    def away(self, pairing) -> bool:
        members = (pairing.mentor_id, pairing.mentee_id)
        resting = pairing.pauses.filter(ended_at=None).exists()
        return resting or Leave.objects.away_on(self.program.today(self.now)).filter(membership__in=members).exists()

    def answer_proposals(self) -> None:
        """What has waited for a day is agreed to."""
        rows = Meeting.objects.filter(
            state=MeetingState.PROPOSED, proposed_at__lt=self.now - DAY / 2, starts_at__gt=self.now
        )
        for meeting in rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user"):
            pair = meeting.pairing
            checkins.accept(
                meeting, by=({pair.mentor.user, pair.mentee.user} - {meeting.proposed_by}).pop(), now=self.now
            )

    def answer_check_ins(self) -> None:
        """Did you meet? Most say so within a few days."""
        rows = CheckIn.objects.filter(closed_at=None, asked_at__gt=self.now - 3 * DAY, answers=None)
        for check_in in rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user"):
            pairing = check_in.pairing
            life, today = self.life(pairing), pairing.program.today(self.now)
            if life.silent(check_in.due_on) or not self.draw.random() < 0.8:
                continue
            on = max(pairing.program.today(pairing.began_at), min(check_in.due_on, today))
            for says, member in ((life.mentor_says, pairing.mentor), (life.mentee_says, pairing.mentee)):
                if self.draw.random() < says:
                    how = self.draw.choice(words.HOW[member.role]) if self.draw.random() < 0.5 else ""
                    checkins.answer_check_in(check_in, met=True, on=on, how=how, by=member.user, now=self.now)

    def answer_pulses(self) -> None:
        rows = Invitation.objects.filter(answered_at=None, asked_at__gt=self.now - 5 * DAY, pairing__state="open")
        for row in rows.select_related(
            "pairing__program", "membership__user", "membership__program", "wave__survey__questionnaire"
        ):
            life = self.life(row.pairing)
            if self.draw.random() < 0.25 and not life.silent(self.program.today(self.now)):
                going = self.draw.choice(life.mood)
                surveys.answer(row, going=going, wish="nothing", by=row.membership.user, now=self.now)

    def staff_decide(self) -> None:
        """Follow-ups are seen to within a few days, but for those that a visitor finds."""
        rows = Case.objects.open().filter(program=self.program, owner__isnull=False)
        rows = rows.exclude(pk__in=Case.objects.filter(pairing__in=self.left_open))
        rows = rows.filter(opened_at__lt=self.now - 3 * DAY)
        for case in rows.select_related("owner", "program", "membership__user"):
            if case.is_cry and case.first_answer_at is None:
                cases.answered(case, by=case.owner, now=self.now)
            decision = next(one for one in (Decision.TALK, Decision.ANSWERED) if one in deciding.choices(case))
            said = self.draw.choice(words.TALKED)
            deciding.decide(case, decision, by=case.owner, now=self.now, words=said)

    def match_who_waits(self, most: int = 2) -> None:
        """Whoever waits gets a mentor who has become free."""
        waiting = self.program.memberships.mentees().filter(state="waiting").select_related("user", "program")
        for mentee in waiting.order_by("pk")[:most]:
            found = rounds.choices_for(self.program, mentee, self.program.policies.first(), now=self.now)
            free = [one.mentor for one in found if one.free > 0 and not one.why_not]
            if free:
                matching.pair_by_hand(self.program, free[0], mentee, by=self.coordinator, now=self.now)

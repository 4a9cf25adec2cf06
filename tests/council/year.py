"""A year of a few programs, lived through the same actions the pages call: people fall silent, leave, ask for help.

Everything random comes from one seed. Nothing here decides what ought to happen: it only lives, and counts.
"""

import random
import smtplib
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from django.core.mail.backends.base import BaseEmailBackend

from checkins import actions as checkins
from checkins.models import CheckIn, Contact, Meeting
from council.actions import answers, cases, deciding, leaves, leaving, pausing, requests, watch_cases
from council.models import Ask, Case, Decision
from matching import actions as matching
from matching import rounds
from matching.models import Pairing
from mentorship.sweeps import SWEEPS, tick
from outbox.delivery import deliver_due
from outbox.models import Letter
from outbox.sweeping import never
from programs import actions as people
from programs.errors import Refused
from programs.models import Leave, Membership, PointOfContact, ProgramFigure
from surveys import actions as surveys
from surveys.models import Invitation
from tests import world as w

DAY = timedelta(days=1)
FIRST_DAY = date(2026, 11, 16)
# A program, where its clock is, and how often its pairs meet.
PLACES = [
    ("Harbour volunteers", "Europe/London", 30),
    ("Mumbai makers", "Asia/Kolkata", 30),
    ("São Paulo readers", "America/Sao_Paulo", 60),
    ("Kobe cooks", "Asia/Tokyo", 90),
]
PAIRS = Pairing.objects.select_related("program", "mentor__user", "mentee__user", "mentor__program", "mentee__program")
MINDS = ["Policy", "Finance", "Digital"]


class Mail(BaseEmailBackend):
    """A mail server that knows no such mailbox for some."""

    refused: set[str] = set()
    sent = 0

    def send_messages(self, messages):
        for message in messages:
            if message.to[0] in Mail.refused:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"No such user here")})
            Mail.sent += 1
        return len(messages)


@contextmanager
def sweeping_until_delivery():
    """A tick without its last sweeps: what tells those in charge in the morning changes nothing."""
    left_out = {name: SWEEPS.pop(name) for name in ("mornings", "deliver")}
    try:
        yield
    finally:
        SWEEPS.update(left_out)


class Life:
    """What the two of a pair are like, unknown to everybody else."""

    def __init__(self, rng, today):
        self.meets = rng.choice([0.9, 0.9, 0.8, 0.5])
        self.mentor_says, self.mentee_says = rng.choice([0.9, 0.7, 0.1]), rng.choice([0.9, 0.6, 0.1])
        self.silent_from = today + rng.randrange(500) * DAY if rng.random() < 0.6 else None
        self.never = rng.random() < 0.1
        # They agree on meetings, and none takes place.
        self.unlucky = rng.random() < 0.04
        away = self.never or self.unlucky or rng.random() < 0.1
        self.first_on = None if away else today + rng.randrange(2, 12) * DAY

    def silent(self, today) -> bool:
        return self.never or bool(self.silent_from and today >= self.silent_from)


class Year:
    """The programs, their people, and the day it is."""

    def __init__(self, seed: int, *, pairs: int):
        self.rng = random.Random(seed)
        self.counts: Counter = Counter()
        self.lives: dict[int, Life] = {}
        self.day = FIRST_DAY
        self.now = datetime.combine(FIRST_DAY, time(12), UTC)
        Mail.refused, Mail.sent = set(), 0
        self.programs = [self.program(*place, pairs // len(PLACES)) for place in PLACES]

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def program(self, name, zone, rhythm, pairs):
        """An open program with its staff, whose first round is published."""
        program = w.make_program(
            name, time_zone=zone, opened_at=self.now, safeguarding=w.make_person(),
            deputy=w.make_person(), mentor_questionnaire=(form := w.make_questionnaire()), mentee_questionnaire=form,
        )  # fmt: skip
        coordinators = [self.join(program, "coordinator").user for _each in range(3)]
        council = [self.join(program, "council").user for _each in range(3)]
        PointOfContact.objects.create(program=program, duty="mentees", person=coordinators[0], deputy=coordinators[1])
        ProgramFigure.objects.create(program=program, key="rhythm_days", value=rhythm, since=self.now)
        w.make_policy(program, w.RULES, by=coordinators[0], now=self.now)
        # One who coordinates is a mentee too, and one of the council a mentor.
        mentors = [self.join(program, "mentor", form, "Love", council[0], places=2)]
        mentees = [self.join(program, "mentee", form, "Joy", coordinators[2])]
        mentors += [self.join(program, "mentor", form, "Love", places=2) for _each in range(pairs + 9)]
        mentees += [self.join(program, "mentee", form, "Joy") for _each in range(pairs + 4)]
        # And one is in no round.
        self.join(program, "mentee", form, "Joy")
        draft = w.make_round(program, by=coordinators[0], now=self.now)
        for number, mentee in enumerate(mentees):
            w.make_proposal(draft, mentee, mentors[number] if number < pairs else None)
        matching.publish(draft, by=coordinators[0], now=self.now)
        return program

    def join(self, program, role, form=None, organisation="", person=None, **fields):
        sheet = form and w.make_sheet(form, organisation=organisation, profession=self.rng.choice(MINDS), grade="HEO")
        person = person or w.make_person(time_zone=program.time_zone, password=None)
        return w.add_member(program, role, person, now=self.now, sheet=sheet, **fields)

    def do(self, what: str, act, *args, **kwargs):
        """One thing somebody does, as they may; what they are refused is counted apart."""
        try:
            done = act(*args, now=self.now, **kwargs)
        except Refused as refusal:
            self.counts[f"refused: {str(refusal)[:40]} …"] += 1
            return None
        self.counts[what] += 1
        return done

    # A day.

    def live(self) -> None:
        """The next day; now and then at another hour, which is night to some."""
        self.day += DAY
        hour = time(self.rng.randrange(24), 50) if self.chance(0.1) else time(11, 35)
        self.now = datetime.combine(self.day, hour, UTC)
        for pk in Pairing.objects.open().order_by("pk").values_list("pk", flat=True):
            life = self.life(pk)
            if life.first_on and self.day >= life.first_on:
                self.say_hello(PAIRS.get(pk=pk), life)
            if self.chance(0.05 if life.unlucky else 0.014):
                self.pair_lives(PAIRS.get(pk=pk), life)
        self.answer_check_ins()
        self.answer_pulses()
        self.answer_questions()
        self.staff_decide()
        self.staff_come_and_go()
        self.people_come_back()
        if self.day.weekday() == 0:
            for program in self.programs:
                self.match_who_waits(program)

    def sweep(self) -> None:
        """What the worker does; most letters take a short way, which is proven elsewhere."""
        with sweeping_until_delivery():
            _counts, failed = tick(self.now, seconds=120)
        assert not failed
        due = Letter.objects.due(self.now)
        self.counts["letters"] += due.exclude(recipient__email__in=Mail.refused).update(state="sent", sent_at=self.now)
        deliver_due(self.now, never)
        # An address that bounces may be one who answers for something: seen to within the minute.
        watch_cases(self.now, never)

    def life(self, pk: int) -> Life:
        if pk not in self.lives:
            self.lives[pk] = Life(self.rng, self.day)
            self.counts["pairs"] += 1
        return self.lives[pk]

    def say_hello(self, pairing, life) -> None:
        """Most are in touch within the first days, and one of them says so."""
        life.first_on = None
        by = self.rng.choice([pairing.mentor, pairing.mentee]).user
        self.do("in touch", checkins.in_touch, pairing, on=pairing.program.today(self.now), by=by)

    def pair_lives(self, pairing, life) -> None:
        """What the two do of their own accord."""
        rng = self.rng
        mentor, mentee = pairing.mentor, pairing.mentee
        today = pairing.program.today(self.now)
        silent = life.silent(today)
        deed = rng.random()
        if life.unlucky and deed < 0.9:
            self.meet(pairing)
        elif deed < 0.35 and not silent:
            self.do("in touch", checkins.in_touch, pairing, on=today, by=rng.choice([mentor, mentee]).user)
        elif deed < 0.55 and not silent:
            self.meet(pairing)
        elif deed < 0.60 and silent:
            addressed = rng.choice(["coordinator", "council"])
            self.do(f"no mentor, to the {addressed}", requests.no_mentor, pairing, addressed=addressed, by=mentee.user)
        elif deed < 0.65:
            self.do("no mentee", requests.no_mentee, pairing, by=mentor.user)
        elif deed < 0.68:
            self.do("wish", requests.wish, pairing, rng.choice(["write", "call", "other"]), by=mentee.user)
        elif deed < 0.70:
            self.do("too much", requests.too_much, mentor, by=mentor.user)
        elif deed < 0.76:
            until = today + rng.randrange(3, 43) * DAY
            self.do("pause", pausing.pause_pair, pairing, until=until, by=mentee.user)
        elif deed < 0.80:
            self.do("mentor away", self.away, mentor)
        elif deed < 0.83:
            self.do("mentee away", self.away, mentee)
        elif deed < 0.85:
            self.do("mentor left", leaving.withdraw, mentor, by=mentor.user)
        elif deed < 0.87:
            self.do("mentee left", leaving.withdraw, mentee, by=mentee.user, words="Another job")
        elif deed < 0.90:
            person = rng.choice([mentor, mentee]).user
            self.counts["address gone"] += person.email not in Mail.refused
            Mail.refused.add(person.email)
        elif deed < 0.94 and (row := Contact.objects.of(pairing).filter(by_mentor=True).first()):
            self.do("taken back", checkins.take_back, pairing, on=row.on, says="mentor", by=mentor.user)

    def away(self, membership, *, now):
        starts_on = membership.program.today(now) + self.rng.choice([0, 0, 5]) * DAY
        days = self.rng.choice([3, 10, 30, 60, 120])
        return leaves.take_leave(
            membership, starts_on=starts_on, returns_on=starts_on + days * DAY, by=membership.user, now=now
        )

    def meet(self, pairing) -> None:
        one, other = self.rng.sample([pairing.mentor.user, pairing.mentee.user], 2)
        known = Meeting.objects.of(pairing).filter(state="accepted", starts_at__gt=self.now).first()
        if known:
            self.do("meeting cancelled", checkins.cancel, known, by=one)
            return
        starts_at = self.now + self.rng.randrange(2, 20) * DAY
        meeting = self.do("meeting proposed", checkins.propose, pairing, starts_at=starts_at, minutes=60, by=one)
        if meeting and self.chance(0.8):
            self.do("meeting agreed", checkins.accept, meeting, by=other)
        elif meeting and self.chance(0.5):
            self.do("meeting declined", checkins.decline, meeting, by=other)

    def answer_check_ins(self) -> None:
        """Did you meet? Those who answer do so within three days."""
        open_ones = CheckIn.objects.filter(closed_at=None, asked_at__gt=self.now - 3 * DAY, answers=None)
        for check_in in open_ones.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user"):
            pairing = check_in.pairing
            life, zone_day = self.life(pairing.pk), pairing.program.today(self.now)
            if life.unlucky or life.silent(check_in.due_on):
                if self.chance(1 if life.unlucky else life.mentee_says / 3):
                    self.do("did not meet", checkins.answer_check_in, check_in, met=False, by=pairing.mentee.user)
                continue
            if not self.chance(life.meets):
                continue
            on = max(pairing.program.today(pairing.began_at), min(check_in.due_on, zone_day))
            for says, member in ((life.mentor_says, pairing.mentor), (life.mentee_says, pairing.mentee)):
                if self.chance(says):
                    self.do("met", checkins.answer_check_in, check_in, met=True, on=on, by=member.user)

    def answer_pulses(self) -> None:
        rows = Invitation.objects.filter(answered_at=None, asked_at__gt=self.now - 6 * DAY, pairing__state="open")
        for row in rows.select_related("pairing", "membership__user", "wave__survey__questionnaire"):
            if self.chance(0.15):
                going, wish = self.rng.choice("12345"), self.rng.choice(["nothing"] * 12 + ["write", "call", "other"])
                self.do(f"pulse: {wish}", surveys.answer, row, going=going, wish=wish, by=row.membership.user)

    def answer_questions(self) -> None:
        """A mentee is asked whether they are there, or what suits them while their mentor is away."""
        rows = Ask.objects.filter(answered_at=None, look_at__isnull=False, pairing__state="open")
        for ask in rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user", "leave"):
            if answers.is_open(ask) and self.chance(0.2 if ask.leave else 0.08):
                said = self.rng.choice(answers.ANSWERS[ask.kind])
                on = ask.pairing.program.today(self.now)
                self.do(f"answered: {said}", answers.answer_ask, ask, said, on=on, by=ask.pairing.mentee.user)

    # Those who decide.

    def staff_decide(self) -> None:
        rows = Case.objects.open().filter(owner__isnull=False).select_related("owner", "program", "membership__user")
        for case in list(rows):
            with_council = case.at_council_since is not None
            hurry = with_council and case.due_at < self.now + 3 * DAY
            if not hurry and not self.chance(0.15 if with_council else 0.08):
                continue
            if Leave.objects.away_on(case.program.today(self.now)).filter(membership__user=case.owner).exists():
                # Somebody who is away looks at nothing; the sweep finds another.
                continue
            assert Case.objects.visible_to(case.owner).filter(pk=case.pk).exists(), case
            self.see_to(case, hurry)

    def see_to(self, case, hurry: bool) -> None:
        by = {"by": case.owner}
        if case.is_cry and case.first_answer_at is None:
            self.do("first answer", cases.answered, case, **by)
        nearly_due = case.due_at < self.now + 5 * DAY
        if nearly_due and self.chance(0.5) and self.do("snoozed", cases.snooze, case, days=7, **by):
            return
        if not hurry and case.at_council_since is None and self.chance(0.1):
            self.do("handed on", cases.to_council, case, why="This is hard.", **by)
            return
        choices = deciding.choices(case)
        decision = self.rng.choice(choices)
        if decision == Decision.REASSIGNED and not self.reassign(case):
            decision = next((one for one in choices if one in (Decision.WAITING, Decision.TALK)), Decision.ANSWERED)
        if decision != Decision.REASSIGNED:
            self.decide(case, decision)

    def reassign(self, case) -> bool:
        pairing = next(iter(deciding.pairs_of(case)), None)
        found = [one for one in deciding.candidates(case, pairing, self.now) if one.mentor.user_id != case.owner_id]
        return bool(found) and bool(
            self.do("decided: reassigned", deciding.reassign, case, pairing, found[0].mentor, by=case.owner)
        )

    def decide(self, case, decision) -> None:
        today = case.program.today(self.now)
        more = {
            Decision.PAUSE: {"until": today + self.rng.randrange(7, 43) * DAY},
            Decision.EASIER: {"rhythm_days": 60},
        }.get(decision, {})
        self.do(f"decided: {decision}", deciding.decide, case, decision, by=case.owner, words="As we said.", **more)
        for pairing in deciding.pairs_of(case):
            # Being talked to helps some.
            if self.chance(0.5):
                self.life(pairing.pk).never, self.life(pairing.pk).silent_from = False, None

    def staff_come_and_go(self) -> None:
        program = self.rng.choice(self.programs)
        staff = Membership.objects.of(program).filter(role__in=["coordinator", "council"], state="active")
        member = self.rng.choice(list(staff.select_related("program", "user")))
        deed = self.rng.random()
        if deed < 0.03:
            # Never everybody of a role: then nobody could keep the promise.
            if staff.filter(role=member.role).count() > 2:
                self.do("staff left", people.move, member, "left", by=None)
                self.join(program, member.role)
        elif deed < 0.08 and not Leave.objects.current().filter(membership__in=staff).exists():
            self.do("staff away", self.away, member)
        elif deed < 0.09 and not staff.filter(user__email__in=Mail.refused).exists():
            self.counts["staff address gone"] += 1
            Mail.refused.add(member.user.email)

    def people_come_back(self) -> None:
        if self.chance(0.05) and (leave := Leave.objects.current().order_by("?").first()):
            self.do("back early", leaves.end_leave, leave, by=leave.membership.user)
        if self.chance(0.05) and Mail.refused:
            member = Membership.objects.filter(user__email=self.rng.choice(sorted(Mail.refused))).first()
            if member:
                number = self.counts["address put right"]
                self.do("address put right", people.correct_address, member.user, f"new.{number}@example.org",
                        by=None, program=member.program)  # fmt: skip

    def match_who_waits(self, program) -> None:
        """Some of the waiting list are paired by hand, with mentors who are free."""
        coordinator = Membership.objects.of(program).filter(role="coordinator", state="active").first().user
        waiting = Membership.objects.of(program).mentees().filter(state="waiting")
        for mentee in list(waiting.exclude(user=coordinator).select_related("user", "program")[:2]):
            found = rounds.choices_for(program, mentee, program.policies.first(), now=self.now)
            free = [one for one in found if one.free > 0 and not one.why_not and one.mentor.user_id != coordinator.pk]
            if free:
                self.do("paired by hand", matching.pair_by_hand, program, free[0].mentor, mentee, by=coordinator)

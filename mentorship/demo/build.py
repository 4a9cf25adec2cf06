"""Builds the made-up programs through the actions that the screens call, up to one of three stages."""

import logging
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress

from journal.actions import record
from matching import actions as matching
from matching.models import Round
from mentorship.demo import names, schemes
from mentorship.demo.files import import_files
from mentorship.demo.logins import BUILT, STAFF, let_sign_in
from mentorship.demo.months import Months
from mentorship.demo.story import Story
from outbox.delivery import deliver_due
from outbox.sweeping import never
from profiles.models import User
from programs import actions as programs
from programs.goals import Aim
from programs.models import Duty, Membership, Program, Role

SETUP, MATCHED, RUNNING = STAGES = ("setup", "matched", "running")
# How long ago the first people were matched, then the second; when one more mentor came, and those with places now.
BEGAN, AGAIN, ONE_MORE, LATE = (timedelta(days=days) for days in (98, 33, 12, 3))
# Those who are ready to be matched beside a program that runs.
SECOND_PROGRAM = 24
Say = Callable[[str], None]


def build(*, seed: int, people: int, now: datetime, stage: str = RUNNING, say: Say = lambda words: None) -> None:
    """Everybody up to a stage: ready to be matched; just matched; or months later, with a second program to match."""
    builder = Builder(seed, now)
    # In the morning: emails do not leave at night.
    today = morning(now)
    with no_line_an_email():
        if stage == SETUP:
            builder.filled(schemes.CAREERS, people, now - timedelta(hours=1))
        elif stage == MATCHED:
            program = builder.filled(schemes.CAREERS, people, today - timedelta(days=2))
            builder.publish(program, today)
            Story(program).finish()
        else:
            builder.run(people, today, say)
        builder.remember()


@contextmanager
def no_line_an_email() -> Iterator[None]:
    """Months of made-up emails are no news to whoever watches the demo being made."""
    log = logging.getLogger("outbox.delivery")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def morning(now: datetime) -> datetime:
    """The last time it was ten in the morning."""
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0)
    return ten if ten <= now else ten - timedelta(days=1)


class Builder:
    """The people of a demo, and what is drawn for them."""

    def __init__(self, seed: int, now: datetime):
        self.draw = random.Random(seed)
        self.known = names.people(self.draw)
        self.now = now
        began = now - BEGAN - timedelta(days=9)
        self.staff = {key: _staff(*who, is_superuser=key == "admin", now=began) for key, who in STAFF.items()}
        for key in ("admin", "coordinator", "council"):
            let_sign_in(self.staff[key])

    def remember(self) -> None:
        """A line of history says that this is a demo: only where it stands may anybody look at it as somebody else."""
        record(by=None, verb=BUILT, thing=self.staff["coordinator"], now=self.now, words="A demo was built.")

    def program(self, scheme: schemes.Scheme, now) -> Program:
        """A program with its people in charge, opened."""
        by = self.staff["coordinator"]
        program = programs.create_program(
            by=by,
            now=now,
            slug=scheme.slug,
            goals=[Aim(*goal) for goal in scheme.goals],
            starts_on=now.date(),
            **scheme.settings,
        )
        programs.set_contact(
            program, Duty.SAFEGUARDING, self.staff["safeguarding"], self.staff["deputy"], by=by, now=now
        )
        programs.set_contact(program, Duty.MENTEES, by, self.staff["second"], by=by, now=now)
        programs.add_member(program, self.staff["second"], Role.COORDINATOR, by=by, now=now)
        programs.add_member(program, self.staff["council"], Role.COUNCIL, by=by, now=now)
        return programs.open_program(program, by=by, now=now)

    def filled(self, scheme: schemes.Scheme, people: int, now) -> Program:
        """A program with people in it and with its rules."""
        program = self.program(scheme, now)
        mentors = max(2, people * 2 // 5)
        self.bring_in(program, scheme, max(2, people - mentors), mentors, now)
        rules = {"rules": [dict(rule) for rule in scheme.rules], "floor_levels": 10, "coverage_first": True}
        matching.save_policy(program, rules, by=self.staff["coordinator"], now=now)
        return program

    def bring_in(self, program, scheme: schemes.Scheme, mentees: int, mentors: int, now) -> None:
        """People from two spreadsheets; of one side only where the other has none."""
        before = set(program.memberships.values_list("pk", flat=True))
        files = schemes.applicants(scheme, self.known, mentees, mentors, self.draw, late=not mentees)
        import_files(program, scheme, files, by=self.staff["coordinator"], now=now)
        self._same_ties(program, before)
        program.refresh_from_db()

    def _same_ties(self, program, before: set[int]) -> None:
        """Among equals the matching decides by ids: drawn here, so that the same seed gives the same pairs."""
        if not before & set(program.memberships.participants().values_list("pk", flat=True)):
            Program.objects.filter(pk=program.pk).update(public_id=self._drawn())
        new = program.memberships.exclude(pk__in=before).order_by("user__email", "role")
        for pk in [*new.values_list("pk", flat=True)]:
            Membership.objects.filter(pk=pk).update(public_id=self._drawn())

    def _drawn(self) -> uuid.UUID:
        return uuid.UUID(int=self.draw.getrandbits(128), version=4)

    def publish(self, program, then) -> Round:
        """A round worked out and published, and its letters sent."""
        by = self.staff["coordinator"]
        round = matching.ask_round(program, by=by, now=then)
        matching.run_rounds(then, never)
        round.refresh_from_db()
        matching.publish(round, by=by, now=then)
        matching.send_now(round.publications.get(), by=by, now=then)
        # One sweep takes some of the letters: again until none is left.
        while deliver_due(then, never):
            pass
        return round

    def run(self, people: int, today, say: Say) -> None:
        """Months of a program, day by day, and a second one whose people are ready."""
        scheme = schemes.CAREERS
        # One for each mentee of the mentor for whom it is too much.
        late = max(3, people // 12) if people >= 20 else 0
        second = people // 4 if people >= 20 else 0
        say("People come, and are matched …")
        program = self.filled(scheme, people - late - second - (late > 0), today - BEGAN - timedelta(days=6))
        self.publish(program, today - BEGAN)
        months = Months(program, self.staff["coordinator"], self.draw, began=today - BEGAN, today=today)
        story = Story(program)
        story.prepare(months)
        say("They meet, month after month …")
        months.live(today - AGAIN - timedelta(days=4), story)
        if second:
            self.bring_in(program, scheme, second * 3 // 5, second * 2 // 5, months.now)
            months.live(today - AGAIN, story)
            self.publish(program, today - AGAIN)
        if late:
            for mentors, then in ((1, ONE_MORE), (late, LATE)):
                months.live(today - then, story)
                self.bring_in(program, scheme, 0, mentors, months.now)
        months.live(today, story)
        say("A second program is made ready to be matched …")
        self.filled(schemes.VOLUNTEERS, min(people, SECOND_PROGRAM), today)
        story.finish()


def _staff(email, name, *, is_superuser, now):
    person = User.objects.create_user(email, None, name=name, is_superuser=is_superuser, date_joined=now)
    EmailAddress.objects.create(user=person, email=email, primary=True)
    return person

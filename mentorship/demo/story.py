"""The stories a visitor finds: who stands where today, and what led to it, each through its ordinary action."""

from datetime import timedelta

from checkins import actions as checkins
from council.actions import answers, leaves, leaving, pausing, requests
from council.models import Ask
from matching.models import Pairing
from mentorship.demo import words
from mentorship.demo.logins import let_sign_in
from mentorship.demo.months import DAY, PAIRS, Life, Months
from profiles.models import User
from programs.models import MembershipState
from surveys import actions as surveys
from surveys.models import Invitation

# In the order in which they are given to pairs: a small demo has the first of them.
PARTS = ("mentor", "mentee", "quiet", "council", "away", "paused", "moved_on", "wish", "bounced")
STEADY = {"mentor_says": 0.9, "mentee_says": 0.9, "mood": ("4", "5")}


class Story:
    """Which pair plays which part, and on which day (counted back from today) what happens to it."""

    def __init__(self, program):
        self.program = program
        self.known = pairings = list(PAIRS.filter(program=program, state="open").order_by("pk"))
        mentors = [pairing.mentor_id for pairing in pairings]
        # Too much for the mentor who has most.
        self.busy = max(pairings, key=lambda pairing: mentors.count(pairing.mentor_id)).mentor
        free = [pairing for pairing in pairings if pairing.mentor_id != self.busy.pk]
        free.sort(key=lambda pairing: (mentors.count(pairing.mentor_id), pairing.pk))
        self.pairs: dict[str, Pairing] = dict(zip(PARTS, free, strict=False))

    def prepare(self, months: Months) -> None:
        """Gives the pairs of the story their lives."""
        for part, pairing in self.pairs.items():
            life = months.lives[pairing.pk] = Life(next_on=months.program.today(months.now) + 3 * DAY, **STEADY)
            if part in ("quiet", "council"):
                life.silent_from = months.day({"quiet": 32, "council": 49}[part])
                months.left_open.add(pairing.pk)
        for pairing in Pairing.objects.open().filter(mentor=self.busy):
            months.lives[pairing.pk] = Life(next_on=months.program.today(months.now) + 2 * DAY, **STEADY)

    def __call__(self, months: Months) -> None:
        """What happens on this day."""
        ago = (months.today.date() - months.now.date()).days
        for part, pairing in self.pairs.items():
            act = DEEDS.get((part, ago))
            if act:
                act(months, PAIRS.get(pk=pairing.pk))
        if ago in TURNS:
            TURNS[ago](self, months)
        if ago == 1:
            requests.too_much(self.busy, words=words.TOO_MUCH, by=self.busy.user, now=months.now)

    def finish(self) -> None:
        """Passwords for one of each role."""
        waiting = self.program.memberships.mentees().filter(state=MembershipState.WAITING).order_by("pk").first()
        known = [self.pairs[part] for part in ("mentor", "mentee") if part in self.pairs] or self.known
        for user in filter(None, (known[0].mentor.user, known[-1].mentee.user, waiting and waiting.user)):
            let_sign_in(user)


# --- What happens on one day to one pair ---


def meet_for_the_last_time(months: Months, pairing) -> None:
    cancel_meetings(months, pairing)
    checkins.in_touch(pairing, on=months.program.today(months.now), by=pairing.mentee.user, now=months.now)


def agree_to_meet(months: Months, pairing) -> None:
    """Tomorrow they meet."""
    months.lives[pairing.pk].next_on = None
    cancel_meetings(months, pairing)
    months.arrange(pairing, months.day(-1), pairing.mentee.user, pairing.mentor.user)


def cancel_meetings(months: Months, pairing) -> None:
    """What was arranged further ahead makes way."""
    for meeting in pairing.meetings.filter(state="accepted", starts_at__gt=months.now):
        checkins.cancel(meeting, by=pairing.mentor.user, now=months.now)


def wait_for_an_answer(months: Months, pairing) -> None:
    """Their mentor proposes a meeting, and their mentee has not answered yet."""
    months.lives[pairing.pk].next_on = None
    cancel_meetings(months, pairing)
    months.arrange(pairing, months.day(-5), pairing.mentor.user, pairing.mentee.user, agree=False)


def go_away(months: Months, pairing) -> None:
    cancel_meetings(months, pairing)
    days = {"starts_on": months.program.today(months.now), "returns_on": months.day(-20)}
    leaves.take_leave(pairing.mentor, **days, by=pairing.mentor.user, now=months.now)


def say_that_one_waits(months: Months, pairing) -> None:
    ask = Ask.objects.filter(pairing=pairing, kind="away", answered_at=None).select_related("pairing", "leave").first()
    if ask:
        answers.answer_ask(ask, "wait", by=pairing.mentee.user, now=months.now)


def pause(months: Months, pairing) -> None:
    cancel_meetings(months, pairing)
    pausing.pause_pair(pairing, until=months.day(-18), by=pairing.mentee.user, now=months.now)


def move_on(months: Months, pairing) -> None:
    leaving.withdraw(pairing.mentee, by=pairing.mentee.user, now=months.now, words=words.MOVED_ON)


def ask_for_a_call(months: Months, pairing) -> None:
    case = requests.wish(pairing, "call", words.WISH_CALL, by=pairing.mentee.user, now=months.now)
    months.left_open.add(case.pairing_id)


def bounce(months: Months, pairing) -> None:
    """What the mail server would have told us; what is written to them from now on does not arrive."""
    cancel_meetings(months, pairing)
    User.objects.filter(pk=pairing.mentor.user_id).update(address_bounced_at=months.now)
    months.arrange(pairing, months.day(2), pairing.mentee.user, pairing.mentor.user, agree=False)


DEEDS = {
    ("quiet", 33): meet_for_the_last_time,
    ("council", 50): meet_for_the_last_time,
    ("mentor", 4): agree_to_meet,
    ("mentee", 0): wait_for_an_answer,
    ("away", 9): go_away,
    ("away", 7): say_that_one_waits,
    ("paused", 6): pause,
    ("moved_on", 13): move_on,
    ("wish", 1): ask_for_a_call,
    ("bounced", 6): bounce,
}


def fall_silent_at_once(story: Story, months: Months) -> None:
    """Somebody who waited gets a mentor, and the two have not said hello."""
    before = set(months.lives)
    months.match_who_waits(most=1)
    for pairing in PAIRS.filter(program=story.program, state="open").exclude(pk__in=before).order_by("pk"):
        months.life(pairing).silent_from = months.day(11)
        months.life(pairing).silent_until = None
        months.left_open.add(pairing.pk)


def say_that_it_goes_badly(story: Story, months: Months) -> None:
    """A low answer that nobody has looked at."""
    rows = Invitation.objects.filter(pairing__program=story.program, pairing__state="open", answered_at=None)
    known = [pairing.pk for pairing in story.pairs.values()]
    row = rows.filter(asked_at__gt=months.now - timedelta(days=5)).exclude(pairing__in=known).order_by("pk").first()
    if row:
        surveys.answer(row, going="2", wish="nothing", by=row.membership.user, now=months.now)


TURNS = {11: fall_silent_at_once, 1: say_that_it_goes_badly}

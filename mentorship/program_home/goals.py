"""A program's goals with target and course: where each measured one stands, month by month."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins import standing
from checkins.models import Contact
from checkins.watching import facts_of
from matching.models import Pairing
from mentorship.program_home import course
from mentorship.program_home.course import Point, Seat, Span
from profiles import civil
from programs.goals import MEAN, MEASURES, measure_words, number_words, target_words
from programs.models import Goal, Membership, MembershipState
from surveys import results

S = MembershipState
# Fewer answers than that make no figure.
FEWEST_ANSWERS = 5


@dataclass(frozen=True)
class Course:
    """One goal, and for a measured one how far it is."""

    goal: Goal
    points: list[Point] = field(default_factory=list)

    @property
    def measure(self):
        return MEASURES.get(self.goal.measure)

    @property
    def now(self) -> Point | None:
        """The newest point with a value."""
        return next((point for point in reversed(self.points) if point.value is not None), None)

    @property
    def reached(self) -> bool:
        return self.now is not None and round(self.now.value, 1) >= self.goal.target

    @property
    def counted(self) -> str:
        return measure_words(self.goal.measure, self.goal.within)

    @property
    def value(self) -> str:
        return number_words(self.goal.measure, self.now.value) if self.now else ""

    @property
    def out_of(self) -> str:
        """How many of how many make up the number."""
        if self.measure.unit == MEAN:
            return _("the mean of %(number)s answers in %(month)s") % {
                "number": self.now.of,
                "month": date_format(self.now.day, "F Y"),
            }
        return _("%(n)s of %(of)s %(what)s") % {"n": self.now.n, "of": self.now.of, "what": self.measure.whole}

    @property
    def target(self) -> str:
        return target_words(self.goal.measure, self.goal.target)

    @property
    def most(self) -> int:
        """What the chart is high."""
        return 5 if self.measure.unit == MEAN else 100

    @property
    def rows(self) -> list[dict]:
        """The course as the chart draws it."""
        return [
            {
                "label": date_format(point.day, "M Y"),
                "value": point.value,
                "words": "" if point.value is None else number_words(self.goal.measure, point.value),
                "note": _("%(n)s of %(of)s") % {"n": point.n, "of": point.of}
                if self.measure.unit != MEAN
                else point.of,
            }
            for point in self.points
        ]


def courses_of(program, user, now) -> list[Course]:
    """Every goal in order, counted without rows about the reader, in queries that grow with no row."""
    goals = list(program.goals.all())
    rows = Rows(program, user, now)
    counted: dict[tuple, list[Point]] = {}
    for goal in goals:
        key = (goal.measure, goal.within)
        if goal.measure in MEASURES and key not in counted:
            counted[key] = COUNTED[goal.measure](rows, goal.within)
    return [Course(goal, counted.get((goal.measure, goal.within), [])) for goal in goals]


class Rows:
    """What courses are counted from, each asked for once and only where a goal wants it."""

    def __init__(self, program, user, now):
        self.program, self.user, self.now = program, user, now
        self._kept = {}

    def _once(self, name, make):
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    @property
    def pairings(self) -> list[Pairing]:
        rows = Pairing.objects.visible_to(self.user).of(self.program).select_related(None).order_by("began_at", "pk")
        return self._once("pairings", lambda: self._with_program(rows))

    def _with_program(self, rows):
        found = list(rows)
        for row in found:
            row.program = self.program
        return found

    def _day(self, moment):
        return civil.day_of(moment, self.program.zone) if moment else None

    @property
    def spans(self) -> list[Span]:
        return self._once(
            "spans",
            lambda: [Span(row.mentee_id, self._day(row.began_at), self._day(row.ended_at)) for row in self.pairings],
        )

    @property
    def seats(self) -> dict[int, Seat]:
        return self._once("seats", self._seats)

    def _seats(self):
        first = {}
        for span in self.spans:
            first.setdefault(span.mentee, span.began)
        rows = Membership.objects.visible_to(self.user).of(self.program).mentees().exclude(state=S.DECLINED)
        return {
            pk: Seat(self._day(joined), self._day(since) if state in (S.LEFT, S.COMPLETED) else None, first.get(pk))
            for pk, joined, state, since in rows.order_by("pk").values_list("pk", "joined_at", "state", "since")
        }

    def days(self, since) -> list:
        return course.days_of(min(since, default=self.program.today(self.now)), self.program.today(self.now))

    @property
    def months(self) -> list:
        return self.days([seat.joined for seat in self.seats.values()])

    @property
    def months_of_pairs(self) -> list:
        return self.days([span.began for span in self.spans])


def _matched(rows, within):
    return [course.matched(day, rows.seats, rows.spans) for day in rows.months]


def _placed(rows, within):
    return [course.placed(day, rows.seats, within) for day in rows.months]


def _going(rows, within):
    return [course.going(day, rows.spans, within) for day in rows.months_of_pairs]


def _in_touch(rows, within):
    """As the standing of each pair was that day, by the function that decides it today."""
    facts = facts_of(rows.pairings, rows.now)
    contacts = defaultdict(list)
    seen = Contact.objects.filter(pairing__in=[row.pk for row in rows.pairings]).order_by("on")
    for pk, on in seen.values_list("pairing", "on"):
        contacts[pk].append(on)
    found = []
    for day in rows.months_of_pairs:
        there = [(row, one) for row, one in zip(rows.pairings, rows.spans, strict=True) if one.covers(day)]
        answers = [_standing(facts[row.pk], contacts[row.pk], day) for row, _span in there]
        found.append(course.as_agreed(day, answers))
    return found


def _standing(facts, contacts, day) -> str:
    """How a pair stood at the end of that day."""
    before = bisect_right(contacts, day)
    last = contacts[before - 1] if before else None
    return standing.assess(replace(facts, today=day, last_contact=last, ended_on=None)).standing


def _pulse(rows, within):
    found = []
    for month in results.months_of(rows.user, rows.program)[-course.MOST_MONTHS :]:
        found.append(Point(month.month, month.n, month.n, month.mean if month.n >= FEWEST_ANSWERS else None))
    return found


COUNTED = {"matched": _matched, "placed": _placed, "going": _going, "in_touch": _in_touch, "pulse": _pulse}

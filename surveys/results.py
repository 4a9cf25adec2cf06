"""What a pulse says: each answer, and the means by month with how many they are out of."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from matching.models import PairingState
from questions.models import Answer as Value
from surveys.letters import other_of
from surveys.models import Invitation
from surveys.pulse import GOING, GOING_WORDS, LOW, NOTHING, WISH, wish_words

A_PAGE = 50
SHOWS = {
    "answered": _("All answers"),
    "wish": _("With a wish"),
    "low": _("1 or 2"),
    "open": _("Not answered"),
}
SORTS = {
    "newest": (_("Newest first"), [F("answered_at").desc(nulls_last=True), "-asked_at", "-pk"]),
    "lowest": (_("Lowest first"), [F("said_going").asc(nulls_last=True), "-answered_at", "-pk"]),
    "name": (_("By name"), ["membership__user__name", "membership__user", "-pk"]),
}


@dataclass(frozen=True)
class Wanted:
    """What the address of the list asks for; anything else is what it shows first."""

    show: str = "answered"
    q: str = ""
    sort: str = "newest"

    @classmethod
    def of(cls, query) -> "Wanted":
        show, sort = query.get("show", ""), query.get("sort", "")
        return cls(
            show=show if show in SHOWS else "answered",
            q=query.get("q", "").strip().replace("\x00", "")[:150],
            sort=sort if sort in SORTS else "newest",
        )

    def url(self, **changes) -> str:
        """The same list with some of it changed."""
        wanted = {"show": self.show, "q": self.q, "sort": self.sort, **changes}
        return "?" + urlencode({key: value for key, value in wanted.items() if value})


@dataclass(frozen=True)
class Answer:
    """One invitation as its page tells of it."""

    invitation: Invitation
    follow_up: object = None
    # Asked, and no such email reaches them.
    unreached: bool = False

    @property
    def going(self) -> str:
        return self.invitation.said_going or ""

    @property
    def going_words(self) -> str:
        return str(GOING_WORDS.get(self.going, ""))

    @property
    def wish_words(self) -> str:
        wish = self.invitation.said_wish
        return str(wish_words(self.invitation.membership.role).get(wish, "")) if wish else ""

    @property
    def other(self):
        return other_of(self.invitation)


@dataclass(frozen=True)
class Month:
    """The mean of the answers given to the questions of one month."""

    month: date
    mean: float | None
    n: int
    asked: int

    @property
    def words(self) -> str:
        return date_format(self.month, "F Y")


def said(key: str) -> Subquery:
    return Subquery(Value.objects.filter(sheet=OuterRef("sheet"), question__key=key).values("value")[:1])


def asked_in(user, program):
    """Everybody asked in a program whom this person may read."""
    return Invitation.objects.visible_to(user).filter(pairing__program=program)


def rows(user, program, wanted: Wanted):
    """Those the address asks for, in its order, each with what was said."""
    found = asked_in(user, program).annotate(said_going=said(GOING), said_wish=said(WISH))
    found = found.filter(answered_at__isnull=wanted.show == "open")
    if wanted.show == "wish":
        found = found.exclude(said_wish=NOTHING)
    elif wanted.show == "low":
        found = found.filter(Q(said_going=LOW[0]) | Q(said_going=LOW[1]))
    if wanted.q:
        either = Q(pairing__mentor__user__name__icontains=wanted.q) | Q(pairing__mentee__user__name__icontains=wanted.q)
        found = found.filter(either)
    people = ("membership__user", "pairing__program", "pairing__mentor__user", "pairing__mentee__user")
    return found.select_related(*people).order_by(*SORTS[wanted.sort][1])


def months_of(user, program) -> list[Month]:
    """The means by month of asking, the oldest first, with how many answered of how many; one query."""
    counts = asked_in(user, program).order_by().annotate(said_going=said(GOING))
    given, asked = defaultdict(dict), defaultdict(int)
    for month, going, n in counts.values_list("wave__month", "said_going").annotate(n=Count("pk")):
        asked[month] += n
        if going:
            given[month][int(going)] = n
    return [
        Month(
            month,
            sum(going * n for going, n in given[month].items()) / sum(given[month].values()) if given[month] else None,
            sum(given[month].values()),
            asked[month],
        )
        for month in sorted(asked)
    ]


def low_without_wish(user, programs):
    """Who says that it goes badly and asked for nothing, until a coordinator has seen to it; an index holds them."""
    low = Invitation.objects.visible_to(user).filter(low_at__isnull=False, pairing__state=PairingState.OPEN)
    return low.filter(pairing__program__in=programs)


def low_counts(user, programs) -> dict[int, int]:
    """How many people these are, by the primary key of their program; one query."""
    rows = low_without_wish(user, programs).order_by().values_list("pairing__program")
    return dict(rows.annotate(n=Count("membership", distinct=True)))


COLUMNS = [
    (_("Name"), lambda one: str(one.invitation.membership.user)),
    (_("Role"), lambda one: one.invitation.membership.get_role_display()),
    (_("In a pair with"), lambda one: str(one.other)),
    (_("How is it going, 1 to 5"), lambda one: int(one.going) if one.going else ""),
    (_("In words"), lambda one: one.going_words),
    (_("Would like"), lambda one: one.wish_words),
    (_("Asked"), lambda one: one.invitation.asked_at),
    (_("Answered"), lambda one: one.invitation.answered_at),
]

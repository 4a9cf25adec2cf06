"""What a pulse says: each answer, and the means by month with how many they are out of."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from questions import values
from surveys.models import Invitation
from surveys.pulse import GOING, GOING_WORDS, LOW, NOTHING, WISH, wish_words


@dataclass(frozen=True)
class Answer:
    """One invitation as its page tells of it."""

    invitation: Invitation
    going: str
    wish: str

    @property
    def going_words(self) -> str:
        return str(GOING_WORDS.get(self.going, ""))

    @property
    def wish_words(self) -> str:
        return str(wish_words(self.invitation.membership.role).get(self.wish, "")) if self.wish else ""

    @property
    def is_low(self) -> bool:
        return self.going in LOW

    @property
    def wishes(self) -> bool:
        return bool(self.wish) and self.wish != NOTHING

    @property
    def other(self):
        pairing = self.invitation.pairing
        mine = self.invitation.membership_id == pairing.mentor_id
        return pairing.mentee.user if mine else pairing.mentor.user


@dataclass(frozen=True)
class Month:
    """The mean of the answers given to the questions of one month."""

    month: date
    mean: float
    n: int
    asked: int


def answers_of(user, program) -> list[Answer]:
    """Everybody asked in a program whom this person may read, the newest first; three queries."""
    rows = Invitation.objects.visible_to(user).filter(pairing__program=program)
    rows = rows.select_related("membership__user", "wave", "pairing__mentor__user", "pairing__mentee__user")
    found = list(rows.order_by("-answered_at", "-asked_at", "-pk"))
    said = values.of_sheets(row.sheet_id for row in found)
    return [
        Answer(row, said.get(row.sheet_id, {}).get(GOING, ""), said.get(row.sheet_id, {}).get(WISH, ""))
        for row in found
    ]


def months_of(answers: list[Answer]) -> list[Month]:
    """The means by month, the oldest first; a month nobody answered in has none."""
    asked, given = defaultdict(int), defaultdict(list)
    for answer in answers:
        month = answer.invitation.wave.month
        asked[month] += 1
        if answer.going:
            given[month].append(int(answer.going))
    return [
        Month(month, sum(given[month]) / len(given[month]), len(given[month]), asked[month]) for month in sorted(given)
    ]


def low_without_wish(answers: list[Answer]) -> list[Answer]:
    """Who says that it goes badly and asks for nothing: a coordinator may want to ask."""
    return [answer for answer in answers if answer.is_low and not answer.wishes]

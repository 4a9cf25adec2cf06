"""Weekly free times: what somebody writes, as quarters of an hour of a week, and what two weeks share (pure)."""

import re
from collections.abc import Iterable, Sequence

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUARTER = 15
DAY_QUARTERS = 24 * 60 // QUARTER
WEEK_QUARTERS = 7 * DAY_QUARTERS
# One stretch: the day (0 is Monday), and the minutes of that day from which and until when.
Stretch = Sequence[int]
TIME = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:h|uhr)?"
SPAN = re.compile(rf"{TIME}\s*(?:-|–|—|to|bis)\s*{TIME}", re.IGNORECASE)
DAY_OR_DAYS = re.compile(r"([a-z]{3,9})\.?(?:\s*(?:-|–|to)\s*([a-z]{3,9})\.?)?[\s:]+(.+)", re.IGNORECASE)
LONGEST = 500


class BadTimes(ValueError):
    """What cannot be read as times; `part` is the piece it is about."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part[:60]


def minutes_of(hour: str, minute: str | None, part: str) -> int:
    """A time of the day in minutes; midnight at the end of a day is 24:00."""
    found = int(hour) * 60 + int(minute or 0)
    if found > 24 * 60 or int(minute or 0) > 59:
        raise BadTimes(part)
    return found


def read_day(text: str) -> list[tuple[int, int]]:
    """The stretches in "18:00-20:00, 21-22" as minutes of a day, inside whole quarters of an hour."""
    spans = []
    for part in (part.strip() for part in re.split(r"[,&]| and ", text[:LONGEST]) if part.strip()):
        found = SPAN.fullmatch(part)
        if found is None:
            raise BadTimes(part)
        starts, ends = minutes_of(found[1], found[2], part), minutes_of(found[3], found[4], part)
        starts, ends = -(-starts // QUARTER) * QUARTER, ends // QUARTER * QUARTER
        if ends <= starts:
            raise BadTimes(part)
        spans.append((starts, ends))
    return merged(spans)


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same stretches in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for starts, ends in sorted(spans):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def day_of_word(word: str, part: str) -> int:
    if word[:3].casefold() not in DAYS:
        raise BadTimes(part)
    return DAYS.index(word[:3].casefold())


def read_week(text: str) -> list[list[int]]:
    """The stretches in "Mon 18:00-20:00; Sat 9-12, 14-16; Tue-Thu 8-9", as a person keeps them."""
    days: dict[int, list[tuple[int, int]]] = {}
    for part in (part.strip() for part in re.split(r"[;\n]", text[:LONGEST]) if part.strip()):
        found = DAY_OR_DAYS.fullmatch(part)
        if found is None:
            raise BadTimes(part)
        first = day_of_word(found[1], part)
        last = day_of_word(found[2], part) if found[2] else first
        if last < first:
            raise BadTimes(part)
        for day in range(first, last + 1):
            days.setdefault(day, []).extend(read_day(found[3]))
    return [[day, *span] for day in sorted(days) for span in merged(days[day])]


def day_words(stretches: Iterable[Stretch], day: int) -> str:
    """The stretches of one day as somebody would write them."""
    spans = [(starts, ends) for of, starts, ends in stretches if of == day]
    return ", ".join(f"{s // 60:02}:{s % 60:02}–{e // 60:02}:{e % 60:02}" for s, e in spans)


def quarters(stretches: Iterable[Stretch], ahead: int) -> list[int]:
    """The quarters of an hour of a week in UTC that these take, where the clock is so many minutes ahead of it."""
    taken: set[int] = set()
    for day, starts, ends in stretches:
        first = day * DAY_QUARTERS + (starts - ahead) // QUARTER
        taken.update(quarter % WEEK_QUARTERS for quarter in range(first, first + (ends - starts) // QUARTER))
    return sorted(taken)


def common_minutes(one: Iterable[int], other: Iterable[int]) -> int:
    """How many minutes of a week two people share, by their quarters."""
    return len(set(one) & set(other)) * QUARTER

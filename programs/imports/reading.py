"""One line of a spreadsheet as a person (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from profiles import free
from programs.imports import columns
from programs.imports.columns import Meaning
from questions.typed import short, split

MOST_NAME, MOST_PRONOUNS, MOST_ADDRESS = 150, 40, 254


class Refusal(Exception):
    """Why a line is not imported: a code to be put into words, and the column it is about."""

    def __init__(self, code: str, column: str = "", params: dict | None = None):
        super().__init__(code)
        self.code = code
        self.column = column
        self.params = params or {}

    def to_json(self) -> dict:
        return {"code": self.code, "column": self.column, "params": self.params}


@dataclass(frozen=True)
class Person:
    """What a line says of somebody, answers apart."""

    email: str
    name: str
    pronouns: str = ""
    time_zone: str = ""
    languages: tuple[str, ...] = ()
    places: int | None = None
    free_times: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Checks:
    """What the plan needs to know of the world: injected, so that it stays arithmetic."""

    is_address: Callable[[str], bool]
    is_zone: Callable[[str], bool]
    language_codes: Mapping[str, str]
    most_places: int


def read_person(header: Sequence[str], meanings: Sequence[Meaning], cells: Sequence[str], checks: Checks) -> Person:
    """The person of a line; raises Refusal where what it says cannot be."""
    found = {m.target: (name, cell) for name, m, cell in zip(header, meanings, cells, strict=True) if not m.is_answer}
    found.pop(columns.IGNORE, None)
    return Person(
        email=_email(*found[columns.EMAIL], checks),
        name=_name(found),
        pronouns=_limited(found.get(columns.PRONOUNS), MOST_PRONOUNS),
        time_zone=_zone(found.get(columns.TIME_ZONE), checks),
        languages=_languages(found.get(columns.LANGUAGES), checks),
        places=_places(found.get(columns.PLACES), checks),
        free_times=_free_times(found.get(columns.FREE_TIMES)),
    )


def _email(column: str, cell: str, checks: Checks) -> str:
    address = cell.removeprefix("mailto:").strip().lower()
    if not address:
        raise Refusal("no_address", column)
    if len(address) > MOST_ADDRESS or not checks.is_address(address):
        raise Refusal("bad_address", column, {"value": short(address)})
    return address


def _name(found: dict[str, tuple[str, str]]) -> str:
    parts = [found[target] for target in (columns.NAME, columns.FIRST_NAME, columns.LAST_NAME) if target in found]
    name = " ".join(" ".join(cell for _column, cell in parts).split())
    if not name:
        raise Refusal("no_name", parts[0][0])
    if len(name) > MOST_NAME:
        raise Refusal("too_long", parts[0][0], {"most": MOST_NAME})
    return name


def _limited(cell: tuple[str, str] | None, most: int) -> str:
    if cell is None:
        return ""
    column, text = cell
    if len(text) > most:
        raise Refusal("too_long", column, {"most": most})
    return text


def _zone(cell: tuple[str, str] | None, checks: Checks) -> str:
    if cell is None or not cell[1]:
        return ""
    column, text = cell
    name = text.replace(" ", "_")
    if not checks.is_zone(name):
        raise Refusal("bad_zone", column, {"value": short(text)})
    return name


def _languages(cell: tuple[str, str] | None, checks: Checks) -> tuple[str, ...]:
    if cell is None:
        return ()
    # A language we have no code for is kept as it was written: nobody is left out for speaking it.
    parts = split(cell[1].replace("/", ","))
    return tuple(dict.fromkeys(checks.language_codes.get(part.casefold(), short(part)) for part in parts))


def _free_times(cell: tuple[str, str] | None) -> tuple[tuple[int, int, int], ...]:
    if cell is None:
        return ()
    column, text = cell
    try:
        return tuple((day, starts, ends) for day, starts, ends in free.read_week(text))
    except free.BadTimes as bad:
        raise Refusal("bad_times", column, {"value": bad.part}) from None


def _places(cell: tuple[str, str] | None, checks: Checks) -> int | None:
    if cell is None or not cell[1]:
        return None
    column, text = cell
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= checks.most_places):
        raise Refusal("bad_places", column, {"value": short(text), "most": checks.most_places})
    return int(text)

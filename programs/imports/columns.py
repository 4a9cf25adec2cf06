"""What a column means, judged by its name and its values (pure)."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from questions.typed import NO, NUMBER, YES, split

FIRST_NAME, LAST_NAME, NAME, EMAIL = "first_name", "last_name", "name", "email"
PRONOUNS, TIME_ZONE, LANGUAGES, PLACES = "pronouns", "time_zone", "languages", "places"
FREE_TIMES = "free_times"
ANSWER, IGNORE = "answer", "ignore"
TARGETS = (FIRST_NAME, LAST_NAME, NAME, EMAIL, PRONOUNS, TIME_ZONE, LANGUAGES, PLACES, FREE_TIMES, ANSWER, IGNORE)
ONCE = TARGETS[:9]
KINDS = ("text", "long_text", "yes_no", "number", "choice", "several", "scale")
LISTED = ("choice", "several", "scale")
COORDINATORS, MATCHER, OTHER_SIDE = "coordinators", "matcher", "other_side"
READERS = (OTHER_SIDE, COORDINATORS, MATCHER)

NAMES = {
    FIRST_NAME: "first name|firstname|forename|given name|christian name|preferred name|vorname|prénom|nombre",
    LAST_NAME: "last name|lastname|surname|family name|second name|nachname|nom de famille|apellido|apellidos",
    NAME: "name|full name|fullname|your name|display name|mentor name|mentee name|participant|nom complet",
    EMAIL: "email|e mail|email address|e mail address|mail|work email|your email|your email address|contact email"
    "|work email address|adresse e mail|correo electrónico",
    PRONOUNS: "pronouns|pronoun|your pronouns|preferred pronouns",
    TIME_ZONE: "time zone|timezone|your time zone|tz",
    LANGUAGES: "languages|language|languages spoken|spoken languages|languages you speak",
    FREE_TIMES: "free times|free time|when you have time|when do you have time",
    PLACES: "places|capacity|number of places|number of mentees|how many mentees|mentees|max mentees"
    "|maximum number of mentees|maximum mentees",
}
TARGET_OF = {name: target for target, names in NAMES.items() for name in names.split("|")}
# What somebody is rather than does: only the matching may use it unless a coordinator decides otherwise.
IDENTITY = re.compile(
    r"\b(characteristics?|identit(y|ies)|gender|sex|sexual(ity)?|orientation|ethnic(ity)?|race|racial|colou?r of skin"
    r"|disabilit(y|ies)|disabled|neurodiver\w*|health|religio\w+|faith|belief|lgbt\w*|trans|transgender|queer"
    r"|nationality|migration|refugee|social (class|background|mobility)|socio ?economic|class background"
    r"|age|date of birth|birth ?(day|date)|pregnan\w+|marital|caring responsibilit\w+|protected|veteran"
    r"|criminal|conviction\w*|trade union|political)\b"
)
MOST_OPTIONS = 40
LONGEST_OPTION = 80
MOST_OF_A_CHOICE = 200
LONGEST_SHORT_TEXT = 120


def _one_of(known: tuple[str, ...], given: object, otherwise: str) -> str:
    return given if isinstance(given, str) and given in known else otherwise


@dataclass(frozen=True)
class Meaning:
    """What a coordinator says a column is; `options` only where the order matters."""

    target: str
    kind: str = "text"
    readers: str = COORDINATORS
    key: str = ""
    options: tuple[str, ...] = ()
    remembered: bool = False

    @property
    def is_answer(self) -> bool:
        return self.target == ANSWER

    def to_json(self) -> dict:
        return {**asdict(self), "options": list(self.options)}

    @classmethod
    def from_json(cls, data: dict) -> "Meaning":
        """Reads what was stored; whatever it does not know becomes an ignored column."""
        data = data if isinstance(data, dict) else {}
        target = _one_of(TARGETS, data.get("target"), IGNORE)
        return cls(
            target=target,
            kind=_one_of(KINDS, data.get("kind"), "text"),
            readers=_one_of(READERS, data.get("readers"), COORDINATORS),
            key=str(data.get("key") or ""),
            options=tuple(str(option) for option in data.get("options") or ()),
            remembered=bool(data.get("remembered")),
        )


def plain(name: str) -> str:
    """A column's name as it is compared: small letters, words apart, no marks."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def key_of(name: str, taken: Collection[str] = ()) -> str:
    """A short name for answers under this column, the same for the same column each time."""
    ascii_text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", ascii_text.lower()).strip("_")[:70].rstrip("_") or "column"
    key, count = stem, 1
    while key in taken:
        count += 1
        key = f"{stem}_{count}"
    return key


def is_about_identity(name: str) -> bool:
    return bool(IDENTITY.search(plain(name)))


def guess_kind(values: Iterable[str]) -> str:
    """The kind of question these answers look like answers to."""
    found = [value for value in values if value]
    distinct = set(found)
    if not found:
        return "text"
    if all(value.casefold() in YES | NO for value in distinct) and not all(value.isdigit() for value in distinct):
        return "yes_no"
    if all(_is_number(value) for value in distinct):
        return "number"
    if _are_several(distinct):
        return "several"
    if any(len(value) > LONGEST_SHORT_TEXT or "\n" in value for value in distinct):
        return "long_text"
    repeats = len(distinct) <= len(found) / 2
    if repeats and len(distinct) <= MOST_OPTIONS and max(map(len, distinct)) <= LONGEST_OPTION:
        return "choice"
    return "text"


def _is_number(value: str) -> bool:
    """A telephone number or a code with leading zeros is none."""
    whole = re.split(r"[.,]", value.lstrip("-"))[0]
    return bool(NUMBER.fullmatch(value)) and not value.startswith("+") and (whole == "0" or not whole.startswith("0"))


def _are_several(distinct: set[str]) -> bool:
    """Lists such as "Gay, Non-binary": few parts, short, and shared between different lists."""
    if not any("," in value or ";" in value for value in distinct):
        return False
    lists = [split(value) for value in distinct]
    parts = [part for value in lists for part in value]
    names = set(parts)
    if len(names) > MOST_OPTIONS or any(len(part) > LONGEST_OPTION or part.endswith(".") for part in names):
        return False
    return len(parts) >= 1.5 * len(names)


def recognise(
    header: Sequence[str], rows: Sequence[Sequence[str]], role: str, remembered: dict[str, dict] | None = None
) -> list[Meaning]:
    """A meaning for each column: what was said last time, else what its name and values say."""
    meanings: list[Meaning] = []
    used: set[str] = set()
    keys: set[str] = set()
    for place, name in enumerate(header):
        meaning = _known(name, role, remembered or {}) or _guess(name, [row[place] for row in rows], role)
        if meaning.target in ONCE and meaning.target in used:
            meaning = replace(_answer(name, [row[place] for row in rows]), remembered=False)
        used.add(meaning.target)
        if meaning.is_answer:
            meaning = replace(meaning, key=key_of(name, keys) if meaning.key in keys | {""} else meaning.key)
            keys.add(meaning.key)
        meanings.append(meaning)
    return _one_way_of_naming(header, rows, meanings)


def _known(name: str, role: str, remembered: dict[str, dict]) -> Meaning | None:
    said = remembered.get(name)
    return replace(Meaning.from_json(said), remembered=True) if said else None


def _guess(name: str, values: Sequence[str], role: str) -> Meaning:
    target = TARGET_OF.get(plain(name))
    if target == PLACES and (role != "mentor" or not all(value.isdigit() for value in values if value)):
        target = None
    return Meaning(target) if target else _answer(name, values)


def _answer(name: str, values: Sequence[str]) -> Meaning:
    readers = MATCHER if is_about_identity(name) else COORDINATORS
    return Meaning(ANSWER, guess_kind(values), readers)


def _one_way_of_naming(header: Sequence[str], rows: Sequence[Sequence[str]], meanings: list[Meaning]) -> list[Meaning]:
    """Where a file has both "name" and "first name", the whole name counts and the parts are left out."""
    targets = {meaning.target for meaning in meanings}
    if NAME not in targets or FIRST_NAME not in targets:
        return meanings
    return [
        Meaning(IGNORE, remembered=meaning.remembered) if meaning.target in (FIRST_NAME, LAST_NAME) else meaning
        for meaning in meanings
    ]


def faults(meanings: Sequence[Meaning], header: Sequence[str]) -> list[tuple[str, dict]]:
    """What keeps this mapping from being one, as codes to be put into words."""
    found: list[tuple[str, dict]] = []
    targets = [meaning.target for meaning in meanings]
    if EMAIL not in targets:
        found.append(("no_email_column", {}))
    if NAME not in targets and FIRST_NAME not in targets:
        found.append(("no_name_column", {}))
    if NAME in targets and (FIRST_NAME in targets or LAST_NAME in targets):
        found.append(("two_ways_of_naming", {}))
    for target in ONCE:
        columns = [name for name, meaning in zip(header, meanings, strict=True) if meaning.target == target]
        if len(columns) > 1:
            found.append(("twice", {"target": target, "columns": columns}))
    for name, meaning in zip(header, meanings, strict=True):
        if meaning.is_answer and meaning.kind == "scale" and not meaning.options:
            found.append(("no_order", {"column": name}))
    return found


def options_of(kind: str, values: Iterable[str], first: Sequence[str] = ()) -> tuple[str, ...]:
    """The choices a column offers: those known first, in their order, then what else stands in it, sorted."""
    known = dict.fromkeys(first)
    found: set[str] = set()
    for value in values:
        found.update(split(value) if kind == "several" else [value] if value else [])
    return (*known, *sorted(found - set(known), key=_natural))


def _natural(text: str) -> list:
    """ "Grade 9" before "Grade 10"."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", text)]

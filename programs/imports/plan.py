"""What an import will do, line by line, before any of it is done (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from programs.imports import columns
from programs.imports.columns import Meaning
from programs.imports.reading import Checks, Person, Refusal, read_person
from questions.typed import BadValue, typed

ADDED, UPDATED, UNCHANGED, REFUSED, ASKED = "added", "updated", "unchanged", "refused", "asked"
OUTCOMES = (ADDED, UPDATED, UNCHANGED, REFUSED, ASKED)
GONE = ("left", "declined", "completed")
OUT, KEEP = "out", "known"


@dataclass(frozen=True)
class File:
    """One spreadsheet with its columns named; rows are (line, cells) or (line, refusal)."""

    role: str
    header: Sequence[str]
    meanings: Sequence[Meaning]
    rows: Sequence[tuple[int, Sequence[str] | Refusal]]

    @property
    def answers(self) -> list[tuple[int, str, Meaning]]:
        """The columns kept as answers: place, name, meaning."""
        return [(i, n, m) for i, (n, m) in enumerate(zip(self.header, self.meanings, strict=True)) if m.is_answer]


@dataclass(frozen=True)
class KnownMembership:
    """What somebody already is in this program, with the answers they have."""

    pk: int
    state: str
    places: int
    sheet: object = None
    answers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """A person whose address is already here; `near` is whether the coordinator may see them anyway."""

    pk: int
    name: str
    near: bool = True
    signed_in: bool = False
    active: bool = True
    memberships: Mapping[str, KnownMembership] = field(default_factory=dict)

    @property
    def may_be_renamed(self) -> bool:
        """Once somebody has signed in, their name is their own."""
        return self.near and not self.signed_in


@dataclass(frozen=True)
class Change:
    """One thing of a participant that becomes another."""

    column: str
    key: str = ""
    old: object = None
    new: object = None
    hidden: bool = False


@dataclass
class Line:
    """One line of a file and what becomes of it."""

    role: str
    line: int
    outcome: str = ADDED
    person: Person | None = None
    name: str = ""
    refusal: Refusal | None = None
    known: Known | None = None
    places: int | None = None
    answers: dict[str, object] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.person.email if self.person else ""

    @property
    def member(self) -> KnownMembership | None:
        return self.known.memberships.get(self.role) if self.known else None

    def refuse(self, code: str, column: str = "", **params: object) -> None:
        self.outcome, self.refusal = REFUSED, Refusal(code, column, params)


@dataclass(frozen=True)
class Choice:
    """One answer to a question of names: its value, the name it gives, the lines that bear that name."""

    value: str
    name: str = ""
    lines: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class NameQuestion:
    """One address with two names; nothing of it is imported until somebody says who it is."""

    address: str
    choices: tuple[Choice, ...]
    lines: tuple[tuple[str, int, str], ...]
    known: Known | None
    answer: str = ""

    @property
    def is_open(self) -> bool:
        return self.answer not in {choice.value for choice in self.choices}


@dataclass
class Plan:
    lines: list[Line]
    questions: list[NameQuestion]
    options: dict[str, dict[str, tuple[str, ...]]]

    def of(self, outcome: str) -> list[Line]:
        return [line for line in self.lines if line.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def is_settled(self) -> bool:
        return not any(question.is_open for question in self.questions)

    @property
    def new_people(self) -> int:
        return len({line.address for line in self.of(ADDED) if line.known is None})

    @property
    def in_both(self) -> int:
        """People who stand in both files: one person, two roles."""
        roles = defaultdict(set)
        for line in self.lines:
            if line.outcome not in (REFUSED, ASKED):
                roles[line.address].add(line.role)
        return sum(len(of) > 1 for of in roles.values())


def make_plan(
    files: Sequence[File],
    known: Mapping[str, Known],
    *,
    places: int,
    answers: Mapping[str, str],
    checks: Checks,
    options: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    private: Mapping[str, Iterable[str]] | None = None,
    by: int | None = None,
) -> Plan:
    """Reads every line, asks where one address has two names, and compares with what is there.

    `answers` are those given to questions of names; `options` the choices each role's form already has, by key;
    `private` the keys of each role's form that only the matching may read, whatever the file calls them now;
    `by` who imports: nobody decides about themselves.
    """
    closed = {file.role: _closed(file, (private or {}).get(file.role, ())) for file in files}
    lines = [line for file in files for line in _read(file, checks, closed[file.role])]
    questions = []
    by_address: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.person:
            line.known = known.get(line.person.email)
            by_address[line.person.email].append(line)
    for address, same in by_address.items():
        question = _question(address, same, answers.get(address, ""))
        if question:
            questions.append(question)
        _settle(same, question)
    for file in files:
        for line in lines:
            if line.role == file.role and line.outcome == ADDED and line.known and line.known.pk == by:
                line.refuse("yourself")
            elif line.role == file.role and line.outcome == ADDED:
                _compare(line, file, places, closed[file.role])
    return Plan(lines, questions, _options(files, lines, options or {}))


def addresses(files: Sequence[File], checks: Checks) -> set[str]:
    """The addresses that stand in the files: whom to look for among the people known."""
    return {line.person.email for file in files for line in _read(file, checks) if line.person}


def _closed(file: File, private: Iterable[str]) -> set[str]:
    """The keys nobody but the matching may read: as this file says, or as its people were told before."""
    return {m.key for _place, _name, m in file.answers if m.readers == columns.MATCHER} | set(private)


def _read(file: File, checks: Checks, closed: Iterable[str] = ()) -> Iterator[Line]:
    """The lines of a file with their people and typed answers, or refused."""
    for number, cells in file.rows:
        line = Line(file.role, number)
        try:
            if isinstance(cells, Refusal):
                raise cells
            line.person = read_person(file.header, file.meanings, cells, checks)
            line.name = line.person.name
            line.answers = {m.key: _answer(name, m, cells[place], m.key in closed) for place, name, m in file.answers}
        except Refusal as refusal:
            line.person, line.outcome, line.refusal = None, REFUSED, refusal
        yield line


def _answer(name: str, meaning: Meaning, raw: str, is_closed: bool) -> object:
    """A cell as an answer; of a list without an order, the file itself says what the choices are."""
    choices: Sequence[str] = meaning.options
    if meaning.kind in ("choice", "several"):
        choices = columns.options_of(meaning.kind, [raw])
        if any(len(choice) > columns.MOST_OF_A_CHOICE for choice in choices):
            raise Refusal("too_long", name, {"most": columns.MOST_OF_A_CHOICE})
    try:
        return typed(meaning.kind, choices, raw)
    except BadValue as bad:
        if is_closed and "value" in bad.params:
            raise Refusal("does_not_fit", name) from bad
        raise Refusal(bad.code, name, bad.params) from bad


def same_name(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _question(address: str, lines: list[Line], answer: str) -> NameQuestion | None:
    """The question to ask where this address has two names, here or with us."""
    known = lines[0].known
    names: dict[str, str] = {}
    for line in lines:
        names.setdefault(" ".join(line.name.casefold().split()), line.name)
    if len(names) < 2 and (known is None or same_name(known.name, lines[0].name)):
        return None
    choices = [Choice(KEEP, known.name if known.near else "")] if known else []
    if known is None or known.may_be_renamed:
        for name in names.values():
            if known is None or not same_name(known.name, name):
                bearers = tuple((line.role, line.line) for line in lines if same_name(line.name, name))
                choices.append(Choice(f"name:{name}", name, bearers))
    choices.append(Choice(OUT))
    told = tuple((line.role, line.line, line.name) for line in lines)
    return NameQuestion(address, tuple(choices), told, known, answer)


def _settle(lines: list[Line], question: NameQuestion | None) -> None:
    """Gives the lines of one address their one name, one line a role; the rest are refused."""
    if question and question.is_open:
        for line in lines:
            line.outcome = ASKED
        return
    answer = question.answer if question else ""
    if answer == OUT:
        for line in lines:
            line.refuse("left_out")
        return
    known = lines[0].known
    # A name known only from programs this coordinator may not see is not told.
    name = known.name if known and known.near else lines[0].name
    if answer.startswith("name:"):
        name = answer.removeprefix("name:")
    used: dict[str, Line] = {}
    for line in sorted(lines, key=lambda line: not same_name(line.name, name)):
        if first := used.get(line.role):
            line.refuse("again", line=first.line)
            continue
        used[line.role] = line
        line.name = name


def _compare(line: Line, file: File, places: int, closed: set[str]) -> None:
    """Added, updated or unchanged: against what the program already holds."""
    if line.known and not line.known.active:
        return line.refuse("not_active")
    given = line.person.places if line.person else None
    member = line.member
    if member is None:
        line.places = (places if given is None else given) if line.role == "mentor" else 1
        line.answers = {key: value for key, value in line.answers.items() if value is not None}
        return None
    if member.state in GONE:
        return line.refuse(member.state)
    line.changes = list(_changes(line, file, member, closed))
    line.places = given if line.role == "mentor" and given is not None else member.places
    line.outcome = UPDATED if line.changes else UNCHANGED
    return None


def _changes(line: Line, file: File, member: KnownMembership, closed: set[str]) -> Iterator[Change]:
    column = {meaning.target: name for name, meaning in zip(file.header, file.meanings, strict=True)}
    if line.known and line.name != line.known.name:
        yield Change(column.get(columns.NAME) or column[columns.FIRST_NAME], "", line.known.name, line.name)
    given = line.person.places if line.person else None
    if line.role == "mentor" and given is not None and given != member.places:
        yield Change(column[columns.PLACES], "", member.places, given)
    for _place, name, meaning in file.answers:
        old, new = member.answers.get(meaning.key), line.answers[meaning.key]
        if old != new or type(old) is not type(new):
            yield Change(name, meaning.key, old, new, hidden=meaning.key in closed)


def _options(
    files: Iterable[File], lines: list[Line], existing: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """The choices each listed question will offer: those it has, and what the imported lines answer."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for file in files:
        coming = [line for line in lines if line.role == file.role and line.outcome not in (REFUSED, ASKED)]
        found[file.role] = {}
        for _place, _name, meaning in file.answers:
            if meaning.kind == "scale":
                found[file.role][meaning.key] = tuple(meaning.options)
            elif meaning.kind in columns.LISTED:
                values = [value for line in coming if (value := line.answers.get(meaning.key)) is not None]
                flat = [str(part) for value in values for part in (value if isinstance(value, list) else [value])]
                first = existing.get(file.role, {}).get(meaning.key, ())
                found[file.role][meaning.key] = columns.options_of("choice", flat, first)
    return found

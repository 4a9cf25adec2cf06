"""A round told in figures: who got what by group, how it stands beside the last one, and two rounds side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from matching import fairness, tables
from matching.models import Proposal, Round, RoundState
from programs.models import Membership
from questions.models import QuestionKind, Readers
from questions.values import of_sheets

# Lists stand in full up to here.
MOST_NAMED = 50
WORKED_OUT = (RoundState.DRAFT, RoundState.PUBLISHED, RoundState.DISCARDED)
GROUPING = (QuestionKind.CHOICE, QuestionKind.SCALE, QuestionKind.YES_NO, QuestionKind.TEXT)


def groupings(program) -> dict[str, str]:
    """The questions to mentees whose answers can be groups; never one that only the matching may use."""
    asked = tables.asked_in(program).questions
    return {
        key: question.text
        for (side, key), question in asked.items()
        if side == "mentee" and question.pk and question.kind in GROUPING and question.readers != Readers.MATCHER
    }


def lines_of(round: Round, user) -> list[Proposal]:
    """Every line of a round but those about whoever looks."""
    rows = Proposal.objects.visible_to(user).filter(round=round)
    return list(rows.select_related("mentee__user", "mentor__user", "publication").order_by("pk"))


def people_of(round: Round, lines: list[Proposal], key: str) -> list[fairness.Person]:
    """The mentees of a round with the group they said they are in."""
    answers = of_sheets(line.mentee.sheet_id for line in lines) if key else {}
    return [
        fairness.Person(
            key=line.mentee_id,
            group=in_words(answers.get(line.mentee.sheet_id, {}).get(key)),
            score=line.score if line.mentor_id else None,
            waited=waited_of(round, line),
        )
        for line in lines
    ]


def in_words(value) -> str:
    """An answer as the name of a group."""
    if value is None or value == "" or isinstance(value, list):
        return _("no answer")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def waited_of(round: Round, line: Proposal) -> int | None:
    """Days from becoming ready to be matched to the round; None where that is not known any more."""
    since = line.mentee.since
    if line.publication and (before := line.publication.before.get(str(line.mentee_id))):
        since = datetime.fromisoformat(before[1])
    return (round.asked_at - since).days if since <= round.asked_at else None


@dataclass(frozen=True)
class Beside:
    """A group with its figures, and those of the last round where they may stand beside them."""

    row: fairness.Row
    before: fairness.Row | None


@dataclass(frozen=True)
class Level:
    """A step of the floor: who could have no more than this, and why; `more` are not named."""

    score: int
    mentees: list[Membership]
    more: int
    rivals: int
    places: int


@dataclass(frozen=True)
class Report:
    """What a round gave to whom."""

    everybody: Beside
    groups: list[Beside]
    hidden: bool
    load: list[tuple[int, int]]
    # The pairs with the lowest score, and the steps of the floor.
    weakest: list[Proposal]
    levels: list[Level]
    last: Round | None


def last_before(round: Round) -> Round | None:
    """The last round of the program that was published before this one."""
    rows = Round.objects.of(round.program).filter(state=RoundState.PUBLISHED, asked_at__lt=round.asked_at)
    return rows.select_related("program", "policy").first()


def report(round: Round, user, key: str) -> Report:
    """The figures of a round beside the last one's, by the answers to one question."""
    lines, last = lines_of(round, user), last_before(round)
    people = people_of(round, lines, key)
    before = people_of(last, lines_of(last, user), key) if last else []
    rows = fairness.rows_of(people) if key else []
    earlier = {row.group: row for row in fairness.rows_of(before, fairness.differing(people, before))} if key else {}
    taken = Counter(line.mentor_id for line in lines if line.mentor_id)
    pairs = [line for line in lines if line.mentor_id]
    lowest = min((line.score for line in pairs), default=None)
    return Report(
        everybody=Beside(fairness.row_of("", people), fairness.row_of("", before) if last else None),
        groups=[Beside(row, earlier.get(row.group)) for row in rows],
        hidden=bool(key) and len(rows) < len(fairness.set_of(people)),
        load=fairness.load(taken, round.places_then),
        weakest=[line for line in pairs if line.score == lowest][:MOST_NAMED],
        levels=levels_of(round, lines),
        last=last,
    )


def levels_of(round: Round, lines: list[Proposal]) -> list[Level]:
    """The steps of the floor as they were worked out, the lowest first, with the people who set each."""
    mentees = {line.mentee_id: line.mentee for line in lines}
    found = []
    for level in round.result.get("levels", []):
        named = [mentees[pk] for pk in level["mentees"] if pk in mentees]
        shown = named[:MOST_NAMED]
        found.append(Level(level["score"], shown, len(named) - len(shown), level["rivals"], level["places"]))
    return found


@dataclass(frozen=True)
class Moved:
    """A mentee who has another mentor in one round than in the other, or none."""

    mentee: object
    there: Proposal | None
    here: Proposal | None


@dataclass(frozen=True)
class Comparison:
    """Two rounds side by side; `figures` are (words, in this one, in the other)."""

    figures: list[tuple[str, object, object]]
    moved: list[Moved]
    moved_count: int
    same: int


def compare(here: Round, there: Round, user, with_figures: bool = True) -> Comparison:
    """What differs between two rounds, without what is about whoever looks."""
    one, other = lines_of(here, user), lines_of(there, user)
    mine, theirs = ({line.mentee_id: line for line in lines} for lines in (one, other))
    moved = [
        Moved((mine.get(pk) or theirs[pk]).mentee, theirs.get(pk), mine.get(pk))
        for pk in mine.keys() | theirs.keys()
        if mentor_of(mine.get(pk)) != mentor_of(theirs.get(pk))
    ]
    moved.sort(key=lambda each: (str(each.mentee.user), each.mentee.pk))
    same = sum(1 for pk, line in mine.items() if line.mentor_id and mentor_of(theirs.get(pk)) == line.mentor_id)
    figures = [(words, of(here, one), of(there, other)) for words, of in FIGURES] if with_figures else []
    return Comparison(figures, moved[:MOST_NAMED], len(moved), same)


def mentor_of(line: Proposal | None) -> int | None:
    return line.mentor_id if line else None


def matched(_round, lines) -> str:
    return _("%(matched)s of %(of)s") % {"matched": sum(1 for line in lines if line.mentor_id), "of": len(lines)}


def lowest(_round, lines):
    return min((line.score for line in lines if line.mentor_id), default=None)


def mean(_round, lines):
    scores = [line.score for line in lines if line.mentor_id]
    return round(sum(scores) / len(scores), 1) if scores else None


FIGURES = [
    (_lazy("Mentees with a mentor"), matched),
    (_lazy("Score of all pairs together"), lambda _round, lines: sum(line.score for line in lines if line.mentor_id)),
    (_lazy("Mean score of a pair"), mean),
    (_lazy("Lowest score"), lowest),
    (
        _lazy("Most people with one mentor"),
        lambda _round, lines: max(Counter(line.mentor_id for line in lines if line.mentor_id).values(), default=0),
    ),
    (_lazy("Free places before the round"), lambda round, _lines: sum(round.places_then.values())),
    (_lazy("Pairs that would both rather have each other"), lambda round, _lines: round.result.get("blocking")),
    (_lazy("Pairs set by hand"), lambda _round, lines: sum(1 for line in lines if line.by_hand)),
    (_lazy("Version of the rules"), lambda round, _lines: round.policy.version),
]

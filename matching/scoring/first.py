"""Who goes first where places are short: an ordered list, kept with the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.scoring.answers import Value, plain, plain_text

LEFT, WAITING, ANSWER = "left", "waiting", "answer"
FIRST_KINDS = (LEFT, WAITING, ANSWER)
MOST_FIRST = 10
Complaints = list[tuple[str, str]]


@dataclass(frozen=True)
class First:
    """One line of the list: left without a mentor, on the waiting list (before a date), or an answer given."""

    kind: str
    before: date | None = None
    question: str = ""
    values: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"kind": self.kind}
        if self.before:
            data["before"] = self.before.isoformat()
        if self.kind == ANSWER:
            data |= {"question": self.question, "values": list(self.values)}
        return data

    def said(self, value: Value) -> bool:
        """Whether an answer is one of those named."""
        return bool(plain(value) & {plain_text(each) for each in self.values})


DEFAULT_FIRST = (First(LEFT), First(WAITING))


def parse_first(data: Any, mentee_questions: Mapping[str, str]) -> tuple[tuple[First, ...], Complaints]:
    """The list as it stands in a policy's JSON, with everything that is wrong."""
    if not isinstance(data, list) or len(data) > MOST_FIRST:
        return (), [("first", f"This must be a list of at most {MOST_FIRST} lines.")]
    lines: list[First] = []
    wrong: Complaints = []
    for place, each in enumerate(data):
        line, complaints = parse_line(each, mentee_questions)
        wrong += [(".".join(filter(None, ("first", str(place), at))), sentence) for at, sentence in complaints]
        if line in lines:
            wrong.append((f"first.{place}", "This stands in the list twice."))
        elif line is not None:
            lines.append(line)
    return tuple(lines), wrong


def parse_line(data: Any, mentee_questions: Mapping[str, str]) -> tuple[First | None, Complaints]:
    """One line, or what is wrong with it."""
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or kind not in FIRST_KINDS:
        return None, [("kind", f"There is no such line; there are {', '.join(FIRST_KINDS)}.")]
    known = {LEFT: set(), WAITING: {"before"}, ANSWER: {"question", "values"}}[str(kind)]
    wrong = [(str(name), "This line has no such field.") for name in data if name not in known | {"kind"}]
    before, question, values = data.get("before"), data.get("question"), data.get("values")
    day = None
    if before is not None:
        try:
            day = date.fromisoformat(before)
        except (TypeError, ValueError):
            wrong.append(("before", "This must be a date such as 2026-05-31."))
    if kind == ANSWER:
        if not isinstance(question, str) or question not in mentee_questions:
            wrong.append(("question", f"Mentees are not asked a question {question!r}."))
        if not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values):
            wrong.append(("values", "Name at least one answer."))
    if wrong:
        return None, wrong
    return First(str(kind), day, question or "", tuple(values or ())), []

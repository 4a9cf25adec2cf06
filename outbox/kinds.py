"""The kinds of email there are: each app that posts some registers them when it starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What a reader may turn off, in the words of their page.
REMINDERS, QUESTIONS, NEWS = "reminders", "questions", "news"
GROUPS = {
    REMINDERS: gettext_lazy("Reminders"),
    QUESTIONS: gettext_lazy("Questions to you"),
    NEWS: gettext_lazy("News of the program"),
}


def _always(letter, now) -> str:
    return ""


def _at_once(letter, now) -> bool:
    return True


def _nothing(topic: str) -> Mapping[str, Any]:
    return {}


def _of_no_situation(letter) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of email: its text, and when it may and need not leave."""

    name: str
    title: str
    template: str
    # "" while the reason holds, else in plain words why it is no longer needed.
    still_needed: Callable[[Any, Any], str] = _always
    # False holds the letter back for now.
    may_leave: Callable[[Any, Any], bool] = _at_once
    # A reminder or request: it counts in the mail budget, and what waits for one reader goes as one email.
    optional: bool = False
    # One of GROUPS: its reader may turn it off. "": it always comes.
    group: str = ""
    # What it asks about: of two in one email about the same, the later step of the two is enough.
    situation: Callable[[Any], frozenset[str]] = _of_no_situation
    step: int = 0
    any_hour: bool = False
    # Nobody but its reader sees it in any list: a concern, a request meant for one person.
    apart: bool = False
    # Goes to those who run a program: it does not carry what stands under the emails of participants.
    to_staff: bool = False
    # Goes to mentees: the frame says how to reach a human about their mentor.
    to_mentees: bool = False
    # Why it came; without it, the frame says which program somebody takes part in.
    why: str = ""
    sample: Callable[[str], Mapping[str, Any]] = _nothing
    # A program may say it in its own words.
    editable: bool = True

    def __post_init__(self):
        if self.optional and not self.group:
            object.__setattr__(self, "group", REMINDERS)


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever runs a program is told of a kind: who gets it and when, and whether they may do without it."""

    when: str
    may_stop: bool = False


class UnknownKind(KeyError):
    """A letter of a kind that no app registers any more."""


_kinds: dict[str, Kind] = {}
_told: list[tuple[str, dict[str, Told]]] = []
_name_of_topic: list[Callable[[str], str]] = []
_topics_of: list[Callable[[Any], list[str]]] = []
_under: list[Callable[[Kind, Any, str], str]] = []


def register(kind: Kind) -> Kind:
    """Makes a kind known; once per name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"Two kinds of email are called {kind.name}.")
    return kind


def get(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def tell(groups: list[tuple[str, dict[str, Told]]]) -> None:
    """Says once for all kinds, in groups with a title, what whoever runs a program is told of them."""
    _told[:] = groups


def told() -> list[tuple[str, dict[str, Told]]]:
    """The groups in order: title, and by name what is told of each kind."""
    return list(_told)


def told_of(name: str) -> Told:
    return next((kinds[name] for _title, kinds in _told if name in kinds), Told(""))


def every() -> list[Kind]:
    """All kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def optional_names() -> list[str]:
    return [kind.name for kind in _kinds.values() if kind.optional]


def names_of(group: str) -> list[str]:
    """The kinds of one group, or of all that can be turned off."""
    return [kind.name for kind in _kinds.values() if kind.group and group in ("", kind.group)]


def apart_names() -> list[str]:
    """The kinds that stand in no list."""
    return [kind.name for kind in _kinds.values() if kind.apart]


def put_under(function: Callable[[Kind, Any, str], str]) -> None:
    """An app above says what stands under emails: function(kind, person, topic) -> text with [link: purpose], or ""."""
    if function not in _under:
        _under.append(function)


def under(kind: Kind, person, topic: str) -> str:
    """What stands under every email of this kind to this person."""
    return "\n".join(words for function in _under if (words := function(kind, person, topic)))


def reason_against(letter, now) -> str:
    """Why an email need not leave any more, in words; "" while it is of use."""
    if letter.cut_off and letter.cut_off <= now:
        return _("It would come too late to be of use.")
    if letter.kind not in _kinds:
        return _("This kind of email is not in use any more.")
    return str(_kinds[letter.kind].still_needed(letter, now))


def title(name: str) -> str:
    """A kind's title for screens."""
    return str(_kinds[name].title) if name in _kinds else _("An email of an earlier time")


def name_topics_with(function: Callable[[str], str]) -> None:
    """Programs stand above the outbox: they say here what a topic is called."""
    _name_of_topic[:] = [function]


def topic_name(topic: str) -> str:
    """What people call the program of this topic."""
    return (_name_of_topic[0](topic) if topic and _name_of_topic else "") or topic


def find_topics_with(function: Callable[[Any], list[str]]) -> None:
    """Programs say here which topics somebody takes part in."""
    _topics_of[:] = [function]


def topics_of(person) -> list[str]:
    """The topics of the programs somebody takes part in, by the programs' names."""
    return sorted(_topics_of[0](person), key=topic_name) if _topics_of else []

"""Sentences that code puts together for emails, said in the words of the email that they end up in."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from outbox.fragments import PLACEHOLDER, Fragment
from outbox.loading import broken
from outbox.phrases import NOTHING, Phrase

_own: ContextVar[Mapping[str, str] | None] = ContextVar("own_words_around", default=None)
_every: dict[str, "Saying"] = {}


@dataclass(frozen=True)
class Said:
    """A sentence with its values; which words it has is seen only where it is read."""

    english: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        own = (_own.get() or {}).get(self.english)
        words = broken(own) if own else self.english and gettext(self.english)
        return PLACEHOLDER.sub(self._value, words)

    def _value(self, match) -> str:
        return "" if match[1] == NOTHING else str(self.values.get(match[1], match[0]))

    def __len__(self) -> int:
        return len(str(self))


@dataclass(frozen=True)
class Saying:
    """A sentence of ours with placeholders; called with their values it is said."""

    english: str

    def __post_init__(self):
        _every[self.english] = self

    def __call__(self, **values) -> Said:
        return Said(self.english, values)

    @property
    def phrase(self) -> Phrase:
        names = dict.fromkeys(PLACEHOLDER.findall(self.english))
        fragments = {name: Fragment(name, "", "value", name.startswith("link_")) for name in names}
        return Phrase(self.english, self.english, fragments)


def every() -> dict[str, Phrase]:
    """All sentences of this kind, by what they say."""
    return {english: saying.phrase for english, saying in sorted(_every.items())}


@contextmanager
def in_words(own: Mapping[str, str]) -> Iterator[None]:
    """Inside, sentences are said in these words where there are some."""
    token = _own.set(own)
    try:
        yield
    finally:
        _own.reset(token)


def as_said(text: str) -> Said:
    """A text of the program's own settings, which may have other words in another language."""
    return Said(text)


AND = Saying("and")


@dataclass(frozen=True)
class Listed:
    """Names in a sentence: "Ada, Ben and Cora"."""

    names: tuple

    def __str__(self) -> str:
        *first, last = [" ".join(str(name).split()) for name in self.names] or [""]
        return f"{', '.join(first)} {AND()} {last}" if first else last

    def __len__(self) -> int:
        return len(self.names)


def listed(names: Iterable) -> str:
    """The same as it reads at once."""
    return str(Listed(tuple(names)))

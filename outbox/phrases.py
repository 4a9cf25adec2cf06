"""The sentences inside what hangs on a condition: cut out of its source, and put back in other words.

What people type is never compiled: it goes in as values, between the tags of our own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from outbox.fragments import PLACEHOLDER, TOKEN, Fragment, add, with_links
from outbox.loading import broken

# White space and the sign of a list around a phrase are ours.
LINE = re.compile(r"(\s*(?:- )?)(.*?)(\s*)", re.S)
# Says nothing here: where a language needs no words for it.
NOTHING = "nothing"
VALUE = "own_run_"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A line of words between two tags: as people read it, as it stands in the source, and its placeholders."""

    english: str
    source: str
    fragments: Mapping[str, Fragment] = field(default_factory=dict)

    @property
    def required(self) -> list[str]:
        """The placeholders it cannot do without."""
        return [name for name, fragment in self.fragments.items() if fragment.required]


@lru_cache(maxsize=512)
def cut(source: str) -> tuple[str | Phrase, ...]:
    """Tags, white space and phrases in order; the sources of all together are the source again."""
    found: list[str | Phrase] = []
    run = ""
    for token in TOKEN.split(source):
        if token.startswith(("{%", "{#")):
            found += [*_lines(run), token]
            run = ""
        else:
            run += token
    return (*found, *_lines(run))


def _lines(run: str) -> Iterable[str | Phrase]:
    for line in re.split(r"(\n)", run):
        before, core, after = LINE.fullmatch(line).groups()
        yield from (before, _phrase(core), after)


def _phrase(core: str) -> str | Phrase:
    """A phrase, or what has no words in it as it is."""
    fragments: dict[str, Fragment] = {}
    english, words = "", ""
    for token in TOKEN.split(core):
        for piece, plain in [(token, False)] if token.startswith("{{") else with_links(token):
            english += piece if plain else f"{{{add(fragments, piece)}}}"
            words += piece if plain else ""
    return Phrase(english, core, fragments) if any(sign.isalpha() for sign in words) else core


def phrases_in(source: str) -> dict[str, Phrase]:
    """Every phrase of a source by what it says."""
    return {piece.english: piece for piece in cut(source) if isinstance(piece, Phrase)}


def respoken(source: str, own: Mapping[str, str], also: Mapping[str, Fragment]) -> tuple[str, dict[str, str]]:
    """The source with phrases in other words, and the values that hold these; a phrase without any stays as it is.

    `also` are the fragments that may stand in any phrase beside its own.
    """
    values: dict[str, str] = {}
    parts = []
    for piece in cut(source):
        if isinstance(piece, str):
            parts.append(piece)
        elif not (words := own.get(piece.english)):
            parts.append(piece.source)
        else:
            known = {**also, **piece.fragments}
            # Every second one is the name of a placeholder.
            for number, run in enumerate(PLACEHOLDER.split(words)):
                if number % 2:
                    parts.append("" if run == NOTHING else known[run].source)
                elif run:
                    name = f"{VALUE}{len(values)}"
                    values[name] = broken(run)
                    parts.append(f"{{{{ {name} }}}}")
    return "".join(parts), values

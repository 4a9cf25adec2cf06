"""Our texts of emails as people edit them: words, and placeholders such as {name} that stand for the rest.

What hangs on a condition, or repeats, is one placeholder: it can be moved or left out, never broken. The sentences
inside it can be said in other words, each by itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from django.template import Context, engines
from django.template.base import Template
from django.utils.translation import gettext as _

from outbox.fragments import PLACEHOLDER, Fragment, add, pieces
from outbox.phrases import NOTHING, Phrase, phrases_in, respoken

LOADS = re.compile(r"\{%\s*load\s[^%]*%\}")
BRACE = re.compile(r"[{}]")
# Known to every email that names it anywhere.
EVERYWHERE = re.compile(r"\{\{\s*(program)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text that cannot stay, and where; column 0 where something is missing."""

    # "subject", "text", or the English of a phrase.
    where: str
    line: int
    column: int
    words: str


class Part(NamedTuple):
    """A placeholder that hangs on something, and what it may say."""

    placeholder: str
    phrases: dict[str, Phrase]


class Unusable(Exception):
    """A text that cannot be used, with its first problem in words."""


@dataclass
class Wording:
    """One of our texts, taken apart."""

    subject: str = ""
    text: str = ""
    fragments: dict[str, Fragment] = field(default_factory=dict)
    # What its fragments need to be read: {% load … %}.
    loads: str = ""

    @property
    def values(self) -> dict[str, Fragment]:
        """What may stand anywhere in it, inside a phrase, too."""
        return {name: fragment for name, fragment in self.fragments.items() if fragment.shape == "value"}

    def parts(self) -> list[Part]:
        """What hangs on something, and the phrases in it."""
        found = [one for one in self.fragments.values() if one.shape == "part"]
        return [Part(one.placeholder, phrases_in(one.source)) for one in found]

    def phrases(self, text: str | None = None) -> dict[str, Phrase]:
        """What its parts say, phrase by phrase; of those alone that a text uses."""
        used = [part.phrases for part in self.parts() if text is None or part.placeholder in text]
        return {english: phrase for phrases in used for english, phrase in phrases.items()}

    def missing(self, text: str, own: Mapping[str, str]) -> list[str]:
        """The phrases of a text that have no other words yet."""
        return [english for english in self.phrases(text) if not own.get(english)]

    def problems(self, subject: str, text: str, own: Mapping[str, str] | None = None) -> list[Problem]:
        """Everything that stands against these words, each with its place."""
        found = [*_unknown("subject", subject, self.fragments), *_unknown("text", text, self.fragments)]
        for match in PLACEHOLDER.finditer(subject):
            fragment = self.fragments.get(match[1])
            if fragment and "[link:" in fragment.source:
                words = _("%(name)s holds a link, and a subject can have none.") % {"name": match[0]}
                found.append(Problem("subject", 1, match.start() + 1, words))
        used = set(PLACEHOLDER.findall(text))
        lines = text.count("\n") + 1
        for fragment in self.fragments.values():
            if fragment.required and fragment.name not in used:
                found.append(_missing("text", lines, fragment.name, _("This email does not work without it.")))
        return [*found, *problems_of_phrases(self.phrases(), own or {}, self.values)]

    def render(self, subject: str, text: str, context: Mapping, own: Mapping[str, str] | None = None) -> str:
        """Subject and text with everything put in, links still marked as ours; `own` are the words of its phrases."""
        own = own or {}
        if problems := self.problems(subject, text, own):
            raise Unusable(problems[0].words)
        subject = " ".join(self._put(subject, context, own).split())
        if not subject:
            raise Unusable(_("The subject would be empty."))
        return f"{subject}\n\n{self._put(text, context, own)}"

    def _put(self, words: str, context, own) -> str:
        def put(match) -> str:
            fragment = self.fragments[match[1]]
            source = self.loads + fragment.source
            return render_in(source, context, own if fragment.shape == "part" else {}, self.values)

        return PLACEHOLDER.sub(put, words)


def problems_of_phrases(phrases: Mapping[str, Phrase], own: Mapping[str, str], also: Mapping) -> list[Problem]:
    """Everything that stands against the words for these phrases; `also` may stand in each of them."""
    found = []
    for english, phrase in phrases.items():
        if words := own.get(english):
            found += _unknown(english, words, {**also, **phrase.fragments, NOTHING: None})
            used = PLACEHOLDER.findall(words)
            missing = [name for name in phrase.required if name not in used]
            found += [_missing(english, 1, name, _("This sentence does not work without it.")) for name in missing]
    return found


def render_in(source: str, context: Mapping, own: Mapping[str, str], also: Mapping[str, Fragment]) -> str:
    """A source of ours with everything put in, its phrases in other words where there are some."""
    source, values = respoken(source, own, also) if own else (source, {})
    return _compiled(source).render(Context({**context, **values}, autoescape=False))


def source_of(template: str) -> str:
    """One of our texts as it stands in its file, its links marked as ours."""
    return engines["letters"].get_template(template).template.source


def wording_of(template: str) -> Wording:
    """One of our texts, taken apart; `template` is its file."""
    return take_apart(source_of(template))


@lru_cache(maxsize=256)
def take_apart(source: str) -> Wording:
    """Words and placeholders; putting every fragment back in gives the source again."""
    fragments: dict[str, Fragment] = {}
    words = "".join(piece if plain else f"{{{add(fragments, piece)}}}" for piece, plain in pieces(source)).strip()
    if program := EVERYWHERE.search(source):
        fragments.setdefault(program[1], Fragment(program[1], program[0], "value"))
    subject, _blank, text = words.partition("\n\n")
    return Wording(subject.strip(), text.strip(), fragments, "".join(LOADS.findall(source)))


def _missing(where: str, line: int, name: str, why: str) -> Problem:
    return Problem(where, line, 0, _("%(name)s is missing. %(why)s") % {"name": f"{{{name}}}", "why": why})


def _unknown(where: str, words: str, known) -> list[Problem]:
    """Placeholders that this email does not have, and braces that are no placeholder."""
    found, taken = [], set()
    for match in PLACEHOLDER.finditer(words):
        taken |= {match.start(), match.end() - 1}
        if match[1] not in known:
            said = _("There is no %(name)s in this email.") % {"name": match[0]}
            found.append(Problem(where, *_place(words, match.start()), said))
    for match in BRACE.finditer(words):
        if match.start() not in taken:
            said = _("A %(sign)s on its own. Placeholders look like {name}.") % {"sign": match[0]}
            found.append(Problem(where, *_place(words, match.start()), said))
    return sorted(found, key=lambda one: (one.line, one.column))


def _place(words: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    return words.count("\n", 0, at) + 1, at - words.rfind("\n", 0, at)


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Template:
    return engines["letters"].engine.from_string(source)

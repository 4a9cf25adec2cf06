"""Our texts of emails as people edit them: words, and placeholders such as {name} that stand for the rest.

What hangs on a condition, or repeats, is one placeholder: it can be moved or left out, never broken.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.template import Context, engines
from django.template.base import Template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox import links
from outbox.loading import OURS

TOKEN = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})", re.S)
LOADS = re.compile(r"\{%\s*load\s[^%]*%\}")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
BRACE = re.compile(r"[{}]")
OPENS = {"if": "endif", "for": "endfor", "with": "endwith"}
# What people call it, where that differs from what the template does.
CALLED = {"person": "name", "person_name": "name"}
# What no text may lose: its links, the sentence on evaluation, whom to ring, the people or things it lists.
KEPT = re.compile(r"\[link:|\bevaluation\b|emergency_number|for \w+ in (?:lines|pairs|mentees|people)\b")
MEANINGS = {
    "name": gettext_lazy("the name of its reader"),
    "program": gettext_lazy("the name of the program"),
    "other": gettext_lazy("the name of the other of the pair"),
    "pair_name": gettext_lazy("the name of the other of the pair"),
    "mentor": gettext_lazy("the name of the mentor"),
    "mentor_name": gettext_lazy("the name of the mentor"),
    "mentee": gettext_lazy("the name of the mentee"),
    "evaluation": gettext_lazy("your sentence on evaluation, from the settings"),
    "when": gettext_lazy("day and time of the meeting, on the clock of its reader"),
    "lasts": gettext_lazy("how long the meeting is"),
    "rhythm": gettext_lazy("how often the program suggests to be in touch"),
    "first_contact_by": gettext_lazy("the day by which they should have been in touch"),
    "write_again_on": gettext_lazy("the day on which we write again"),
    "next": gettext_lazy("the day on which we write again"),
    "answer_by": gettext_lazy("the day by which an answer helps"),
    "look_on": gettext_lazy("the day on which a coordinator looks into it"),
    "returns": gettext_lazy("the day on which somebody is back"),
    "returns_on": gettext_lazy("the day on which somebody is back"),
    "starts": gettext_lazy("the first day of the leave"),
    "how": gettext_lazy("what was decided"),
    "who_reads": gettext_lazy("who reads the answer"),
}
# Known to every email that names it anywhere.
EVERYWHERE = re.compile(r"\{\{\s*(program)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a placeholder stands for: a value, a link, or a part that hangs on something."""

    name: str
    source: str
    shape: str
    required: bool = False
    # A part: what it may say, one line for each case.
    says: tuple[str, ...] = ()

    @property
    def placeholder(self) -> str:
        return f"{{{self.name}}}"

    @property
    def link_words(self) -> str:
        """The words on a link."""
        return links.words(self.name.removeprefix("link_"))

    @property
    def meaning(self) -> str:
        """What a value is, in words."""
        return MEANINGS.get(self.name) or _("filled in: %(what)s") % {"what": self.name.replace("_", " ")}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text that cannot stay, and where; column 0 where something is missing."""

    where: str
    line: int
    column: int
    words: str


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

    def problems(self, subject: str, text: str) -> list[Problem]:
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
                words = _("%(name)s is missing. This email does not work without it.")
                found.append(Problem("text", lines, 0, words % {"name": fragment.placeholder}))
        return found

    def render(self, subject: str, text: str, context: Mapping) -> str:
        """Subject and text with everything put in, links still marked as ours."""
        if problems := self.problems(subject, text):
            raise Unusable(problems[0].words)
        subject = " ".join(self._put(subject, context).split())
        if not subject:
            raise Unusable(_("The subject would be empty."))
        return f"{subject}\n\n{self._put(text, context)}"

    def _put(self, words: str, context) -> str:
        return PLACEHOLDER.sub(lambda match: _render(self.loads + self.fragments[match[1]].source, context), words)


def wording_of(template: str) -> Wording:
    """One of our texts, taken apart; `template` is its file."""
    return take_apart(engines["letters"].get_template(template).template.source)


@lru_cache(maxsize=256)
def take_apart(source: str) -> Wording:
    """Words and placeholders; putting every fragment back in gives the source again."""
    fragments: dict[str, Fragment] = {}
    words = "".join(piece if plain else f"{{{_add(fragments, piece)}}}" for piece, plain in _pieces(source)).strip()
    if program := EVERYWHERE.search(source):
        fragments.setdefault(program[1], Fragment(program[1], program[0], "value"))
    subject, _blank, text = words.partition("\n\n")
    return Wording(subject.strip(), text.strip(), fragments, "".join(LOADS.findall(source)))


def _pieces(source: str):
    """(piece, whether it is plain words), in order: values, links and whole blocks are not."""
    block, ends = "", []
    for token in TOKEN.split(source):
        tag = token[2:-2].split()[0] if token.startswith("{%") else ""
        if tag in OPENS:
            ends.append(OPENS[tag])
        if ends:
            block += token
            if tag == ends[-1]:
                ends.pop()
                if not ends:
                    yield block, False
                    block = ""
        elif token.startswith("{#") or tag == "load":
            continue
        elif token.startswith("{"):
            yield token, False
        else:
            yield from _with_links(token)


def _with_links(words: str):
    end = 0
    for mark in OURS.finditer(words):
        yield words[end : mark.start()], True
        yield mark[0], False
        end = mark.end()
    yield words[end:], True


def _add(fragments: dict[str, Fragment], source: str) -> str:
    """Keeps a fragment under a name of its own; the same source has the same name."""
    shape, base = _named(source)
    number, name = 1, base
    while name in fragments and fragments[name].source != source:
        number += 1
        name = f"{base}_{number}"
    if name not in fragments:
        fragments[name] = Fragment(
            name, source, shape, bool(KEPT.search(source)), _says(source) if shape == "part" else ()
        )
    return name


def _named(source: str) -> tuple[str, str]:
    if link := OURS.fullmatch(source):
        return "link", f"link_{link[1]}"
    if source.startswith("{{"):
        path = re.match(r"\{\{\s*([\w.]+)", source)[1].replace(".", "_")
        return "value", CALLED.get(path, path)
    inner = re.match(r"\{%\s*(.*?)\s*%\}", source, re.S)[1].split()
    about = inner[inner.index("in") + 1] if inner[0] == "for" else next(w for w in inner[1:] if w != "not")
    return "part", f"part_{about.split('|')[0].split('.')[-1]}"


def _says(source: str) -> tuple[str, ...]:
    """What a part may say, its own conditions taken off: one line for each case."""
    cases = re.split(r"\{%\s*(?:else|elif[^%]*)\s*%\}", source)
    lines = []
    for case in cases:
        plain = re.sub(r"\{%.*?%\}|\{#.*?#\}", " ", OURS.sub(r"{link_\1}", case), flags=re.S)
        plain = re.sub(r"\{\{\s*([\w.]+).*?\}\}", lambda m: f"{{{m[1].replace('.', '_')}}}", plain, flags=re.S)
        if plain := " ".join(plain.split()):
            lines.append(plain.removeprefix("- "))
    return tuple(lines)


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


def _render(source: str, context: Mapping) -> str:
    return _compiled(source).render(Context(dict(context), autoescape=False))

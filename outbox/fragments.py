"""What a placeholder stands for, and how our texts come apart into words and such fragments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox import links
from outbox.loading import OURS

TOKEN = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})", re.S)
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
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


def pieces(source: str) -> Iterator[tuple[str, bool]]:
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
            yield from with_links(token)


def with_links(words: str) -> Iterator[tuple[str, bool]]:
    """Words, and the links of ours among them."""
    end = 0
    for mark in OURS.finditer(words):
        yield words[end : mark.start()], True
        yield mark[0], False
        end = mark.end()
    yield words[end:], True


def add(fragments: dict[str, Fragment], source: str) -> str:
    """Keeps a fragment under a name of its own; the same source has the same name."""
    shape, base = _named(source)
    number, name = 1, base
    while name in fragments and fragments[name].source != source:
        number += 1
        name = f"{base}_{number}"
    if name not in fragments:
        says = _says(source) if shape == "part" else ()
        fragments[name] = Fragment(name, source, shape, bool(KEPT.search(source)), says)
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

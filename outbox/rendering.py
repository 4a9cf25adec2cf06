"""From a stored text to what is sent or shown: one code path for both."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.template.loader import render_to_string

from outbox import days, links
from outbox.links import MARK

FOOT = "-- "


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, or a link: its words, and where it leads ("" where it is shown as words only)."""

    text: str
    link: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, a heading or a link on a line of its own."""

    shape: str
    lines: list[list[Piece]] = field(default_factory=list)
    # Its language, where that is not ours; ours is shown as its own letters run: people are quoted in it.
    language: str = ""

    @property
    def direction(self) -> str:
        """How it runs."""
        return direction(self.language) if self.language else "auto"

    @property
    def rtl(self) -> bool:
        return self.direction == "rtl"


@dataclass(frozen=True, slots=True)
class Shown:
    """An email as its reader gets it."""

    subject: str
    text: str
    html: str
    blocks: list[Block]
    foot: list[Block]


def direction(language: str) -> str:
    """How a language is written."""
    return "rtl" if days.right_to_left(language) else "ltr"


def _pieces(line: str, href: Callable[[str], str]) -> list[Piece]:
    pieces, end = [], 0
    for mark in MARK.finditer(line):
        if line[end : mark.start()]:
            pieces.append(Piece(line[end : mark.start()]))
        pieces.append(Piece(links.words_on(mark), True, href(mark[1])))
        end = mark.end()
    return [*pieces, Piece(line[end:])] if line[end:] else pieces


def _block(lines: list[str], href: Callable[[str], str]) -> Block:
    if len(lines) == 1 and MARK.fullmatch(lines[0].strip()):
        return Block("link", [_pieces(lines[0].strip(), href)])
    if all(line.startswith("- ") for line in lines):
        return Block("list", [_pieces(line[2:], href) for line in lines])
    return Block("text", [_pieces(line, href) for line in lines])


def _in_language(block: Block, language: str) -> Block:
    """A block that says its language; from right to left, a line quoted from ours keeps its full stop at its end."""
    block = replace(block, language=language)
    if not block.rtl:
        return block
    return replace(block, lines=[_isolated(line) for line in block.lines])


def _isolated(line: list[Piece]) -> list[Piece]:
    """What runs from left to right is held together: a whole line with its link behind it, or a piece of one."""
    if not _runs_from_left("".join(one.text for one in line)):
        return [replace(one, text=f"\u2066{one.text}\u2069") if _runs_from_left(one.text) else one for one in line]
    held = [replace(line[0], text=f"\u2066{line[0].text}"), *line[1:]]
    return [*held[:-1], replace(held[-1], text=f"{held[-1].text}\u2069")]


def _runs_from_left(text: str) -> bool:
    directions = {unicodedata.bidirectional(sign) for sign in text}
    return "L" in directions and not directions & {"R", "AL"}


def blocks_of(text: str, href: Callable[[str], str]) -> list[Block]:
    """The paragraphs, lists and links of a text."""
    return [_block(part.split("\n"), href) for part in re.split(r"\n{2,}", text.strip("\n")) if part.strip()]


def plain_of(text: str, href: Callable[[str], str]) -> str:
    """The text with its links: in words and address on a line of their own, as the bare address inside a sentence."""

    def put(line: str) -> str:
        if (own := MARK.fullmatch(line.strip())) and (target := href(own[1])):
            return f"{links.words_on(own)}:\n{target}"
        return MARK.sub(lambda mark: href(mark[1]) or f"[{links.words_on(mark)}]", line)

    return "\n".join(put(line) for line in text.split("\n"))


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an email whose links lead where its own href says, perhaps under a title."""

    text: str
    href: Callable[[str], str]
    title: str = ""
    language: str = ""

    @property
    def blocks(self) -> list[Block]:
        title = [Block("title", [[Piece(self.title)]])] if self.title else []
        return [*title, *(_in_language(block, self.language) for block in blocks_of(self.text, self.href))]

    @property
    def plain(self) -> str:
        title = f"{self.title}\n{'-' * len(self.title)}\n" if self.title else ""
        return title + plain_of(self.text, self.href).strip("\n")


def assemble(subject: str, parts: list[Part], foot: Part) -> Shown:
    """An email of one part or more, and what stands under it."""
    blocks = [block for part in parts for block in part.blocks]
    language = foot.language or settings.LANGUAGE_CODE
    context = {"subject": subject, "blocks": blocks, "foot": foot.blocks, "language": language}
    html = render_to_string("letters/frame.html", {**context, "direction": direction(language)})
    text = "\n\n".join(part.plain for part in parts) + (f"\n\n{FOOT}\n{foot.plain}" if foot.text else "")
    return Shown(subject, text.rstrip() + "\n", html, blocks, foot.blocks)


def render(letter, href: Callable[[str], str]) -> Shown:
    """A letter as its reader gets it, each link leading where href says."""
    body, _, foot = letter.body.partition(f"\n{FOOT}\n")
    language = letter.language
    return assemble(letter.subject, [Part(body, href, language=language)], Part(foot, href, language=language))

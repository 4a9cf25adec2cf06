"""Which words an email has in a program: its own in the reader's language where it has some, else ours."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from outbox import kinds, links, sayings
from outbox.kinds import Kind
from outbox.loading import OURS
from outbox.models import LetterText, Stopped
from outbox.phrases import Phrase, phrases_in
from outbox.wording import Wording, source_of, wording_of

logger = logging.getLogger(__name__)

# The language of our own words: everybody can be written to in it.
ENGLISH = settings.LANGUAGE_CODE
FRAME, JOINED = "frame.txt", "outbox/joined.txt"
# The words around every email are kept as if they were one more kind of it; nobody is sent one.
AROUND = Kind("outbox.around", _("Words around every email"), FRAME)


@dataclass(frozen=True)
class Words:
    """What an email is written with: a language, the program's own text in it, and its words around every email."""

    language: str = ENGLISH
    own: LetterText | None = None
    around: LetterText | None = None

    @property
    def phrases_around(self) -> Mapping[str, str]:
        return self.around.phrases if self.around else {}


@dataclass
class OwnWords:
    """Every text of its own a program has in force; read once, for many emails."""

    rows: dict[tuple[str, str], LetterText] = field(default_factory=dict)

    def words_for(self, kind: Kind, person) -> Words:
        """The words for one reader; whoever runs a program, and whatever is about safety, has ours."""
        if kind.apart or kind.to_staff:
            return Words()
        return self.words_in(kind, language_of(person, self.languages(kind)))

    def words_in(self, kind: Kind, language: str) -> Words:
        """The words in one language, whoever reads them."""
        return Words(language, self.rows.get((kind.name, language)), self.rows.get((AROUND.name, language)))

    def languages(self, kind: Kind) -> list[str]:
        """The languages in which this kind has a text of the program's own."""
        return [language for name, language in self.rows if name == kind.name]

    def of(self, kind: Kind, language: str = ENGLISH) -> LetterText | None:
        return self.rows.get((kind.name, language))


def may_be_said_otherwise(kind: Kind) -> bool:
    """Whether a program may have words of its own for it; safety and those who run a program keep ours."""
    return kind.editable and not kind.apart and not kind.to_staff


def original(kind: Kind) -> Wording:
    """Our own text, taken apart into words and placeholders."""
    return wording_of(kind.template)


def is_english(language: str) -> bool:
    return language.partition("-")[0] == ENGLISH.partition("-")[0]


def language_of(person, written: Iterable[str]) -> str:
    """The language somebody is written to in: the first of theirs that there is a text in, else ours."""
    written = set(written)
    for language in person.languages or []:
        if is_english(language):
            return ENGLISH
        # Somebody who speaks Brazilian Portuguese reads Portuguese.
        if found := next((code for code in (language, language.partition("-")[0]) if code in written), None):
            return found
    return ENGLISH


def own(kind: Kind, topic: str, language: str) -> LetterText | None:
    """The program's own text in force in a language, if there is one."""
    return LetterText.objects.newest(topic, kind.name, language) if topic else None


def own_words(topic: str, *only: Kind) -> OwnWords:
    """Every text of its own a program has in force, or those of some kinds."""
    rows = LetterText.objects.filter(topic=topic).select_related("by")
    if only:
        rows = rows.filter(kind__in=[kind.name for kind in only])
    return OwnWords({(row.kind, row.language): row for row in rows.in_force()} if topic else {})


def own_words_of(kind: Kind, topic: str) -> OwnWords:
    """What one email needs of them, in one query; an email to those who run a program has our words."""
    return OwnWords() if kind.apart or kind.to_staff else own_words(topic, kind, AROUND)


def around() -> list[tuple[str, dict[str, Phrase]]]:
    """What stands around every email, in groups with a title: each phrase by its English."""
    found = [
        (_("Under every email"), phrases_in(source_of(FRAME))),
        (_("Where several go as one email"), phrases_in(source_of(JOINED))),
        (_("On the links"), {words: Phrase(words, words) for words in _words_on_links()}),
        (_("Said in several emails"), sayings.every()),
    ]
    seen: set[str] = set()
    groups = []
    for title, phrases in found:
        groups.append((str(title), {english: one for english, one in phrases.items() if english not in seen}))
        seen |= phrases.keys()
    return groups


def _words_on_links() -> list[str]:
    """The words on the links of every email that may be said otherwise."""
    sources = [source_of(kind.template) for kind in kinds.every() if may_be_said_otherwise(kind)]
    names = dict.fromkeys(name for source in [source_of(FRAME), *sources] for name in OURS.findall(source))
    under = [name.removeprefix("link_") for phrase in sayings.every().values() for name in phrase.required]
    return list(dict.fromkeys(words for name in [*names, *under] if (words := links.known_words(name))))


def note_failure(row: LetterText, error: Exception, now) -> None:
    """Remembers that a text could not be used, for whoever runs the program to read."""
    logger.warning("The program's own text of %s in %s could not be used: %s", row.kind, row.topic, error)
    LetterText.objects.filter(pk=row.pk, failed_at=None).update(failed_at=now, failure=str(error)[:500])


def broken(topics) -> list[LetterText]:
    """Texts in force that could not be used, in these programs."""
    return [row for row in LetterText.objects.filter(topic__in=topics).in_force() if row.failed_at]


def stopped(kind: Kind, topic: str) -> bool:
    """Whether this program does without this kind of email."""
    return (
        bool(topic and kinds.told_of(kind.name).may_stop)
        and Stopped.objects.filter(topic=topic, kind=kind.name).exists()
    )


def stopped_kinds(topic: str) -> dict[str, Stopped]:
    """The kinds a program does without, by name."""
    return {row.kind: row for row in Stopped.objects.filter(topic=topic).select_related("by")}

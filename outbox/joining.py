"""What is due to one reader goes as one email: one letter is sent, the others go with it and share its fate."""

import copy
from collections.abc import Callable, Iterable

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.functional import lazy

from outbox import choices, kinds, links, rendering, sayings, texts
from outbox.letters import kept, text_of
from outbox.models import REFUSED_FROM, How, Letter, LetterState
from outbox.rendering import Part, Shown
from outbox.sayings import Saying

KIND = "outbox.joined"
# A greeting ends with one, in whatever letters.
COMMAS = (",", "،", "，", "、", ":", ";")
OF, OF_PROGRAM = Saying("{number} of {all}"), Saying("{number} of {all}: {program}")
_in_words = lazy(apnumber, str)


def companions(letter) -> list[Letter]:
    """The letters that go with this one."""
    rows = Letter.objects.filter(joined_into=letter.pk, state=LetterState.JOINED)
    return list(rows.select_related("recipient").order_by("posted_at", "pk"))


def goes_with_others(letter) -> bool:
    """Reminders and requests go together, and whatever else its reader wants once a week; news goes by itself."""
    if letter.tries >= REFUSED_FROM:
        # Its text, perhaps: that is not to spoil any other.
        return False
    kind = kinds.get(letter.kind)
    return kind.optional or choices.how(letter.recipient, letter.topic, kind) == How.WEEKLY


def follow(letter, new, fields) -> None:
    """Those that go with a letter come to the same end."""
    if new in (LetterState.SENT, LetterState.DEAD, LetterState.DROPPED):
        same = {name: value for name, value in fields.items() if name in ("sent_at", "outcome")}
        Letter.objects.filter(state=LetterState.JOINED, joined_into=letter.pk).update(state=new, **same)


def part(letters: Iterable, **fields) -> int:
    """What went with letters that did not leave waits for itself again."""
    rows = Letter.objects.filter(state=LetterState.JOINED, joined_into__in=[letter.pk for letter in letters])
    return rows.update(state=LetterState.WAITING, joined_into=None, **fields)


def said_better(letters: list[Letter]) -> list[Letter]:
    """Those that ask about nothing another one does not ask about more urgently: one email a situation."""
    known = [(letter, kinds.get(letter.kind).step, kinds.get(letter.kind).situation(letter)) for letter in letters]
    weaker = []
    for letter, step, about in known:
        more_urgent = frozenset().union(*(theirs for _letter, its_step, theirs in known if its_step > step))
        if about and about <= more_urgent:
            weaker.append(letter)
    return weaker


def show(letters: list[Letter], href_of: Callable[[Letter], Callable[[str], str]]) -> Shown:
    """Several letters as the one email their reader gets, each with links of its own."""
    letters = sorted(letters, key=lambda letter: (letter.posted_at, letter.pk))
    frame, words = _framed(letters)
    body, _mark, foot = frame.body.partition(f"\n{rendering.FOOT}\n")
    parts = [Part(body, href_of(frame), language=frame.language)]
    several = len({letter.topic for letter in letters}) > 1
    said_once = _without_repeats([_without_greeting(letter) for letter in letters])
    for number, (letter, text) in enumerate(zip(letters, said_once, strict=True), 1):
        said = {"number": number, "all": len(letters), "program": kinds.topic_name(letter.topic)}
        with sayings.in_words(words.phrases_around):
            title = str((OF_PROGRAM if several and said["program"] else OF)(**said))
        parts.append(Part(text, href_of(letter), title, letter.language))
    return rendering.assemble(frame.subject, parts, Part(foot, href_of(frame), language=frame.language))


def frame_of(letters: list[Letter]) -> Letter:
    """What stands around them: an unsaved letter that is theirs together, of their program where it is one."""
    return _framed(letters)[0]


def _framed(letters: list[Letter]) -> tuple[Letter, texts.Words]:
    topics = {letter.topic for letter in letters}
    frame = copy.copy(letters[0])
    frame.pk, frame.kind, frame.about = None, KIND, {}
    frame.topic = topics.pop() if len(topics) == 1 else ""
    kind, languages = kinds.get(KIND), {letter.language for letter in letters}
    own = texts.own_words_of(kind, frame.topic)
    # In the language of them all, where that is one and their program has words around them in it.
    language = languages.pop() if len(languages) == 1 else ""
    words = own.words_in(kind, language if own.of(texts.AROUND, language) else texts.ENGLISH)
    written = text_of(
        kind,
        frame.recipient,
        # Said in the language of the email: it is read only then.
        context={"number": _in_words(len(letters))},
        topic=frame.topic,
        reply_to=frame.reply_to,
        words=words,
        failed=lambda row, error: None,
    )
    for name, value in kept(written).items():
        setattr(frame, name, value)
    return frame, words


def reply_to(letters: list[Letter]) -> list[str]:
    """Everybody an answer to them is meant for."""
    return list(dict.fromkeys(letter.reply_to for letter in letters if letter.reply_to))


def signed(letter, now) -> Callable[[str], str]:
    """Where the links of one letter lead, signed now."""
    return lambda purpose: links.address(letter, purpose, now)


def _without_greeting(letter) -> list[str]:
    """The paragraphs of a letter after its greeting, without what stands under it."""
    body = letter.body.partition(f"\n{rendering.FOOT}\n")[0]
    paragraphs = [paragraph for paragraph in body.strip().split("\n\n") if paragraph.strip()]
    if len(paragraphs) > 1 and paragraphs[0].rstrip().endswith(COMMAS) and str(letter.recipient) in paragraphs[0]:
        paragraphs = paragraphs[1:]
        # After a greeting a sentence may begin small.
        paragraphs[0] = paragraphs[0][:1].upper() + paragraphs[0][1:]
    return paragraphs


def _without_repeats(texts: list[list[str]]) -> list[str]:
    """What several of them say in the same words stands in the last of these."""
    kept = []
    for place, paragraphs in enumerate(texts):
        later = {paragraph for others in texts[place + 1 :] for paragraph in others}
        kept.append("\n\n".join(each for each in paragraphs if each not in later or "[link:" in each))
    return kept

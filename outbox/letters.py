"""Writing a letter: to whom, which text, which key."""

import re
import uuid
from email.utils import parseaddr
from typing import NamedTuple

from django.conf import settings
from django.template import engines
from django.utils import timezone, translation

from outbox import days, kinds, links, sayings, texts
from outbox.kinds import Kind
from outbox.links import MARK
from outbox.loading import settle_links
from outbox.models import Letter
from outbox.phrases import phrases_in
from outbox.sayings import Saying
from outbox.texts import Words
from outbox.wording import Unusable, problems_of_phrases, render_in, source_of
from profiles import civil

KEY_LENGTH = Letter._meta.get_field("key").max_length
# In `about` of an email sent once more: the one it repeats.
AGAIN_OF = "again_of"
SUBJECT_LENGTH = Letter._meta.get_field("subject").max_length
TAKES_PART = Saying("You get this email because you take part in {program}.")
HAS_ACCOUNT = Saying("You get this email because you have an account with us.")


class Written(NamedTuple):
    """An email as it was put together, its links as [link: purpose]."""

    subject: str
    body: str
    language: str = texts.ENGLISH


def key_of(kind: str, to, topic: str, key: str) -> str:
    """The whole key: kind, person and program; the matter and the civil due key are the caller's."""
    return fitted(f"{kind}:{to.public_id}:{topic}:{key}")


def fitted(whole: str) -> str:
    """A key as long as its column allows; one cut short stays a key of its own."""
    if len(whole) <= KEY_LENGTH:
        return whole
    short = uuid.uuid5(uuid.NAMESPACE_OID, whole).hex
    return f"{whole[: KEY_LENGTH - len(short) - 1]}:{short}"


def write(
    kind,
    to,
    *,
    key,
    context,
    topic,
    now,
    due=None,
    reply_to="",
    about=None,
    cut_off=None,
    own_words=None,
) -> Letter:
    """An unsaved letter with its text; render here, outside any transaction, and post it inside.

    `about` is for the kind's own questions later; its "people" are the public ids of those it is about. `own_words`
    are the program's own texts (texts.own_words) for whoever writes many and reads them once.
    """
    kind = kind if isinstance(kind, Kind) else kinds.get(kind)
    own_words = texts.own_words_of(kind, topic) if own_words is None else own_words
    written = text_of(
        kind,
        to,
        context=context,
        topic=topic,
        reply_to=reply_to,
        words=own_words.words_for(kind, to),
        failed=lambda row, error: texts.note_failure(row, error, now),
    )
    public_id = uuid.uuid4()
    return Letter(
        public_id=public_id,
        key=key_of(kind.name, to, topic, key),
        recipient=to,
        kind=kind.name,
        topic=topic,
        about=about or {},
        **kept(written),
        reply_to=reply_to,
        posted_at=now,
        due_at=_by_day(kind, due or now, now, cut_off, civil.zone(to.time_zone)),
        cut_off=cut_off,
        message_id=f"<{public_id.hex}@{domain()}>",
    )


def kept(written: Written) -> dict[str, str]:
    """What a letter keeps of how it was put together."""
    language = "" if written.language == texts.ENGLISH else written.language
    return {"subject": written.subject, "body": written.body, "language": language}


def again(letter: Letter, turn: int, *, now, anyway: bool = False) -> Letter:
    """The same email once more, unsaved; `turn` is how many such there were, so that twice is once.

    With `anyway` it leaves although its reason is over or its time has passed: a person wants it so.
    """
    public_id = uuid.uuid4()
    return Letter(
        public_id=public_id,
        key=fitted(f"{letter.key}:again:{turn}"),
        recipient=letter.recipient,
        kind=letter.kind,
        topic=letter.topic,
        about={**letter.about, AGAIN_OF: str(letter.public_id), "anyway": anyway},
        subject=letter.subject,
        body=letter.body,
        language=letter.language,
        reply_to=letter.reply_to,
        posted_at=now,
        due_at=now,
        cut_off=None if anyway else letter.cut_off,
        message_id=f"<{public_id.hex}@{domain()}>",
    )


def written_again(letter: Letter) -> int:
    """How often this email was sent once more by hand."""
    return Letter.objects.filter(topic=letter.topic, **{f"about__{AGAIN_OF}": str(letter.public_id)}).count()


class _Spoiled(Exception):
    """A text of the program's own that cannot be used, and why."""

    def __init__(self, row, error: Exception):
        super().__init__(str(error))
        self.row, self.error = row, error


def text_of(kind: Kind, to, *, context, topic, reply_to="", words=None, failed=None) -> Written:
    """A kind of email for one person, framed, times in their zone.

    `words` are those it is written with; where they cannot be used, `failed` hears why, and ours are taken.
    """
    context = {"person": to, "topic": topic, **context}
    try:
        return _written(kind, to, context, topic, reply_to, words or Words())
    except _Spoiled as spoiled:
        if failed is None:
            raise spoiled.error from None
        # Whatever it is: an email that is due does not wait for somebody to mend a text.
        failed(spoiled.row, spoiled.error)
        return _written(kind, to, context, topic, reply_to, Words())


def _written(kind: Kind, to, context, topic: str, reply_to: str, words: Words) -> Written:
    around = words.phrases_around
    in_their_words = sayings.in_words(around)
    with timezone.override(civil.zone(to.time_zone)), translation.override(days.known(words.language)), in_their_words:
        subject, body = _split(settle_links(_said(kind, words, context)))
        frame = {
            "body": body,
            # Said with people's own words in them, so none of it may become a link.
            "why": settle_links(str(context.get("why") or kind.why or _why(context, topic))),
            "contact": settle_links(str(context.get("contact") or _human(reply_to))),
            "group": kind.group,
            "choose": bool(topic) and not kind.to_staff and not kind.apart,
            "under": kinds.under(kind, to, topic),
        }
        framed = _in_words_around(texts.FRAME, frame, words)
    body = re.sub(r"\n{3,}", "\n\n", settle_links(framed, keep=True)).strip() + "\n"
    return Written(subject, _with_words_on_links(body, around), words.language)


def _said(kind: Kind, words: Words, context) -> str:
    """Subject and text: the program's own with everything put in, or ours."""
    own = words.own
    if own is None:
        return _in_words_around(kind.template, context, words)
    try:
        return texts.original(kind).render(own.subject, own.text, context, own.phrases)
    except Exception as error:
        raise _Spoiled(own, error) from error


def _in_words_around(template: str, context, words: Words) -> str:
    """A text of ours; what stands around every email has the program's own words where it has some."""
    if template not in (texts.FRAME, texts.JOINED) or not words.phrases_around:
        return engines["letters"].get_template(template).render(context)
    source = source_of(template)
    try:
        if problems := problems_of_phrases(phrases_in(source), words.phrases_around, {}):
            raise Unusable(problems[0].words)
        return render_in(source, context, words.phrases_around, {})
    except Exception as error:
        raise _Spoiled(words.around, error) from error


def _with_words_on_links(body: str, around) -> str:
    """The program's own words on links are kept with the email: sending asks for nothing more."""
    if not around:
        return body
    return MARK.sub(lambda mark: links.mark(mark[1], around.get(links.known_words(mark[1]), "")), body)


def _split(rendered: str) -> tuple[str, str]:
    """The subject stands before the first empty line; a line break somebody typed into a name is a blank."""
    head, _blank, body = rendered.replace("\r\n", "\n").strip().partition("\n\n")
    subject = " ".join("".join(c if c.isprintable() else " " for c in head).split())
    return subject[:SUBJECT_LENGTH], body.strip()


def _why(context, topic: str) -> sayings.Said:
    program = context.get("program") or kinds.topic_name(topic)
    return TAKES_PART(program=program) if program else HAS_ACCOUNT()


def _human(reply_to: str) -> str:
    name, address = parseaddr(reply_to or settings.DEFAULT_FROM_EMAIL)
    return name or address


def domain() -> str:
    """What stands behind the @ in the ids of messages."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _by_day(kind, due, now, cut_off, zone):
    """What would be useless in the morning goes the evening before, where there still is one."""
    if kind.any_hour or not cut_off or not civil.is_night(due, zone) or civil.next_morning(due, zone) < cut_off:
        return due
    return max(now, civil.evening_before(due, zone))

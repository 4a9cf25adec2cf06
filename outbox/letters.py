"""Writing a letter: to whom, which text, which key."""

import re
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.template import engines
from django.utils import timezone
from django.utils.translation import gettext as _

from outbox import kinds, texts
from outbox.kinds import Kind
from outbox.loading import settle_links
from outbox.models import Letter
from profiles import civil

KEY_LENGTH = Letter._meta.get_field("key").max_length
# In `about` of an email sent once more: the one it repeats.
AGAIN_OF = "again_of"
SUBJECT_LENGTH = Letter._meta.get_field("subject").max_length


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
    own = texts.own(kind, topic, texts.language_of(to)) if own_words is None else own_words.get(kind.name)
    subject, body = text_of(
        kind,
        to,
        context=context,
        topic=topic,
        reply_to=reply_to,
        own=own,
        failed=lambda error: texts.note_failure(own, error, now),
    )
    public_id = uuid.uuid4()
    return Letter(
        public_id=public_id,
        key=key_of(kind.name, to, topic, key),
        recipient=to,
        kind=kind.name,
        topic=topic,
        about=about or {},
        subject=subject,
        body=body,
        reply_to=reply_to,
        posted_at=now,
        due_at=_by_day(kind, due or now, now, cut_off, civil.zone(to.time_zone)),
        cut_off=cut_off,
        message_id=f"<{public_id.hex}@{domain()}>",
    )


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
        reply_to=letter.reply_to,
        posted_at=now,
        due_at=now,
        cut_off=None if anyway else letter.cut_off,
        message_id=f"<{public_id.hex}@{domain()}>",
    )


def written_again(letter: Letter) -> int:
    """How often this email was sent once more by hand."""
    return Letter.objects.filter(topic=letter.topic, **{f"about__{AGAIN_OF}": str(letter.public_id)}).count()


def text_of(kind: Kind, to, *, context, topic, reply_to="", own=None, failed=None) -> tuple[str, str]:
    """Subject and framed body of a kind of email for one person, times in their zone, links as [link: purpose].

    `own` is the program's own text (subject and text); where it cannot be used, `failed` hears why and ours is taken.
    """
    engine = engines["letters"]
    context = {"person": to, "topic": topic, **context}
    with timezone.override(civil.zone(to.time_zone)):
        rendered = settle_links(_in_own_words(kind, own, context, failed) or _in_ours(kind, context))
    subject, body = _split(rendered)
    frame = {
        "body": body,
        # Said with people's own words in them, so none of it may become a link.
        "why": settle_links(
            context.get("why") or str(kind.why) or _why(context.get("program") or kinds.topic_name(topic))
        ),
        "contact": settle_links(str(context.get("contact") or _human(reply_to))),
        "to_mentees": kind.to_mentees,
        "group": kind.group,
        "choose": bool(topic) and not kind.to_staff and not kind.apart,
        "under": kinds.under(kind, to, topic),
    }
    framed = engine.get_template("frame.txt").render(frame)
    return subject, re.sub(r"\n{3,}", "\n\n", settle_links(framed, keep=True)).strip() + "\n"


def _in_ours(kind: Kind, context) -> str:
    return engines["letters"].get_template(kind.template).render(context)


def _in_own_words(kind: Kind, own, context, failed) -> str:
    """The program's own text with everything put in; "" where it has none, or it cannot be used."""
    if own is None:
        return ""
    try:
        return texts.original(kind).render(own.subject, own.text, context)
    except Exception as error:
        # Whatever it is: an email that is due does not wait for somebody to mend a text.
        if failed is None:
            raise
        failed(error)
        return ""


def _split(rendered: str) -> tuple[str, str]:
    """The subject stands before the first empty line; a line break somebody typed into a name is a blank."""
    head, _blank, body = rendered.replace("\r\n", "\n").strip().partition("\n\n")
    subject = " ".join("".join(c if c.isprintable() else " " for c in head).split())
    return subject[:SUBJECT_LENGTH], body.strip()


def _why(program) -> str:
    if program:
        return _("You get this email because you take part in %(program)s.") % {"program": program}
    return _("You get this email because you have an account with us.")


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

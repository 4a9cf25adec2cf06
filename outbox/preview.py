"""An email as its reader will see it, links in words: the same path as sending."""

import dataclasses
import uuid
from collections.abc import Mapping
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from outbox import joining, kinds, links, texts
from outbox.kinds import Kind
from outbox.letters import domain, kept, text_of
from outbox.links import MARK
from outbox.models import Letter, LetterState
from outbox.rendering import Shown, render
from outbox.texts import Words

# The one made-up other person in all samples.
SOMEBODY = "Sam Example"
TEST = "outbox.test"


def as_words(purpose: str) -> str:
    """Where a link leads in anything but the sent email: nowhere."""
    return ""


def show(letter: Letter, among: QuerySet[Letter] | None = None) -> Shown:
    """Subject, text, HTML and paragraphs of a stored or unsaved letter; no link in it works.

    Of those it went with only these are shown that are `among` what may be seen: they may be of other programs.
    """
    if letter.pk and among is not None and (others := _went_with(letter, among)):
        return joining.show([letter, *others], lambda _letter: as_words)
    return render(letter, as_words)


def _went_with(letter: Letter, among: QuerySet[Letter]) -> list[Letter]:
    """What goes with this letter, or left in the same email."""
    same = Q(state=letter.state, sent_at=letter.sent_at) | Q(state=LetterState.JOINED)
    return list(among.filter(same, joined_into=letter.pk).select_related("recipient").order_by("posted_at", "pk"))


def sample(kind_name: str, topic: str = "") -> Shown:
    """A registered kind of email with made-up contents."""
    return show(example(kinds.get(kind_name), topic, made_up()))


def made_up():
    """Somebody to whom an email is shown where there is nobody real."""
    return get_user_model()(name=_("Robin Reader"), email="robin@example.org", pronouns="they/them")


def example(
    kind: Kind, topic: str, person, *, other: str = SOMEBODY, known: Mapping | None = None, words: Words | None = None
) -> Letter:
    """An unsaved email of this kind to this person about `other`, the rest of it made up.

    `known` is what is true in the program (who answers, say); `words` those to try, else the reader's in force.
    """
    context = {**kind.sample(topic), **(known or {})}
    if other != SOMEBODY:
        context = {key: value if key in (known or {}) else _naming(value, other) for key, value in context.items()}
    reply_to = context.get("reply_to", "")
    words = words or texts.own_words_of(kind, topic).words_for(kind, person)
    # What cannot be used reaches nobody: they get ours.
    written = text_of(kind, person, context=context, topic=topic, reply_to=reply_to, words=words, failed=_as_sent)
    return Letter(recipient=person, kind=kind.name, topic=topic, reply_to=reply_to, **kept(written))


def _as_sent(row, error) -> None:
    """Looking at an email writes nothing down."""


def _naming(value, other: str):
    """The same with somebody real in the place of the made-up other."""
    if isinstance(value, str):
        return value.replace(SOMEBODY, other)
    if isinstance(value, dict):
        return {key: _naming(one, other) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_naming(one, other) for one in value]
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**_naming(vars(value), other))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _naming(getattr(value, f.name), other) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def links_in(letter: Letter) -> list[tuple[str, bool]]:
    """Every link of an email: its words, and whether it opens without signing in."""
    marks = {mark[1]: mark for mark in MARK.finditer(letter.body)}
    return [(links.words_on(mark), links.get(name).page is not None) for name, mark in marks.items()]


def test_to(person, letter: Letter, *, now) -> Letter:
    """The example as an unsaved email to whoever asked to see it in their own mail program; its links lead nowhere."""
    public_id = uuid.uuid4()
    return Letter(
        public_id=public_id,
        key=f"{TEST}:{person.public_id}:{public_id}",
        recipient=person,
        kind=TEST,
        topic=letter.topic,
        about={"test": True},
        subject=_("A test: %(subject)s") % {"subject": letter.subject},
        body=letter.body,
        language=letter.language,
        posted_at=now,
        due_at=now,
        message_id=f"<{public_id.hex}@{domain()}>",
    )

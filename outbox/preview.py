"""An email as its reader will see it, links in words: the same path as sending."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from outbox import joining, kinds
from outbox.letters import text_of
from outbox.models import Letter
from outbox.rendering import Shown, render


def as_words(purpose: str) -> str:
    """Where a link leads in anything but the sent email: nowhere."""
    return ""


def show(letter: Letter) -> Shown:
    """Subject, text, HTML and paragraphs of a stored or unsaved letter; no link in it works."""
    if letter.pk and (others := joining.companions(letter, *joining.WENT)):
        return joining.show([letter, *others], lambda _letter: as_words)
    return render(letter, as_words)


def sample(kind_name: str, topic: str = "") -> Shown:
    """A registered kind of email with made-up contents."""
    kind = kinds.get(kind_name)
    person = get_user_model()(name=_("Robin Reader"), email="robin@example.org", pronouns="they/them")
    context = kind.sample(topic)
    reply_to = context.get("reply_to", "")
    subject, body = text_of(kind, person, context=context, topic=topic, reply_to=reply_to)
    return show(Letter(recipient=person, kind=kind.name, topic=topic, subject=subject, body=body, reply_to=reply_to))

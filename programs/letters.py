"""The email that coordinators write to participants in their own words."""

from email.utils import formataddr

from django.utils.translation import gettext_lazy as _

from outbox import choices, kinds, letters, texts
from outbox.fragments import Fragment
from outbox.kinds import Kind
from outbox.letters import text_of
from outbox.models import Letter
from outbox.wording import Wording
from programs.models import Mailing, Membership, MembershipState
from programs.permissions import may_write_to

NOTICE, AT_ANY_HOUR = "programs.notice", "programs.notice_any_hour"
GONE = [MembershipState.LEFT, MembershipState.DECLINED]
# The placeholders such a text may hold.
WORDING = Wording(
    fragments={
        "name": Fragment("name", "{{ person }}", "value"),
        "program": Fragment("program", "{{ program }}", "value"),
    }
)


def one_line(text) -> str:
    return " ".join(str(text).split())


def kind_of(mailing: Mailing) -> Kind:
    return kinds.get(AT_ANY_HOUR if mailing.at_night else NOTICE)


def notice(mailing: Mailing, member: Membership, *, by, now, own_words=None) -> Letter:
    """The unsaved email of a mailing to one of those it is for; an answer reaches whoever wrote it.

    `own_words` are the program's own (texts.own_words), for whoever writes many and reads them once.
    """
    return letters.write(
        kind_of(mailing),
        member.user,
        key=str(mailing.public_id),
        topic=mailing.program.slug,
        now=now,
        due=max(mailing.due_at, now) if mailing.due_at else None,
        reply_to=_answers_to(by),
        own_words=own_words,
        about={
            "mailing": str(mailing.public_id),
            "membership": str(member.public_id),
            "people": [str(member.user.public_id)],
        },
        context=_context(mailing, member),
    )


def _answers_to(by) -> str:
    return formataddr((str(by), by.email)) if by and by.email else ""


def as_it_reads(mailing: Mailing, member: Membership, *, by) -> Letter:
    """The same for a look at it: nothing of it is kept."""
    reply_to = _answers_to(by)
    kind, topic = kind_of(mailing), mailing.program.slug
    words = texts.own_words_of(kind, topic).words_for(kind, member.user)
    written = text_of(kind, member.user, context=_context(mailing, member), topic=topic, reply_to=reply_to, words=words)
    return Letter(recipient=member.user, kind=kind.name, topic=topic, reply_to=reply_to, **letters.kept(written))


def _context(mailing, member):
    known = {"person": one_line(member.user), "program": one_line(mailing.program)}
    subject, _blank, text = WORDING.render(mailing.subject, mailing.text, known).partition("\n\n")
    first_line = mailing.text.strip().split("\n", 1)[0].rstrip()
    greets = "{name}" in first_line and first_line.endswith(",")
    return {"program": mailing.program, "subject": subject, "text": text, "greets": greets}


def wants_no_news(program) -> set[int]:
    """The people who want nothing of this kind, by primary key."""
    return choices.turned_off(program.slug, kinds.NEWS)


def still_here(letter, now) -> str:
    """Needed while its reader takes part."""
    member = Membership.objects.filter(public_id=letter.about.get("membership")).first()
    return str(_("They are no longer in the program.")) if member is None or member.state in GONE else ""


def may_leave(letter, now) -> bool:
    """Held until the program is open."""
    return may_write_to(letter.topic)


def sample(topic: str) -> dict:
    return {"subject": _("The meeting of everybody in May"), "text": _("We meet in the library on 4 May at 18:00.")}


_COMMON = {
    "title": _("Written by a coordinator"),
    "template": "programs/notice.txt",
    "still_needed": still_here,
    "may_leave": may_leave,
    "editable": False,
    "group": kinds.NEWS,
    "sample": sample,
}
KINDS = [Kind(NOTICE, **_COMMON), Kind(AT_ANY_HOUR, any_hour=True, **_COMMON)]


def register() -> None:
    """Makes the kinds of this app known to the outbox."""
    for kind in KINDS:
        kinds.register(kind)

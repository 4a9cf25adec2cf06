"""What happened with a person, the newest first: history, emails, pulses and what they said of a meeting."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins.models import CheckInAnswer
from checkins.permissions import other_of
from matching.models import Pairing
from programs.letters import AT_ANY_HOUR, NOTICE
from programs.models import Program
from programs.permissions import entries_visible_to, letters_visible_to
from surveys.models import Invitation
from surveys.pulse import GOING, GOING_WORDS, NOTHING, WISH, wish_words
from surveys.results import said

SHOWS = {
    "": gettext_lazy("Everything"),
    "done": gettext_lazy("What was done"),
    "said": gettext_lazy("What they said"),
    "emails": gettext_lazy("Emails"),
}
WRITTEN = (NOTICE, AT_ANY_HOUR)
NEWEST = 30
MOST = 500


@dataclass(frozen=True)
class Line:
    """One thing that happened, as the timeline shows it."""

    at: datetime
    words: str
    by: object = None
    why: str = ""
    url: str = ""
    note: str = ""


def of(reader, person, show="", most=NEWEST) -> tuple[list[Line], bool]:
    """The newest lines, and whether there are more."""
    found = [
        *(_done(reader, person, most) if show in ("", "done") else ()),
        *(_said(reader, person, most) if show in ("", "said") else ()),
        *(_emails(reader, person, most) if show in ("", "emails") else ()),
    ]
    found.sort(key=lambda line: line.at, reverse=True)
    return found[:most], len(found) > most


def _newest(rows: QuerySet, most: int):
    return rows[: most + 1]


def _done(reader, person, most):
    coordinated = Program.objects.coordinated_by(reader).values("slug")
    rows = entries_visible_to(reader).filter(topic__in=coordinated).concerning(person).select_related("by")
    for entry in _newest(rows.order_by("-at", "-pk"), most):
        yield Line(entry.at, str(entry), entry.by, entry.why)


def _emails(reader, person, most):
    rows = letters_visible_to(reader).filter(recipient=person).order_by("-posted_at", "-pk")
    for letter in _newest(rows, most):
        # Subjects are the same on purpose, but for what a coordinator wrote.
        named = letter.subject if letter.kind in WRITTEN else letter.kind_title
        words = _("Email: %(name)s") % {"name": named}
        url = reverse("programs:email", args=[letter.topic, letter.public_id])
        yield Line(letter.sent_at or letter.posted_at, words, url=url, note=str(letter.standing[1]))


def _said(reader, person, most):
    yield from _pulses(reader, person, most)
    seen = Pairing.objects.visible_to(reader)
    rows = CheckInAnswer.objects.filter(membership__user=person, check_in__pairing__in=seen)
    rows = rows.select_related("check_in__pairing__mentor__user", "check_in__pairing__mentee__user")
    for answer in _newest(rows.order_by("-at", "-pk"), most):
        name = {"name": other_of(person, answer.check_in.pairing)}
        words = _("Said: met or in touch with %(name)s") if answer.met else _("Said: not in touch with %(name)s")
        yield Line(answer.at, words % name, why=answer.how)


def _pulses(reader, person, most):
    rows = Invitation.objects.visible_to(reader).filter(membership__user=person, answered_at__isnull=False)
    rows = rows.annotate(said_going=said(GOING), said_wish=said(WISH))
    rows = rows.select_related("membership", "pairing__program", "pairing__mentor__user", "pairing__mentee__user")
    for one in _newest(rows.order_by("-answered_at", "-pk"), most):
        going = {"name": other_of(person, one.pairing), "words": GOING_WORDS.get(one.said_going, "")}
        words = _("Pulse: it goes %(words)s with %(name)s") % going
        wish = wish_words(one.membership.role).get(one.said_wish, "") if one.said_wish != NOTHING else ""
        yield Line(one.answered_at, words, why=_("Would like: %(wish)s") % {"wish": wish} if wish else "")

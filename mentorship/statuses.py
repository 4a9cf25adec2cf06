"""How every status is shown: its tone and shape beside its word."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    """A tone names a colour of tokens.css, a shape a drawing of components/shape.html."""

    tone: str
    shape: str
    word: object


LOOKS = {
    # Pairs.
    "new": Look("new", "spark", _("new")),
    "in_rhythm": Look("good", "disc", _("in rhythm")),
    "quiet": Look("wait", "half", _("quiet")),
    "never": Look("alert", "ring", _("never in touch")),
    "paused": Look("rest", "pause", _("paused")),
    "on_leave": Look("rest", "moon", _("on leave")),
    "ending": Look("plain", "flag", _("ending")),
    "ended": Look("plain", "square", _("ended")),
    "overdue": Look("alert", "clock", _("overdue")),
    "follow_up": Look("alert", "triangle", _("follow-up")),
    # People on their way.
    "invited": Look("new", "ring", _("invited")),
    "applied": Look("new", "half", _("applied")),
    "accepted": Look("new", "disc", _("accepted")),
    "preparing": Look("wait", "half", _("preparing")),
    "ready": Look("good", "ring", _("ready to be matched")),
    "waiting": Look("wait", "clock", _("on the waiting list")),
    "active": Look("good", "disc", _("active")),
    "completed": Look("good", "tick", _("completed")),
    "left": Look("plain", "square", _("left")),
    "declined": Look("plain", "square", _("declined")),
    # Programs, rounds, imports, emails.
    "setup": Look("wait", "half", _("being set up")),
    "open": Look("good", "disc", _("open")),
    "draft": Look("wait", "half", _("draft")),
    "asked": Look("new", "clock", _("waiting for its turn")),
    "working": Look("new", "half", _("in work")),
    "published": Look("good", "tick", _("published")),
    "discarded": Look("plain", "square", _("discarded")),
    "failed": Look("alert", "triangle", _("failed")),
    "mapping": Look("wait", "half", _("columns being named")),
    "preview": Look("wait", "ring", _("ready to import")),
    "done": Look("good", "tick", _("done")),
    "missing": Look("wait", "ring", _("missing")),
    "claimed": Look("new", "clock", _("waiting")),
    "joined": Look("new", "clock", _("waiting")),
    "sending": Look("new", "half", _("being sent")),
    "sent": Look("good", "tick", _("sent")),
    "dead": Look("alert", "triangle", _("not delivered")),
    "dropped": Look("plain", "square", _("not sent")),
    "held": Look("wait", "pause", _("held back")),
}
STANDINGS = ("new", "in_rhythm", "quiet", "never", "paused", "on_leave", "ending", "ended", "follow_up")
PLAIN = Look("plain", "ring", "")


def look(key: str) -> Look:
    """The look of a status; an unknown one is plain, never an error."""
    return LOOKS.get(key, PLAIN)

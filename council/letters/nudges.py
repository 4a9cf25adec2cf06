"""The nudges: to both of a silent pair, to each alone, with a question only we read."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins import watching
from checkins.letters import silence_of
from checkins.models import Contact, Meeting, MeetingState, Pause
from council import ladder, silence
from matching.letters import Desk, may_leave, one_line, sample
from matching.models import Pairing, PairingState
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind
from programs.models import Leave


def _since(facts) -> str:
    return day(facts.last_contact or facts.began_on)


def _line(other, facts) -> dict:
    return {"name": one_line(other), "since": _since(facts), "never": facts.last_contact is None}


def to_mentee(pairing: Pairing, *, step: str, climb: ladder.Climb, facts, now):
    """To the mentee: when they were last in touch, and whether they can reach their mentor."""
    away = Leave.objects.away_on(facts.today).filter(membership=pairing.mentor_id).first()
    return Desk(pairing.program, now).write(
        "council.nudge_mentee",
        pairing.mentee,
        key=f"{climb.cause(pairing.pk)}:{step}",
        with_people=[pairing.mentor.user],
        about=_about([pairing], facts.today),
        context={
            "pair": _line(pairing.mentor.user, facts),
            "away_until": day(away.returns_on) if away else "",
        },
    )


def to_mentor(pairing: Pairing, *, facts, now):
    """To the mentor: one email for all their mentees whose silence has come as far today."""
    due = [(pairing, facts), *_due_as_well(pairing, now)]
    due.sort(key=lambda row: row[0].pk)
    pairs = [each for each, _facts in due]
    return Desk(pairing.program, now).write(
        "council.nudge_mentor",
        pairing.mentor,
        key=f"{pairing.mentor.public_id}:{facts.today}",
        with_people=[each.mentee.user for each in pairs],
        about=_about(pairs, facts.today),
        context={"pairs": [_line(each.mentee.user, its) for each, its in due]},
    )


def _about(pairs, today) -> dict:
    return {"pairings": [str(pairing.public_id) for pairing in pairs], "day": today.isoformat()}


def _due_as_well(pairing, now) -> list:
    """The mentor's other pairs with a nudge due by today that has not been sent."""
    rows = Pairing.objects.open().filter(mentor=pairing.mentor_id).exclude(pk=pairing.pk)
    others = list(rows.select_related("program", "mentor__user", "mentee__user"))
    if not others:
        return []
    facts, figures = watching.facts_of(others, now), pairing.program.figures_in_force()
    return [(each, facts[each.pk]) for each in others if silence.is_nudged(each, facts[each.pk], figures, now)]


def still_silent(letter, now) -> str:
    """Needed while one of its pairs is open, not paused, without contact since, and without a meeting agreed ahead."""
    contact = Contact.objects.filter(pairing=OuterRef("pk"), noted_at__gte=letter.posted_at)
    # A day has come somewhere up to 14 hours before it has in UTC, and has not gone up to 12 hours after.
    today = {"starts_on__lte": (now + timedelta(hours=14)).date(), "ends_on__gt": (now - timedelta(hours=12)).date()}
    paused = Pause.objects.filter(pairing=OuterRef("pk"), ended_at=None, **today)
    ahead = Meeting.objects.filter(pairing=OuterRef("pk"), state=MeetingState.ACCEPTED, starts_at__gt=now)
    pairs = Pairing.objects.filter(public_id__in=letter.about.get("pairings", []), state=PairingState.OPEN)
    silent = pairs.exclude(Exists(contact)).exclude(Exists(paused)).exclude(Exists(ahead))
    return "" if silent.exists() else _("They have been in touch, or the pair rests or has ended.")


def _sample(topic: str) -> dict:
    since = day(date(2027, 2, 3))
    pair = {"name": "Sam Example", "since": since, "never": False}
    return {**sample(topic), "pair": pair, "pairs": [pair, {**pair, "name": "Robin Example", "never": True}]}


_COMMON = {
    "still_needed": still_silent,
    "may_leave": may_leave,
    "optional": True,
    # "Did you meet?" is the step before it.
    "situation": silence_of,
    "step": 1,
    "sample": _sample,
}
KINDS = [
    Kind(
        "council.nudge_mentee",
        gettext_lazy("Not in touch for a while, to a mentee"),
        "council/nudge_mentee.txt",
        to_mentees=True,
        **_COMMON,
    ),
    Kind(
        "council.nudge_mentor",
        gettext_lazy("Not in touch for a while, to a mentor"),
        "council/nudge_mentor.txt",
        **_COMMON,
    ),
]


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)

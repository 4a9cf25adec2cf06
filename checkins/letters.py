"""The emails of meetings and of "did you meet?": to whom, which text, which key."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins import words
from checkins.models import CheckIn, CheckInAnswer, Meeting, MeetingState, Pause
from checkins.permissions import member_of, other_of
from matching.letters import Desk, may_leave, one_line
from matching.letters import sample as sample_of_program
from matching.models import PairingState
from outbox import kinds
from outbox.kinds import Kind
from programs.models import ProgramState, Role

REMIND_BEFORE = timedelta(hours=24)
# An answer later than this is no help to anybody's memory.
ASK_WITHIN = timedelta(days=7)


def proposed(meeting: Meeting, *, now):
    """To the other: a time is proposed, with a link on which it can be accepted without signing in."""
    to = other_of(meeting.proposed_by, meeting.pairing)
    return _of_meeting(_desk(meeting, now), "proposed", meeting, to, cut_off=meeting.starts_at)


def agreed(meeting: Meeting, *, now) -> list:
    """To both: the meeting is agreed; and the day before it, one reminder."""
    both = (meeting.pairing.mentee.user, meeting.pairing.mentor.user)
    desk = _desk(meeting, now)
    written = [_of_meeting(desk, "agreed", meeting, person) for person in both]
    due = meeting.starts_at - REMIND_BEFORE
    if due > now:
        times = {"due": due, "cut_off": meeting.starts_at}
        written += [_of_meeting(desk, "reminder", meeting, person, **times) for person in both]
    return written


def declined(meeting: Meeting, *, now):
    """To whoever proposed it."""
    return _of_meeting(_desk(meeting, now), "declined", meeting, meeting.proposed_by)


def cancelled(meeting: Meeting, *, by, now):
    """To the other of the two."""
    return _of_meeting(_desk(meeting, now), "cancelled", meeting, other_of(by, meeting.pairing))


def _desk(meeting, now) -> Desk:
    return Desk(meeting.pairing.program, now)


def _of_meeting(desk, name, meeting, to, **times):
    pairing = meeting.pairing
    other = other_of(to, pairing)
    before = meeting.instead_of
    member = member_of(to, pairing)
    return desk.write(
        f"checkins.{name}_{member.role}",
        member,
        key=str(meeting.public_id),
        with_people=[other],
        about={
            "pairings": [str(pairing.public_id)],
            "meeting": str(meeting.public_id),
            "until": words.ends_at(meeting).isoformat(),
        },
        context={
            "other": one_line(other),
            "when": words.when_said(meeting.starts_at, to),
            "for_other": words.for_other_said(meeting.starts_at, to, other),
            "lasts": words.lasts(meeting.minutes),
            "place": one_line(meeting.place),
            "instead_of": words.when_said(before.starts_at, to) if before else "",
            "agreed_before": before is not None and before.state == MeetingState.ACCEPTED,
        },
        **times,
    )


def did_you_meet(desk: Desk, check_ins: list[CheckIn], person, *, again: bool = False):
    """Did you meet? One email with a line for each pair of theirs."""
    first = check_ins[0]
    member = member_of(person, first.pairing)
    others = [other_of(person, check_in.pairing) for check_in in check_ins]
    return desk.write(
        f"checkins.did_you_meet_{member.role}",
        member,
        key=f"{first.pairing.public_id}:{first.due_on}{':again' if again else ''}",
        with_people=others,
        about={
            "pairings": [str(check_in.pairing.public_id) for check_in in check_ins],
            "check_ins": [str(check_in.public_id) for check_in in check_ins],
            "again": again,
        },
        context={
            "lines": [
                {
                    "other": one_line(other),
                    "day": words.day(check_in.due_on),
                    "meeting": check_in.meeting_id is not None,
                }
                for check_in, other in zip(check_ins, others, strict=True)
            ],
            "again": again,
        },
        cut_off=desk.now + ASK_WITHIN,
    )


def _meeting_of(letter) -> Meeting | None:
    rows = Meeting.objects.filter(public_id=letter.about.get("meeting"))
    return rows.select_related("pairing", "instead_of").first()


def _goes_on(meeting) -> str:
    if meeting is None or meeting.pairing.state != PairingState.OPEN:
        return _("The pair has ended.")
    return ""


def still_proposed(letter, now) -> str:
    """Needed while nobody has answered."""
    meeting = _meeting_of(letter)
    if meeting and meeting.state != MeetingState.PROPOSED:
        return _("The proposal has been answered or taken back.")
    return _goes_on(meeting)


def still_agreed(letter, now) -> str:
    """Needed while the meeting stands."""
    meeting = _meeting_of(letter)
    if meeting and meeting.state != MeetingState.ACCEPTED:
        return _("The meeting has been moved or cancelled.")
    return _goes_on(meeting)


def still_of_use(letter, now) -> str:
    return _goes_on(_meeting_of(letter))


def still_asked(letter, now) -> str:
    """Needed while one of those it asks about is open and its reader has not answered."""
    rows = CheckIn.objects.filter(public_id__in=letter.about.get("check_ins", []), closed_at=None)
    rows = rows.filter(pairing__state=PairingState.OPEN, pairing__program__state=ProgramState.OPEN)
    rows = list(rows.select_related("pairing__program"))
    answers = CheckInAnswer.objects.filter(check_in__in=rows)
    if not letter.about.get("again"):
        answers = answers.filter(membership__user=letter.recipient)
    answered = set(answers.values_list("check_in", flat=True))
    paused = set(Pause.objects.filter(pairing__in=[row.pairing_id for row in rows], ended_at=None).values_list(
        "pairing", "starts_on", "ends_on"
    ))  # fmt: skip
    resting = {
        row.pk
        for row in rows
        for pairing, start, end in paused
        if pairing == row.pairing_id and start <= row.pairing.program.today(now) < end
    }
    return "" if {row.pk for row in rows} - answered - resting else _("It has been answered, or is over.")


def sample(topic: str) -> dict:
    """A made-up meeting for a preview."""
    base = sample_of_program(topic)
    at = datetime(2027, 5, 4, 17, 0, tzinfo=UTC)
    person = _Somebody("Robin Reader", "Europe/London")
    other = _Somebody("Sam Example", "Europe/Berlin")
    return {
        **base,
        "other": other.name,
        "when": words.when_said(at, person),
        "for_other": words.for_other_said(at, person, other),
        "lasts": words.lasts(60),
        "place": _("The library, second floor"),
        "instead_of": "",
        "agreed_before": False,
        "lines": [{"other": other.name, "day": words.day(at.date()), "meeting": True}],
        "again": False,
    }


class _Somebody:
    def __init__(self, name, time_zone):
        self.name, self.time_zone = name, time_zone

    def __str__(self):
        return self.name


def silence_of(letter) -> frozenset[str]:
    """Whether the two of a pair are in touch: what this letter asks about, by pair."""
    return frozenset(f"touch:{pairing}" for pairing in letter.about.get("pairings", []))


def _for_both(name, title, still_needed, **fields) -> list[Kind]:
    """One kind for each side: what stands under an email to a mentee is their own."""
    shared = {"still_needed": still_needed, "may_leave": may_leave, "sample": sample, **fields}
    return [
        Kind(f"checkins.{name}_{role}", title, f"checkins/{name}.txt", to_mentees=role == Role.MENTEE, **shared)
        for role in (Role.MENTEE, Role.MENTOR)
    ]


KINDS = [
    *_for_both("proposed", gettext_lazy("A meeting is proposed"), still_proposed),
    *_for_both("agreed", gettext_lazy("A meeting is agreed"), still_agreed),
    *_for_both("declined", gettext_lazy("A proposed time does not suit"), still_of_use),
    *_for_both("cancelled", gettext_lazy("A meeting is cancelled"), still_of_use),
    *_for_both("reminder", gettext_lazy("A meeting is tomorrow"), still_agreed),
    *_for_both("did_you_meet", gettext_lazy("Did you meet?"), still_asked, optional=True, situation=silence_of),
]


def register() -> None:
    """Makes the kinds of this app known to the outbox."""
    for kind in KINDS:
        kinds.register(kind)

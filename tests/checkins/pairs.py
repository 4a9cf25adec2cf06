"""A pair across two clocks, for the tests of meetings and check-ins."""

from datetime import UTC, datetime, timedelta

from checkins import actions
from outbox.models import Letter
from outbox.sweeping import never
from tests.world import COORDINATOR, MENTEE, MENTOR, NOW, add_member, make_pairing, make_person, make_program

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# NOW is a Monday, 10:00 in London; the meeting is on Thursday, 18:00.
THURSDAY = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)


def a_program(name="Careers", **fields):
    program = make_program(name, time_zone="Europe/London", **fields)
    add_member(program, COORDINATOR, make_person("Cora Coordinator"))
    return program


def a_pair(program=None, *, mentor=None, mentee=None, now=NOW, rhythm_days=30):
    """A pair that is watched from its first moment; Chitra in London, Amara in Tokyo."""
    program = program or a_program()
    if mentor is None:
        person = make_person("Chitra Menon", time_zone="Europe/London")
        mentor = add_member(program, MENTOR, person, state="active", places=40)
    mentee = mentee or add_member(program, MENTEE, make_person("Amara Okafor", time_zone="Asia/Tokyo"), state="active")
    pairing = make_pairing(mentor, mentee, now=now)
    type(pairing).objects.filter(pk=pairing.pk).update(rhythm_days=rhythm_days)
    pairing.refresh_from_db()
    actions.opened([pairing], now=now)
    return pairing


def agreed(pairing, starts_at=THURSDAY, *, now=NOW, **fields):
    """Proposed by the mentor and accepted by the mentee."""
    meeting = proposed(pairing, starts_at, now=now, **fields)
    actions.accept(meeting, by=pairing.mentee.user, now=now)
    return meeting


def proposed(pairing, starts_at=THURSDAY, *, by=None, now=NOW, **fields):
    values = {"minutes": 60, "place": "https://meet.example.org/c", **fields}
    return actions.propose(pairing, starts_at=starts_at, by=by or pairing.mentor.user, now=now, **values)


def run(now) -> int:
    """The sweeps of this app, as a tick runs them."""
    actions.look(now, never)
    return actions.ask(now, never)


def kinds_to(person) -> list[str]:
    rows = Letter.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("checkins.") for kind in rows]


def asked(person) -> list[Letter]:
    return list(Letter.objects.filter(recipient=person, kind__startswith="checkins.did_you_meet").order_by("pk"))

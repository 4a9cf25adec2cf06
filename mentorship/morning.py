"""The morning email to those who run programs: what needs them and what can be done from it, one email a person."""

from datetime import time
from string import ascii_lowercase

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.letters import one_line
from mentorship import follow_ups, program_home
from outbox import kinds, letters, links
from outbox.actions import post
from outbox.days import day
from outbox.models import Letter
from outbox.sweeping import each
from profiles import civil
from programs.models import Leave, Membership, MembershipState, ProgramState, Role

KIND = "mentorship.morning"
STAFF = [Role.COORDINATOR, Role.COUNCIL]
# Who was reached by nothing until the evening hears of it the next morning.
ENDS = time(18)
# As many lines as a morning can hold, each with a link; the home has the rest.
MOST = 20
MOST_WITHOUT = 5
LINKS = [f"morning_{letter}" for letter in ascii_lowercase[:MOST]]


def write_mornings(now, stop) -> int:
    """To everybody in charge of an open program whose working morning has begun and who has no such email today."""
    return each(_readers(now), lambda person: write(person, now), stop)


def _readers(now) -> list:
    seats = Membership.objects.filter(role__in=STAFF, state=MembershipState.ACTIVE, program__state=ProgramState.OPEN)
    seats = seats.filter(user__is_active=True, user__email__isnull=False).select_related("user").order_by("user", "pk")
    here = {}
    for seat in seats:
        if _is_working_morning(seat.user, now):
            here.setdefault(seat.user, []).append(seat.pk)
    if not here:
        return []
    keys = {_key(person, now): person for person in here}
    written = set(Letter.objects.filter(key__in=keys).values_list("key", flat=True))
    away = {
        pk
        for person in here
        for pk in Leave.objects.away_on(_today(person, now))
        .filter(membership__in=here[person])
        .values_list("membership", flat=True)
    }
    return [person for key, person in keys.items() if key not in written and not away.issuperset(here[person])]


def _today(person, now):
    return civil.day_of(now, civil.zone(person.time_zone))


def _is_working_morning(person, now) -> bool:
    wall = now.astimezone(civil.zone(person.time_zone))
    return wall.weekday() < 5 and civil.NIGHT_ENDS <= wall.time() < ENDS


def _key(person, now) -> str:
    return letters.key_of(KIND, person, "", _today(person, now).isoformat())


def write(person, now) -> bool:
    """Writes this morning's email down; False where another process was quicker."""
    where = civil.zone(person.time_zone)
    today = _today(person, now)
    parts, paths = parts_of(person, now)
    letter = letters.write(
        KIND,
        person,
        key=today.isoformat(),
        topic="",
        now=now,
        about={"paths": paths},
        cut_off=civil.moment(today, ENDS, where),
        context={"parts": parts, "number": sum(len(part["lines"]) for part in parts)},
    )
    with transaction.atomic():
        return bool(post([letter]))


def parts_of(person, now) -> tuple[list[dict], list[str]]:
    """What needs somebody, program by program, as lines; and the address behind each line, in the same order."""
    mine = follow_ups.of(person, now)
    lines: dict[str, list[dict]] = {}
    for row in mine.rows:
        lines.setdefault(one_line(row.case.program), []).append({"words": _of_follow_up(row), "path": row.url})
    for line in program_home.lines(person, now):
        program = line["program"]
        if program.state == ProgramState.ENDED:
            continue
        board = reverse("council:board", args=[program.slug])
        if line["runs"]:
            lines.setdefault(one_line(program), []).extend(_without_a_date(program, person, now))
        for need in line["needs"]:
            if need.url != board:
                lines.setdefault(one_line(program), []).append(
                    {"words": f"{one_line(need.title)}. {need.action}", "path": need.url}
                )
    if mine.more:
        words = _("%(number)s more follow-ups") % {"number": mine.more}
        lines.setdefault(_("All programs"), []).append({"words": words, "path": reverse("home")})
    return _numbered({program: found for program, found in lines.items() if found})


def _without_a_date(program, person, now) -> list[dict]:
    """Mentees for whom the promise does not hold, which should never be; never the reader themselves."""
    found = []
    for one in program_home.lost_of(program, person, now)[:MOST_WITHOUT]:
        words = _("%(name)s has no next date. %(what)s") % {"name": one_line(one.membership.user), "what": one.hole.do}
        path = reverse("programs:participant", args=[program.slug, one.membership.public_id])
        found.append({"words": words.rstrip("."), "path": path})
    return found


def _of_follow_up(row) -> str:
    said = {"who": one_line(row.who), "what": row.case.get_kind_display(), "date": day(row.day)}
    if row.late:
        return _("%(who)s (%(what)s): was due on %(date)s") % said
    return _("%(who)s (%(what)s): decide by %(date)s") % said


def _numbered(lines: dict[str, list[dict]]) -> tuple[list[dict], list[str]]:
    """At most as many lines as there are links."""
    parts, paths = [], []
    for program, found in sorted(lines.items()):
        kept = found[: MOST - len(paths)]
        if kept:
            parts.append({"program": program, "lines": kept})
            paths += [one["path"] for one in kept]
    return parts, paths


def _path(place: int):
    def path(letter) -> str:
        paths = letter.about.get("paths", [])
        return paths[place] if place < len(paths) else reverse("home")

    return path


def _sample(topic: str) -> dict:
    lines = [{"words": _("Sam Example and Robin Reader (a quiet pair): decide by Monday 15 March")}]
    return {"parts": [{"program": kinds.topic_name(topic) or _("Example program"), "lines": lines}], "number": 1}


def register() -> None:
    kinds.register(
        kinds.Kind(
            KIND,
            gettext_lazy("The morning email"),
            "mentorship/morning.txt",
            # It holds what only its reader may see.
            apart=True,
            to_staff=True,
            why=gettext_lazy("You get this email because you help to run a program. It comes on working mornings."),
            sample=_sample,
        )
    )
    for place, name in enumerate(LINKS):
        links.register(links.Purpose(name, gettext_lazy("Open it"), url=_path(place)))

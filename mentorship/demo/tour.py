"""The tour of a demo: whom one can be, and two to four places to look at as each of them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from checkins.models import Meeting, MeetingState
from council.models import Case, CaseKind
from matching.models import Pairing
from mentorship.demo.logins import is_demo, seats
from profiles.models import User
from programs.models import Membership, Program, Role


@dataclass(frozen=True)
class Step:
    """One place to go to, and what to look at there."""

    words: str
    url: str


@dataclass(frozen=True)
class Seat:
    """Somebody to be, and their way through."""

    key: str
    user: User
    role: str
    steps: list[Step]


def seats_now() -> list[Seat]:
    """The tour as things stand; empty wherever this is no demo."""
    if not is_demo():
        return []
    names = {
        "coordinator": _("coordinator"),
        "mentor": _("mentor"),
        "mentee": _("mentee"),
        "waiting": _("waiting for a mentor"),
        "council": _("council"),
    }
    return [Seat(key, place.user, names[key], WAYS[key](place)) for key, place in seats().items()]


def as_coordinator(place: Membership) -> list[Step]:
    case = Case.objects.open().filter(kind=CaseKind.TOO_MUCH, program=place.program).select_related(
        "membership__user", "program"
    ).first()  # fmt: skip
    steps = []
    if case:
        words = _("It is too much for %(name)s: give each of their mentees the best mentor who is free.")
        url = reverse("council:case", args=[case.program.slug, case.public_id])
        steps.append(Step(words % {"name": case.membership.user}, url))
    url = reverse("program_home", args=[place.program.slug])
    words = _("What needs you in %(program)s, and how far everybody is.") % {"program": place.program}
    steps.append(Step(words, url))
    if ready := to_match(place.user):
        words = _("%(program)s is ready: work out who suits whom, and why.") % {"program": ready}
        steps.append(Step(words, reverse("matching:home", args=[ready.slug])))
    steps.append(Step(_("Press / and write a name: all that concerns one person, on one page."), reverse("people")))
    return steps


def to_match(user) -> Program | None:
    """A program of theirs in which nobody has been matched yet."""
    mine = Program.objects.open().filter(memberships__user=user, memberships__role=Role.COORDINATOR)
    return mine.filter(rounds__isnull=True).order_by("-pk").first()


def as_mentor(place: Membership) -> list[Step]:
    pair = Pairing.objects.open().filter(mentor=place).select_related("mentee__user").first()
    steps = [Step(_("What to do, what comes next, how it is going. Nothing else."), reverse("home"))]
    if pair:
        words = _("Who %(name)s is, why you two, and a meeting to arrange.") % {"name": pair.mentee.user}
        steps.append(Step(words, reverse("checkins:pair", args=[pair.public_id])))
    return [*steps, Step(_("It gets too much? One page, and a person answers."), reverse("council:help"))]


def as_mentee(place: Membership) -> list[Step]:
    steps = []
    pair = Pairing.objects.open().filter(mentee=place).select_related("mentor__user").first()
    if pair:
        meeting = Meeting.objects.of(pair).filter(state=MeetingState.PROPOSED, proposed_by=pair.mentor.user).first()
        words = _("%(name)s would like to meet: say yes, or another day.") if meeting else _("Who %(name)s is.")
        steps.append(Step(words % {"name": pair.mentor.user}, reverse("home")))
        steps.append(Step(_("Why the two of you were matched."), reverse("checkins:pair", args=[pair.public_id])))
    return [*steps, Step(_("Something is wrong: you choose who is told."), reverse("council:help"))]


def as_waiting(place: Membership) -> list[Step]:
    words = _("Why there is nobody yet, when we write again, and who answers for it.")
    return [Step(words, reverse("home")), Step(_("Whom to ask meanwhile."), reverse("council:help"))]


def as_council(place: Membership) -> list[Step]:
    steps = [Step(_("What coordinators could not settle, with its date."), reverse("home"))]
    case = Case.objects.open().visible_to(place.user).filter(owner=place.user).select_related("program").first()
    if case:
        words = _("What was tried, when the two were last in touch, and what you can decide.")
        steps.append(Step(words, reverse("council:case", args=[case.program.slug, case.public_id])))
    words = _("All that the council sees of a program.")
    return [*steps, Step(words, reverse("program_home", args=[place.program.slug]))]


WAYS = {
    "coordinator": as_coordinator,
    "mentor": as_mentor,
    "mentee": as_mentee,
    "waiting": as_waiting,
    "council": as_council,
}

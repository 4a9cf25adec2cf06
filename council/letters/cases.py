"""The emails about follow-ups: to whoever answers for one, and to whoever asked for it."""

from datetime import date
from email.utils import formataddr
from types import SimpleNamespace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from council.models import Case, CaseState, Tier
from matching.letters import may_leave, one_line
from outbox import kinds, letters, links
from outbox.days import day
from outbox.kinds import Kind
from programs.models import Program


def _about(case, concerned) -> dict:
    return {"case": str(case.public_id), "people": [str(person.public_id) for person in concerned]}


def _day_of(moment, program) -> str:
    return day(program.today(moment))


def to_owner(case, concerned, *, now, step: str = "opened"):
    """To whoever answers for a follow-up from now on; `step` keeps it once for each time it is passed on."""
    kind = "council.follow_up_apart" if case.addressed == Tier.COUNCIL else "council.follow_up"
    return letters.write(
        kind,
        case.owner,
        key=f"{case.public_id}:{step}",
        topic=case.program.slug,
        now=now,
        about=_about(case, concerned),
        context={
            "program": case.program,
            "what": case.get_kind_display(),
            "who": one_line(case.membership.user),
            "due": _day_of(case.due_at, case.program),
            "answer_by": _day_of(case.first_answer_by, case.program) if case.first_answer_by else "",
            "step": step.partition(":")[0],
            "council": case.tier == Tier.COUNCIL,
        },
    )


def overdue(case, person, concerned, *, now, week: str):
    """To those a follow-up waits for, once a week while its day has passed."""
    kind = "council.follow_up_apart" if case.addressed == Tier.COUNCIL else "council.follow_up"
    return letters.write(
        kind,
        person,
        key=f"{case.public_id}:overdue:{week}",
        topic=case.program.slug,
        now=now,
        about=_about(case, concerned),
        context={
            "program": case.program,
            "what": case.get_kind_display(),
            "who": one_line(case.membership.user),
            "due": _day_of(case.due_at, case.program),
            "answer_by": "",
            "step": "overdue",
            "council": case.tier == Tier.COUNCIL,
        },
    )


def to_asker(case, concerned, *, now):
    """To whoever asked: who reads it, and by when they hear."""
    kind = "council.asked_apart" if case.addressed == Tier.COUNCIL else "council.asked"
    return letters.write(
        kind,
        case.asked_by,
        key=str(case.public_id),
        topic=case.program.slug,
        now=now,
        reply_to=formataddr((str(case.owner), case.owner.email)) if case.owner else "",
        about=_about(case, concerned),
        context={
            "program": case.program,
            "evaluation": case.program.evaluation_for(case.membership.role),
            "owner": one_line(case.owner) if case.owner else "",
            "answer_by": _day_of(case.first_answer_by or case.due_at, case.program),
            "further_on": _day_of(case.due_at, case.program) if case.tier == Tier.COORDINATOR else "",
            "council": case.addressed == Tier.COUNCIL,
        },
    )


def still_open(letter, now) -> str:
    """Needed while the follow-up is open and still with its reader or their tier."""
    case = Case.objects.filter(public_id=letter.about.get("case")).first()
    if case is None or case.state != CaseState.OPEN:
        return _("It has been settled.")
    return ""


def _page_of(letter) -> str:
    return reverse("council:case", args=[letter.topic, letter.about.get("case")])


def _sample(topic: str) -> dict:
    program = Program.objects.filter(slug=topic).first() or Program(name=_("Example program"))
    return {
        "program": program,
        "evaluation": program.evaluation_for_mentees,
        "what": _("a quiet pair"),
        "who": "Sam Example",
        "due": day(date(2027, 3, 15)),
        "answer_by": day(date(2027, 3, 4)),
        "further_on": day(date(2027, 3, 8)),
        "owner": "Robin Reader",
        "helper": SimpleNamespace(name=_("Your coordinator")),
        "step": "opened",
        "council": False,
    }


_STAFF = {
    "still_needed": still_open,
    "may_leave": may_leave,
    "to_staff": True,
    "why": gettext_lazy("You get this email because you help to run the program."),
    "sample": _sample,
}
KINDS = [
    Kind("council.follow_up", gettext_lazy("A follow-up for you"), "council/follow_up.txt", **_STAFF),
    Kind(
        "council.follow_up_apart",
        gettext_lazy("A follow-up for the council"),
        "council/follow_up.txt",
        apart=True,
        **_STAFF,
    ),
    Kind(
        "council.asked",
        gettext_lazy("What happens with a request"),
        "council/asked.txt",
        may_leave=may_leave,
        sample=_sample,
    ),
    Kind(
        "council.asked_apart",
        gettext_lazy("What happens with a request to the council"),
        "council/asked.txt",
        may_leave=may_leave,
        apart=True,
        sample=_sample,
    ),
]


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
    links.register(links.Purpose("follow_up", gettext_lazy("Open the follow-up"), url=_page_of))

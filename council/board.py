"""What the board of follow-ups shows of one program: its rows, filters and order."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from council.models import Case, CaseKind, CaseState, Tier

SHOWS = {
    "open": _("Open"),
    "mine": _("I answer for"),
    "council": _("With the council"),
    "overdue": _("Overdue"),
    "closed": _("Settled"),
}
SORTS = {
    "due": (_("Due first"), ["due_at", "pk"]),
    "newest": (_("Newest first"), ["-opened_at", "-pk"]),
    "name": (_("By name"), ["membership__user__name", "pk"]),
}
A_PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What the address of the board asks for; anything else is what it shows first."""

    show: str = "open"
    kind: str = ""
    q: str = ""
    sort: str = "due"

    @classmethod
    def of(cls, query) -> "Wanted":
        show, kind, sort = query.get("show", ""), query.get("kind", ""), query.get("sort", "")
        return cls(
            show=show if show in SHOWS else "open",
            kind=kind if kind in CaseKind.values else "",
            q=query.get("q", "").strip().replace("\x00", "")[:150],
            sort=sort if sort in SORTS else "due",
        )

    def url(self, **changes) -> str:
        """The same list with some of it changed."""
        wanted = {"show": self.show, "kind": self.kind, "q": self.q, "sort": self.sort, **changes}
        return "?" + urlencode({key: value for key, value in wanted.items() if value})


def cases_of(user, program):
    """Every follow-up of a program this person may see."""
    return Case.objects.visible_to(user).of(program)


def rows(user, program, wanted: Wanted, now):
    """Those the address asks for, in its order."""
    found = cases_of(user, program).filter(state=CaseState.CLOSED if wanted.show == "closed" else CaseState.OPEN)
    if wanted.show == "mine":
        found = found.filter(owner=user)
    elif wanted.show == "council":
        found = found.filter(tier=Tier.COUNCIL)
    elif wanted.show == "overdue":
        found = found.filter(due_at__lte=now)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.q:
        names = ("membership__user__name", "pairing__mentor__user__name", "pairing__mentee__user__name")
        found = found.filter(Q(**{f"{names[0]}__icontains": wanted.q}) | Q(**{f"{names[1]}__icontains": wanted.q})
                             | Q(**{f"{names[2]}__icontains": wanted.q}))  # fmt: skip
    related = ("program", "owner", "membership__user", "pairing__mentor__user", "pairing__mentee__user", "decided_by")
    return found.select_related(*related).order_by(*SORTS[wanted.sort][1])


COLUMNS = [
    (_("What"), lambda case: case.get_kind_display()),
    (_("For"), lambda case: str(case.membership.user)),
    (_("Mentor"), lambda case: str(case.pairing.mentor.user) if case.pairing else ""),
    (_("Mentee"), lambda case: str(case.pairing.mentee.user) if case.pairing else ""),
    (_("Since"), lambda case: case.opened_at),
    (_("Who answers for it"), lambda case: str(case.owner or "")),
    (_("With"), lambda case: case.get_tier_display()),
    (_("Due"), lambda case: case.due_at),
    (_("Status"), lambda case: case.get_state_display()),
    (_("Decision"), lambda case: case.get_decision_display()),
    (_("Settled"), lambda case: case.closed_at),
]

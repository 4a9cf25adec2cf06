"""The follow-ups somebody may decide, their own first, for their home and a program's."""

from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from council.models import Case

MOST = 6
# As long as the first answer that was promised is not given, that is what it is due for.
NEXT_AT = models.Case(
    models.When(
        first_answer_at=None, first_answer_by__isnull=False, first_answer_by__lt=F("due_at"), then=F("first_answer_by")
    ),
    default=F("due_at"),
)


@dataclass(frozen=True)
class FollowUp:
    """One of them, as a line among dates."""

    case: Case
    day: date
    late: bool
    mine: bool
    # The program, where there may be several.
    place: str
    by = True

    @property
    def who(self) -> str:
        """Whom it is about."""
        pairing = self.case.pairing
        if pairing is None:
            return str(self.case.membership.user)
        return _("%(mentor)s and %(mentee)s") % {"mentor": pairing.mentor.user, "mentee": pairing.mentee.user}

    @property
    def title(self) -> str:
        return self.who

    @property
    def note(self) -> str:
        """What it is about, and who answers for it."""
        said = {"what": self.case.get_kind_display(), "name": self.case.owner}
        if self.mine:
            return _("%(what)s: you answer for it") % said
        if self.case.owner:
            return _("%(what)s: %(name)s answers for it") % said
        return _("%(what)s: nobody answers for it yet") % said

    @property
    def url(self) -> str:
        return reverse("council:case", args=[self.case.program.slug, self.case.public_id])


@dataclass
class FollowUps:
    """The first of them, and how many there are in all."""

    rows: list = field(default_factory=list)
    number: int = 0

    @property
    def mixed(self) -> bool:
        """The reader answers for some of them, others for others."""
        return len({row.mine for row in self.rows}) > 1

    @property
    def programs(self) -> list:
        """Those of these rows, each once."""
        return list({row.case.program_id: row.case.program for row in self.rows}.values())

    @property
    def more(self) -> int:
        return self.number - len(self.rows)


def of(user, now, program=None) -> FollowUps:
    """Of all programs or of one, in two queries."""
    cases = Case.objects.visible_to(user).open()
    if program is not None:
        cases = cases.filter(program=program)
    related = ("program", "owner", "membership__user", "pairing__mentor__user", "pairing__mentee__user")
    mine = models.Case(models.When(owner=user, then=0), models.When(owner=None, then=1), default=2)
    rows = cases.annotate(next_at=NEXT_AT, turn=mine).select_related(*related).order_by("turn", "next_at", "pk")[:MOST]
    return FollowUps([_told(case, user, now, program is None) for case in rows], cases.count())


def _told(case: Case, user, now, named: bool) -> FollowUp:
    place = str(case.program) if named else ""
    return FollowUp(case, case.program.today(case.next_at), case.next_at <= now, case.owner_id == user.pk, place)

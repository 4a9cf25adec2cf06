"""A draft in the browser becomes true, as a whole or in parts, is taken back, or is thrown away."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from matching import actions
from matching.changes import since_draft
from matching.models import Publication, RoundState
from matching.permissions import takes_part
from matching.samples import samples_of
from matching.views.rounds import round_of, to_round
from programs.errors import Refused
from programs.models import ProgramState
from programs.views.pages import coordinator_page, render

# So many of the weakest pairs can be ticked one by one; a limit leaves out more.
MOST_TICKED = 200
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Left:
    """What somebody leaves for later: pairs ticked one by one, and all below so many points."""

    ticked: frozenset[UUID]
    below: int

    @classmethod
    def of(cls, posted) -> "Left":
        below = posted.get("below", "")
        return cls(
            frozenset(filter(None, map(uuid_or_none, posted.getlist("leave")))),
            int(below) if below.isdecimal() and len(below) < 8 else 0,
        )

    def leaves(self, line) -> bool:
        return line.mentee.public_id in self.ticked or line.score < self.below

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """As fields of a form."""
        return [*(("leave", str(one)) for one in sorted(self.ticked)), ("below", str(self.below or ""))]


def uuid_or_none(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


def chosen(lines, left: Left) -> set[int] | None:
    """The mentees to publish now; None for everybody."""
    now = {line.mentee_id for line in lines if not left.leaves(line)}
    return None if len(now) == len(lines) else now


@coordinator_page("matching")
@form_methods
def publish(request, program, round):
    """Says what will happen to whom, and does it; with "look" only says what would, with some left for later."""
    round = round_of(request, program, round)
    if takes_part(request.user, round):
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "matching/not_yours.html", program, "matching", {"title": _("Publish"), "round": round})
    now, left = timezone.now(), Left.of(request.POST)
    pairs = round.proposals.pairs().to_publish().select_related("mentee__user", "mentor__user").order_by("score")
    lines = [line for line in pairs if not line.stays]
    only = chosen(lines, left)
    if request.method == "POST" and "look" not in request.POST:
        return act(request, round, only, now)
    if round.state != RoundState.DRAFT:
        return to_round(round)
    plan = actions.plan_of(round, now, only)
    context = {
        "title": _("Publish"),
        "round": round,
        "plan": plan,
        "left": left,
        "hidden": [("confirmed", plan.fingerprint), *left.hidden],
        "weakest": [(line, left.leaves(line)) for line in lines[:MOST_TICKED]],
        "pairs_left": len(lines),
        "minutes": program.figure("hold_minutes"),
        "is_open": program.state == ProgramState.OPEN,
        "changes": since_draft(round, [*plan.pairs, *plan.unmatched], request.user),
        "samples": samples_of(plan, now),
    }
    return render(request, "matching/publish.html", program, "matching", context)


def act(request, round, only, now):
    """Publishes what was confirmed, and says until when it can be taken back."""
    try:
        plan = actions.publish(round, by=request.user, now=now, confirmed=request.POST.get("confirmed"), only=only)
    except Refused as refused:
        messages.error(request, str(refused))
        return to_round(round)
    number = len(plan.pairs)
    if round.program.both_say_yes:
        words = ngettext("%(count)s pair is asked.", "%(count)s pairs are asked.", number)
    else:
        words = ngettext("Published: %(count)s pair.", "Published: %(count)s pairs.", number)
    words %= {"count": number}
    if round.publications.held().exists():
        emails = ngettext("%(count)s email waits.", "%(count)s emails wait.", plan.emails)
    else:
        emails = ngettext("%(count)s email is on its way.", "%(count)s emails are on their way.", plan.emails)
    messages.success(request, f"{words} {emails % {'count': plan.emails}}")
    return to_round(round)


def publication_of(request, program, public_id) -> Publication:
    rows = Publication.objects.visible_to(request.user).filter(round__program=program)
    row = get_object_or_404(rows.select_related("round__program"), public_id=public_id)
    if takes_part(request.user, row.round):
        raise PermissionDenied
    return row


@coordinator_page("matching")
@require_POST
def withdraw(request, program, publication):
    """Takes everything back before anybody was written to."""
    row = publication_of(request, program, publication)
    try:
        actions.withdraw(row, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Taken back. Nobody was written to, and it is a draft again."))
    return to_round(row.round)


@coordinator_page("matching")
@require_POST
def send_now(request, program, publication):
    """Lets the emails leave without waiting."""
    row = publication_of(request, program, publication)
    try:
        actions.send_now(row, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The emails are leaving now, none at night where the reader lives."))
    return to_round(row.round)


@coordinator_page("matching")
@require_POST
def discard(request, program, round):
    """Throws a draft away; nobody has been written to."""
    round = round_of(request, program, round)
    try:
        actions.discard(round, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return to_round(round)
    if round.publications.exists():
        messages.success(request, _("Discarded. What is published stands; those left read by when we write again."))
    else:
        messages.success(request, _("Discarded. Nobody was written to."))
    return redirect("matching:home", program.slug)

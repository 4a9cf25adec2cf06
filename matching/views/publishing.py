"""A draft in the browser becomes true, or is thrown away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matching import actions
from matching.changes import since_draft
from matching.models import RoundState
from matching.permissions import takes_part
from matching.samples import samples_of
from matching.views.rounds import round_of, to_round
from programs.errors import Refused
from programs.models import ProgramState
from programs.views.pages import coordinator_page, render

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@coordinator_page("matching")
@form_methods
def publish(request, program, round):
    """Says what will happen to whom, and does it."""
    round = round_of(request, program, round)
    if takes_part(request.user, round):
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "matching/not_yours.html", program, "matching", {"title": _("Publish"), "round": round})
    if request.method == "POST":
        try:
            plan = actions.publish(round, by=request.user, now=timezone.now(), confirmed=request.POST.get("confirmed"))
        except Refused as refused:
            messages.error(request, str(refused))
            return to_round(round)
        messages.success(
            request,
            _("Published: %(pairs)s pairs. %(emails)s emails are on their way.")
            % {"pairs": len(plan.pairs), "emails": plan.emails},
        )
        return to_round(round)
    if round.state != RoundState.DRAFT:
        return to_round(round)
    now = timezone.now()
    plan = actions.plan_of(round, now)
    context = {
        "title": _("Publish"),
        "round": round,
        "plan": plan,
        "is_open": program.state == ProgramState.OPEN,
        "changes": since_draft(round, [*plan.pairs, *plan.unmatched], request.user),
        "samples": samples_of(plan, now),
    }
    return render(request, "matching/publish.html", program, "matching", context)


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
    messages.success(request, _("Discarded. Nobody was written to."))
    return redirect("matching:home", program.slug)

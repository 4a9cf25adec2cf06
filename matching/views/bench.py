"""The workbench: one line of a draft weighed and changed, a mentor's places in it, and a step taken back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matching import actions
from matching.desk import desk_of, side_by_side
from matching.lists import ways_of
from matching.models import Proposal, RoundState
from matching.permissions import takes_part
from matching.rounds import Forbidden, Held
from matching.views.rounds import could_take_more, found, round_of, to_round
from programs.errors import Refused
from programs.models import Membership
from programs.views.pages import coordinator_page, render

SHOWN_AT_FIRST = 8
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def line_of(request, round, mentee) -> Proposal:
    lines = (
        Proposal.objects.visible_to(request.user)
        .filter(round=round)
        .select_related("mentee__user", "mentor__user", "stands_with__user")
    )
    return get_object_or_404(lines, mentee__public_id=mentee)


@coordinator_page("matching")
@form_methods
def change(request, program, round, mentee):
    """One line of a draft: why these two, who else, and what each choice costs all others."""
    round = round_of(request, program, round)
    line = line_of(request, round, mentee)
    if round.state != RoundState.DRAFT:
        messages.info(request, _("This round is no draft any more, so its pairs cannot be changed here."))
        return to_round(round)
    if line.publication_id:
        messages.info(request, _("This pair is published already, so it cannot be changed here."))
        return to_round(round)
    if request.method == "POST":
        return changed(request, round, lambda said: act(request, round, line, said))
    own = takes_part(request.user, round)
    try:
        desk = desk_of(round, line, request.user, costs=not own)
    except Forbidden as forbidden:
        messages.error(request, str(forbidden))
        return to_round(round)
    held = Held.of(round)
    context = {
        "title": str(line.mentee.user),
        "round": round,
        "line": line,
        "desk": desk,
        "first": desk.options[:SHOWN_AT_FIRST],
        "rest": desk.options[SHOWN_AT_FIRST:],
        "may_change": not own,
        "is_held": line.mentee_id in held.pins,
        "is_left": line.mentee_id in held.left,
        "answers": side_by_side(line),
        "ways": ways_of(line, could_take_more(Proposal.objects.filter(pk=line.pk), request.user)),
    }
    return render(request, "matching/change.html", program, "matching", context)


def changed(request, round, step):
    """Does one step and says so, or says why not; the draft shows what moved."""
    try:
        step({"by": request.user, "now": timezone.now(), "seen": seen(request)})
    except Refused as refused:
        messages.error(request, str(refused))
    return to_round(round)


def act(request, round, line, said) -> None:
    """What the page of one line asked for: a mentor, a swap, nobody, these two apart, or nothing held any more."""
    members = Membership.objects.of(round.program).participants().select_related("user")
    post = request.POST
    if post.get("swap"):
        actions.swap(round, line.mentee, found(members.mentees(), post["swap"]), **said)
    elif post.get("mentor"):
        actions.hold_pair(round, line.mentee, found(members.mentors(), post["mentor"]), **said)
    elif post.get("apart"):
        actions.set_apart(round, line.mentee, found(members.mentors(), post["apart"]), **said)
    elif post.get("together"):
        actions.allow_again(round, line.mentee, found(members.mentors(), post["together"]), **said)
    elif post.get("nobody"):
        actions.leave_out(round, line.mentee, **said)
    elif post.get("free"):
        actions.let_go(round, line.mentee, **said)
    else:
        raise Refused(_("Choose a mentor, or nobody."))


def seen(request) -> int | None:
    """The step of the draft that somebody saw when they chose."""
    step = request.POST.get("step", "")
    return int(step) if step.isdecimal() and len(step) < 9 else None


@coordinator_page("matching")
@require_POST
def places(request, program, round, mentor):
    """How many a mentor takes in this draft."""
    round = round_of(request, program, round)
    mentors = Membership.objects.of(program).mentors().filter(pk__in=list(round.places_then)).select_related("user")
    mentor = get_object_or_404(mentors.exclude(user_id=request.user.pk), public_id=mentor)
    wanted = request.POST.get("places", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else None
    response = changed(request, round, lambda said: actions.set_draft_places(round, mentor, number, **said))
    response["Location"] += "?as=cards"
    return response


@coordinator_page("matching")
@require_POST
def undo(request, program, round):
    """Takes the last step back."""
    round = round_of(request, program, round)
    return changed(request, round, lambda said: actions.undo(round, **said))


@coordinator_page("matching")
@require_POST
def let_all_go(request, program, round):
    """Lets go of all that is held by hand."""
    round = round_of(request, program, round)
    return changed(request, round, lambda said: actions.let_all_go(round, **said))

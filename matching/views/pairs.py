"""One pair, and pairing two people by hand outside a round."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching import actions, circles, rounds, tables
from matching.actions import introducing
from matching.choosing import purpose_asked, purposes_left
from matching.forms import EndForm
from matching.models import Introduction, Pairing, PairingState, Policy
from matching.scoring import PolicyError
from matching.views.rounds import found
from programs.errors import Refused
from programs.models import Membership
from programs.permissions import entries_visible_to
from programs.views.pages import coordinator_page, render

MOST_SHOWN = 50
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def pair_of(request, program, public_id) -> Pairing:
    rows = Pairing.objects.visible_to(request.user).of(program)
    return get_object_or_404(
        rows.select_related("program", "mentor__user", "mentee__user", "round__program", "purpose"), public_id=public_id
    )


@coordinator_page("pairs")
def pair(request, program, pairing):
    """One pair: who, why, since when, how often, and its history."""
    row = pair_of(request, program, pairing)
    entries = entries_visible_to(request.user).of(row).select_related("by")[:20]
    beside = circles.others_in([row])[row.pk] if row.state == PairingState.OPEN else []
    context = {
        "title": str(row),
        "pairing": row,
        "entries": entries,
        "circle": [one for one in beside if one.user_id != request.user.pk],
    }
    return render(request, "matching/pair.html", program, "pairs", context)


@coordinator_page("pairs")
@form_methods
def end(request, program, pairing):
    """Ends a pair, with a reason that only coordinators read."""
    row = pair_of(request, program, pairing)
    if row.state != PairingState.OPEN:
        messages.info(request, _("This pair has ended already."))
        return redirect("matching:pair", program.slug, row.public_id)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_pairing(row, by=request.user, now=timezone.now(), why=form.cleaned_data["why"])
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Ended. Whoever has heard of it gets an email."))
        return redirect("matching:pair", program.slug, row.public_id)
    context = {"title": _("End this pair"), "pairing": row, "form": form}
    return render(request, "matching/end.html", program, "pairs", context)


@coordinator_page("people")
@form_methods
def by_hand(request, program, mentee):
    """A mentor for one mentee, outside a round."""
    members = Membership.objects.visible_to(request.user).of(program).select_related("user", "program")
    mentee = get_object_or_404(members.mentees(), public_id=mentee)
    left = purposes_left(mentee)
    purpose = purpose_asked(request.GET, left) if left else None
    has = None if left else Pairing.objects.of_mentee(mentee).select_related("mentor__user").first()
    asked = Introduction.objects.visible_to(request.user).open().filter(mentee=mentee, purpose=purpose)
    context = {
        "title": _("A mentor for %(name)s") % {"name": mentee.user},
        "mentee": mentee,
        "has": has,
        "purpose": purpose,
        "purposes": left,
        "asked": asked.select_related("mentor__user").first(),
    }
    if has or mentee.state not in tables.MATCHABLE:
        return render(request, "matching/by_hand.html", program, "people", context)
    if wanted := request.POST.get("mentor") or request.GET.get("mentor"):
        return one_mentor(request, program, mentee, found(members.mentors(), wanted), context)
    return render(
        request, "matching/by_hand.html", program, "people", context | choices(request, program, mentee, purpose)
    )


def choices(request, program, mentee, purpose) -> dict:
    """The mentors to choose from, the best first, and how many cannot be."""
    policy = Policy.objects.of(program).first()
    try:
        everybody = rounds.choices_for(program, mentee, policy, now=timezone.now(), purpose=purpose)
    except PolicyError:
        messages.error(request, rounds.rules_do_not_fit())
        everybody = []
    words = request.GET.get("q", "").strip()[:150].casefold()
    seen = [
        choice
        for choice in everybody
        if choice.mentor.user_id != request.user.pk and words in str(choice.mentor.user).casefold()
    ]
    possible = [choice for choice in seen if choice.score >= 0 and choice.free]
    return {
        "q": request.GET.get("q", "")[:150],
        "possible": possible[:MOST_SHOWN],
        "possible_count": len(possible),
        "full": [choice for choice in seen if choice.score >= 0 and not choice.free][:MOST_SHOWN],
        "forbidden": [choice for choice in seen if choice.score < 0][:MOST_SHOWN],
        "scored": policy is not None,
    }


def one_mentor(request, program, mentee, mentor, context):
    """Says what will happen to these two, and does it."""
    purpose = context["purpose"]
    if request.method == "POST" and "ask" in request.POST:
        return ask_both(request, program, mentee, mentor, purpose)
    if request.method == "POST":
        try:
            now = timezone.now()
            pairing = actions.pair_by_hand(program, mentor, mentee, by=request.user, now=now, purpose=purpose)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        messages.success(request, _("They are a pair now. Both get an email."))
        return redirect("matching:pair", program.slug, pairing.public_id)
    try:
        scored = rounds.score_of_pair(program, mentor, mentee, now=timezone.now(), purpose=purpose)
    except rounds.Forbidden as forbidden:
        messages.error(request, str(forbidden))
        return redirect(request.path)
    return render(
        request, "matching/by_hand_confirm.html", program, "people", context | {"mentor": mentor, "scored": scored}
    )


def ask_both(request, program, mentee, mentor, purpose):
    """Asks the two first, where a program has both say yes."""
    try:
        one = introducing.ask_both(program, mentor, mentee, by=request.user, now=timezone.now(), purpose=purpose)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(request.path)
    messages.success(request, _("Both are asked by email."))
    return redirect("matching:introduction", program.slug, one.public_id)

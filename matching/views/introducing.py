"""Both are asked whether they would like to be a pair: on a page of one's own, or noted by a coordinator."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching import choosing
from matching.actions import introducing as actions
from matching.forms import DeclineForm
from matching.models import Introduction, OfferState
from outbox.doors import doors
from programs import reach
from programs.errors import Refused
from programs.models import Membership, Role
from programs.permissions import entries_visible_to
from programs.views.pages import coordinator_page, render

form_methods = require_http_methods(["GET", "HEAD", "POST"])
PEOPLE = (
    "program", "purpose", "publication__round", "mentor__user", "mentor__program", "mentee__user", "mentee__program",
)  # fmt: skip
# So many that are settled stay on the page for whoever opens the email once more.
MOST_SETTLED = 5


def _of(person):
    return Membership.objects.participants().filter(user=person).select_related("program", "user")


def rows_of(member: Membership):
    """Everybody somebody is or was asked about, as far as they know of it."""
    side = "mentor" if member.role == Role.MENTOR else "mentee"
    return Introduction.objects.told().filter(**{side: member}).select_related(*PEOPLE)


def _page(request, member, url):
    """Each they are asked about, with yes and not this time; then those they have answered."""
    rows = rows_of(member)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    about = _one(rows, request.POST.get("about", "")) if request.method == "POST" else None
    if about and form.is_valid() and _answered(request, member, about, form):
        return redirect(url)
    to_answer = list(rows.open().order_by("pk"))
    answered = [one for one in to_answer if one.yes_of(member.role)]
    to_answer = [one for one in to_answer if one not in answered]
    settled = list(rows.exclude(state=OfferState.OPEN).order_by("-closed_at", "-pk")[:MOST_SETTLED])
    if not (to_answer or answered or settled):
        raise Http404
    others = [one.other_than(member.role) for one in to_answer]
    said = choosing.answers_for_other_side(member.program, others)
    context = {
        "member": member,
        "program": member.program,
        "to_answer": [(one, other.user, said[other.pk]) for one, other in zip(to_answer, others, strict=True)],
        "answered": [(one, one.other_than(member.role).user) for one in answered],
        "settled": [(one, one.other_than(member.role).user, one.no_from == member.role) for one in settled],
        "form": form,
        "about": about,
        "evaluation": member.program.evaluation_for(member.role),
    }
    return render_page(request, "matching/introduced.html", context, status=400 if form.errors else 200)


def _one(rows, public_id: str) -> Introduction:
    try:
        return get_object_or_404(rows, public_id=uuid.UUID(public_id))
    except ValueError:
        raise Http404 from None


def _answered(request, member, one, form) -> bool:
    """Writes down what somebody says for themselves; False where it cannot be."""
    now = timezone.now()
    try:
        if request.POST.get("do") == "yes":
            pair = actions.say_yes(one, member.role, by=member.user, now=now)
            messages.success(request, yes_words(one, member.role, pair))
        else:
            actions.say_no(one, member.role, by=member.user, now=now, reason=form.cleaned_data["reason"])
            messages.success(request, _("Thank you for answering. We tell them kindly, and not that it was you."))
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def yes_words(one: Introduction, role: str, pair) -> str:
    """What follows from a yes."""
    if pair is not None:
        return _("You are a pair now. Both of you get an email with what comes next.")
    return _("Thank you. You hear from us once %(name)s has answered, too.") % {"name": one.other_than(role).user}


def introduction_of(request, program, public_id) -> Introduction:
    rows = Introduction.objects.visible_to(request.user).of(program).select_related(*PEOPLE)
    return get_object_or_404(rows, public_id=public_id)


@coordinator_page("matching")
@form_methods
def introduction(request, program, introduction):
    """One pair that both are asked about: who has said what, noting an answer, taking it back."""
    one = introduction_of(request, program, introduction)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _done(request, one, form))
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("matching:introduction", program.slug, one.public_id)
    entries = entries_visible_to(request.user).of(one).select_related("by")[:20]
    context = {
        "title": str(one),
        "one": one,
        "sides": [(member, one.yes_of(member.role), reach.by_email(member.user)) for member in one.sides],
        "is_open": one.state == OfferState.OPEN,
        "held": one.held,
        "form": form,
        "entries": entries,
    }
    return render(request, "matching/introduction.html", program, "matching", context)


def _done(request, one: Introduction, form) -> str:
    """Does what a coordinator pressed, and says what was done."""
    said, role = {"by": request.user, "now": timezone.now()}, request.POST.get("side", "")
    if request.POST.get("do") == "back":
        actions.take_back(one, **said)
        return _("Taken back. Both hear that they need not answer.")
    if role not in actions.COLUMNS:
        raise PermissionDenied
    name = {"name": one.of_side(role).user}
    if request.POST.get("do") == "yes":
        if actions.say_yes(one, role, **said):
            return _("Noted for %(name)s. They are a pair now, and both get an email.") % name
        return _("Noted for %(name)s.") % name
    actions.say_no(one, role, reason=form.cleaned_data["reason"], **said)
    return _("Noted for %(name)s. The other one gets a kind email.") % name


introduced, signed = doors(_of, _page, "choosing:introduced")

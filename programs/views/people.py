"""What is changed by hand about one participant; all that concerns them stands on the page of the person."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outbox import actions as outbox_actions
from programs import actions, leaving
from programs import reach as reaching
from programs.errors import Refused
from programs.forms.program import AddressForm, PlacesForm, ReachForm, WhyForm
from programs.models import Membership, MembershipState, OtherWay, Role
from programs.permissions import can_correct_address
from programs.views.pages import coordinator_page, posted, render

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _participant(request, program, member):
    rows = Membership.objects.visible_to(request.user).of(program).participants()
    return get_object_or_404(rows.select_related("user", "program"), public_id=member)


@coordinator_page("people")
def participant(request, program, member):
    """One participant of this program: the page of the person, at this place of theirs."""
    return to_person(_participant(request, program, member))


def to_person(membership):
    """The person's page, with the navigation of this program."""
    page = reverse("person", args=[membership.user.public_id])
    return redirect(f"{page}?{urlencode({'program': membership.program.slug})}")


@form_methods
@coordinator_page("people")
def places(request, program, member):
    """How many mentees a mentor takes."""
    membership = _participant(request, program, member)
    if membership.role != Role.MENTOR:
        raise Http404
    form = PlacesForm(posted(request), initial={"places": membership.places})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_places(membership, form.cleaned_data["places"], by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return to_person(membership)
    context = {"title": _("Places of %(name)s") % {"name": membership.user}, "form": form, "membership": membership}
    return render(request, "programs/places.html", program, "people", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("people")
def address(request, program, member):
    """The right address of somebody who has never signed in."""
    membership = _participant(request, program, member)
    if not can_correct_address(request.user, membership.user):
        raise PermissionDenied
    form = AddressForm(posted(request), initial={"email": membership.user.email})
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_address(
                membership.user, form.cleaned_data["email"], by=request.user, now=timezone.now(), program=program
            )
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("Saved. Emails that were not delivered can be tried again under Emails."))
            return to_person(membership)
    context = {"title": _("Address of %(name)s") % {"name": membership.user}, "form": form, "membership": membership}
    return render(request, "programs/address.html", program, "people", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("people")
def reach(request, program, member):
    """Another way to reach somebody whom our reminders do not reach."""
    membership = _participant(request, program, member)
    person, now = membership.user, timezone.now()
    known = OtherWay.objects.filter(membership=membership).first()
    form = ReachForm(posted(request), initial={"words": known.words if known else ""})
    # Taken back where it was agreed before; else there is something to say.
    form.fields["words"].required = known is None
    if request.method == "POST" and "works" in request.POST:
        outbox_actions.believe(person, by=request.user, now=now, topic=program.slug)
        messages.success(request, _("Saved. Emails that were not delivered can be tried again under Emails."))
        return to_person(membership)
    if request.method == "POST" and form.is_valid():
        actions.agree_other_way(membership, form.cleaned_data["words"], by=request.user, now=now)
        messages.success(request, _("Saved."))
        return to_person(membership)
    context = {
        "title": _("Another way to reach %(name)s") % {"name": person},
        "form": form,
        "membership": membership,
        "why": next(iter(reaching.words(membership, why) for why in reaching.of_members([membership]).values()), ""),
        "bounced": person.address_bounced_at is not None,
    }
    return render(request, "programs/reach.html", program, "people", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("people")
def move(request, program, member, to):
    """Another status by hand: what that means, a reason, one button."""
    membership = _participant(request, program, member)
    if to not in MembershipState.values or to not in actions.moves_by_hand(membership):
        raise Http404
    if to in actions.ENDS and (ties := leaving.ties(membership)):
        messages.error(request, " ".join(ties))
        return to_person(membership)
    form = WhyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.move(membership, to, by=request.user, now=timezone.now(), why=form.cleaned_data["why"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved."))
        return to_person(membership)
    verb, meaning = actions.MOVE_WORDS[to]
    context = {
        "title": f"{membership.user}: {verb}",
        "form": form,
        "membership": membership,
        "verb": verb,
        "meaning": meaning,
        "is_removal": to in (MembershipState.LEFT, MembershipState.DECLINED),
    }
    return render(request, "programs/move.html", program, "people", context, 400 if form.errors else 200)

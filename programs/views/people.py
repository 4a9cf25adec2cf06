"""One participant: who they are, what they answered, what was done, and what can be done now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programs import actions, leaving
from programs.errors import Refused
from programs.forms.program import AddressForm, PlacesForm, WhyForm
from programs.models import Membership, MembershipState, Role
from programs.permissions import can_correct_address, entries_visible_to, letters_visible_to
from programs.views.pages import coordinator_page, list_url, posted, render
from questions.models import Answer, Readers

# The newest lines shown on the page; the lists behind the links have them all.
NEWEST = 12
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _participant(request, program, member):
    rows = Membership.objects.visible_to(request.user).of(program).participants()
    return get_object_or_404(rows.select_related("user", "program"), public_id=member)


@coordinator_page("people")
def participant(request, program, member):
    """One participant of this program in one role."""
    membership = _participant(request, program, member)
    others = Membership.objects.visible_to(request.user).of(program).participants().exclude(pk=membership.pk)
    letters = letters_visible_to(request.user).filter(topic=program.slug, recipient=membership.user)
    entries = entries_visible_to(request.user).filter(topic=program.slug).concerning(membership.user)
    ties = leaving.ties(membership)
    moves = [state for state in actions.moves_by_hand(membership) if not (ties and state in actions.ENDS)]
    context = {
        "title": str(membership.user),
        "membership": membership,
        "also": others.filter(user=membership.user),
        "answers": _answers(membership),
        "letters": letters[:NEWEST],
        "entries": entries.select_related("by")[:NEWEST],
        "moves": [(state, actions.MOVE_WORDS[state]) for state in moves],
        "ties": ties,
        "letters_url": list_url("admin:outbox_letter_changelist", program, q=membership.user.email or ""),
        "pairs_url": list_url("admin:matching_pairing_changelist", program, q=membership.user.email or ""),
        "may_correct": can_correct_address(request.user, membership.user),
        "is_mentor": membership.role == Role.MENTOR,
    }
    return render(request, "programs/participant.html", program, "people", context)


def _answers(membership):
    """Answers by who else may read them; one that only the matching uses is named, never shown."""
    if membership.sheet_id is None:
        return []
    rows = list(
        Answer.objects.filter(sheet_id=membership.sheet_id)
        .select_related("question")
        .order_by("question__position", "question__pk")
    )
    groups = []
    for readers, words in (
        (Readers.OTHER_SIDE, _("Their mentor or mentee may read this, too")),
        (Readers.COORDINATORS, _("Only coordinators read this")),
        (Readers.MATCHER, _("Used only for matching: nobody reads the answer")),
    ):
        lines = [
            (row.question.text, "" if readers == Readers.MATCHER else in_words(row.value))
            for row in rows
            if row.question.readers == readers
        ]
        if lines:
            groups.append({"words": words, "lines": lines, "hidden": readers == Readers.MATCHER})
    return groups


def in_words(value) -> str:
    """An answer as people read it."""
    if value is True:
        return _("Yes")
    if value is False:
        return _("No")
    if isinstance(value, list):
        return ", ".join(in_words(part) for part in value)
    return "" if value is None else str(value)


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
            return redirect("programs:participant", program.slug, membership.public_id)
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
            return redirect("programs:participant", program.slug, membership.public_id)
    context = {"title": _("Address of %(name)s") % {"name": membership.user}, "form": form, "membership": membership}
    return render(request, "programs/address.html", program, "people", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("people")
def move(request, program, member, to):
    """Another status by hand: what that means, a reason, one button."""
    membership = _participant(request, program, member)
    if to not in MembershipState.values or to not in actions.moves_by_hand(membership):
        raise Http404
    if to in actions.ENDS and (ties := leaving.ties(membership)):
        messages.error(request, " ".join(ties))
        return redirect("programs:participant", program.slug, membership.public_id)
    form = WhyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.move(membership, to, by=request.user, now=timezone.now(), why=form.cleaned_data["why"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved."))
        return redirect("programs:participant", program.slug, membership.public_id)
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

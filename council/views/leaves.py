"""Being away, resting as a pair, and leaving: one plain page each, which says what will happen to whom."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from checkins.models import Pause
from council.actions import leaves, leaving, pausing
from council.actions.requests import pairs_of
from council.forms.leaves import LeaveForm, PauseForm, RemoveForm, ReturnForm, WhyForm
from matching.models import Pairing
from outbox import links
from programs.actions import ENDS
from programs.errors import Refused
from programs.models import Leave, Membership, Role
from programs.views.pages import coordinator_page
from programs.views.pages import render as render_for_program

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def posted(request, button: str = ""):
    """What a form is bound to; with a button, only where that one was pressed."""
    return request.POST if request.method == "POST" and (not button or button in request.POST) else None


def _mine(request, membership) -> Membership:
    rows = Membership.objects.filter(user=request.user).exclude(state__in=ENDS)
    return get_object_or_404(rows.select_related("program", "user"), public_id=membership)


def _told(mine) -> list:
    """What somebody reads of their own pairs: nothing of a round that can still be taken back."""
    return [] if mine.is_staff_role else _with_others(mine, pairs_of(mine).told())


def _others(membership) -> list:
    """The other of each open pair, with the pair."""
    if membership.is_staff_role:
        return []
    return _with_others(membership, pairs_of(membership))


def _with_others(membership, pairs) -> list:
    return [(leaves.other_of(pairing, membership).user, pairing) for pairing in pairs]


@never_cache
@form_methods
def leave(request, membership):
    """Says from when to when somebody is away, changes it, or ends it."""
    mine, now = _mine(request, membership), timezone.now()
    current = leaves.current_leave(mine)
    if current:
        return _current_leave(request, mine, current, now)
    if mine.state not in leaves.PRESENT:
        raise Http404
    today = mine.program.today(now)
    form = LeaveForm(posted(request), initial={"starts_on": today})
    if request.method == "POST" and form.is_valid() and _done(
        form, lambda: leaves.take_leave(mine, by=request.user, now=now, **form.cleaned_data)
    ):  # fmt: skip
        messages.success(request, _("Noted. Whoever needs to know gets an email."))
        return redirect("council:leave", mine.public_id)
    context = {
        "membership": mine,
        "form": form,
        "others": _told(mine),
        "look_days": mine.program.figure("leave_look_days"),
        "is_mentor": mine.role == Role.MENTOR,
    }
    return render(request, "council/leave.html", context, status=400 if form.errors else 200)


def _current_leave(request, mine, current, now):
    """On leave, or one agreed: another day, or back now."""
    form = ReturnForm(posted(request, "returns_on"), initial={"returns_on": current.returns_on})
    if request.method == "POST":
        later = "returns_on" in request.POST
        act = _change(current, form, later, by=request.user, now=now)
        if (not later or form.is_valid()) and _done(form if later else None, act, request):
            messages.success(request, _("Noted. Whoever needs to know gets an email."))
            return redirect("council:leave" if later else "home", *([mine.public_id] if later else []))
    context = {
        "membership": mine,
        "leave": current,
        "form": form,
        "others": _told(mine),
        "begun": current.starts_on <= mine.program.today(now),
    }
    return render(request, "council/leave_now.html", context, status=400 if form.errors else 200)


def _change(current, form, later: bool, *, by, now):
    if later:
        return lambda: leaves.come_back_later(current, returns_on=form.cleaned_data["returns_on"], by=by, now=now)
    return lambda: leaves.end_leave(current, by=by, now=now)


def _done(form, act, request=None) -> bool:
    """Does it; a refusal stands at the form, or above the page where there is none."""
    try:
        act()
    except Refused as refused:
        if form is not None:
            form.add_error(None, str(refused))
        else:
            messages.error(request, str(refused))
        return False
    return True


def back(request, signed, person, token):
    """Behind the link of the day before: back as said, or later."""
    now = timezone.now()
    rows = (
        Leave.objects.filter(pk=signed.thing, membership__user=person)
        if signed.thing.isdigit()
        else Leave.objects.none()
    )
    asked = get_object_or_404(rows.select_related("membership__program", "membership__user"))
    current = leaves.current_leave(asked.membership)
    if current is None:
        return render(request, "council/back_done.html", {"leave": None, "membership": asked.membership})
    form = ReturnForm(posted(request, "returns_on"), initial={"returns_on": current.returns_on + timedelta(days=14)})
    later = "returns_on" in request.POST
    if request.method == "POST" and (not later or form.is_valid()):
        act = _change(current, form, True, by=person, now=now) if later else _as_said(current, person, now)
        if _done(form, act):
            fresh = leaves.current_leave(asked.membership)
            return render(request, "council/back_done.html", {"leave": fresh, "membership": asked.membership})
    context = {"leave": current, "membership": asked.membership, "form": form}
    return render(request, "council/back.html", context, status=400 if form.errors else 200)


def _as_said(current, person, now):
    return lambda: leaves.confirm_return(current, by=person, now=now)


def back_lasts(letter, now):
    return now + links.LASTS


@never_cache
@form_methods
def pause(request, pairing):
    """A rest for a pair, which its mentee asks for; and its end."""
    rows = Pairing.objects.open().told().filter(mentee__user=request.user)
    pair = get_object_or_404(rows.select_related("program", "mentor__user", "mentee__user"), public_id=pairing)
    now = timezone.now()
    today = pair.program.today(now)
    current = pausing.current_pause(pair, now)
    form = PauseForm(posted(request), today=today, last=today + timedelta(days=Pause.MOST_DAYS))
    if request.method == "POST" and current:
        if _done(None, lambda: pausing.end_pause(pair, by=request.user, now=now), request):
            messages.success(request, _("The pause is over. You both get an email."))
        return redirect("home")
    if request.method == "POST" and form.is_valid() and _done(
        form, lambda: pausing.pause_pair(pair, until=form.cleaned_data["until"], by=request.user, now=now)
    ):  # fmt: skip
        words = {"day": date_format(form.cleaned_data["until"], "l j F")}
        messages.success(request, _("You pause until %(day)s. You both get an email.") % words)
        return redirect("home")
    context = {"pairing": pair, "pause": current, "form": form}
    return render(request, "council/pause.html", context, status=400 if form.errors and not current else 200)


@never_cache
@form_methods
def withdraw(request, membership):
    """Leaves a program: what that means for whom, a reason if they like, one button."""
    mine = _mine(request, membership)
    if not leaving.can_leave(mine):
        raise Http404
    form = WhyForm(posted(request))
    if request.method == "POST" and form.is_valid() and _done(
        form, lambda: leaving.withdraw(mine, by=request.user, now=timezone.now(), words=form.cleaned_data["words"])
    ):  # fmt: skip
        messages.success(request, _("You have left %(program)s. Thank you.") % {"program": mine.program})
        return redirect("home")
    context = {"membership": mine, "form": form, "others": _told(mine), "is_mentor": mine.role == Role.MENTOR}
    return render(request, "council/withdraw.html", context, status=400 if form.errors else 200)


@coordinator_page("people")
@form_methods
def remove(request, program, member):
    """A coordinator removes somebody who is in pairs: what that means for whom, a reason, one button."""
    rows = Membership.objects.visible_to(request.user).of(program).participants().select_related("user", "program")
    membership = get_object_or_404(rows, public_id=member)
    participant = reverse("programs:participant", args=[program.slug, membership.public_id])
    others = _others(membership)
    if not leaving.can_leave(membership):
        raise Http404
    if any(other.pk == request.user.pk for other, _pairing in others):
        messages.error(request, _("This is about a pair of yours: another coordinator has to do it."))
        return redirect(participant)
    form = RemoveForm(posted(request))
    if request.method == "POST" and form.is_valid() and _done(
        form, lambda: leaving.withdraw(membership, by=request.user, now=timezone.now(), **form.cleaned_data)
    ):  # fmt: skip
        messages.success(request, _("Removed. Everybody it concerns gets an email."))
        return redirect(participant)
    context = {
        "title": _("Remove %(name)s") % {"name": membership.user},
        "membership": membership,
        "form": form,
        "others": others,
        "is_mentor": membership.role == Role.MENTOR,
        "back_url": participant,
    }
    return render_for_program(request, "council/remove.html", program, "people", context, 400 if form.errors else 200)

"""A mentor who was asked answers, signed in or behind the link of the email."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matching import choosing
from matching.actions import offers as actions
from matching.forms import DeclineForm
from matching.models import Breather, Offer, OfferState
from programs.errors import Refused
from programs.models import Membership

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _row(rows, thing):
    """The row of this public id, or 404."""
    try:
        return get_object_or_404(rows, public_id=uuid.UUID(str(thing)))
    except ValueError:
        raise Http404 from None


def _asked_of(person):
    people = ("program", "mentor__user", "mentor__program", "mentee__user", "mentee__program")
    return Offer.objects.filter(mentor__user=person, asked_at__isnull=False).select_related(*people)


@never_cache
@form_methods
def asked(request, offer):
    """For whoever is signed in."""
    row = _row(_asked_of(request.user), offer)
    return _answer(request, row, reverse("choosing:asked", args=[row.public_id]))


def signed(request, signed, person, token):
    """Behind the link of the email."""
    return _answer(request, _row(_asked_of(person), signed.thing), reverse("outbox:link", args=[token]))


def _answer(request, row, url):
    if row.state != OfferState.OPEN:
        return render(request, "matching/asked_done.html", {"row": row, "program": row.program})
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") == "yes":
                actions.accept(row, by=row.mentor.user, now=timezone.now())
                messages.success(request, _("You are a pair now. Both of you get an email with what comes next."))
            else:
                actions.decline(row, by=row.mentor.user, now=timezone.now(), reason=form.cleaned_data["reason"])
                messages.success(request, _("Thank you for answering. We tell them kindly."))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(url)
    member = row.mentee
    context = {
        "row": row,
        "program": row.program,
        "form": form,
        "url": url,
        "answers": choosing.answers_for_other_side(row.program, [member])[member.pk],
        "evaluation": row.program.evaluation_for_mentors,
    }
    return render(request, "matching/asked.html", context, status=400 if form.errors else 200)


def _mentors(person):
    return Membership.objects.filter(user=person).mentors().select_related("program", "user")


@never_cache
@form_methods
def again(request, member):
    """For whoever is signed in."""
    row = _row(_mentors(request.user), member)
    return _again(request, row, reverse("choosing:again", args=[row.public_id]))


def signed_again(request, signed, person, token):
    """Behind the link of the email."""
    return _again(request, _row(_mentors(person), signed.thing), reverse("outbox:link", args=[token]))


def _again(request, member, url):
    if request.method == "POST":
        actions.ask_me_again(member, by=member.user, now=timezone.now())
        return redirect(url)
    pauses = Breather.objects.filter(mentor=member, ended_at=None).exists()
    return render(request, "matching/ask_me_again.html", {"program": member.program, "pauses": pauses})

"""A mentor who was asked answers, signed in or behind the link of the email."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching import choosing
from matching.actions import offers as actions
from matching.forms import DeclineForm
from matching.models import Breather, Offer, OfferState
from outbox.doors import doors
from programs.errors import Refused
from programs.models import Membership

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _asked_of(person):
    people = ("program", "mentor__user", "mentor__program", "mentee__user", "mentee__program")
    return Offer.objects.filter(mentor__user=person, asked_at__isnull=False).select_related(*people)


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


def _again(request, member, url):
    if request.method == "POST":
        actions.ask_me_again(member, by=member.user, now=timezone.now())
        return redirect(url)
    pauses = Breather.objects.filter(mentor=member, ended_at=None).exists()
    return render(request, "matching/ask_me_again.html", {"program": member.program, "pauses": pauses})


asked, signed = doors(_asked_of, _answer, "choosing:asked")
again, signed_again = doors(_mentors, _again, "choosing:again")

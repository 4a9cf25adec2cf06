"""Questions to a mentee: are you there, and what suits you while your mentor is away."""

import uuid

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from council.actions import answers
from council.forms.help import ReachForm
from council.models import Ask, AskKind
from programs.errors import Refused


def thing(letter) -> str:
    """The question a letter puts."""
    return str(letter.about.get("ask", ""))


def _rows(person):
    """The questions put to this person."""
    rows = Ask.objects.filter(membership__user=person)
    return rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user", "leave")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request, ask):
    """For whoever is signed in."""
    return _answer(request, get_object_or_404(_rows(request.user), public_id=ask), request.user)


def signed(request, signed, person, token):
    """Behind the link of the question's email."""
    try:
        row = _rows(person).filter(public_id=uuid.UUID(signed.thing)).first()
    except ValueError:
        row = None
    if row is None:
        raise Http404
    return _answer(request, row, person)


def _answer(request, ask, person):
    now = timezone.now()
    if not answers.is_open(ask):
        return render(request, "council/ask_done.html", {"ask": ask})
    program, mentor = ask.pairing.program, ask.pairing.mentor.user
    form = ReachForm(
        request.POST if request.method == "POST" else None,
        question=_("What suits you?") if ask.kind == AskKind.AWAY else _("How is it?"),
        choices=_choices(ask, now),
        today=program.today(now),
        since=program.today(ask.pairing.began_at),
    )
    if ask.kind == AskKind.AWAY:
        del form.fields["on"]
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if said["reach"] == "stop":
            return redirect("council:withdraw", ask.membership.public_id)
        try:
            answers.answer_ask(ask, said["reach"], on=said.get("on"), by=person, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "council/ask_done.html", {"ask": ask, "said": said["reach"]})
    begun = ask.leave is not None and ask.leave.starts_on <= program.today(now)
    context = {"ask": ask, "form": form, "mentor": mentor, "program": program, "begun": begun}
    return render(request, "council/ask.html", context, status=400 if form.errors else 200)


def _choices(ask, now) -> list:
    mentor = {"name": ask.pairing.mentor.user}
    if ask.kind == AskKind.NO_MENTEE:
        return [
            ("here", _("I am here: tell %(name)s to write to me again") % mentor),
            ("touch", _("%(name)s and I were in touch") % mentor),
            ("other", _("I would like somebody else")),
            ("stop", _("I want to stop altogether")),
        ]
    until = {"day": date_format(answers.waits_until(ask, now), "l j F")}
    return [
        ("wait", _("I will wait, until %(day)s") % until),
        ("stand_in", _("I would like somebody to stand in meanwhile")),
        ("new", _("I would like a new mentor")),
    ]

"""The pulse: answered by the two of a pair, read by their coordinator."""

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from programs.errors import Refused
from programs.scoped import EXPORTS
from programs.views import pages
from questions import values
from surveys import actions, results
from surveys.forms import PulseForm
from surveys.letters import other_of
from surveys.models import Invitation
from surveys.pulse import GOING, NOTHING, WISH

A_PAGE = 50


def _rows(person):
    rows = Invitation.objects.filter(membership__user=person)
    return rows.select_related(
        "membership__program", "pairing__program", "pairing__mentor__user", "pairing__mentee__user", "wave__survey"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pulse(request, invitation):
    """For whoever is signed in."""
    row = get_object_or_404(_rows(request.user), public_id=invitation)
    return _page(request, row, request.user, reverse("surveys:pulse", args=[row.public_id]))


def signed(request, signed, person, token):
    """Behind the link of the email: the pair it is about, or which of several."""
    url = reverse("outbox:link", args=[token])
    try:
        named = [uuid.UUID(each) for each in signed.thing.split(",")]
    except ValueError:
        raise Http404 from None
    rows = list(_rows(person).filter(public_id__in=named).order_by("pk"))
    if not rows:
        raise Http404
    wanted = request.GET.get("pulse", "")
    row = next((row for row in rows if str(row.public_id) == wanted), rows[0] if len(rows) == 1 else None)
    if row is None:
        return render(request, "surveys/which.html", {"lines": [(row, other_of(row)) for row in rows], "url": url})
    return _page(request, row, person, f"{url}?pulse={row.public_id}", back=url if len(rows) > 1 else "")


def _page(request, row, person, url, back=""):
    now, role = timezone.now(), row.membership.role
    said = values.of_sheets([row.sheet_id]).get(row.sheet_id, {})
    context = {"row": row, "other": other_of(row), "program": row.membership.program, "back": back,
               "evaluation": row.membership.program.evaluation_for(role)}  # fmt: skip
    if said and request.method != "POST" and "change" not in request.GET:
        wishes = said.get(WISH) != NOTHING
        change = f"{url}{'&' if '?' in url else '?'}change=1" if actions.can_answer(row, now) else ""
        return render(request, "surveys/thanks.html", {**context, "wishes": wishes, "change": change})
    if not actions.can_answer(row, now):
        return render(request, "surveys/over.html", context)
    data = request.POST if request.method == "POST" else None
    form = PulseForm(data, role=role, initial={"going": said.get(GOING), "wish": said.get(WISH)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(row, **form.cleaned_data, by=person, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(url)
    return render(request, "surveys/pulse.html", {**context, "form": form}, status=400 if form.errors else 200)


SHOWS = {
    "": gettext_lazy("All answers"),
    "wish": gettext_lazy("With a wish"),
    "low": gettext_lazy("1 or 2"),
    "open": gettext_lazy("Not answered"),
}
COLUMNS = [
    (gettext_lazy("Name"), lambda one: str(one.invitation.membership.user)),
    (gettext_lazy("Role"), lambda one: one.invitation.membership.get_role_display()),
    (gettext_lazy("In a pair with"), lambda one: str(one.other)),
    (gettext_lazy("How is it going, 1 to 5"), lambda one: int(one.going) if one.going else ""),
    (gettext_lazy("Would like"), lambda one: one.wish_words),
    (gettext_lazy("Asked"), lambda one: one.invitation.asked_at),
    (gettext_lazy("Answered"), lambda one: one.invitation.answered_at),
]


def _shown(answers, show: str, words: str) -> list:
    tests = {
        "": lambda one: one.going,
        "wish": lambda one: one.wishes,
        "low": lambda one: one.is_low,
        "open": lambda one: not one.going,
    }
    words = words.casefold()
    named = (one for one in answers if tests[show](one))
    return [
        one
        for one in named
        if words in str(one.invitation.membership.user).casefold() or words in str(one.other).casefold()
    ]


@pages.coordinator_page("pulse")
@require_safe
def results_page(request, program):
    """Each answer as soon as it is given, and the means by month."""
    answers = results.answers_of(request.user, program)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    words = request.GET.get("q", "").strip()[:150]
    shown = _shown(answers, show, words)
    if kind := request.GET.get("format"):
        return _export(shown, kind, program)
    months = results.months_of(answers)
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Pulse"),
        "asked": len(answers),
        "given": sum(1 for one in answers if one.going),
        "months": months,
        "bars": [(_("%(month)s (of %(n)s)") % {"month": date_format(one.month, "F Y"), "n": one.n},
                  round(one.mean, 1)) for one in months],
        "low": results.low_without_wish(answers),
        "page": page,
        "shows": [(key, label, key == show) for key, label in SHOWS.items()],
        "show": show,
        "q": words,
        "exports": list(EXPORTS),
        "days": program.figure("pulse_days"),
    }  # fmt: skip
    return pages.render(request, "surveys/results.html", program, "pulse", context)


def _export(answers, kind, program):
    """The list as it is filtered; its first row says how it bears on evaluation."""
    if kind not in EXPORTS:
        raise Http404
    write, content_type = EXPORTS[kind]
    header = [str(label) for label, _value in COLUMNS]
    rows = [[value(one) for _label, value in COLUMNS] for one in answers]
    note = [f"{program.evaluation_for_mentees} {program.evaluation_for_mentors}", *[""] * (len(header) - 1)]
    response = HttpResponse(write(note, [header, *rows]), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{program.slug}-pulse.{kind}"'
    return response

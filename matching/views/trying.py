"""The matching tried by anybody: two spreadsheets, a few rules, pairs with reasons; nothing is kept."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matching import spreadsheets, trying
from matching.scoring import PolicyError
from questions.cells import write_csv


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """First the files; then, on the page that carries them along, the rules and the pairs."""
    if request.method != "POST":
        return _first(request, trying.FilesForm())
    if not ratelimit.consume(request, action="try_matching"):
        form = trying.FilesForm()
        words = _("You have tried this very often in the last minutes. Wait ten minutes, then go on.")
        return _first(request, form, 429, refused=words)
    if request.FILES or "rules-TOTAL_FORMS" not in request.POST:
        files = trying.FilesForm(request.POST, request.FILES)
        return _pairs(request, files.cleaned_data, None) if files.is_valid() else _first(request, files, 400)
    tables = trying.TablesForm(request.POST)
    if not tables.is_valid():
        return _first(request, trying.FilesForm(), 400, refused=_("These files were not complete. Choose them again."))
    return _pairs(request, tables.cleaned_data, request.POST)


def _first(request, form, status=200, refused=""):
    return render(request, "matching/try.html", {"form": form, "refused": refused}, status=status)


def _pairs(request, sides, data):
    """The rules as they stand, and what comes of them."""
    (mentees, mentee_text), (mentors, mentor_text) = sides["mentee"], sides["mentor"]
    rules = trying.rules_form(data, mentees, mentors)
    outcome, wrong = None, []
    if data is None:
        outcome = spreadsheets.match(trying.proposed(mentees, mentors), mentees, mentors)
    elif rules.is_valid():
        try:
            outcome = spreadsheets.match(rules.policy(mentees, mentors), mentees, mentors)
        except PolicyError as error:
            wrong = [sentence for _path, sentence in error.errors]
    lines = outcome.lines() if outcome else []
    if outcome and data is not None and "download" in data:
        return _download(lines)
    context = {
        "tables": trying.TablesForm(initial={"mentee": mentee_text, "mentor": mentor_text}),
        "rules": rules,
        "wrong": wrong,
        "outcome": outcome,
        "figures": _figures(outcome) if outcome else None,
        "pairs": sorted((line for line in lines if line.mentor), key=lambda line: -line.score),
        "without": [line for line in lines if not line.mentor],
        "mentees": mentees,
        "mentors": mentors,
    }
    return render(request, "matching/try_pairs.html", context, status=200 if outcome else 400)


def _figures(outcome) -> dict:
    """The answer beside what most people do by hand."""
    matrix = outcome.scored.matrix
    by_hand = spreadsheets.greedy(matrix, outcome.mentors.places)
    return {
        "best": spreadsheets.figures_of(matrix, outcome.solution.assignment),
        "greedy": spreadsheets.figures_of(matrix, by_hand),
        "of": len(outcome.mentees.people),
        "places": sum(outcome.mentors.places),
    }


def _download(lines) -> HttpResponse:
    header = [
        _("Mentee"),
        _("Mentee's address"),
        _("Mentor"),
        _("Mentor's address"),
        _("Score"),
        _("Why these two"),
        _("Why nobody"),
    ]
    headers = {"Content-Disposition": 'attachment; filename="pairs.csv"'}
    return HttpResponse(
        write_csv(header, [line.cells() for line in lines]), content_type="text/csv; charset=utf-8", headers=headers
    )

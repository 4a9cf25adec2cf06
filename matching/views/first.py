"""Who goes first where places are short: the list in the browser."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from matching import scoring, tables
from matching.forms import FirstForm
from matching.overview import first_lines, latest_rules
from matching.views.rules import save
from programs.views.pages import coordinator_page, render

WORDS = {
    "left": _lazy("Whoever had a mentor here and lost them"),
    "waiting": _lazy("Whoever is on the waiting list"),
    "answer": _lazy("Whoever gave an answer"),
}


@coordinator_page("matching")
@require_http_methods(["GET", "HEAD", "POST"])
def first(request, program):
    """The list in its order: a line goes earlier, goes away, or comes to it."""
    version, rules = latest_rules(program)
    asked = tables.asked_in(program)
    known = list(rules.get("first", [line.to_json() for line in scoring.DEFAULT_FIRST]))
    chosen = request.POST.get("kind")
    forms = {
        kind: FirstForm(request.POST if chosen == kind else None, kind=kind, asked=asked)
        for kind in scoring.FIRST_KINDS
    }
    if request.method == "POST":
        changed = changed_list(request, known, forms.get(chosen))
        if changed is not None:
            save(request, program, {**rules, "first": changed}, _("Saved."))
            return redirect("matching:first", program.slug)
    context = {
        "title": _("Who goes first"),
        "lines": list(enumerate(first_lines(rules, asked))),
        "forms": [
            (WORDS[kind], form, form.is_bound)
            for kind, form in forms.items()
            # This line takes nothing else, so it stands in the list once.
            if kind != "left" or {"kind": "left"} not in known
        ],
        "version": version,
        "coverage_first": rules.get("coverage_first", True),
    }
    bound = forms.get(chosen)
    return render(request, "matching/first.html", program, "matching", context, 422 if bound and bound.errors else 200)


def changed_list(request, known: list, form) -> list | None:
    """The list after what was asked for; None where a form has to be put right."""
    if form is not None:
        return [*known, form.line()] if form.is_valid() else None
    if "remove" in request.POST:
        at = place_in(known, request.POST["remove"])
        return known[:at] + known[at + 1 :]
    if "earlier" not in request.POST:
        return known
    at = place_in(known, request.POST["earlier"])
    return known[: max(at - 1, 0)] + [known[at]] + known[max(at - 1, 0) : at] + known[at + 1 :]


def place_in(known: list, text: str) -> int:
    """A place in the list, or 404."""
    if not text.isdecimal() or len(text) > 3 or int(text) >= len(known):
        raise Http404
    return int(text)

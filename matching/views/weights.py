"""How much each rule counts: sliders, and what they would do to five pairs."""

from django.shortcuts import redirect
from django.shortcuts import render as render_template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching import tables
from matching.forms import WeightsForm
from matching.overview import latest_rules, lines_of
from matching.scoring import PolicyError
from matching.views.rules import save
from matching.weights import samples
from programs.views.pages import coordinator_page, posted, render


@coordinator_page("matching")
@require_http_methods(["GET", "HEAD", "POST"])
def weights(request, program):
    """The sliders; nothing is saved before the button, and htmx asks for the five pairs alone."""
    version, rules = latest_rules(program)
    asked = tables.asked_in(program)
    form = WeightsForm(posted(request), lines=lines_of(rules, asked), rules=rules)
    fits = form.is_valid() if form.is_bound else True
    tried = form.put_into(rules) if form.is_bound and fits else rules
    if "save" in request.POST and fits:
        if save(request, program, tried, _("Saved: these points hold from the next round on.")):
            return redirect("matching:home", program.slug)
    context = {
        "title": _("How much each rule counts"),
        "form": form,
        # A form shown again after a refusal keeps the version it was made for.
        "version": request.POST.get("after", version),
        "samples": effect(request, program, rules, tried),
        "tried": tried != rules,
    }
    status = 200 if fits else 422
    if request.headers.get("HX-Request"):
        return render_template(request, "matching/weights_effect.html", {**context, "program": program})
    return render(request, "matching/weights.html", program, "matching", context, status)


def effect(request, program, rules, tried):
    """The five pairs; none where the rules do not fit the forms any more."""
    try:
        read = tables.read(program, rules, now=timezone.now())
        return samples(read, tried, request.user)
    except PolicyError:
        return []

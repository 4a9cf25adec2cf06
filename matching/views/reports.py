"""A round in figures: fair to whom, and side by side with another."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matching import reports
from matching.models import Round
from matching.permissions import takes_part
from matching.views.rounds import round_of
from programs.views.pages import coordinator_page, render

MOST_ROUNDS = 50


def worked_out(request, program, public_id) -> Round:
    """A round that has lines."""
    round = round_of(request, program, public_id)
    return get_object_or_404(
        Round.objects.filter(state__in=reports.WORKED_OUT).select_related("program", "policy"), pk=round.pk
    )


@coordinator_page("matching")
@require_safe
def fairness(request, program, round):
    """What a round gave to whom, by the answers to one question, beside the last round."""
    row = worked_out(request, program, round)
    choices = reports.groupings(program)
    by = request.GET.get("by", "")
    by = by if by in choices else ""
    own = takes_part(request.user, row)
    context = {
        "title": _("Fair to whom"),
        "round": row,
        "own": own,
        "choices": choices.items(),
        "by": by,
        "by_words": choices.get(by, ""),
        "report": None if own else reports.report(row, request.user, by),
    }
    return render(request, "matching/fairness.html", program, "matching", context)


@coordinator_page("matching")
@require_safe
def compare(request, program, round):
    """Two rounds of a program side by side: the figures, and who has somebody else."""
    row = worked_out(request, program, round)
    rows = Round.objects.of(program).filter(state__in=reports.WORKED_OUT).exclude(pk=row.pk)
    others = list(rows.select_related("program", "policy")[:MOST_ROUNDS])
    wanted = request.GET.get("with", "")
    other = next((one for one in others if str(one.public_id) == wanted), others[0] if others else None)
    own = takes_part(request.user, row) or (other is not None and takes_part(request.user, other))
    context = {
        "title": _("Two rounds side by side"),
        "round": row,
        "others": others,
        "other": other,
        "own": own,
        "comparison": reports.compare(row, other, request.user, with_figures=not own) if other else None,
    }
    return render(request, "matching/compare.html", program, "matching", context)

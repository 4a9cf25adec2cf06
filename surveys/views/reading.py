"""What coordinators read of a pulse: each answer at once, the means by month, and who wants looking after."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from programs import reach
from programs.scoped import EXPORTS
from programs.views import pages
from surveys import actions, follow_ups, results
from surveys.pulse import GOING
from surveys.results import Answer, Wanted


@pages.coordinator_page("pulse")
@require_safe
def results_page(request, program):
    """Each answer as soon as it is given, and the means by month."""
    user, wanted = request.user, Wanted.of(request.GET)
    rows = results.rows(user, program, wanted)
    if kind := request.GET.get("format"):
        return _export(rows, kind, program)
    months = results.months_of(user, program)
    page = Paginator(rows, results.A_PAGE).get_page(request.GET.get("page"))
    silent = [row.membership.user for row in page.object_list if row.answered_at is None]
    unreached = reach.without_questions(program, silent)
    came_of_it = follow_ups.of(page.object_list, user)
    low = results.low_without_wish(user, [program]).annotate(said_going=results.said(GOING))
    low = low.select_related("membership__user", "pairing__mentor__user", "pairing__mentee__user").order_by("low_at")
    context = {
        "title": _("Pulse"),
        "asked": sum(month.asked for month in months),
        "given": sum(month.n for month in months),
        "bars": [(_bar_words(month), round(month.mean, 1)) for month in months if month.mean is not None],
        "low": [Answer(row) for row in low],
        "page": page,
        "answers": [
            Answer(row, came_of_it.get(row.pk), row.membership.user_id in unreached) for row in page.object_list
        ],
        "wanted": wanted,
        "shows": [(words, wanted.url(show=key), key == wanted.show) for key, words in results.SHOWS.items()],
        "sorts": [(key, words[0]) for key, words in results.SORTS.items()],
        "exports": [(kind.upper(), f"{wanted.url()}&format={kind}") for kind in EXPORTS],
        "days": program.figure("pulse_days"),
    }
    return pages.render(request, "surveys/results.html", program, "pulse", context)


def _bar_words(month) -> str:
    """A month, and out of how many answers its mean is."""
    words = ngettext("%(month)s, %(n)s answer", "%(month)s, %(n)s answers", month.n)
    return words % {"month": month.words, "n": month.n}


def _export(rows, kind, program):
    """The list as it is filtered and sorted; its first row says how it bears on evaluation."""
    if kind not in EXPORTS:
        raise Http404
    write, content_type = EXPORTS[kind]
    header = [str(words) for words, _value in results.COLUMNS]
    lines = [[value(Answer(row)) for _words, value in results.COLUMNS] for row in rows]
    sentences = dict.fromkeys([program.evaluation_for_mentees, program.evaluation_for_mentors])
    response = HttpResponse(write([" ".join(sentences)], [header, *lines]), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{program.slug}-pulse.{kind}"'
    return response


@pages.coordinator_page("pulse")
@require_POST
def see_to(request, program, invitation):
    """A low answer without a wish is looked after: it leaves the list of those who wait."""
    rows = results.asked_in(request.user, program).select_related(
        "membership__user", "pairing__program", "pairing__mentor__user", "pairing__mentee__user"
    )
    row = get_object_or_404(rows, public_id=invitation)
    if actions.see_to(row, by=request.user, now=timezone.now()):
        messages.success(request, _("You have seen to what %(name)s answered.") % {"name": row.membership.user})
    return redirect("surveys:results", program.slug)

"""The follow-ups of a program: coordinators and the council see each their own."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from council import board as lists
from council.models import CaseKind
from council.permissions import sits_on_council
from programs.permissions import can_coordinate
from programs.scoped import EXPORTS
from programs.views.pages import coordinator_page, render


def follow_up_page(view):
    """Hands the view its program: for its coordinators and its council."""

    @coordinator_page("follow-ups", council=True)
    @wraps(view)
    def page(request, program, *args, **kwargs):
        if not (can_coordinate(request.user, program) or sits_on_council(request.user, program)):
            raise PermissionDenied
        return view(request, program, *args, **kwargs)

    return page


@follow_up_page
@require_safe
def board(request, program):
    """What waits for a decision, the first day first."""
    now = timezone.now()
    wanted = lists.Wanted.of(request.GET)
    rows = lists.rows(request.user, program, wanted, now)
    if kind := request.GET.get("format"):
        return export(rows, kind, program)
    shown = Paginator(rows, lists.A_PAGE).get_page(request.GET.get("page"))
    everything = lists.cases_of(request.user, program)
    runs = can_coordinate(request.user, program)
    context = {
        "title": _("Follow-ups"),
        "rows": shown.object_list,
        "page": shown,
        "wanted": wanted,
        "shows": [
            (key, words, wanted.url(show=key), key == wanted.show)
            for key, words in lists.SHOWS.items()
            # Everything the council sees is with the council.
            if key != "council" or runs
        ],
        "sorts": [(key, words[0]) for key, words in lists.SORTS.items()],
        "kinds": CaseKind.choices,
        "any": everything.exists(),
        "exports": [(kind.upper(), f"{wanted.url()}&format={kind}") for kind in EXPORTS],
        "now": now,
        "as_council": not runs,
    }
    return render(request, "council/board.html", program, "follow-ups", context)


def export(rows, kind, program):
    """The list as it is filtered and sorted, all pages of it."""
    if kind not in EXPORTS:
        raise Http404
    write, content_type = EXPORTS[kind]
    header = [str(words) for words, _value in lists.COLUMNS]
    content = write(header, [[value(row) for _words, value in lists.COLUMNS] for row in rows])
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{program.slug}-follow-ups.{kind}"'
    return response

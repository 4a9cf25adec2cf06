"""People who are kept apart, by name."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matching import actions
from matching.forms import ApartForm
from matching.models import KeptApart
from programs.models import Membership
from programs.views.pages import coordinator_page, posted, render


def rows_of(request, program):
    rows = KeptApart.objects.visible_to(request.user).of(program)
    return rows.select_related("one", "other", "created_by", "program")


@coordinator_page("matching")
@require_http_methods(["GET", "HEAD", "POST"])
def apart(request, program):
    """Who is kept apart, and two more names; nothing about whoever looks."""
    members = Membership.objects.visible_to(request.user).of(program)
    named = {
        side: request.GET.get(f"{side}_named", "").replace("\x00", "").strip()[:150] for side in ("mentee", "mentor")
    }
    form = ApartForm(posted(request), members=members, named={} if request.method == "POST" else named)
    if request.method == "POST" and form.is_valid():
        two = form.cleaned_data["mentee"], form.cleaned_data["mentor"]
        actions.keep_apart(program, *two, by=request.user, now=timezone.now())
        messages.success(request, _("These two are kept apart from now on. Neither of them is told."))
        return redirect("matching:apart", program.slug)
    context = {"title": _("Kept apart"), "rows": rows_of(request, program), "form": form, "named": named}
    return render(request, "matching/apart.html", program, "matching", context, 422 if form.errors else 200)


@coordinator_page("matching")
@require_POST
def remove(request, program, row):
    """Two people may be matched again."""
    actions.let_together(
        get_object_or_404(rows_of(request, program), public_id=row), by=request.user, now=timezone.now()
    )
    messages.success(request, _("These two may be matched again."))
    return redirect("matching:apart", program.slug)

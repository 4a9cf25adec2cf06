"""What pairs are for: the page that says so."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching.actions.purposes import set_purposes, used
from matching.models import Pairing, PairPurpose
from matching.purpose_forms import PurposesForm
from programs.errors import Refused
from programs.views.pages import coordinator_page, posted, render


@coordinator_page("settings")
@require_http_methods(["GET", "HEAD", "POST"])
def purposes(request, program):
    """Names the purposes, puts them in order, takes unused ones away."""
    rows = PairPurpose.objects.of(program)
    form = PurposesForm(posted(request), rows=rows, used=set(used(rows).values_list("pk", flat=True)))
    if request.method == "POST" and form.is_valid():
        try:
            set_purposes(program, form.wanted, by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("programs:settings", program.slug)
    pairs = Pairing.objects.visible_to(request.user).of(program).open().count() if not form.rows else 0
    context = {"title": _("What pairs are for"), "form": form, "pairs": pairs}
    return render(request, "matching/purposes.html", program, "settings", context, 400 if form.errors else 200)

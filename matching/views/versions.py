"""The versions of the matching rules: what each changed, and one of them used again."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matching import tables
from matching.history import versions_of
from matching.models import Policy
from matching.views.rules import save
from programs.views.pages import coordinator_page, render


@coordinator_page("matching")
@require_http_methods(["GET", "HEAD"])
def versions(request, program):
    """Every version with who, when and what changed."""
    context = {"title": _("Versions of the rules"), "versions": versions_of(program, tables.asked_in(program))}
    return render(request, "matching/versions.html", program, "matching", context)


@coordinator_page("matching")
@require_POST
def again(request, program, version):
    """The rules of an earlier version are the next one."""
    row = Policy.objects.of(program).filter(version=version).first()
    if row is None:
        raise Http404
    save(request, program, row.rules, _("Version %(version)s is in use again.") % {"version": version})
    return redirect("matching:versions", program.slug)

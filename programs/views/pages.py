"""A program's pages: who may see them, and their rendering."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render as render_template
from django.views.decorators.cache import never_cache

from programs.models import Program
from programs.navigation import list_url, navigation, page_context
from programs.permissions import can_coordinate

__all__ = ["coordinator_page", "list_url", "navigation", "page_context", "posted", "render"]


def posted(request):
    """What a form is bound to: an empty POST is one, too."""
    return request.POST if request.method == "POST" else None


def render(request, template: str, program, section: str, context: dict | None = None, status: int = 200):
    """Renders a template that extends programs/page.html; `title` in the context is the heading."""
    return render_template(
        request, template, {**page_context(request, program, section), **(context or {})}, status=status
    )


def coordinator_page(section: str, *, council: bool = False):
    """Hands the view its program: 404 where it is invisible, 403 where it is not theirs to run.

    The decorated view is called as view(request, program, ...); the URL names the program by `slug`.
    """

    def decorate(view):
        @wraps(view)
        def page(request, slug, *args, **kwargs):
            program = Program.objects.visible_to(request.user).filter(slug=slug).first()
            if program is None:
                raise Http404
            if not council and not can_coordinate(request.user, program):
                raise PermissionDenied
            return view(request, program, *args, **kwargs)

        return never_cache(page)

    return decorate

"""What somebody has asked for, and where it stands."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from council import requested


@never_cache
@require_safe
def page(request):
    """My requests, and the questions that wait for my answer."""
    context = {
        "requests": requested.requests_of(request.user),
        "asked": requested.questions_to(request.user),
    }
    return render(request, "council/requests.html", context)

"""What somebody has asked for, and where it stands."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from council import requested
from council.models import Ask


@never_cache
@require_safe
def page(request):
    """My requests, and the questions that wait for my answer."""
    asked = Ask.objects.filter(membership__user=request.user, answered_at=None, look_at__isnull=False)
    context = {
        "requests": requested.requests_of(request.user),
        "asked": asked.select_related("pairing__program", "pairing__mentor__user").order_by("asked_at"),
    }
    return render(request, "council/requests.html", context)

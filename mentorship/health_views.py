"""What machines ask: does it answer, can it serve, do emails go out. Nobody is named in the answers."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mentorship import health


def answer(troubles) -> JsonResponse:
    """200 where nothing is wrong, else 503 with what is."""
    found = [{"code": one.code, "since": one.since.isoformat() if one.since else None} for one in troubles]
    return JsonResponse({"status": "failing" if found else "ok", "troubles": found}, status=503 if found else 200)


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """The process answers."""
    return answer([])


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """Pages can be served: the database answers and is up to date."""
    return answer(health.of_web())


@login_not_required
@never_cache
@require_safe
def deliveryz(request):
    """Emails go out, and none that failed lies unseen."""
    return answer(health.of_delivery(timezone.now()))

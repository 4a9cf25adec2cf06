"""The tour as a page, and sitting down on somebody's chair: only in an embedded demo, and only by POST."""

from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mentorship.demo.logins import PASSWORD
from mentorship.demo.tour import seats_now

# What a page's strip says whom one is looking as; only sitting down writes it.
SEAT = "demo_seat"


@login_not_required
@never_cache
def tour(request):
    """Whom one can be here, and where to look."""
    if not (seats := seats_now()):
        raise Http404
    return render(request, "demo/tour_page.html", {"demo": seats, "seat": request.session.get(SEAT)})


@login_not_required
@never_cache
@require_POST
def sit_down(request, seat):
    """Signs in as one of the made-up people: it opens no more than the password that ./run prints for everybody."""
    found = next((one for one in seats_now() if one.key == seat), None)
    if found is None or not found.user.check_password(PASSWORD):
        raise Http404
    auth.login(request, found.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[SEAT] = seat
    return redirect(found.steps[0].url)

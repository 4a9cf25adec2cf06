"""The front page, the homes and the living page of the design."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from mentorship import homes, living
from mentorship.demo import tour


@login_not_required
def front(request):
    """What this is, in one screen; whoever is signed in goes home."""
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "front.html", {"sample": living.sample_pair(), "demo": tour.seats_now()})


@never_cache
def home(request):
    """What somebody has to do now, what comes next, and where they get help."""
    return render(request, "home/home.html", homes.page_context(request.user, timezone.now()))


@login_not_required
def design(request):
    """Every piece in one place, for those who build pages."""
    if not settings.EMBEDDED and not request.user.is_superuser:
        raise Http404
    return render(request, "home/design.html", living.context(request))

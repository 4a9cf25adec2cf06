"""The front page, the homes and the living page of the design."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache

from council import requested
from council.models import Concern
from mentorship import homes, living, program_home


@login_not_required
def front(request):
    """What this is, in one screen; whoever is signed in goes home."""
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "front.html", {"sample": living.sample_pair()})


@never_cache
def home(request):
    """What somebody has to do now, what comes next, and where they get help."""
    now = timezone.now()
    places = homes.places(request.user, now)
    programs = program_home.lines(request.user, now)
    needs = [(line["program"], line["need"]) for line in programs if line["need"]]
    context = {
        "places": places,
        "programs": programs,
        "duties": homes.duties(request.user),
        "unread_concerns": Concern.objects.readable_by(request.user).filter(opened_at=None).count(),
        "asked": requested.questions_to(request.user),
        "step": homes.next_step(places, needs, lambda day: date_format(day, "l j F")),
        "with_partners": [place for place in places if place.partners],
        "without_partners": [place for place in places if not place.partners],
    }
    return render(request, "home/home.html", context)


@login_not_required
def design(request):
    """Every piece in one place, for those who build pages."""
    if not settings.EMBEDDED and not request.user.is_superuser:
        raise Http404
    return render(request, "home/design.html", living.context(request))

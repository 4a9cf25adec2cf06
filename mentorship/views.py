"""The front page and the homes."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render


@login_not_required
def front(request):
    """What this is, in one screen."""
    return render(request, "front.html")


def home(request):
    """What somebody has to do now."""
    return render(request, "home.html")

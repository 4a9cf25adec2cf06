"""A person's own page about themselves."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from profiles import actions
from profiles.forms import FreeTimesForm, NotWithForm, ProfileForm

ASKED = ("name", "pronouns", "time_zone", "languages")


@never_cache
def profile(request):
    """What others may know of you, and the form to change it."""
    form = ProfileForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        said = {key: form.cleaned_data[key] for key in ASKED}
        actions.change_profile(request.user, by=request.user, now=timezone.now(), **said)
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "profiles/profile.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
def free_times(request):
    """When you have time in a usual week; only the matching reads it."""
    form = FreeTimesForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["free_times"]
        actions.change_free_times(request.user, by=request.user, now=timezone.now(), free_times=said)
        messages.success(request, _("Saved."))
        return redirect("free_times")
    return render(request, "profiles/free_times.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
def not_with(request):
    """Whom you would rather not be matched with; whether somebody of that name is here, the page never says."""
    form = NotWithForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["names"]
        actions.change_not_with(request.user, by=request.user, now=timezone.now(), names=said)
        messages.success(request, _("Saved. Nobody reads it but the matching."))
        return redirect("not_with")
    return render(request, "profiles/not_with.html", {"form": form}, status=422 if form.is_bound else 200)

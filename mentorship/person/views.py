"""The page of a person, with a call noted in one line, and the page that finds them."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from checkins.actions import note_call
from checkins.forms import CallForm
from matching.models import PairingState
from mentorship.person import page as pages
from mentorship.person import seen, timeline
from mentorship.person.search import search
from profiles import civil
from programs.errors import Refused
from programs.navigation import list_url, page_context
from programs.permissions import can_coordinate_any
from programs.views.pages import posted

ALL = "all"
NEWEST_LOOKS, MOST_LOOKS = 12, 200


@never_cache
@require_safe
def people(request):
    """Everybody of this name; the search box of the admin asks for the lines alone."""
    if not can_coordinate_any(request.user):
        raise PermissionDenied
    found = search(request.user, request.GET.get("q", ""))
    if request.headers.get("HX-Request"):
        return render_template(request, "people/options.html", {"search": found})
    context = {**admin.site.each_context(request), "title": _("Find a person"), "search": found}
    return render_template(request, "people/search.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, person):
    """One person: what is open, their pairs and places, what happened; a call is noted here."""
    if person == request.user.public_id and can_coordinate_any(request.user):
        # What is about oneself is nobody's to read here.
        return redirect("profile")
    row = get_object_or_404(pages.people_of(request.user), public_id=person)
    now = timezone.now()
    places = pages.places_of(request.user, row)
    pairs = pages.pairs_of(request.user, row, now)
    here = _here(places, request.GET.get("program", ""))
    going = [pair for pair in pairs if pair.pairing.state == PairingState.OPEN]
    form = _call_form(request, row, here, going, now)
    if form is not None and form.is_bound and form.is_valid() and _note(request, form, here, now):
        return redirect(request.get_full_path())
    show = request.GET.get("show", "")
    show = show if show in timeline.SHOWS else ""
    lines, more = timeline.of(
        request.user, row, show, timeline.MOST if request.GET.get("lines") == ALL else timeline.NEWEST
    )
    context = {
        **_frame(request, here),
        "title": str(row),
        "person": row,
        "now": now,
        "places": places,
        "pairs": going,
        "may_see_as": bool(seen.places_of(request.user, row)),
        "ended": [pair for pair in pairs if pair.pairing.state != PairingState.OPEN],
        "open": pages.open_of(request.user, row),
        "form": form,
        "lines": lines,
        "shows": _shows(request, row, show),
        "more_url": _address(request, row, show=show, lines=ALL) if more else "",
        "may_correct": next((place for place in places if place.may_correct), None),
        "letters_url": list_url("admin:outbox_letter_changelist", here.program, to=row.public_id) if here else "",
    }
    status = 400 if form is not None and form.errors else 200
    return render_template(request, "people/person.html", context, status=status)


def _here(places, slug):
    """The place the page was reached from, else the first at which they take part, else the first."""
    named = [place for place in places if place.program.slug == slug]
    taking_part = [place for place in [*named, *places] if place.takes_part]
    return next(iter(taking_part or named or places), None)


def _frame(request, here) -> dict:
    """The admin's frame, with the navigation of the program the page was reached from."""
    return page_context(request, here.program, "people") if here else admin.site.each_context(request)


def _call_form(request, person, here, pairs, now):
    """Where they take part in a program; the pairs are those of all its places."""
    if here is None or not here.takes_part:
        return None
    pairings = [pair.pairing for pair in pairs if pair.pairing.program_id == here.program.pk]
    return CallForm(posted(request), person=person, pairings=pairings, today=here.program.today(now))


def _note(request, form, here, now) -> bool:
    try:
        note_call(here.membership, by=request.user, now=now, **form.call())
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Noted in the history."))
    return True


def _shows(request, person, show) -> list[tuple]:
    return [(words, _address(request, person, show=key), key == show) for key, words in timeline.SHOWS.items()]


def _address(request, person, **changes) -> str:
    """This page with another part of the timeline."""
    query = request.GET.copy()
    query.pop("lines", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value:
            query[key] = value
    return f"{reverse('person', args=[person.public_id])}{'?' if query else ''}{query.urlencode()}#happened"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seen_as(request, person):
    """Which pages of a participant can be looked at; a look is a POST that writes it down and shows the page."""
    row = get_object_or_404(pages.people_of(request.user), public_id=person)
    now = timezone.now()
    places = seen.places_of(request.user, row)
    if not places:
        raise Http404
    found = seen.pages_of(request.user, row, now)
    context = {**page_context(request, places[0].program, "people"), "person": row, "pages": found}
    context["title"] = _("As %(name)s sees it") % {"name": row}
    if request.method != "POST":
        context["looks"] = seen.looks_at(row).filter(topic__in={place.program.slug for place in places})[:NEWEST_LOOKS]
        return render_template(request, "people/seen_which.html", context)
    page = next((one for one in found if one.key == request.POST.get("page")), None)
    if page is None:
        messages.info(request, _("This page is not there any more. Choose another."))
        return redirect("person_seen", row.public_id)
    seen.note_look(page, by=request.user, now=now)
    with timezone.override(civil.zone(row.time_zone)):
        context |= {"page": page, "theirs": page.context(now)}
        return render_template(request, "people/seen.html", context)


@never_cache
@require_safe
def looked_at(request):
    """Who has looked at one's own pages."""
    return render_template(request, "people/looked_at.html", {"looks": seen.looks_at(request.user)[:MOST_LOOKS]})

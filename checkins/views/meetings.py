"""Proposing a meeting, and the page of one: accept, decline, move, cancel; signed in or from an email."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from checkins import actions, permissions, words
from checkins.calendar import file_of
from checkins.forms import ProposeForm
from checkins.models import Meeting, MeetingState
from checkins.views.doors import PEOPLE, about_pair, form_methods, theirs
from checkins.views.pair import told
from matching.models import Pairing
from outbox.doors import Door, doors_of_two, row_of
from profiles import civil
from programs.errors import Refused

VERBS = {"accept": actions.accept, "decline": actions.decline, "cancel": actions.cancel}


@never_cache
@form_methods
def propose(request, pairing):
    """A time to meet."""
    me, now = request.user, timezone.now()
    row = get_object_or_404(Pairing.objects.of_participant(me).select_related(*PEOPLE), public_id=pairing)
    if not permissions.can_meet(me, row):
        messages.info(request, _("This pair has ended, so no meeting can be proposed."))
        return redirect("checkins:pair", row.public_id)
    return _propose_page(request, Door(me, reverse("checkins:pair", args=[row.public_id])), row, None, now)


def _of(person):
    return theirs(Meeting.objects.select_related("instead_of"), person)


@never_cache
@require_safe
def calendar(request, meeting):
    """The meeting as a file for one's own calendar."""
    return _file(row_of(theirs(Meeting.objects.all(), request.user), meeting), request.user, request)


def _file(row, person, request) -> HttpResponse:
    url = request.build_absolute_uri(reverse("checkins:meeting", args=[row.public_id]))
    written = file_of(row, person, url=url, now=timezone.now())
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response


def _page(request, door, row):
    """What it is, and what can be done about it; to move and to cancel it are pages of their own."""
    now, me = timezone.now(), door.person
    do = request.GET.get("do", "")
    if do == "calendar" and request.method != "POST":
        return _file(row, me, request)
    if do == "move" and permissions.can_move(me, row, now):
        return _propose_page(request, door, row.pairing, row, now)
    if request.method == "POST":
        return _act(request, door, row, now)
    own_file = reverse("checkins:calendar", args=[row.public_id])
    context = {
        **about_pair(me, row.pairing),
        **told(row, me, now),
        "asks_cancel": do == "cancel" and permissions.can_cancel(me, row, now),
        "can_answer": permissions.can_answer(me, row, now),
        "can_cancel": permissions.can_cancel(me, row, now),
        "can_move": permissions.can_move(me, row, now),
        "mine": row.proposed_by_id == me.pk,
        "goes_on": permissions.can_meet(me, row.pairing),
        "calendar_url": f"{door.url}?do=calendar" if door.signed else own_file,
        "before_when": _stands_before(row, me),
    }
    return door.show(request, "checkins/meeting.html", context)


def _stands_before(row, me) -> str:
    """The agreed meeting that a proposal would take the place of."""
    before = row.instead_of
    return words.when(before.starts_at, me) if before and before.state == MeetingState.ACCEPTED else ""


def _act(request, door, row, now):
    verb = request.POST.get("do", "")
    if verb not in VERBS:
        return redirect(door.url)
    try:
        VERBS[verb](row, by=door.person, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        name = {"name": permissions.other_of(door.person, row.pairing)}
        said = {
            "accept": _("Agreed. You both get an email with the time."),
            "decline": _("%(name)s gets an email that it does not suit."),
            "cancel": _("Cancelled. %(name)s gets an email."),
        }
        messages.success(request, said[verb] % name)
    return redirect(door.url)


def _propose_page(request, door, pairing, before, now):
    """The form of a proposal, and what becomes of it; `before` is the meeting it would take the place of."""
    me, about = door.person, about_pair(door.person, pairing)
    data = request.POST if request.method == "POST" else None
    form = ProposeForm(data, person=me, now=now, initial=_initial(pairing, before, me))
    if data is not None and form.is_valid():
        try:
            actions.propose(pairing, by=me, now=now, instead_of=before, **form.meeting())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            said = _("Proposed. %(name)s gets an email and says whether it suits.")
            messages.success(request, said % {"name": about["other"]})
            return redirect(door.url)
    other_zone = about["other"].time_zone
    context = {
        **about,
        "form": form,
        "before": before,
        "before_when": words.when(before.starts_at, me) if before else "",
        "agreed_before": before is not None and before.state == MeetingState.ACCEPTED,
        "other_zone": words.zone(other_zone) if other_zone != me.time_zone else "",
    }
    return door.show(request, "checkins/propose.html", context, status=400 if form.errors else 200)


def _initial(pairing, before, me) -> dict:
    """What was said of the meeting before; else the place of the last one they agreed on."""
    if before is not None:
        there = before.starts_at.astimezone(civil.zone(me.time_zone))
        return {"on": there.date(), "at": there.time(), "minutes": before.minutes, "place": before.place}
    last = Meeting.objects.of(pairing).filter(state=MeetingState.ACCEPTED).order_by("-starts_at").first()
    return {"minutes": last.minutes, "place": last.place} if last else {}


meeting, signed = doors_of_two(_of, _page, "checkins:meeting")

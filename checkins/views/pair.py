"""The page of a pair, for the two of it: what is next, when they were last in touch, and what has been."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from checkins import actions, ahead, words
from checkins.forms import InTouchForm
from checkins.models import Contact, Meeting, MeetingState, Pause, Sureness
from checkins.permissions import can_meet, other_of
from checkins.views.doors import PEOPLE, about_pair, form_methods
from matching import circles
from matching.models import Pairing
from outbox.doors import Door
from profiles import civil
from programs.errors import Refused

MOST_SHOWN = 30


@never_cache
@form_methods
def pair(request, pairing):
    """What the two of a pair see of it; "we were in touch on …" is said here, too."""
    me, now = request.user, timezone.now()
    rows = Pairing.objects.of_participant(me).select_related(*PEOPLE)
    row = get_object_or_404(rows, public_id=pairing)
    context = page_context(me, row, now, request.POST if request.method == "POST" else None)
    form = context["form"]
    if request.method == "POST" and form.is_valid():
        try:
            actions.in_touch(row, on=form.cleaned_data["on"], by=me, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Noted. Thank you."))
            return redirect("checkins:pair", row.public_id)
    door = Door(me, reverse("checkins:pair", args=[row.public_id]))
    return door.show(request, "checkins/pair.html", context, status=400 if form.errors else 200)


def page_context(me, row, now, data=None) -> dict:
    """Everything the page of a pair shows to this one of the two, whoever looks at it."""
    today, began = row.program.today(now), row.program.today(row.began_at)
    its = ahead.of([row], me, now)[row.pk]
    return {
        **about_pair(me, row),
        "ahead": its,
        "circle": circles.names(circles.others_in([row])[row.pk]) if row.ended_at is None else "",
        "next_words": its.next_words(me, today),
        "goes_on": can_meet(me, row),
        "form": InTouchForm(data, began=began, today=today, initial={"on": today}),
        "began": began,
        "agreed": [told(meeting, me, now) for meeting in _agreed(row, now)],
        "proposed": [told(meeting, me, now) for meeting in its.proposed],
        "to_answer": [told(meeting, me, now) for meeting in its.to_answer],
        "history": history(row, me, now),
    }


def _agreed(pairing, now) -> list:
    """What is agreed and not over, the next first."""
    rows = Meeting.objects.of(pairing).filter(state=MeetingState.ACCEPTED, starts_at__gt=now - words.LONGEST)
    found = [meeting for meeting in rows.order_by("starts_at", "pk") if words.ends_at(meeting) > now]
    for meeting in found:
        meeting.pairing = pairing
    return found


def told(meeting, me, now) -> dict:
    """A meeting as one of the two reads it."""
    return {
        "meeting": meeting,
        "when": words.when(meeting.starts_at, me),
        "for_other": words.for_other(meeting.starts_at, me, other_of(me, meeting.pairing)),
        "begun": meeting.starts_at <= now,
    }


def history(pairing, me, now) -> list[dict]:
    """What has been between the two, the latest first: a day and a line each."""
    zone = pairing.program.zone
    lines = [(civil.day_of(pairing.began_at, zone), _("You were matched"))]
    for pause in Pause.objects.of(pairing):
        lines.append((pause.starts_on, _("A pause until %(date)s") % {"date": words.day(pause.ends_on)}))
    past = Meeting.objects.of(pairing).exclude(state=MeetingState.PROPOSED).order_by("-starts_at", "-pk")
    for meeting in past[:MOST_SHOWN]:
        if meeting.state != MeetingState.ACCEPTED:
            lines.append((civil.day_of(meeting.answered_at, zone), _meeting_words(meeting, me)))
        elif words.ends_at(meeting) <= now:
            lines.append((civil.day_of(meeting.starts_at, zone), _meeting_words(meeting, me)))
    lines += [(contact.on, _contact_words(contact)) for contact in Contact.objects.of(pairing)[:MOST_SHOWN]]
    if pairing.ended_at:
        lines.append((civil.day_of(pairing.ended_at, zone), _("This pair ended")))
    lines.sort(key=lambda line: line[0])
    return [{"on": on, "words": said} for on, said in reversed(lines[-MOST_SHOWN:])]


def _contact_words(contact) -> str:
    return _("In touch (%(sure)s)") % {"sure": Sureness(contact.sureness).label}


def _meeting_words(meeting, me) -> str:
    when = {"when": words.short(meeting.starts_at, me)}
    if meeting.state == MeetingState.DECLINED:
        return _("The time proposed did not suit: %(when)s") % when
    if meeting.state == MeetingState.CANCELLED:
        return _("Moved or cancelled: %(when)s") % when
    return _("A meeting was agreed: %(when)s") % when

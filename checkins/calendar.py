"""A meeting as calendars read it (RFC 5545), written by the icalendar library."""

from datetime import UTC

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from checkins import words
from checkins.models import MeetingState
from checkins.permissions import other_of

STATUS = {
    MeetingState.PROPOSED: "TENTATIVE",
    MeetingState.ACCEPTED: "CONFIRMED",
    MeetingState.DECLINED: "CANCELLED",
    MeetingState.CANCELLED: "CANCELLED",
}


def file_of(meeting, person, *, url: str, now) -> bytes:
    """The calendar file of one meeting for one of the two; its times are in UTC, so every calendar shows its own."""
    event = Event()
    event.add("uid", f"{meeting.public_id}@{settings.PUBLIC_URL.partition('//')[2].partition(':')[0] or 'localhost'}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", words.ends_at(meeting).astimezone(UTC))
    event.add("summary", _("Meeting with %(name)s") % {"name": other_of(person, meeting.pairing)})
    event.add("status", STATUS[meeting.state])
    # A later file of the same meeting takes the place of the earlier one.
    event.add("sequence", list(STATUS).index(meeting.state))
    if meeting.place:
        event.add("location", meeting.place)
    event.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()

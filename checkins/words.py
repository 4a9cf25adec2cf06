"""Moments as each of a pair reads them: on their own clock, with the place named."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from profiles import civil

# No meeting is longer.
LONGEST = timedelta(hours=10)


def day(value: date) -> str:
    """A date as people say it."""
    return date_format(value, "l j F Y")


def short_day(value: date) -> str:
    """The same without the year, for what is near."""
    return date_format(value, "l j F")


def zone(name: str) -> str:
    """A time zone as people say it: "London time"."""
    place = name.rpartition("/")[2].replace("_", " ")
    return _("%(place)s time") % {"place": place} if "/" in name else name


def when(moment: datetime, person) -> str:
    """Day and time on this person's clock, the place named."""
    there = moment.astimezone(civil.zone(person.time_zone))
    return _("%(day)s, %(time)s (%(zone)s)") % {
        "day": date_format(there, "l j F Y"),
        "time": date_format(there, "H:i"),
        "zone": zone(person.time_zone),
    }


def for_other(moment: datetime, me, other) -> str:
    """The same moment on the other's clock, where it shows something else; "" where it does not."""
    mine, theirs = (moment.astimezone(civil.zone(person.time_zone)) for person in (me, other))
    if mine.utcoffset() == theirs.utcoffset():
        return ""
    shown = when(moment, other)
    if mine.date() == theirs.date():
        shown = _("%(time)s (%(zone)s)") % {"time": date_format(theirs, "H:i"), "zone": zone(other.time_zone)}
    return _("For %(name)s that is %(when)s.") % {"name": other, "when": shown}


def short(moment: datetime, person) -> str:
    """The same without the year, for a line among others."""
    there = moment.astimezone(civil.zone(person.time_zone))
    return _("%(day)s, %(time)s (%(zone)s)") % {
        "day": date_format(there, "l j F"),
        "time": date_format(there, "H:i"),
        "zone": zone(person.time_zone),
    }


def lasts(minutes: int) -> str:
    """How long, in words."""
    return _("%(minutes)s minutes") % {"minutes": minutes}


def ends_at(meeting) -> datetime:
    return meeting.starts_at + timedelta(minutes=meeting.minutes)

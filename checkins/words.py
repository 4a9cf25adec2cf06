"""Moments as each of a pair reads them: on their own clock, with the place named."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from outbox.days import day
from outbox.sayings import Said, Saying
from profiles import civil

# No meeting is longer.
LONGEST = timedelta(hours=10)


MOMENT, AT_THE_TIME = Saying("{day}, {time} ({zone})"), Saying("{time} ({zone})")
FOR_OTHER = Saying("For {name} that is {when}.")
LASTS, OF_PLACE = Saying("{minutes} minutes"), Saying("{place} time")


def short_day(value: date) -> str:
    """The same without the year, for what is near."""
    return date_format(value, "l j F")


def zone(name: str) -> str:
    """A time zone as people say it: "London time"."""
    return str(zone_said(name))


def zone_said(name: str) -> Said | str:
    """The same for an email, in its own language."""
    place = name.rpartition("/")[2].replace("_", " ")
    return OF_PLACE(place=place) if "/" in name else name


def when(moment: datetime, person) -> str:
    """Day and time on this person's clock, the place named."""
    return str(when_said(moment, person))


def when_said(moment: datetime, person) -> Said:
    """The same for an email, in its own language."""
    there = moment.astimezone(civil.zone(person.time_zone))
    return MOMENT(day=day(there.date()), time=f"{there:%H:%M}", zone=zone_said(person.time_zone))


def for_other(moment: datetime, me, other) -> str:
    """The same moment on the other's clock, where it shows something else; "" where it does not."""
    return str(for_other_said(moment, me, other))


def for_other_said(moment: datetime, me, other) -> Said | str:
    """The same for an email, in its own language."""
    mine, theirs = (moment.astimezone(civil.zone(person.time_zone)) for person in (me, other))
    if mine.utcoffset() == theirs.utcoffset():
        return ""
    shown = when_said(moment, other)
    if mine.date() == theirs.date():
        shown = AT_THE_TIME(time=f"{theirs:%H:%M}", zone=zone_said(other.time_zone))
    return FOR_OTHER(name=" ".join(str(other).split()), when=shown)


def short(moment: datetime, person) -> str:
    """The same without the year, for a line among others."""
    there = moment.astimezone(civil.zone(person.time_zone))
    return _("%(day)s, %(time)s (%(zone)s)") % {
        "day": date_format(there, "l j F"),
        "time": date_format(there, "H:i"),
        "zone": zone(person.time_zone),
    }


def lasts(minutes: int) -> Said:
    """How long, in words."""
    return LASTS(minutes=minutes)


def ends_at(meeting) -> datetime:
    return meeting.starts_at + timedelta(minutes=meeting.minutes)

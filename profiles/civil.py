"""Civil time: what the clock on somebody's wall says, and which moment that is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT_BEGINS = time(21, 0)
NIGHT_ENDS = time(7, 30)


def zone(name: str) -> ZoneInfo:
    """The zone of this IANA name; UTC for a name that is none, so that a bad row stops nobody's email."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def iso_moment(text: str) -> datetime:
    """A moment as commands take it: ISO, with its offset from UTC."""
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None:
        raise ValueError(text)
    return at


def moment(day: date, wall: time, where: ZoneInfo) -> datetime:
    """The moment of a wall time, in UTC: in a gap as much later as the clock jumps, in a fold the first of the two."""
    return datetime.combine(day, wall.replace(tzinfo=None, fold=0), tzinfo=where).astimezone(UTC)


def day_of(now: datetime, where: ZoneInfo) -> date:
    """The civil date there at that moment."""
    return now.astimezone(where).date()


def hours_from_utc(where: ZoneInfo, now: datetime) -> float:
    """How many hours the wall clock there is ahead of UTC at that moment."""
    offset = now.astimezone(where).utcoffset()
    return offset.total_seconds() / 3600 if offset is not None else 0.0


def end_of_day(day: date, where: ZoneInfo) -> datetime:
    """The moment a date-only deadline ends."""
    return moment(day + timedelta(days=1), time(0), where)


def is_night(now: datetime, where: ZoneInfo) -> bool:
    """Whether nobody there wants an email now."""
    wall = now.astimezone(where).time()
    return wall >= NIGHT_BEGINS or wall < NIGHT_ENDS


def next_morning(now: datetime, where: ZoneInfo) -> datetime:
    """The first end of a night there after this moment."""
    today = day_of(now, where)
    morning = moment(today, NIGHT_ENDS, where)
    return morning if morning > now else moment(today + timedelta(days=1), NIGHT_ENDS, where)


def evening_before(now: datetime, where: ZoneInfo) -> datetime:
    """Half an hour before the night that this moment lies in, or that comes before it."""
    wall = datetime.combine(date.min, NIGHT_BEGINS) - timedelta(minutes=30)
    today = day_of(now, where)
    evening = moment(today, wall.time(), where)
    return evening if evening <= now else moment(today - timedelta(days=1), wall.time(), where)


def week_of(day: date) -> str:
    """The ISO week of a date, as keys hold it: 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def next_week(now: datetime, where: ZoneInfo) -> datetime:
    """The first Monday morning there after this moment."""
    today = day_of(now, where)
    monday = moment(today - timedelta(days=today.weekday()), NIGHT_ENDS, where)
    return monday if monday > now else moment(today + timedelta(days=7 - today.weekday()), NIGHT_ENDS, where)


def begins_week(at: datetime, where: ZoneInfo) -> bool:
    """Whether this is the moment a week begins there."""
    return at == next_week(at - timedelta(seconds=1), where)

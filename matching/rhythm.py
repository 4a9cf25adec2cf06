"""How often two people want to be in touch, as people say it."""

from outbox.sayings import Said, Saying

EVERY_WEEK, EVERY_WEEKS = Saying("every week"), Saying("every {weeks} weeks")
EVERY_DAY, EVERY_DAYS = Saying("every day"), Saying("every {days} days")
MONTHLY = Saying("once a month")


def said(days: int) -> Said:
    """In words; an email says it in its own language."""
    weeks, rest = divmod(days, 7)
    if not rest:
        return EVERY_WEEK() if weeks == 1 else EVERY_WEEKS(weeks=weeks)
    if days in (30, 31):
        return MONTHLY()
    return EVERY_DAY() if days == 1 else EVERY_DAYS(days=days)

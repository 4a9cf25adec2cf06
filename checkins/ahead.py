"""What lies ahead of somebody and their partners: the next meeting, what waits for their answer, the next date."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _

from checkins import watching, words
from checkins.models import CheckIn, Contact, Meeting, MeetingState, Sureness
from checkins.standing import NEW, assess


@dataclass
class Ahead:
    """Of one pair, as one of the two sees it."""

    standing: str = NEW
    due_on: date | None = None
    last_contact: date | None = None
    sureness: str = ""
    # On how many days they were in touch.
    times: int = 0
    # The day on which a pair that rests goes on.
    paused_until: date | None = None
    # What is agreed, and not over, the next first.
    agreed: list = field(default_factory=list)
    to_answer: list = field(default_factory=list)
    proposed: list = field(default_factory=list)
    # "Did you meet?", asked and not answered by them.
    check_in: CheckIn | None = None

    @property
    def meeting(self) -> Meeting | None:
        return self.agreed[0] if self.agreed else None

    @property
    def sure_words(self) -> str:
        return str(Sureness(self.sureness).label) if self.sureness else ""

    def next_words(self, person, today) -> str:
        """What comes next, in one sentence."""
        if self.meeting:
            return _("You meet on %(when)s.") % {"when": words.short(self.meeting.starts_at, person)}
        if self.paused_until:
            return _("You have a pause until %(date)s.") % {"date": words.short_day(self.paused_until)}
        if self.due_on and self.due_on >= today:
            return _("Be in touch by %(date)s.") % {"date": words.short_day(self.due_on)}
        return _("Write a short line today, with two times that suit you.") if self.due_on else ""


def of(pairings, person, now) -> dict[int, Ahead]:
    """By pair, what lies ahead of this person, in a number of queries that does not grow with the pairs."""
    pairings = list(pairings)
    found = {pairing.pk: Ahead() for pairing in pairings}
    if not found:
        return found
    facts = watching.facts_of(pairings, now)
    for pk, ahead in found.items():
        answer = assess(facts[pk])
        ahead.standing, ahead.due_on, ahead.last_contact = answer.standing, answer.due_on, facts[pk].last_contact
        ahead.paused_until = max(
            (end for start, end in facts[pk].pauses if start <= facts[pk].today < end), default=None
        )
    _add_sureness(found)
    _add_meetings(found, person, now)
    asked = CheckIn.objects.filter(pairing__in=found, closed_at=None).exclude(answers__membership__user=person)
    for check_in in asked.order_by("due_on"):
        found[check_in.pairing_id].check_in = check_in
    return found


def _add_sureness(found) -> None:
    days = {ahead.last_contact for ahead in found.values() if ahead.last_contact}
    rows = Contact.objects.filter(pairing__in=found, on__in=days)
    for pairing, on, sureness in rows.values_list("pairing", "on", "sureness"):
        if found[pairing].last_contact == on:
            found[pairing].sureness = sureness
    counted = Contact.objects.filter(pairing__in=found).order_by().values_list("pairing")
    for pairing, times in counted.annotate(times=Count("pk")):
        found[pairing].times = times


def _add_meetings(found, person, now) -> None:
    states = [MeetingState.PROPOSED, MeetingState.ACCEPTED]
    # Long enough ago for whatever has not ended yet.
    rows = Meeting.objects.filter(pairing__in=found, state__in=states, starts_at__gt=now - words.LONGEST)
    for meeting in rows.order_by("starts_at", "pk"):
        ahead = found[meeting.pairing_id]
        if meeting.state == MeetingState.ACCEPTED:
            if words.ends_at(meeting) > now:
                ahead.agreed.append(meeting)
        elif meeting.starts_at > now:
            (ahead.proposed if meeting.proposed_by_id == person.pk else ahead.to_answer).append(meeting)

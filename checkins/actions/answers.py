"""What the two say: whether they met, how it was, and on which days they were in touch."""

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins import permissions
from checkins.actions.contacts import add_contact, take_back
from checkins.actions.meetings import did_not_happen, missed_in_a_row, tell_of_missed
from checkins.models import CheckIn, CheckInAnswer, Source
from journal.actions import record
from matching.models import Pairing
from profiles import civil
from programs.errors import Refused
from programs.models import Role

LONGEST_HOW = 4000


def answer_check_in(check_in, *, met: bool, on=None, how="", by, now) -> CheckInAnswer:
    """One side's answer to "did you meet?"; it may be changed until the next check-in.

    A yes is contact of the day it names, of both once both say so; a no takes back one's own yes. What a mentor says
    counts for nothing while the mentee says that they did not meet; the answer itself is kept.
    """
    if not permissions.can_say(by, check_in):
        raise Refused(_("This question is closed: the pair has ended, or the next one has been asked."))
    _check(check_in, met, on, how, now)
    member = permissions.member_of(by, check_in.pairing)
    with transaction.atomic():
        Pairing.objects.select_for_update(of=("self",), no_key=True).get(pk=check_in.pairing_id)
        # The first answer makes asking again needless.
        if not CheckIn.objects.filter(pk=check_in.pk, closed_at=None).update(ask_again_at=None):
            raise Refused(_("This question is closed: the next one has been asked."))
        before, missed = _counted(check_in), missed_in_a_row(check_in.pairing)
        answer, _new = CheckInAnswer.objects.update_or_create(
            check_in=check_in,
            membership=member,
            defaults={"met": met, "met_on": on if met else None, "how": how.strip(), "at": now},
        )
        _settle(check_in, before, _counted(check_in), by, now)
        _note(check_in, by, now)
        if check_in.meeting_id and did_not_happen(_fresh(check_in)):
            tell_of_missed(check_in.meeting, missed, by=by, now=now)
    return answer


def in_touch(pairing, *, on, by, now) -> None:
    """One of the two says that they were in touch on a day; where a check-in asks about that day it is the answer."""
    if not permissions.can_meet(by, pairing):
        raise Refused(_("This pair has ended, so there is nothing to note."))
    open_ones = CheckIn.objects.of(pairing).filter(closed_at=None)
    # Of a meeting it asks about one day; without one, about all up to the day they should have been in touch by.
    asked = open_ones.filter(Q(meeting__isnull=False, due_on=on) | Q(meeting__isnull=True, due_on__gte=on)).first()
    if asked is None:
        says = permissions.side_of(by, pairing)
        add_contact(pairing, on=on, says=says, source=Source.SAID, by=by, now=now)
        return
    member = permissions.member_of(by, pairing)
    said = asked.answers.filter(membership=member).first()
    answer_check_in(asked, met=True, on=on, how=said.how if said else "", by=by, now=now)


def _check(check_in, met, on, how, now) -> None:
    if len(how) > LONGEST_HOW:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_HOW})
    if not met:
        return
    if on is None:
        raise Refused(_("Say on which day, as well as you know."))
    zone = check_in.pairing.program.zone
    if on > civil.day_of(now, zone):
        raise Refused(_("This day has not come yet. Choose the day on which you met."))
    if on < (began := civil.day_of(check_in.pairing.began_at, zone)):
        words = _("You were matched on %(date)s. Choose that day or a later one.")
        raise Refused(words % {"date": date_format(began, "j F Y")})


def _fresh(check_in) -> CheckIn:
    return CheckIn.objects.prefetch_related("answers__membership").get(pk=check_in.pk)


def _counted(check_in) -> dict:
    """By side, the day on which they say the two met, so far as it counts."""
    answers = {answer.membership.role: answer for answer in check_in.answers.select_related("membership")}
    said = {role: answer.met_on for role, answer in answers.items() if answer.met}
    if Role.MENTEE in answers and not answers[Role.MENTEE].met:
        said.pop(Role.MENTOR, None)
    return said


def _settle(check_in, before: dict, after: dict, by, now) -> None:
    """Writes down as contact what counts now, and takes back what no longer does."""
    pairing = check_in.pairing
    for side, day in before.items():
        if after.get(side) != day:
            take_back(pairing, on=day, says=side, by=by, now=now)
    for side, day in after.items():
        if before.get(side) != day:
            add_contact(pairing, on=day, says=side, source=Source.CHECK_IN, by=by, now=now)


def _note(check_in, by, now) -> None:
    """The history says that somebody answered, not what."""
    pairing = check_in.pairing
    record(
        by=by,
        verb="check_in.answered",
        thing=pairing,
        now=now,
        topic=pairing.program.slug,
        concerns=[pairing.mentor.user, pairing.mentee.user],
        words=_("%(name)s answered whether they met.") % {"name": by},
    )

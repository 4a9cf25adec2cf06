"""Where mentees choose: what a mentor is asked, and what a mentee without one may do."""

from django.urls import reverse
from django.utils.translation import gettext as _

from checkins import words
from matching import tables
from matching.models import Offer, OfferState
from mentorship.homes import introduced as both
from mentorship.homes.steps import Step
from programs.models import ProgramState, Role


def live_of(found) -> list[Offer]:
    """The requests these places make and get, those asked first; one query for all places."""
    places = [place.membership.pk for place in found]
    rows = Offer.objects.live().filter(mentee__in=places) | Offer.objects.open().filter(mentor__in=places)
    return list(rows.in_order().select_related("program", "mentor__user", "mentee__user"))


def steps_of(found, live, introduced) -> tuple[list[Step], list[Step]]:
    """What somebody is asked, and what a mentee may choose who is asked about nobody; `introduced` by matching."""
    mentors = {place.membership.pk for place in found if place.role == Role.MENTOR}
    asked = [_asked(row) for row in live if row.mentor_id in mentors and row.state == OfferState.OPEN]
    lists = {row.mentee_id for row in (*live, *introduced)}
    free = [_choose(place) for place in found if may_choose(place) and place.membership.pk not in lists]
    return [*asked, *both.steps_of(found, introduced)], free


def may_choose(place) -> bool:
    """A mentee without a mentor, or without one for everything, in an open program that lets them choose."""
    member, program = place.membership, place.program
    looks = place.role == Role.MENTEE and member.state in tables.MATCHABLE and (place.lacks or not place.partners)
    return bool(looks) and program.mentees_choose and program.state == ProgramState.OPEN


def _asked(row) -> Step:
    return Step(
        _("%(name)s would like you as their mentor") % {"name": row.mentee.user},
        _("Read what they say of themselves. Yes and “not this time” are both good answers."),
        _("By %(date)s.") % {"date": words.short_day(row.answer_by)},
        _("Read and answer"),
        reverse("choosing:asked", args=[row.public_id]),
        str(row.program),
    )


def _choose(place) -> Step:
    title = _("Choose whom you would like as your mentor")
    if place.lacks:
        title = _("Choose whom you would like as your mentor for %(purpose)s") % {"purpose": place.lacks[0]}
    return Step(
        title,
        _("You see who has a free place, and ask up to three. If nobody fits, we match you in the next round."),
        action=_("Look for a mentor"),
        url=reverse("choosing:choose", args=[place.program.slug]),
        place=str(place.program),
    )


def answers_ahead(place, live):
    """The days by which those somebody asked have answered."""
    for row in live:
        if row.mentee_id == place.membership.pk and row.state == OfferState.OPEN:
            yield row, reverse("choosing:choose", args=[place.program.slug])

"""Both are asked before a pair begins: what somebody is asked, and until when the other one has answered."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkins import words
from matching.models import Introduction
from mentorship.homes.steps import Step
from programs.models import Role


def asked_of(found) -> list[Introduction]:
    """What these places are asked; one query for all of them."""
    places = [place.membership.pk for place in found]
    told = Introduction.objects.open().told()
    rows = told.filter(mentee__in=places) | told.filter(mentor__in=places)
    return list(rows.select_related("program", "purpose", "mentor__user", "mentee__user").order_by("answer_by", "pk"))


def of_place(place, asked) -> list[Introduction]:
    """Those of one place, on its side."""
    pk = place.membership.pk
    return [one for one in asked if pk == one.of_side(place.role).pk]


def steps_of(found, asked) -> list[Step]:
    """One thing to do a place, for everybody it is asked about."""
    steps = []
    for place in found:
        waiting = [one for one in of_place(place, asked) if not one.yes_of(place.role)]
        if waiting:
            steps.append(_step(place, waiting))
    return steps


def _step(place, waiting) -> Step:
    name, number = {"name": waiting[0].other_than(place.role).user}, len(waiting)
    if number > 1:
        title = ngettext("We ask you about one person", "We ask you about %(number)s people", number)
        title %= {"number": number}
    elif place.role == Role.MENTOR:
        title = _("Would you like to be the mentor of %(name)s?") % name
    elif waiting[0].purpose:
        title = _("Would you like %(name)s as your mentor for %(purpose)s?") % {**name, "purpose": waiting[0].purpose}
    else:
        title = _("Would you like %(name)s as your mentor?") % name
    return Step(
        title,
        _("Read what they say of themselves. Yes and “not this time” are both good answers."),
        _("By %(date)s.") % {"date": words.short_day(waiting[0].answer_by)},
        _("Read and answer"),
        reverse("choosing:introduced", args=[place.membership.public_id]),
        str(place.program),
    )


def answers_ahead(place, asked):
    """Those to whom this one has said yes, with the page that says so."""
    for one in of_place(place, asked):
        if one.yes_of(place.role):
            yield one, reverse("choosing:introduced", args=[place.membership.public_id])

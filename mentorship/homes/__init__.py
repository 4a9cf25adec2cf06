"""What stands on somebody's home: what to do now, what comes next, how it is going, and where they get help."""

from dataclasses import replace

from checkins import words
from council import requested
from council.models import Concern
from mentorship import follow_ups, program_home
from mentorship.homes import choosing, introduced
from mentorship.homes.coming import coming_of, no_date_yet
from mentorship.homes.places import Place, places
from mentorship.homes.staff import colleagues, duties
from mentorship.homes.steps import Step, steps_of
from programs.models import Duty

__all__ = ["Place", "Step", "page_context", "places"]

# After the first thing to do so many more are named, and so many dates ahead.
MORE_STEPS = 6
MOST_DATES = 8


def page_context(user, now, *, only=None) -> dict:
    """Everything the home of this person shows.

    With `only` some programs: what a participant sees of those alone, and nothing they do as staff, asked the council
    or were told in confidence; for a coordinator who looks at it.
    """
    found = places(user, now)
    asked = list(requested.questions_to(user))
    if only is not None:
        pks = {program.pk for program in only}
        found = [place for place in found if place.program.pk in pks]
        asked = [ask for ask in asked if ask.pairing.program_id in pks]
        return _frame(user, found, asked, _no_staff(), now)
    lines, answers_for = program_home.lines(user, now), duties(user)
    theirs = {one.pk: one for one in [line["program"] for line in lines] + [duty.program for duty in answers_for]}
    staff = {
        "programs": lines,
        "duties": answers_for,
        "for_safety": any(duty.duty == Duty.SAFEGUARDING for duty in answers_for),
        "unread_concerns": Concern.objects.readable_by(user).filter(opened_at=None).count(),
        "follow_ups": follow_ups.of(user, now),
        "requests": [one for one in requested.requests_of(user) if one.is_open],
        "colleagues": colleagues(user, list(theirs.values()), now),
    }
    return _frame(user, found, asked, staff, now)


def _no_staff() -> dict:
    lists = ("programs", "duties", "requests", "colleagues")
    return {**{key: [] for key in lists}, "unread_concerns": 0, "follow_ups": follow_ups.FollowUps()}


def _frame(user, found, asked, staff, now) -> dict:
    live, both = choosing.live_of(found), introduced.asked_of(found)
    dates = coming_of(user, found, live, both, now)
    steps = steps_of(user, found, asked, staff, choosing.steps_of(found, live, both), now)
    if not steps and dates:
        # Nothing to do: what comes next stands first.
        steps, dates = [dates[0].as_step()], dates[1:]
    elif not steps:
        steps = [no_date_yet(place) for place in found[:1]]
    several = len({place.program.pk for place in found} | {line["program"].pk for line in staff["programs"]}) > 1
    if not several:
        steps = [replace(step, place="") for step in steps]
        dates = [replace(one, place="") for one in dates]
    shown = dates[:MOST_DATES]
    return {
        **staff,
        "several": several,
        "places": found,
        "step": steps[0] if steps else None,
        "then": steps[1 : MORE_STEPS + 1],
        "more_steps": max(len(steps) - 1 - MORE_STEPS, 0),
        "dates": shown,
        "more_dates": len(dates) - len(shown),
        "zone": words.zone(user.time_zone) if any(one.time for one in shown) else "",
        "with_partners": [place for place in found if place.partners],
        "without_partners": [place for place in found if not place.partners],
    }

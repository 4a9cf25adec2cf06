"""What comes next: the dates ahead of somebody, over all their partners and programs, in order."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins import words
from mentorship.homes import introduced
from mentorship.homes.choosing import answers_ahead
from mentorship.homes.steps import Step
from profiles import civil
from programs.models import MembershipState, ProgramState, Role

S = MembershipState
# What is due on a day stands behind what happens on it.
END_OF_DAY = time(23, 59)


@dataclass(frozen=True)
class Coming:
    """One date: what happens then, or by then."""

    day: date
    title: str
    # Said where it stands first on the page, and in the list.
    text: str = ""
    note: str = ""
    # What the reader's clock shows; "" for a day as a whole.
    time: str = ""
    # By that day rather than on it.
    by: bool = False
    # "Today" or "Tomorrow" for the reader.
    near: str = ""
    url: str = ""
    action: str = ""
    # The date as a sentence says it, for where this stands first on the page.
    when: str = ""
    headline: str = ""
    place: str = ""

    def as_step(self) -> Step:
        """The same as the first thing on the page, where nothing is to be done."""
        when = _("%(day)s: %(date)s") % {"day": self.near, "date": self.when} if self.near else self.when
        return Step(self.headline or self.title, self.text, when, self.action, self.url, self.place)


def coming_of(user, found, live, both, now) -> list[Coming]:
    """Meetings, days to be in touch by, answers of those asked, ends of pauses and leaves, when we write again."""
    rows = [
        (moment, replace(one, place=str(place.program)))
        for place in found
        for moment, one in (*_of(place, user, both), *_answers(place, live), *_both_answer(place, both))
    ]
    rows.sort(key=lambda row: row[0])
    today = civil.day_of(now, civil.zone(user.time_zone))
    near = {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}
    return [replace(one, near=near.get(one.day, "") if not one.by else "") for _moment, one in rows]


def _of(place, user, both):
    for partner in place.partners:
        yield from _meetings(partner, user)
        if one := _rest(partner) or _due(partner):
            yield _end_of(one.day, place.program), one
    for wait in place.waits:
        yield _end_of(wait.write_again_on, place.program), _write_about(wait)
    membership = place.membership
    if place.returns_on:
        yield _end_of(place.returns_on, place.program), _return(place)
    elif membership.state == S.WAITING and not place.partners and not introduced.of_place(place, both):
        yield _end_of(membership.write_again_on, place.program), _write_again(place)


def _answers(place, live):
    for row, url in answers_ahead(place, live):
        title = _("%(name)s answers whether they will be your mentor") % {"name": row.mentor.user}
        text = _("You get an email as soon as they do.")
        one = Coming(day=row.answer_by, title=title, text=text, by=True, url=url, action=_("Your list"))
        by = _("By %(date)s.") % {"date": words.short_day(row.answer_by)}
        yield _end_of(row.answer_by, place.program), replace(one, when=by)


def _both_answer(place, both):
    """The days by which those to whom this one said yes have answered, too."""
    for one, url in introduced.answers_ahead(place, both):
        title = _("%(name)s answers whether you two become a pair") % {"name": one.other_than(place.role).user}
        text = _("You said yes. You get an email as soon as they have answered.")
        ahead = Coming(day=one.answer_by, title=title, text=text, by=True, url=url, action=_("What you said"))
        by = _("By %(date)s.") % {"date": words.short_day(one.answer_by)}
        yield _end_of(one.answer_by, place.program), replace(ahead, when=by)


def _end_of(day, program):
    return civil.moment(day, END_OF_DAY, program.zone)


def _meetings(partner, user):
    its, name = partner.ahead, {"name": partner.person}
    for meeting in [*its.agreed, *its.proposed]:
        there = meeting.starts_at.astimezone(civil.zone(user.time_zone))
        where = _("Where: %(place)s") % {"place": meeting.place} if meeting.place else ""
        one = Coming(
            day=there.date(),
            title=_("You meet %(name)s") % name,
            text=where,
            note=where,
            time=date_format(there, "H:i"),
            url=reverse("checkins:meeting", args=[meeting.public_id]),
            action=_("Open the meeting"),
            when=words.short(meeting.starts_at, user),
        )
        if meeting in its.proposed:
            title, text = _("You proposed to meet %(name)s") % name, _("You get an email once they have answered.")
            one = replace(one, title=title, text=text, note=_("not answered yet"), action=_("Open the proposal"))
        yield meeting.starts_at, one


def _rest(partner) -> Coming | None:
    day = partner.ahead.paused_until
    if not day:
        return None
    url = reverse("checkins:pair", args=[partner.pairing.public_id])
    name = {"name": partner.person}
    return Coming(
        day,
        _("Your pause with %(name)s is over") % name,
        _("Nobody expects anything of the two of you meanwhile."),
        url=url,
        headline=_("You and %(name)s have a pause") % name,
        when=_("Until %(date)s.") % {"date": words.short_day(day)},
    )


def _due(partner) -> Coming | None:
    """The day by which the two should have been in touch, where nothing is arranged."""
    its = partner.ahead
    if partner.settling or partner.arranged or not its.due_on or its.due_on < partner.today:
        return None
    return Coming(
        day=its.due_on,
        title=_("Keep in touch with %(name)s") % {"name": partner.person},
        text=_("This program suggests being in touch %(often)s.") % {"often": partner.pairing.rhythm_words},
        by=True,
        url=partner.propose_url,
        action=_("Propose a meeting"),
        when=_("By %(date)s.") % {"date": words.short_day(its.due_on)},
    )


def _return(place) -> Coming:
    return Coming(
        place.returns_on,
        _("You are back from your leave"),
        _("%(program)s knows, and nobody expects anything of you.") % {"program": place.program},
        url=reverse("council:leave", args=[place.membership.public_id]),
        headline=_("You are on leave"),
        when=_("Until %(date)s.") % {"date": words.short_day(place.returns_on)},
    )


def _write_again(place) -> Coming:
    mentee, again = place.role == Role.MENTEE, place.membership.write_again_on
    text = _("You are on the waiting list of %(program)s. There is nothing you need to do.")
    when = _("We write to you again on %(date)s, and sooner if we find somebody.")
    return Coming(
        again,
        _("We write to you again, and sooner if we find somebody"),
        text % {"program": place.program},
        headline=_("We are looking for a mentor for you") if mentee else _("We are looking for a mentee for you"),
        when=when % {"date": words.short_day(again)},
    )


def _write_about(wait) -> Coming:
    """Somebody has a mentor, and waits for one for something else."""
    purpose, again = {"purpose": wait.purpose}, wait.write_again_on
    when = _("We write to you again on %(date)s, and sooner if we find somebody.")
    return Coming(
        again,
        _("We write to you about a mentor for %(purpose)s") % purpose,
        _("There is nothing you need to do."),
        note=_("and sooner if we find somebody"),
        headline=_("We are looking for a mentor for %(purpose)s") % purpose,
        when=when % {"date": words.short_day(again)},
    )


def no_date_yet(place) -> Step:
    """What happens next to somebody in a program where no date is set for them."""
    program, name = {"program": place.program}, str(place.program)
    mentee, state = place.role == Role.MENTEE, place.membership.state
    if state == S.ON_LEAVE:
        text = _("%(program)s knows, and nobody expects anything of you.") % program
        return Step(_("You are on leave"), text, place=name)
    if place.partners:
        return Step(_("Nothing waits for you today"), _("You hear of us when there is something to do."), place=name)
    if place.program.state == ProgramState.SETUP:
        text = _("%(program)s is being prepared. We write to you when it begins; there is nothing you need to do.")
        return Step(_("You are on the list"), text % program, place=name)
    if state in (S.READY, S.ACTIVE):
        title = _("You will be matched with a mentor") if mentee else _("You will be matched with a mentee")
        text = _("%(program)s brings people together in rounds. We write to you with the result, whatever it is.")
        return Step(title, text % program, place=name)
    text = _("%(program)s is looking at what you sent. We write to you when there is something to do.")
    return Step(_("You are on your way in"), text % program, place=name)

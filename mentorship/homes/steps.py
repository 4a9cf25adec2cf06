"""What there is to do now, over everything somebody has to do with, the first thing first."""

from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkins import words
from council.models import AskKind
from matching.models import Availability, AvailabilityAnswer, PairingState
from matching.tables import MATCHABLE
from surveys.actions import OPEN_FOR
from surveys.letters import other_of
from surveys.models import Invitation


@dataclass(frozen=True)
class Step:
    """One thing to do; without an action there is nothing to do but know."""

    title: str
    text: str
    by: str = ""
    action: str = ""
    url: str = ""
    place: str = ""
    # A second way out of it.
    second: str = ""
    second_url: str = ""


def steps_of(user, found, asked, staff, requests, now) -> list[Step]:
    """In the order in which somebody waits for it: for help, for an answer, for a word, for a decision."""
    partners = [(place, partner) for place in found for partner in place.partners]
    wanted, free = requests
    needs = _by_turns(_needs_of(line) for line in staff["programs"] if line["runs"])
    return [
        *_come_back(user),
        *_unread(staff["unread_concerns"]),
        *(_asked(ask) for ask in asked),
        *wanted,
        *_proposals(partners),
        *_did_you_meet(partners),
        *_decide(staff["follow_ups"]),
        *(Step(need.title, need.why, action=need.action, url=need.url, place=name) for need, name in needs),
        *free,
        *_asked_first(found),
        *_say_hello(partners),
        *(_write_today(place, partner) for place, partner in partners if partner.late),
        *_pulses(user, found, now),
    ]


def _come_back(user) -> list[Step]:
    """Nothing we write reaches them: everything else depends on it."""
    if not user.address_bounced_at:
        return []
    return [
        Step(
            _("Emails to you come back"),
            _("We do not write to %(address)s any more. Give us another address, or say that this one works again.")
            % {"address": user.email},
            action=_("Put it right"),
            url=reverse("emails"),
        )
    ]


def _needs_of(line) -> list:
    """What waits in one program, but for its follow-ups: those are told one by one."""
    board = reverse("council:board", args=[line["program"].slug])
    return [(need, str(line["program"])) for need in line["needs"] if need.url != board]


def _by_turns(lists):
    """The first of each, then the second of each, so that no program hides behind another."""
    lists = list(lists)
    longest = max(map(len, lists), default=0)
    return [needs[turn] for turn in range(longest) for needs in lists if turn < len(needs)]


def _unread(number) -> list[Step]:
    if not number:
        return []
    title = ngettext(
        "Something was told to you and is not opened yet",
        "%(number)s things were told to you and are not opened yet",
        number,
    )
    text = _("You are named for safety, and whoever wrote waits for you to read it.")
    return [Step(title % {"number": number}, text, action=_("Go to it"), url=reverse("council:concerns"))]


def _asked(ask) -> Step:
    """A question of ours on whose answer something hangs."""
    name = {"name": ask.pairing.mentor.user}
    if ask.kind == AskKind.AWAY:
        title, text = _("What suits you while %(name)s is away?"), _("Wait, a stand-in, or a new mentor: as you like.")
    else:
        title, text = _("%(name)s would like to hear from you. Is all well?"), _("It takes half a minute to answer.")
    url = reverse("council:ask", args=[ask.public_id])
    return Step(title % name, text, action=_("Answer"), url=url, place=str(ask.pairing.program))


def _proposals(partners) -> list[Step]:
    """Proposed times to say yes or no to, the soonest first."""
    rows = [(meeting, place, partner) for place, partner in partners for meeting in partner.ahead.to_answer]
    rows.sort(key=lambda row: (row[0].starts_at, row[0].pk))
    return [_proposal(*row) for row in rows]


def _proposal(meeting, place, partner) -> Step:
    said = {"name": partner.person.get_short_name(), "when": words.short(meeting.starts_at, partner.me)}
    return Step(
        _("%(name)s proposes %(when)s: does it suit?") % said,
        _("They get an email with your answer."),
        action=_("See and answer"),
        url=reverse("checkins:meeting", args=[meeting.public_id]),
        place=str(place.program),
    )


def _did_you_meet(partners) -> list[Step]:
    """What happened on days that have passed, the oldest first."""
    rows = [(partner.ahead.check_in, place, partner) for place, partner in partners if partner.ahead.check_in]
    rows.sort(key=lambda row: (row[0].due_on, row[0].pk))
    return [_check_in(*row) for row in rows]


def _check_in(check_in, place, partner) -> Step:
    name = {"name": partner.person, "day": words.short_day(check_in.due_on)}
    title = (
        _("Did you and %(name)s meet on %(day)s?") if check_in.meeting_id else _("Have you and %(name)s been in touch?")
    )
    return Step(
        title % name,
        _("It takes half a minute. You can say how it was, and when you meet next."),
        action=_("Answer"),
        url=reverse("checkins:check_in", args=[check_in.public_id]),
        place=str(place.program),
    )


def _decide(found) -> list[Step]:
    """The follow-up that is due first; the others stand in their own list."""
    if not found.rows:
        return []
    row = found.rows[0]
    by = _("It was due on %(day)s.") if row.late else _("By %(day)s.")
    return [
        Step(
            _("Decide about %(who)s: %(what)s") % {"what": row.case.get_kind_display(), "who": row.who},
            _("You see what was tried, and what can be done.") if row.mine else _owner_words(row.case),
            by % {"day": words.short_day(row.day)},
            _("Open the follow-up"),
            row.url,
            row.place,
        )
    ]


def _owner_words(case) -> str:
    if case.owner is None:
        return _("Nobody answers for it yet.")
    return _("%(name)s answers for it; you may help.") % {"name": case.owner}


def _asked_first(found) -> list[Step]:
    """Mentors who were asked whether they take somebody, and have not answered."""
    mine = {place.membership.pk: place.membership for place in found}
    rows = Availability.objects.filter(
        membership__in=mine, membership__state__in=MATCHABLE, answer=AvailabilityAnswer.NONE, asked_at__isnull=False
    )
    return [_take_somebody(mine[row.membership_id]) for row in rows.order_by("asked_at", "pk")]


def _take_somebody(membership) -> Step:
    return Step(
        _("Do you take somebody this time?"),
        _("%(program)s is about to bring people together. Yes, not this time or not any more: each is fine.")
        % {"program": membership.program},
        action=_("Answer"),
        url=reverse("available", args=[membership.public_id]),
        place=str(membership.program),
    )


def _say_hello(partners) -> list[Step]:
    rows = sorted(
        ((partner.met_by, place, partner) for place, partner in partners if partner.settling), key=lambda row: row[0]
    )
    return [_hello(*row) for row in rows]


def _hello(met_by, place, partner) -> Step:
    title = _("Say hello to %(name)s") % {"name": partner.person}
    by = _("By %(date)s.") % {"date": words.short_day(met_by)}
    propose = _("Propose a meeting")
    if partner.address:
        text = _("A short line is enough: who you are, and two times that would suit you.")
        write = _("Write to %(name)s") % {"name": partner.person.get_short_name()}
        mail = f"mailto:{partner.address}"
        return Step(title, text, by, write, mail, str(place.program), second=propose, second_url=partner.propose_url)
    # Their first word to each other goes through us.
    text = _(
        "This program passes on no addresses. Propose a time here: %(name)s gets an email and says whether it suits."
    )
    return Step(title, text % {"name": partner.person}, by, propose, partner.propose_url, str(place.program))


def _write_today(place, partner) -> Step:
    """They have not been in touch for longer than they meant to."""
    last, name = partner.ahead.last_contact, {"name": partner.person}
    title = _("Write to %(name)s, with two times that suit you") % name
    since = (
        _("You and %(name)s were last in touch on %(day)s, as far as we know. Is all well?")
        if last
        else _("You and %(name)s have not been in touch yet, as far as we know. Is all well?")
    )
    text = since % {**name, "day": words.short_day(last) if last else ""}
    wrong = f"{reverse('council:help')}?program={place.program.slug}"
    return Step(
        title,
        text,
        action=_("Propose a meeting"),
        url=partner.propose_url,
        place=str(place.program),
        second=_("Something is wrong"),
        second_url=wrong,
    )


def _pulses(user, found, now) -> list[Step]:
    """The two questions that came by email, one step for each email."""
    rests = {partner.pairing.pk for place in found for partner in place.partners if partner.ahead.paused_until}
    rows = Invitation.objects.filter(
        membership__in=[place.membership.pk for place in found],
        membership__user=user,
        answered_at=None,
        asked_at__gt=now - OPEN_FOR,
        pairing__state=PairingState.OPEN,
    ).exclude(pairing__in=rests)
    people = ("membership__program", "pairing__mentor__user", "pairing__mentee__user")
    rows = rows.select_related(*people).order_by("asked_at", "membership", "pk")
    together = groupby(rows, key=lambda row: (row.asked_at, row.membership_id))
    return [_pulse(list(group)) for _key, group in together]


def _pulse(invitations) -> Step:
    first, number = invitations[0], len(invitations)
    if number == 1:
        title = _("How is it going with %(name)s?") % {"name": other_of(first)}
    elif number == 2:
        one, other = (other_of(invitation).get_short_name() for invitation in invitations)
        title = _("How is it going with %(one)s and %(other)s?") % {"one": one, "other": other}
    else:
        title = _("How is it going with each of your %(number)s partners?") % {"number": number}
    return Step(
        title,
        _("Two questions. The page says who reads your answer."),
        action=_("Answer"),
        url=reverse("surveys:pulse", args=[first.public_id]),
        place=str(first.membership.program),
    )

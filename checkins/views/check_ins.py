"""Did you meet? Asked in an email, answered behind its link or on the page; how it was and when next beside it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins import actions, ahead, permissions, words
from checkins.forms import NO, YES, AnswerForm
from checkins.models import CheckIn
from checkins.views.doors import THROUGH_PAIR, about_pair, theirs
from outbox.doors import Door, doors_of_two, row_of
from programs.errors import Refused

# The thing of a link for a mentor's pairs of a program, all at once.
ALL_OF = "of:"


def _of(person):
    return theirs(CheckIn.objects.select_related("meeting"), person)


def signed(request, signed, person, token):
    """Behind the link of an email, which may be for several pairs of a mentor."""
    if not signed.thing.startswith(ALL_OF):
        return _signed_one(request, signed, person, token)
    url, slug = reverse("outbox:link", args=[token]), signed.thing.removeprefix(ALL_OF)
    wanted = request.GET.get("which", "")
    if not wanted:
        return _several(request, Door(person, url, signed=True), _open_ones(person, slug))
    row = row_of(_of(person).filter(pairing__program__slug=slug), wanted)
    return _one(request, Door(person, f"{url}?which={row.public_id}", signed=True), row, all_url=url)


def _open_ones(person, slug):
    rows = CheckIn.objects.of_participant(person).filter(
        pairing__program__slug=slug, pairing__mentor__user=person, closed_at=None
    )
    return rows.select_related(*THROUGH_PAIR, "meeting").prefetch_related("answers").order_by("due_on", "pk")


def _several(request, door, rows):
    """A line for each pair, with what was said already."""
    lines = []
    for row in rows:
        mine = permissions.member_of(door.person, row.pairing)
        said = next((answer for answer in row.answers.all() if answer.membership_id == mine.pk), None)
        lines.append(
            {
                "check_in": row,
                "other": permissions.other_of(door.person, row.pairing),
                "day": words.day(row.due_on),
                "said": said,
                "url": f"{door.url}?which={row.public_id}",
            }
        )
    return door.show(request, "checkins/check_ins.html", {"lines": lines})


def _one(request, door, row, all_url=""):
    me, now = door.person, timezone.now()
    said = row.answers.filter(membership=permissions.member_of(me, row.pairing)).first()
    about = {**about_pair(me, row.pairing), "check_in": row, "said": said, "all_url": all_url}
    if not permissions.can_say(me, row) or (said and request.method != "POST" and "change" not in request.GET):
        return _said(request, door, row, about, now)
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(
        data, check_in=row, person=me, other=about["other"], now=now, initial=_initial(row, said)
    )  # fmt: skip
    if data is not None and form.is_valid() and _save(request, form, row, me, now):
        return redirect(door.url)
    return door.show(request, "checkins/check_in.html", {**about, "form": form}, status=400 if form.errors else 200)


def blank(me, row, now) -> dict:
    """The question as this one of the two is asked it, with nothing of what they said."""
    about = about_pair(me, row.pairing)
    return {**about, "check_in": row, "form": AnswerForm(check_in=row, person=me, other=about["other"], now=now)}


def _initial(row, said) -> dict:
    if said:
        return {"met": YES if said.met else NO, "met_on": said.met_on or row.due_on, "how": said.how}
    return {"met_on": row.due_on} if row.meeting_id else {}


def _save(request, form, row, me, now) -> bool:
    """The answer first; then the meeting they propose, which may be refused without losing it."""
    try:
        actions.answer_check_in(row, by=me, now=now, **form.answer())
        if meeting := form.meeting():
            actions.propose(row.pairing, by=me, now=now, **meeting)
            name = {"name": permissions.other_of(me, row.pairing)}
            messages.success(request, _("Proposed. %(name)s gets an email and says whether it suits.") % name)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _said(request, door, row, about, now):
    """After the answer: thanks, what was said, and the next date."""
    its = ahead.of([row.pairing], door.person, now)[row.pairing_id]
    context = {
        **about,
        "can_change": permissions.can_say(door.person, row),
        "goes_on": permissions.can_meet(door.person, row.pairing),
        "met_words": words.day(about["said"].met_on) if about["said"] and about["said"].met else "",
        "next_words": its.next_words(door.person, row.pairing.program.today(now)),
        "change_url": f"{door.url}{'&' if '?' in door.url else '?'}change=1",
    }
    return door.show(request, "checkins/check_in_said.html", context)


check_in, _signed_one = doors_of_two(_of, _one, "checkins:check_in")

"""Asked first: a mentor says whether they take somebody this time, a coordinator sees who has and asks the others."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from matching import actions, tables
from matching import asking as said_of
from matching.models import AvailabilityAnswer, Pairing
from outbox.doors import doors
from programs.errors import Refused
from programs.models import Membership, ProgramState
from programs.views.pages import coordinator_page, render

MOST_SHOWN = 50
GROUP_WORDS = {
    "asked": gettext_lazy("Asked, no answer yet"),
    "unasked": gettext_lazy("Not asked yet"),
    "no_more": gettext_lazy("Not any more"),
    "not_now": gettext_lazy("Not this time"),
    "yes": gettext_lazy("Said yes"),
}


def _of(person):
    return Membership.objects.mentors().filter(user=person).select_related("program", "user", "availability")


def _page(request, row, url):
    """The three answers, each a button; what was said can be changed."""
    member = row
    is_over = member.state not in tables.MATCHABLE or member.program.state == ProgramState.ENDED
    error = ""
    if request.method == "POST" and not is_over:
        try:
            said = request.POST.get("answer", "")
            actions.answer_availability(member, said, by=member.user, now=timezone.now(), places=number(request.POST))
            return redirect(f"{url}?sent=1")
        except Refused as refused:
            error = str(refused)
    taken = Pairing.objects.taken_of([member.pk]).get(member.pk, 0)
    said = getattr(member, "availability", None)
    context = {
        "program": member.program,
        "member": member,
        "taken": taken,
        "free": max(member.places - taken, 1),
        "said": said if said and said.answer != AvailabilityAnswer.NONE else None,
        "sent": "sent" in request.GET,
        "is_over": is_over,
        "error": error,
        "url": url,
        "evaluation": member.program.evaluation_for(member.role),
    }
    return render_page(request, "matching/available.html", context, status=400 if error else 200)


def number(posted) -> int:
    """For how many somebody would take; 0 where that is no number."""
    words = posted.get("places", "")
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 4 else 0


@coordinator_page("matching")
@require_safe
def mentors(request, program):
    """Who has said what, and who has to be asked."""
    figures = said_of.figures_of(program, request.user)
    q = request.GET.get("q", "").replace("\x00", "").strip()[:150]
    rows = said_of.mentors_seen_by(program, request.user).filter(user__name__icontains=q)
    rows = rows.select_related("user", "availability").order_by("user__name", "pk")
    shown = [
        (key, GROUP_WORDS[key], list(rows.filter(said_of.GROUPS[key])[:MOST_SHOWN]), getattr(figures, key))
        for key in GROUP_WORDS
    ]
    context = {
        "title": _("Who takes somebody this time"),
        "figures": figures,
        "groups": [group for group in shown if group[2]],
        "resting": resting(program, request.user),
        "q": q,
        "most": MOST_SHOWN,
        "is_open": program.state == ProgramState.OPEN,
    }
    return render(request, "matching/asking.html", program, "matching", context)


def resting(program, user) -> list:
    """Mentors whom the gap after their last pair keeps out of a round, with the day on which it is over."""
    ended = tables.ended_just_now(program, timezone.now())
    if ended is None:
        return []
    gap = timedelta(days=program.figure("match_gap_days"))
    last = dict(ended.order_by().values("mentor").annotate(last=Max("ended_at")).values_list("mentor", "last"))
    rows = (
        said_of.mentors_seen_by(program, user).filter(pk__in=last).select_related("user").order_by("user__name", "pk")
    )
    return [(mentor, program.today(last[mentor.pk] + gap)) for mentor in rows[:MOST_SHOWN]]


@coordinator_page("matching")
@require_POST
def back_early(request, program, mentor):
    """A mentor may be matched again at once, for a reason."""
    rows = Membership.objects.visible_to(request.user).of(program).mentors()
    row = get_object_or_404(rows.select_related("user", "program"), public_id=mentor)
    try:
        actions.let_back_early(row, request.POST.get("why", ""), by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s can be in the next round.") % {"name": row.user})
    return redirect("matching:asking", program.slug)


@coordinator_page("matching")
@require_POST
def ask(request, program):
    """Writes to every mentor who has not said yes."""
    try:
        asked = actions.ask_mentors(program, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = ngettext("%(count)s mentor gets an email.", "%(count)s mentors get an email.", asked)
        messages.success(request, words % {"count": asked})
    return redirect("matching:asking", program.slug)


@coordinator_page("matching")
@require_POST
def note(request, program, mentor):
    """A coordinator has heard from a mentor, and notes it for them."""
    rows = Membership.objects.visible_to(request.user).of(program).mentors()
    row = get_object_or_404(rows.select_related("user", "program"), public_id=mentor)
    said = {"by": request.user, "now": timezone.now(), "places": number(request.POST)}
    try:
        actions.answer_availability(row, request.POST.get("answer", ""), **said)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted for %(name)s.") % {"name": row.user})
    return redirect("matching:asking", program.slug)


available, signed = doors(_of, _page, "available")

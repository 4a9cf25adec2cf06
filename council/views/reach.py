"""Can you reach them? The page behind the link of a nudge."""

import uuid

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins import actions as checkins
from checkins.models import Source
from council import ways
from council.actions.requests import say_can_reach
from council.forms.help import ReachForm
from council.views import help as help_page
from matching.models import Pairing
from programs.errors import Refused
from programs.models import Role


def thing(letter) -> str:
    """The pairs a nudge asks about."""
    return ",".join(letter.about.get("pairings", []))


def lasts(letter, now):
    """As long as the pair exists; the page looks it up."""
    return now + help_page.LONG


def _pairs(signed, person) -> list[Pairing]:
    """Those of the pairs that this person is one of, open or ended."""
    try:
        named = [uuid.UUID(each) for each in signed.thing.split(",")]
    except ValueError:
        raise Http404 from None
    rows = Pairing.objects.of_participant(person).filter(public_id__in=named).order_by("began_at", "pk")
    return list(rows.select_related("program", "mentor__user", "mentee__user"))


def page(request, signed, person, token):
    """Which of them, where there are several; then: in touch, not yet, or I cannot."""
    pairs = _pairs(signed, person)
    if not pairs:
        raise Http404
    open_ones = [pair for pair in pairs if pair.state == Pairing.State.OPEN]
    url = reverse("outbox:link", args=[token])
    if not open_ones:
        return render(request, "council/reach_done.html", {"ended": True, "pairing": pairs[0], "url": ""})
    wanted = request.GET.get("pair", "")
    pairing = next((pair for pair in open_ones if str(pair.public_id) == wanted), None)
    if pairing is None and len(open_ones) > 1:
        return render(request, "council/reach_which.html", {"pairs": open_ones, "url": url, "person": person})
    pairing = pairing or open_ones[0]
    url = f"{url}?pair={pairing.public_id}"
    if request.GET.get("cannot"):
        return _cannot(request, pairing, person, url)
    return _ask(request, pairing, person, url)


def _cannot(request, pairing, person, url):
    """The page of "I cannot reach them", without signing in."""
    what = "no_mentor" if pairing.mentee.user_id == person.pk else "no_mentee"
    way = ways.find(ways.places_of(person, pairing.program.slug), f"{what}:{pairing.public_id}")
    if way is None:
        raise Http404
    return help_page.step(request, help_page.Door(person, url, signed=True, own=f"{url}&cannot=1"), way)


def _ask(request, pairing, person, url):
    now = timezone.now()
    is_mentee = pairing.mentee.user_id == person.pk
    other = pairing.mentor.user if is_mentee else pairing.mentee.user
    today, name = pairing.program.today(now), {"name": other}
    form = ReachForm(
        request.POST if request.method == "POST" else None,
        question=_("Can you reach %(name)s?") % name,
        choices=[
            ("touch", _("Yes, we were in touch")),
            ("can", _("Not yet, but I can reach them")),
            ("cannot", _("I cannot reach %(name)s") % name),
        ],
        today=today,
        since=pairing.program.today(pairing.began_at),
    )
    if request.method == "POST" and form.is_valid():
        reach = form.cleaned_data["reach"]
        if reach == "cannot":
            return redirect(f"{url}&cannot=1")
        says = Role.MENTEE if is_mentee else Role.MENTOR
        try:
            if reach == "touch":
                on = form.cleaned_data["on"]
                checkins.add_contact(pairing, on=on, says=says, source=Source.SAID, by=person, now=now)
            else:
                say_can_reach(pairing, by=person, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "council/reach_done.html", {"reach": reach, "pairing": pairing, "other": other})
    context = {"form": form, "pairing": pairing, "other": other, "is_mentee": is_mentee}
    return render(request, "council/reach.html", context, status=400 if form.errors else 200)

"""Something is wrong: the one page for everybody, signed in or by a link in an email."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from council import requested, ways
from council.actions import requests
from council.forms.help import TalkForm, TellForm, WaysForm, WordsForm
from council.models import Case, CaseKind, Tier
from matching.models import Pairing
from outbox import links
from programs.errors import Refused

form_methods = require_http_methods(["GET", "HEAD", "POST"])
# A link to help holds as long as the pair does: signed for so long, and looked up when it is opened.
LONG = timedelta(days=3650)


@dataclass(frozen=True)
class Door:
    """How somebody came in: signed in, or by a link that is theirs alone."""

    person: object
    url: str
    slug: str = ""
    signed: bool = False
    # Where the one page of a thing to say is reached in another way.
    own: str = ""

    def to(self, way: str) -> str:
        return self.own or f"{self.url}?{urlencode({'way': way})}"


@never_cache
@form_methods
def page(request):
    """For whoever is signed in."""
    slug = request.GET.get("program", "").replace("\x00", "")[:80]
    return answer(request, Door(request.user, reverse("council:help"), slug))


def wrong(request, signed, person, token):
    """Behind the link that stands in every email."""
    if has_ended(signed, person, timezone.now()):
        raise links.LinkEnded(signed)
    return answer(request, Door(person, reverse("outbox:link", args=[token]), signed.thing, signed=True))


def address_for(person, now) -> str:
    """The way to help of whoever came by another link of ours, in all their programs."""
    return reverse("outbox:link", args=[links.sign("wrong", person.public_id, "", now + links.LASTS)])


def lasts(letter, now):
    """As long as the pair exists, else as long as other links."""
    pairs = Pairing.objects.open().of_participant(letter.recipient)
    return now + (LONG if pairs.filter(program__slug=letter.topic).exists() else links.LASTS)


def has_ended(signed, person, now) -> bool:
    """Whether a link that was made for as long as a pair exists outlived it by more than other links last."""
    made = signed.ends - LONG
    if signed.ends - now <= links.LASTS or made + links.LASTS > now:
        return False
    return not Pairing.objects.open().of_participant(person).filter(program__slug=signed.thing).exists()


def answer(request, door):
    """What is it? And then the one page of what they chose."""
    places = ways.places_of(door.person, door.slug)
    value = request.GET.get("way", "")
    if not value:
        return _choose(request, door, places)
    way = ways.find(places, value)
    if way is None:
        raise Http404
    if elsewhere := _elsewhere(door, way):
        return redirect(elsewhere)
    return step(request, door, way)


def _choose(request, door, places):
    choices = [(way.value, way.words) for place in places for way in place.ways]
    context = {
        "door": door,
        "programs": list({place.program.pk: place.program for place in places}.values()),
        "form": WaysForm(choices=_unsafe_last(choices)) if choices else None,
        "requests": any(one.is_open for one in requested.requests_of(door.person)) and not door.signed,
    }
    return render(request, "council/help.html", context)


def _unsafe_last(choices) -> list:
    """Said once a program, and after everything that is of every day."""
    last = {words: value for value, words in reversed(choices) if value.startswith("unsafe:")}
    daily = [choice for choice in choices if not choice[0].startswith("unsafe:")]
    return [*daily, *((value, words) for words, value in reversed(last.items()))]


def _elsewhere(door, way) -> str:
    """What has a page of its own; a concern is told without signing in by whoever came without."""
    if way.what == "unsafe":
        if not door.signed:
            return reverse("council:concern_new", args=[way.program.slug])
        ends = timezone.now() + links.LASTS
        token = links.sign("concern", door.person.public_id, way.program.slug, ends)
        return reverse("outbox:link", args=[token])
    pages = {"away": "council:leave", "stop": "council:withdraw"}
    if way.what in pages:
        return reverse(pages[way.what], args=[way.membership.public_id])
    return reverse("council:pause", args=[way.pairing.public_id]) if way.what == "pause" else ""


def step(request, door, way):
    """One thing to say: whom we tell, a few words, one button; or where it stands, once it is said."""
    if stands := _stands(way, door.person):
        context = {"door": door, "way": way, "stands": stands, "program": way.program}
        return render(request, "council/help_stands.html", context)
    now = timezone.now()
    form = _form(request.POST if request.method == "POST" else None, way, door.person, now)
    if request.method == "POST" and form.is_valid():
        try:
            _do(way, form.cleaned_data, by=door.person, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(door.to(way.value))
    context = {"door": door, "way": way, "form": form, "program": way.program, **_words(way, now)}
    return render(request, "council/help_step.html", context, status=400 if form.errors else 200)


def _stands(way, person):
    """The open request that says the same, or None."""
    kind = {"no_mentor": CaseKind.NO_MENTOR, "too_much": CaseKind.TOO_MUCH}.get(way.what, CaseKind.WISH)
    if way.what == "no_mentee":
        ask = requested.open_ask(way.pairing)
        case = Case.objects.open().filter(kind=CaseKind.NO_MENTEE, pairing=way.pairing)
        case = case.select_related("program", "owner", "pairing__mentor__user", "pairing__mentee__user").first()
        return requested.of_ask(ask) if ask else requested.of_case(case) if case else None
    case = requested.open_case(kind, person, pairing=way.pairing, membership=way.membership)
    return requested.of_case(case) if case else None


def _form(data, way, person, now):
    if way.what in ("no_mentor", "other", "talk"):
        told, readers = _told(way, person, now)
        return (TalkForm if way.what == "talk" else TellForm)(data, told=told, readers=readers)
    if way.what == "too_much":
        return WordsForm(data, readers=_("Only the coordinators of %(program)s read this.") % {"program": way.program})
    # Nothing to say but yes: a form without a field.
    form = WordsForm(data)
    del form.fields["words"]
    return form


def _told(way, person, now):
    """Whom somebody may choose, each by what they do, and who reads the words."""
    concerned = requests.both_of(way.pairing) if way.pairing else [person]
    program = {"program": way.program}
    told = []
    if coordinator := requests.who_reads(way.program, Tier.COORDINATOR, concerned, now):
        words = _("%(name)s, for the coordinators of %(program)s") % {"name": coordinator, **program}
        told.append((Tier.COORDINATOR.value, words))
    if requests.who_reads(way.program, Tier.COUNCIL, concerned, now):
        words = _("The council of %(program)s: people who look after it and do not coordinate it") % program
        told.append((Tier.COUNCIL.value, words))
    told = told or [(Tier.COORDINATOR.value, _("The coordinators of %(program)s") % program)]
    other = _other(way, person)
    if len(told) == 1:
        readers = _("Only the coordinators read this; %(name)s does not.") if other else _("Only they read this.")
    else:
        readers = (
            _("Only those you chose read this; %(name)s does not.") if other else _("Only those you chose read this.")
        )
    return told, readers % {"name": other}


def _other(way, person):
    if way.pairing is None:
        return None
    return way.pairing.mentee.user if way.pairing.mentor.user_id == person.pk else way.pairing.mentor.user


def _do(way, said, *, by, now) -> None:
    match way.what:
        case "no_mentor":
            requests.no_mentor(way.pairing, addressed=said["addressed"], words=said["words"], by=by, now=now)
        case "other":
            told = {"addressed": said["addressed"], "words": said["words"]}
            requests.wish(way.pairing, "other", **told, by=by, now=now)
        case "talk":
            told = {"addressed": said["addressed"], "words": said["words"], "membership": way.membership}
            requests.wish(None, said["how"], **told, by=by, now=now)
        case "no_mentee":
            requests.no_mentee(way.pairing, by=by, now=now)
        case "too_much":
            requests.too_much(way.membership, words=said["words"], by=by, now=now)


def _words(way, now) -> dict:
    """Title, what happens, and the button of one thing to say."""
    days = way.program.figures_in_force()
    first = {"days": days["first_answer_days"]}
    promise = _("A person answers you within %(days)s days.") % first
    if way.what == "no_mentor":
        name = {"name": way.pairing.mentor.user}
        return {
            "title": _("You cannot reach %(name)s") % name,
            "happens": [promise, _("%(name)s is not told by this step.") % name],
            "button": _("Send it"),
        }
    if way.what == "other":
        name = {"name": way.pairing.mentor.user}
        return {
            "title": _("You would like another mentor"),
            "happens": [
                promise,
                _("Nothing changes until you have talked with them. %(name)s is not told by this step.") % name,
            ],
            "button": _("Send it"),
        }
    if way.what == "talk":
        return {"title": _("You would like to talk to somebody"), "happens": [promise], "button": _("Send it")}
    if way.what == "no_mentee":
        name = {"name": way.pairing.mentee.user}
        return {
            "title": _("You cannot reach %(name)s") % name,
            "happens": [
                _("We ask %(name)s now, in a friendly email, whether all is well, and say that you asked.") % name,
                _("If there is no answer within %(days)s days, a coordinator looks into it and writes to you.")
                % {"days": days["mentee_silent_days"]},
            ],
            "button": _("Ask them"),
        }
    return {
        "title": _("This is too much for you"),
        "happens": [
            _("Thank you for saying so. From now on nobody new comes to you."),
            _("Your mentees stay with you for now, and are not told by this step."),
            promise,
        ],
        "button": _("Send it"),
    }

"""How a round is to be worked out: for what and for whom, and how many take part, before anything is asked for."""

from uuid import UUID

from django.contrib import messages
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from matching import actions, standing_pairs, tables
from matching.models import PairPurpose, Round, RoundPeople
from matching.overview import latest_rules, lines_of
from matching.round_forms import MOST_SHOWN, BeginForm
from matching.round_forms_circles import CIRCLES, PAIRS
from matching.settings_of_round import Settings
from matching.views.rounds import to_round
from programs.errors import Refused
from programs.models import Membership
from programs.views.pages import coordinator_page, render

# Whom somebody brought along from the list of participants.
BROUGHT = "round_people"


@coordinator_page("matching")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request, program):
    """Chooses how, and asks for the round; with "look" only says who would take part."""
    current = Round.objects.of(program).in_work().first()
    if current is not None:
        return to_round(current)
    now = timezone.now()
    purposes = list(PairPurpose.objects.of(program))
    mentees = Membership.objects.visible_to(request.user).of(program).mentees().matchable().select_related("user")
    known = {"program": program, "purposes": purposes, "mentees": mentees, "price": price_of_a_change(program)}
    data = request.POST.copy() if request.method == "POST" else started(request, purposes, mentees)
    data.setdefault("change_price", str(known["price"]))
    if data.get("people") == RoundPeople.EVERYBODY:
        # Pairs change one by one.
        data["together"] = PAIRS
    data.setdefault("together", PAIRS)
    form = BeginForm(data, **known)
    # Before anything was sent, nothing is wrong.
    complete = form.is_valid()
    if request.method == "POST" and "look" not in request.POST and complete:
        try:
            settings = form.settings
            return to_round(actions.ask_round(program, by=request.user, now=now, settings=settings))
        except Refused as refused:
            form.add_error(None, str(refused))
    asks = request.method == "POST" and "look" not in request.POST
    so_far = form.settings if complete else Settings(form.cleaned_data.get("purpose"))
    chooses = form.cleaned_data.get("people") == RoundPeople.CHOSEN
    if chooses:
        offer(form, program, so_far.purpose)
    if not asks:
        form.errors.clear()
    context = {
        "title": _("Begin a round"),
        "form": form,
        "chooses": chooses,
        "may_change": form.cleaned_data.get("people") == RoundPeople.EVERYBODY,
        "taking_part": taking_part(program, so_far, now) if complete or not chooses else None,
        "in_circles": data.get("together") == CIRCLES,
        "most": MOST_SHOWN,
    }
    return render(request, "matching/begin.html", program, "matching", context, 400 if form.errors else 200)


def started(request, purposes, mentees) -> QueryDict:
    """What the page begins with: everybody, or the people brought from a list."""
    data = QueryDict(mutable=True)
    brought = request.session.get(BROUGHT, []) if "from_list" in request.GET else []
    chooses = brought or request.GET.get("people") == RoundPeople.CHOSEN
    data["people"] = RoundPeople.CHOSEN if chooses else RoundPeople.READY
    able = [str(one) for one in mentees.filter(public_id__in=brought).values_list("public_id", flat=True)]
    if len(able) < len(brought):
        words = ngettext(
            "%(number)s of those you chose is not ready to be matched.",
            "%(number)s of those you chose are not ready to be matched.",
            len(brought) - len(able),
        )
        messages.info(request, words % {"number": len(brought) - len(able)})
    data.setlist("chosen", able)
    if purposes:
        data["purpose"] = str(purposes[0].public_id)
    return data


def uuid_or_none(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


def offer(form: BeginForm, program, purpose) -> None:
    """The people to tick: those ticked already, and those without a mentor whose name fits."""
    rows = form.fields["chosen"].queryset
    ticked = list(rows.filter(public_id__in=filter(None, map(uuid_or_none, form.data.getlist("chosen")))))
    free = rows.filter(pk__in=tables.mentees_to_match(program, purpose).values("pk"))
    words = (form.cleaned_data.get("q") or "").replace("\x00", "").strip()
    found = free.filter(user__name__icontains=words).exclude(pk__in=[member.pk for member in ticked])
    shown = [*ticked, *found[:MOST_SHOWN]]
    # Nobody need be ticked to look, but somebody to begin.
    form.fields["chosen"].required = True
    form.fields["chosen"].widget.choices = [(str(member.public_id), str(member.user)) for member in shown]


def price_of_a_change(program) -> int:
    """A tenth of the points the best pair could have by the rules of now."""
    asked = tables.asked_in(program)
    _version, rules = latest_rules(program)
    return sum(line.highest for line in lines_of(rules, asked)) // 10


def taking_part(program, settings: Settings, now) -> dict[str, int]:
    """How many mentees are in a round with these settings, how many places there are for them, and how many pairs."""
    round = Round(program=program, asked_at=now, **settings.columns)
    if round.may_change_pairs:
        mentees, pairs = standing_pairs.in_round(round), standing_pairs.changeable(round).count()
    else:
        mentees, pairs = tables.mentees_to_match(program, settings.purpose), 0
    if round.is_for_chosen:
        mentees = mentees.filter(pk__in=settings.chosen)
    free = tables.free_places(list(tables.mentors_to_match(program, now)))
    number = mentees.count()
    return {
        "mentees": number,
        "left_out": len(settings.chosen) - number if round.is_for_chosen else 0,
        "mentors": sum(1 for places in free if places),
        "places": sum(free),
        "pairs": pairs,
    }

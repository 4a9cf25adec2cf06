"""A mentee looks through the mentors, asks, and keeps their list."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching import choosing
from matching.actions import offers as actions
from matching.forms import AskForm
from matching.models import Offer, OfferState
from programs.errors import Refused
from programs.models import Membership
from questions.values import of_sheets

ON_A_PAGE = 20
LONGEST_SEARCH = 150


def mentee_of(request, slug) -> Membership:
    """Whoever is signed in, as a mentee who may choose in this program."""
    rows = Membership.objects.filter(user=request.user).mentees().select_related("program", "user")
    member = get_object_or_404(rows, program__slug=slug)
    if not choosing.can_choose(member):
        raise Http404
    return member


def list_of(mentee) -> list[Offer]:
    """Whom a mentee has asked and would ask next; `can_rise` where somebody not asked yet stands before them."""
    rows = list(
        Offer.objects.live().filter(mentee=mentee).in_order().select_related("mentor__user", "program", "purpose")
    )
    listed = [row for row in rows if row.state == OfferState.LISTED]
    for row in rows:
        row.can_rise = row in listed[1:]
    return rows


@never_cache
@require_safe
def choose(request, slug):
    """The mentors one may ask, found by words and by their answers, and one's own list."""
    mentee, now = mentee_of(request, slug), timezone.now()
    mine = list_of(mentee)
    on_list = {row.mentor_id for row in mine}
    purposes = choosing.purposes_left(mentee)
    purpose = choosing.purpose_asked(request.GET, purposes)
    everybody = [one for one in choosing.candidates(mentee, now, purpose) if one.mentor.pk not in on_list]
    filters, q = filters_asked(request, mentee.program), words_asked(request)
    found = [one for one in narrowed(everybody, filters) if says(one, q)]
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "program": mentee.program,
        "mine": mine,
        "purpose": purpose,
        "purposes": purposes,
        "waiting": [row for row in mine if row.state == OfferState.OPEN],
        "most": mentee.program.figure("requests_of_mentee"),
        "page": page,
        "q": q,
        "filters": filters,
        "narrowed": bool(q or any(chosen for _question, chosen in filters)),
        "anybody": bool(everybody),
        "query": query.urlencode(),
        "evaluation": mentee.program.evaluation_for_mentees,
    }
    return render(request, "matching/choose.html", context)


def words_asked(request) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]


def filters_asked(request, program) -> list:
    """The questions one may narrow by, each with what was chosen."""
    return [
        (question, chosen if (chosen := request.GET.get(f"a-{question.key}", "")) in question.options else "")
        for question in choosing.filters_of(program)
    ]


def narrowed(candidates, filters) -> list:
    """Those who gave every answer that was chosen."""
    chosen = [(question.key, answer) for question, answer in filters if answer]
    if not chosen:
        return candidates
    said = of_sheets(one.mentor.sheet_id for one in candidates)

    def fits(one) -> bool:
        its = said.get(one.mentor.sheet_id, {})
        return all(answer == its.get(key) or answer in (its.get(key) or []) for key, answer in chosen)

    return [one for one in candidates if fits(one)]


def says(candidate, words: str) -> bool:
    """Whether every word stands in the name or in an answer."""
    text = " ".join([str(candidate.mentor.user), *candidate.languages, *(answer for _q, answer in candidate.answers)])
    return all(word in text.casefold() for word in words.casefold().split())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mentor(request, slug, mentor):
    """One mentor, and the way to ask them."""
    mentee, now = mentee_of(request, slug), timezone.now()
    purpose = choosing.purpose_asked(request.GET, choosing.purposes_left(mentee))
    found = next((one for one in choosing.candidates(mentee, now, purpose) if one.mentor.public_id == mentor), None)
    if found is None:
        messages.info(request, _("They have no free place at the moment. Here is who has."))
        return redirect("choosing:choose", slug)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            words = form.cleaned_data["words"]
            asked = actions.ask_mentor(mentee, found.mentor, words=words, by=request.user, now=now, purpose=purpose)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, asked_words(asked))
            return redirect("choosing:choose", slug)
    mine = next((row for row in list_of(mentee) if row.mentor_id == found.mentor.pk), None)
    context = {
        "program": mentee.program,
        "one": found,
        "form": form,
        "mine": mine,
        "purpose": purpose,
        "evaluation": mentee.program.evaluation_for_mentees,
        "days": mentee.program.figure("request_days"),
    }
    return render(request, "matching/choose_mentor.html", context, status=400 if form.errors else 200)


def asked_words(asked) -> str:
    """What happens now."""
    name = {"name": asked.mentor.user}
    if asked.state == OfferState.OPEN:
        return _("%(name)s gets an email today. You hear from us as soon as they answer.") % name
    return _("%(name)s is on your list. We ask them as soon as it is their turn.") % name


@never_cache
@require_POST
def listed(request, offer):
    """Takes somebody off one's list, or moves them up."""
    rows = Offer.objects.filter(mentee__user=request.user).select_related(
        "program", "mentee__user", "mentee__program", "mentor__user", "mentor__program"
    )
    row = get_object_or_404(rows, public_id=offer)
    verb = actions.prefer if request.POST.get("do") == "up" else actions.take_back
    try:
        verb(row, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if verb is actions.take_back:
            messages.success(request, _("%(name)s is off your list.") % {"name": row.mentor.user})
    return redirect("choosing:choose", row.program.slug)

"""A round in the browser: being worked out, as a draft, changed by hand."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_template
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matching import actions
from matching.cards import cards_of
from matching.changes import since_draft
from matching.lists import EXPORT_HEAD, PAGE_SIZES, ChangesFilter, DraftFilter, DraftTable, export_row
from matching.models import Introduction, Proposal, Round, RoundState
from matching.moved import gone_words, held_words, steps_of
from matching.permissions import can_publish, takes_part
from matching.rounds import Held
from matching.rounds.proof import by_hand_costs, sentences
from matching.settings_of_round import Settings
from programs.errors import Refused
from programs.models import Membership
from programs.scoped import EXPORTS
from programs.views.pages import coordinator_page, render

MOST_IDLE = 30
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def round_of(request, program, public_id) -> Round:
    rows = Round.objects.visible_to(request.user).of(program).select_related("program", "policy", "asked_by", "purpose")
    return get_object_or_404(rows, public_id=public_id)


def to_round(round):
    return redirect("matching:round", round.program.slug, round.public_id)


@coordinator_page("matching")
@require_POST
def ask(request, program):
    """Asks for the pairs to be worked out, in place of a draft where one is named; in the same way as one `again`."""
    current = Round.objects.of(program).in_work().first()
    if current is not None and str(current.public_id) != request.POST.get("instead_of"):
        return to_round(current)
    again = request.POST.get("again") or request.POST.get("instead_of")
    before = round_of(request, program, uuid_or_404(again)) if again else None
    try:
        round = actions.ask_round(
            program,
            by=request.user,
            now=timezone.now(),
            settings=Settings.of(before) if before else None,
            instead_of=current,
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("matching:home", program.slug)
    return to_round(round)


@coordinator_page("matching")
def round(request, program, round):
    """One round, as far as it is."""
    round = round_of(request, program, round)
    if round.in_work:
        return render(request, "matching/working.html", program, "matching", {"title": _("Round"), "round": round})
    if round.state == RoundState.FAILED:
        return render(request, "matching/failed.html", program, "matching", {"title": _("Round"), "round": round})
    return draft(request, program, round)


@coordinator_page("matching")
def progress(request, program, round):
    """How far a round is: a part of its page, asked for every second."""
    round = round_of(request, program, round)
    response = render_template(request, "matching/progress.html", {"round": round, "program": program})
    if not round.in_work:
        response["HX-Refresh"] = "true"
    return response


def draft(request, program, round):
    """The lines of a draft, or of a round that was published or discarded."""
    visible = Proposal.objects.visible_to(request.user).filter(round=round)
    rows = visible.select_related("mentee__user", "mentor__user", "stands_with__user", "round__program")
    found = (ChangesFilter if round.may_change_pairs else DraftFilter)(request.GET, rows)
    lines = found.qs if found.is_valid() else visible.none()
    table = DraftTable(
        lines.by_what_changes() if round.may_change_pairs else lines,
        exclude=() if round.state == RoundState.DRAFT else ("change",),
        order_by=request.GET.getlist("sort") or order_of(round),
        attrs={"caption": _("The pairs")},
    )
    if kind := request.GET.get("_export"):
        return export(program, kind, [row.record for row in table.rows])
    paged(request, table)
    table.names = could_take_more(visible, request.user)
    everything = list(visible.select_related("mentee__user", "mentor__user"))
    own = takes_part(request.user, round)
    pairs = [line for line in everything if line.mentor_id]
    is_draft = round.state == RoundState.DRAFT
    by_hand, by_mentor = bool(Held.of(round)), as_cards(request, round)
    context = {
        "title": _("Draft") if is_draft else _("Round"),
        "round": round,
        "result": round.result,
        "is_draft": is_draft,
        "own": own,
        "held": list(round.publications.held()),
        "asked": Introduction.objects.filter(publication__round=round).counted(),
        "partly": is_draft and any(line.publication_id for line in everything),
        "may_publish": is_draft and can_publish(request.user, round),
        "matched": len(pairs),
        "of": len(everything),
        "given_up": round.result.get("highest", 0) - round.result.get("total", 0),
        "by_hand": by_hand,
        "proof": sentences(round.result.get("proof", {}), by_hand),
        "steps": steps_of(round, request.user) if is_draft else [],
        "held_now": held_words(round, request.user) if is_draft else [],
        "gone": gone_words(round, request.user) if is_draft else [],
        "may_change": is_draft and not own,
        "by_hand_costs": by_hand_costs(round.result) if by_hand else "",
        "changes": since_draft(round, everything, request.user) if is_draft else [],
        "idle": idle_mentors(round, everything, request.user),
        "cards": cards_of(round, everything, request.user, request.GET.get("page")) if by_mentor else None,
        "filter": found,
        "table": table,
        "page_size": page_size(request),
        "exports": [(kind.upper(), with_query(request, _export=kind)) for kind in EXPORTS],
    }
    return render(request, "matching/draft.html", program, "matching", context)


def as_cards(request, round) -> bool:
    """A card for each mentor; the first thing to see of circles."""
    return request.GET.get("as", "cards" if round.least is not None and not request.GET else "") == "cards"


def order_of(round):
    """As the lines come: what changes first, or the people of a circle together; None for the best first."""
    if round.may_change_pairs:
        return ()
    return ["mentor", "-score"] if round.least is not None else None


def could_take_more(lines, user) -> dict[int, str]:
    """Names of the mentors with whom one more place would help somebody; never whoever looks."""
    reasons = lines.unmatched().values_list("why_none", flat=True)
    wanted = {way["place_with"] for why in reasons for way in why.get("ways", [])} - {None}
    mentors = Membership.objects.filter(pk__in=wanted).exclude(user_id=user.pk).select_related("user")
    return {mentor.pk: str(mentor.user) for mentor in mentors}


def paged(request, table) -> None:
    """The page asked for; the first where it is no page, the last where it is past the end."""
    wanted = request.GET.get("page", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else 1
    try:
        table.paginate(page=number, per_page=page_size(request))
    except EmptyPage:
        table.paginate(page=table.paginator.num_pages if number > 1 else 1, per_page=page_size(request))


def page_size(request) -> int:
    wanted = request.GET.get("per_page", "")
    return int(wanted) if wanted in map(str, PAGE_SIZES) else PAGE_SIZES[1]


def with_query(request, **changed) -> str:
    query = request.GET.copy()
    for key, value in changed.items():
        query[key] = value
    return f"?{query.urlencode()}"


def export(program, kind: str, lines) -> HttpResponse:
    """The lines as they are filtered and sorted; the program's word on evaluation stands first."""
    if kind not in EXPORTS:
        raise Http404
    write, content_type = EXPORTS[kind]
    words = dict.fromkeys([program.evaluation_for_mentees, program.evaluation_for_mentors])
    rows = [[str(word) for word in EXPORT_HEAD], *(export_row(line) for line in lines)]
    response = HttpResponse(write([" ".join(words)], rows), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{slugify(program.slug)}-draft.{kind}"'
    return response


def idle_mentors(round, lines, user) -> dict:
    """Mentors with free places: how many, and the first of them by name; never whoever looks."""
    used: dict[int, int] = {}
    for line in lines:
        if line.mentor_id:
            used[line.mentor_id] = used.get(line.mentor_id, 0) + 1
    free = {pk: places - used.get(pk, 0) for pk, places in round.places_then.items() if places > used.get(pk, 0)}
    mentors = Membership.objects.filter(pk__in=free).exclude(user_id=user.pk).select_related("user")
    named = [(mentor, free[mentor.pk], mentor.pk in used) for mentor in mentors]
    return {"count": len(named), "places": sum(places for _m, places, _u in named), "named": named[:MOST_IDLE]}


def found(members, public_id: str) -> Membership:
    """A member by public id, in whatever shape it was sent."""
    return get_object_or_404(members, public_id=uuid_or_404(public_id))


def uuid_or_404(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise Http404 from None

"""The matching rules in the browser."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matching import asking, scoring, tables
from matching.actions import save_policy
from matching.forms import RuleForm, RulesFileForm, WeighingForm
from matching.kinds import KIND_WORDS, offered
from matching.models import Introduction, PairPurpose, Round, RoundState
from matching.overview import first_lines, latest_rules, occurring, overview
from matching.own import LISTED
from matching.scoring import PolicyError
from matching.scoring.answers import FREE
from programs.errors import Refused
from programs.views.pages import coordinator_page, render
from questions.models import QuestionKind

EARLIER = 10
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@coordinator_page("matching")
def home(request, program):
    """The workbench: who is to be matched, by which rules, and the rounds."""
    asked = tables.asked_in(program)
    now = timezone.now()
    shown = overview(program, request.user, asked, now)
    rounds = Round.objects.of(program).select_related("asked_by", "program", "purpose")
    mentors = list(tables.mentors_to_match(program, now)) if shown.read is None else shown.read.mentors
    free = tables.free_places(mentors) if shown.read is None else shown.read.free
    without = tables.mentees_to_match(program).count() if shown.read is None else len(shown.read.mentees)
    purposes = PairPurpose.objects.of(program)
    lacking = [(purpose, tables.mentees_to_match(program, purpose).count()) for purpose in purposes]
    context = {
        "title": _("Matching"),
        "shown": shown,
        "mentees": sum(number for _purpose, number in lacking) if lacking else without,
        "lacking": lacking,
        "mentors": sum(1 for places in free if places),
        "places": sum(free),
        "kinds": offered(),
        "asked": asked,
        "weighing": WeighingForm.of(shown.rules),
        "first": first_lines(shown.rules, asked),
        "asking": asking.figures_of(program, request.user),
        "asked_both": Introduction.objects.visible_to(request.user).of(program).open().count(),
        "current": rounds.in_work().first(),
        "earlier": rounds.exclude(state__in=[RoundState.ASKED, RoundState.WORKING, RoundState.DRAFT])[:EARLIER],
    }
    return render(request, "matching/home.html", program, "matching", context)


def save(request, program, rules, done: str) -> bool:
    """Saves the next version if nobody else did meanwhile, and says how it went."""
    try:
        after = int(request.POST.get("after", ""))
    except ValueError:
        after = -1
    try:
        save_policy(program, rules, by=request.user, now=timezone.now(), after=after)
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    except PolicyError as wrong:
        messages.error(request, _("Not saved: %(why)s") % {"why": " ".join(said for _path, said in wrong.errors)})
        return False
    messages.success(request, done)
    return True


@coordinator_page("matching")
@form_methods
def rule_new(request, program, kind):
    """Adds a rule of one kind."""
    if kind not in scoring.KINDS:
        raise Http404
    return rule_page(request, program, kind, place=None)


@coordinator_page("matching")
@form_methods
def rule(request, program, place):
    """Changes one rule."""
    _version, rules = latest_rules(program)
    if place >= len(rules.get("rules", [])):
        raise Http404
    kind = rules["rules"][place].get("kind")
    if kind not in scoring.KINDS:
        raise Http404
    return rule_page(request, program, kind, place)


def rule_page(request, program, kind, place):
    """The form of a rule, new or known."""
    asked = tables.asked_in(program)
    version, rules = latest_rules(program)
    known = rules["rules"][place] if place is not None else first_guess(kind, program, asked)
    if request.method == "POST":
        data = with_scale(request.POST, program, asked)
        form = RuleForm(data, kind=kind, asked=asked, rule=known)
        if data is not request.POST:
            # Nobody but the coordinator knows the order, so a scale filled in here is looked at before it counts.
            form = RuleForm(kind=kind, asked=asked, rule=known, initial=data.dict())
            messages.info(request, _("These answers occur. Put them in order, the lowest first, and save."))
        elif form.is_valid():
            all_rules = list(rules.get("rules", []))
            at = len(all_rules) if place is None else place
            all_rules[at : at + 1] = [form.data_of_rule()]
            if save(request, program, {**rules, "rules": all_rules}, _("Rule saved.")):
                return redirect("matching:home", program.slug)
    else:
        form = RuleForm(kind=kind, asked=asked, rule=known)
    words, purpose = KIND_WORDS.get(kind, (scoring.KINDS[kind].label, ""))
    context = {
        "title": words,
        "purpose": purpose,
        "form": form,
        "kind": kind,
        "place": place,
        # A form shown again after a refusal keeps the version it was made for.
        "version": request.POST.get("after", version),
        "has_scale": any(field.type == "scale" for field in scoring.KINDS[kind].fields),
    }
    return render(request, "matching/rule.html", program, "matching", context)


def first_guess(kind, program, asked) -> dict:
    """A new rule begins with the first question both sides are asked, and with the answers that occur."""
    if kind in ("common_hours", "hours_points"):
        return {"mentee": FREE, "mentor": FREE}
    if kind == "fluency":
        return {"mentee": "@languages", "mentor": "@languages"}
    if kind == "preferences" and program.mentees_choose:
        return {"mentee": LISTED}
    both = [key for key in asked.labels("mentee") if key in asked.labels("mentor")]
    if not any(field.type == "scale" for field in scoring.KINDS[kind].fields):
        return {}
    for key in both:
        question = asked.questions["mentee", key]
        if question.kind in (QuestionKind.CHOICE, QuestionKind.SCALE):
            return {"mentee": key, "mentor": key, "scale": occurring(program, asked, ("mentee", key), ("mentor", key))}
    return {}


def with_scale(data, program, asked):
    """What was sent; a scale left empty, or asked for, is filled with the answers that occur."""
    if "scale" not in data or (data["scale"].strip() and "fill" not in data):
        return data
    found = occurring(program, asked, *((side, data.get(side, "")) for side in ("mentee", "mentor")))
    if not found:
        return data
    data = data.copy()
    data["scale"] = "\n".join(found)
    return data


@coordinator_page("matching")
@require_POST
def rule_remove(request, program, place):
    """Takes a rule away; earlier versions keep it."""
    _version, rules = latest_rules(program)
    kept = list(rules.get("rules", []))
    if place >= len(kept):
        raise Http404
    del kept[place]
    save(request, program, {**rules, "rules": kept}, _("Rule removed."))
    return redirect("matching:home", program.slug)


@coordinator_page("matching")
@require_POST
def weighing(request, program):
    """What comes first where not everything can be had."""
    _version, rules = latest_rules(program)
    form = WeighingForm(request.POST)
    if form.is_valid():
        save(request, program, form.put_into(rules), _("Saved."))
    return redirect("matching:home", program.slug)


@coordinator_page("matching")
@require_http_methods(["GET", "HEAD"])
def take_along(request, program):
    """The rules as a file, for another program or for match_csv."""
    _version, rules = latest_rules(program)
    headers = {"Content-Disposition": f'attachment; filename="matching-rules-{program.slug}.json"'}
    return JsonResponse(rules, json_dumps_params={"indent": 1, "ensure_ascii": False}, headers=headers)


@coordinator_page("matching")
@form_methods
def bring(request, program):
    """Rules from a file take the place of those here; earlier versions stay."""
    version, _rules = latest_rules(program)
    form = RulesFileForm(request.POST or None, request.FILES or None, asked=tables.asked_in(program))
    if request.method == "POST" and form.is_valid():
        if save(request, program, form.cleaned_data["file"], _("Rules saved.")):
            return redirect("matching:home", program.slug)
    context = {"title": _("Rules from a file"), "form": form, "version": request.POST.get("after", version)}
    return render(request, "matching/bring.html", program, "matching", context, 400 if form.errors else 200)

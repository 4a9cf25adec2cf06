"""Import in the browser: upload, name the columns, look at what will happen, import."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.errors import Refused
from programs.forms.imports import ColumnsForm, UploadForm
from programs.imports import actions, words
from programs.imports.plan import ADDED, OUTCOMES, REFUSED, UPDATED, Plan
from programs.imports.planning import plan_of
from programs.imports.rows import change_words, choices_of, refused_rows
from programs.models import Import, ImportState
from programs.views.pages import coordinator_page, list_url, navigation, render

LINES_A_PAGE = 50
QUESTIONS_A_PAGE = 50
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _draft(request, program, upload) -> Import:
    drafts = Import.objects.visible_to(request.user).filter(program=program)
    return get_object_or_404(drafts.select_related("program", "created_by"), public_id=upload)


def _to(draft: Import):
    """The page an import is at."""
    name = {ImportState.MAPPING: "import_columns", ImportState.PREVIEW: "import_preview"}.get(draft.state, "import_one")
    return redirect(f"programs:{name}", draft.program.slug, draft.public_id)


@form_methods
@coordinator_page("import")
def import_home(request, program):
    """Two files to choose, and the imports there were."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            return _to(actions.upload(program, form.tables(), by=request.user, now=timezone.now()))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    earlier = Import.objects.visible_to(request.user).filter(program=program).select_related("created_by")
    page = Paginator(earlier.prefetch_related(None).defer("name_choices"), 20).get_page(request.GET.get("page"))
    context = {"form": form, "earlier": page, "title": _("Import people")}
    return render(request, "programs/imports/upload.html", program, "import", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("import")
def import_columns(request, program, upload):
    """What each column means; remembered for the next file."""
    draft = _draft(request, program, upload)
    if not draft.may_be_changed:
        return _to(draft)
    posted = request.POST if request.method == "POST" else None
    form = ColumnsForm(posted, draft=draft, may_see_all=draft.created_by_id == request.user.pk)
    if posted is not None and form.is_valid():
        data = form.cleaned_data
        try:
            actions.name_columns(
                draft,
                form.meanings,
                places=data.get("places", draft.places),
                show_addresses=data["show_addresses"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _to(draft)
    sections = form.sections()
    context = {
        "draft": draft,
        "form": form,
        "sections": sections,
        "remembered": any(row["remembered"] for section in sections for row in section["rows"]),
        "title": _("What the columns are"),
    }
    return render(request, "programs/imports/columns.html", program, "import", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("import")
def import_preview(request, program, upload):
    """What importing would do, line by line; the questions about names are answered here."""
    draft = _draft(request, program, upload)
    if draft.state != ImportState.PREVIEW:
        return _to(draft)
    if request.method == "POST":
        answers = {key.removeprefix("who:"): value for key, value in request.POST.items() if key.startswith("who:")}
        try:
            actions.answer_names(draft, answers, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        return _to(draft)
    plan = plan_of(draft, request.user)
    shown = _shown(request, plan)
    lines = Paginator(plan.of(shown), LINES_A_PAGE).get_page(request.GET.get("page"))
    for line in lines:
        line.change_words = change_words(line)
        line.reason = words.say(line.refusal.code, line.refusal.params) if line.refusal else ""
    open_questions = [question for question in plan.questions if question.is_open]
    asked = open_questions or plan.questions
    context = {
        "draft": draft,
        "columns_url": reverse("programs:import_columns", args=[program.slug, draft.public_id]),
        "plan": plan,
        "counts": plan.counts,
        "shown": shown,
        "lines": lines,
        "questions": [(question, choices_of(question)) for question in asked[:QUESTIONS_A_PAGE]],
        "open_questions": len(open_questions),
        "more_questions": max(0, len(asked) - QUESTIONS_A_PAGE),
        "something": bool(plan.counts[ADDED] or plan.counts[UPDATED]),
        "known_elsewhere": sum(1 for line in plan.of(ADDED) if line.known and not line.known.near),
        "title": _("What will happen"),
    }
    return render(request, "programs/imports/preview.html", program, "import", context)


def _shown(request, plan: Plan) -> str:
    """Which list the page shows: the one asked for, else the refused where there are any, else the added."""
    wanted = request.GET.get("list")
    counts = plan.counts
    if wanted in OUTCOMES:
        return wanted
    return next((outcome for outcome in (REFUSED, ADDED, UPDATED) if counts[outcome]), "unchanged")


@require_POST
@coordinator_page("import")
def import_start(request, program, upload):
    """The one button that imports."""
    return _act(request, program, upload, actions.ask_import)


@require_POST
@coordinator_page("import")
def import_discard(request, program, upload):
    """Throws a draft away."""
    draft = _draft(request, program, upload)
    try:
        actions.discard(draft, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _to(draft)
    messages.success(request, _("The draft is discarded. Nobody was added."))
    return redirect("programs:import", program.slug)


@require_POST
@coordinator_page("import")
def import_again(request, program, upload):
    """Back to the preview after an import that came to nothing."""
    return _act(request, program, upload, actions.look_again)


def _act(request, program, upload, action):
    draft = _draft(request, program, upload)
    try:
        action(draft, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _to(draft)


@require_GET
@coordinator_page("import")
def import_one(request, program, upload):
    """An import under way, done, failed or discarded."""
    draft = _draft(request, program, upload)
    if draft.state in (ImportState.MAPPING, ImportState.PREVIEW):
        return _to(draft)
    return render(request, "programs/imports/one.html", program, "import", _one(request, draft))


@require_GET
@coordinator_page("import")
def import_progress(request, program, upload):
    """The part of the page that is asked for again every second while the worker is at it."""
    draft = _draft(request, program, upload)
    response = render(request, "programs/imports/progress.html", program, "import", _one(request, draft))
    if draft.state not in (ImportState.ASKED, ImportState.WORKING):
        response["HX-Refresh"] = "true"
    return response


def matching_url(program) -> str:
    """Where the next step is; the pages of matching stand above and are known by name alone."""
    return next((item["url"] for item in navigation(program, "") if item["key"] == "matching"), "")


def _one(request, draft: Import) -> dict:
    refused = Paginator(refused_rows(draft), LINES_A_PAGE).get_page(request.GET.get("page"))
    return {
        "draft": draft,
        "counts": draft.result.get("counts", {}),
        "result": draft.result,
        "refused": refused,
        "running": draft.state in (ImportState.ASKED, ImportState.WORKING),
        "matching_url": matching_url(draft.program),
        "again_url": reverse("programs:import_again", args=[draft.program.slug, draft.public_id]),
        "people_url": list_url("admin:programs_membership_changelist", draft.program),
        "title": _("Import"),
    }

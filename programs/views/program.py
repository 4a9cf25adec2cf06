"""Making a program, its settings section by section, opening and ending it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from programs import actions
from programs.errors import Refused
from programs.figures import FIGURES
from programs.forms.goals import GoalsForm
from programs.forms.program import SECTION_FORMS, FiguresForm, NewProgramForm, TeamForm, WhyForm
from programs.models import Duty, Membership, MembershipState, Role
from programs.permissions import can_change_program, can_create_program, can_open
from programs.views.pages import coordinator_page, posted, render

SECTION_TITLES = {
    "basics": gettext_lazy("What the program is"),
    "goals": gettext_lazy("Goals"),
    "figures": gettext_lazy("How often, and other figures"),
    "pairing": gettext_lazy("How pairs come about"),
    "help": gettext_lazy("People who answer"),
    "words": gettext_lazy("What we say"),
    "team": gettext_lazy("Coordinators and council"),
}
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@form_methods
def create(request):
    """A new program, made by somebody who runs one already or runs the installation."""
    if not can_create_program(request.user):
        raise PermissionDenied
    form = NewProgramForm(posted(request), initial={"time_zone": request.user.time_zone})
    if request.method == "POST" and form.is_valid():
        try:
            program = actions.create_program(by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(name)s” is made. Nobody hears of it yet.") % {"name": program.name})
            return redirect("program_home", program.slug)
    context = {**admin.site.each_context(request), "title": _("New program"), "form": form}
    return render_template(request, "programs/new.html", context, status=400 if form.errors else 200)


@coordinator_page("settings")
def settings(request, program):
    """Every setting as it stands, each section with its own way to change it."""
    contacts = list(program.points_of_contact.select_related("person", "deputy"))
    by_duty = {row.duty: row for row in contacts}
    values = {row.key: row.value for row in program.figures.order_by("since", "pk")}
    context = {
        "titles": SECTION_TITLES,
        "goals": program.goals.all(),
        "figures": [
            (figure, values.get(key, figure.default(program.template)), figure.default(program.template))
            for key, figure in FIGURES.items()
        ],
        "duties": [(duty.label, by_duty.get(duty)) for duty in Duty],
        "team": _team(program),
        "missing": actions.missing_to_open(program, contacts),
    }
    return render(request, "programs/settings.html", program, "settings", context)


@form_methods
@coordinator_page("settings")
def section(request, program, section):
    """One section of the settings as a form."""
    if section not in SECTION_FORMS:
        raise Http404
    if not can_change_program(request.user, program):
        raise PermissionDenied
    form_class = SECTION_FORMS[section]
    extra = {"program": program} if form_class in (FiguresForm, GoalsForm) else {}
    form = form_class(posted(request), initial=form_class.initial_of(program), **extra)
    if request.method == "POST" and form.is_valid():
        try:
            _save_section(program, section, form, request.user, timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            _take_newest_edition(form, program)
        else:
            messages.success(request, _("Saved."))
            return redirect("programs:settings", program.slug)
    context = {"title": SECTION_TITLES[section], "form": form, "at": section}
    return render(request, "programs/section.html", program, "settings", context, 400 if form.errors else 200)


def _save_section(program, section, form, by, now):
    data = dict(form.cleaned_data)
    if section == "figures":
        actions.set_figures(program, data, by=by, now=now)
    elif section == "goals":
        actions.change_program(program, by=by, now=now, edition=data["edition"], goals=data["goals"])
    elif section == "help":
        fields = {name: data[name] for name in ("edition", "emergency_number", "help_text")}
        actions.set_help(program, form.contacts(), by=by, now=now, **fields)
    else:
        actions.change_program(program, by=by, now=now, **data)


def _take_newest_edition(form, program):
    """The form shown again carries what is true now, so that saving once more is a decision."""
    if "edition" in form.fields:
        program.refresh_from_db(fields=["edition"])
        form.data = form.data.copy()
        form.data["edition"] = program.edition


def _team(program):
    rows = Membership.objects.of(program).filter(
        role__in=[Role.COORDINATOR, Role.COUNCIL], state=MembershipState.ACTIVE
    )
    return rows.select_related("user").order_by("-role", "user__name", "pk")


@form_methods
@coordinator_page("settings")
def team(request, program):
    """Who runs the program and who sits on its council."""
    form = TeamForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        try:
            person, _made = actions.find_or_make_person(
                data["email"], data["name"], by=request.user, now=now, program=program
            )
            actions.add_member(program, person, data["role"], by=request.user, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = _("%(name)s is added. They sign in with this address; a code comes by email.")
            messages.success(request, words % {"name": person})
            return redirect("programs:team", program.slug)
    context = {"title": SECTION_TITLES["team"], "form": form, "team": _team(program)}
    return render(request, "programs/team.html", program, "settings", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("settings")
def team_remove(request, program, member):
    """Somebody stops coordinating or leaves the council, after a look at what that means."""
    membership = get_object_or_404(_team(program), public_id=member)
    form = WhyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.move(
                membership, MembershipState.LEFT, by=request.user, now=timezone.now(), why=form.cleaned_data["why"]
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("programs:team", program.slug)
        messages.success(request, _("%(name)s is removed.") % {"name": membership.user})
        # Whoever removes themselves has no page of the program left to look at.
        return redirect("admin:index") if membership.user == request.user else redirect("programs:team", program.slug)
    context = {"title": _("Remove %(name)s?") % {"name": membership.user}, "form": form, "membership": membership}
    return render(request, "programs/team_remove.html", program, "settings", context, 400 if form.errors else 200)


@form_methods
@coordinator_page("home")
def open_program(request, program):
    """What is still missing, each with the place to give it; nothing missing: the button that opens."""
    if not can_open(request.user, program):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.open_program(program, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("programs:open", program.slug)
        messages.success(request, _("The program is open. Emails leave from now on."))
        return redirect("program_home", program.slug)
    context = {"title": _("Open the program"), "missing": actions.missing_to_open(program)}
    return render(request, "programs/open.html", program, "home", context)


@form_methods
@coordinator_page("settings")
def end_program(request, program):
    """Ends the program, after a look at what that means."""
    form = WhyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_program(program, by=request.user, now=timezone.now(), why=form.cleaned_data["why"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The program is ended."))
        return redirect("program_home", program.slug)
    context = {"title": _("End the program"), "form": form}
    return render(request, "programs/end.html", program, "settings", context, 400 if form.errors else 200)

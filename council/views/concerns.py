"""Concerns about safety: told by anybody in a program, read by one named person; each reading is written down."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.actions import concerns
from council.forms.concerns import CloseForm, ConcernForm
from council.models import Concern
from matching.models import Pairing
from outbox import links
from profiles.models import User
from programs.errors import Refused
from programs.models import Membership, MembershipState, Program, ProgramState, Role

form_methods = require_http_methods(["GET", "HEAD", "POST"])
S = MembershipState


def program_of(person, slug) -> Program:
    """A program this person is or was in, or 404."""
    mine = Membership.objects.filter(user=person).exclude(state__in=[S.INVITED, S.DECLINED]).values("program")
    return get_object_or_404(Program.objects.exclude(state=ProgramState.ENDED), slug=slug, pk__in=mine)


def people_known_to(person, program) -> list[User]:
    """Those of a program somebody has to do with: their pairs, who runs it, who is named for safety."""
    pairs = Pairing.objects.of_participant(person).of(program).values_list("mentor__user", "mentee__user")
    known = {pk for pair in pairs for pk in pair}
    staff = Membership.objects.of(program).filter(role__in=[Role.COORDINATOR, Role.COUNCIL], state=S.ACTIVE)
    known |= set(staff.values_list("user", flat=True))
    known |= {one.pk for one in concerns.named(program) if one}
    return list(User.objects.filter(pk__in=known - {person.pk}).order_by("name", "pk"))


@never_cache
@form_methods
def concern_new(request, slug):
    """For whoever is signed in."""
    return _tell(request, request.user, program_of(request.user, slug))


def signed(request, signed, person, token):
    """Without signing in, by a link that is theirs alone."""
    return _tell(request, person, program_of(person, signed.thing))


def _tell(request, person, program):
    data = request.POST if request.method == "POST" else None
    form = ConcernForm(data, program=program, person=person, people=people_known_to(person, program))
    context = {"program": program, "programs": [program], "form": form}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = concerns.receive(
                program,
                words=given["words"],
                about=given["about_people"],
                about_words=given["about_words"],
                to=given["reader"],
                by=person,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            hours = program.figure("concern_hours")
            return render(request, "council/concern_received.html", {**context, "concern": row, "hours": hours})
    return render(request, "council/concern_new.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
def listed(request):
    """What was told to this person, and the readings of what was told to the other of the two."""
    mine = Concern.objects.log_visible_to(request.user)
    if not mine.exists() and not _is_named(request.user):
        raise Http404
    readable = set(Concern.objects.readable_by(request.user).values_list("pk", flat=True))
    rows = mine.select_related("program", "told", "other").prefetch_related("readings__reader")
    return render(request, "council/concerns.html", {"rows": [(row, row.pk in readable) for row in rows]})


def _is_named(person) -> bool:
    programs = Program.objects.exclude(state=ProgramState.ENDED).filter(points_of_contact__duty="safeguarding")
    return (
        programs.filter(points_of_contact__person=person) | programs.filter(points_of_contact__deputy=person)
    ).exists()


def _log_of(request, public_id) -> Concern:
    rows = Concern.objects.log_visible_to(request.user).select_related("program", "told", "other", "by", "closed_by")
    return get_object_or_404(rows, public_id=public_id)


@never_cache
@form_methods
def concern(request, concern):
    """That there is one, and who has read it; the button opens it and writes the reading down."""
    row = _log_of(request, concern)
    readable = Concern.objects.readable_by(request.user).filter(pk=row.pk).exists()
    context = {"concern": row, "readable": readable, "opened": False, "form": CloseForm()}
    if request.method == "POST":
        try:
            concerns.read(row, by=request.user, now=timezone.now())
        except Refused:
            raise Http404 from None
        row.refresh_from_db()
        context |= {"opened": True, "about": list(row.about.all())}
    context["readings"] = row.readings.select_related("reader")
    return render(request, "council/concern.html", context)


@never_cache
@require_POST
def close(request, concern):
    """What was done, for those who may read it."""
    row = _log_of(request, concern)
    if not Concern.objects.readable_by(request.user).filter(pk=row.pk).exists():
        raise Http404
    form = CloseForm(request.POST)
    try:
        words = form.cleaned_data["words"] if form.is_valid() else ""
        concerns.close(row, words=words, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Settled. It stays here, with its readings."))
    return redirect("council:concern", concern=row.public_id)


def lasts(letter, now):
    return now + links.LASTS

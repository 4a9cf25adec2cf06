"""Writing to participants: whom, what and when, a look at it, then the button; and what became of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outbox import preview
from outbox.models import LetterState
from programs import actions, letters
from programs.errors import Refused
from programs.fates import fate
from programs.forms.emails import LATER, NOW, FilterForm, MailingForm
from programs.forms.program import WhyForm
from programs.models import Mailing, MailingState, Membership, ProgramState, Role, SavedFilter
from programs.navigation import email_pages
from programs.saved import PEOPLE, filter_of
from programs.views.pages import coordinator_page, list_url, posted, render

form_methods = require_http_methods(["GET", "HEAD", "POST"])
ROWS = 100


def _mailing(request, program, public_id) -> Mailing:
    rows = Mailing.objects.visible_to(request.user).filter(program=program).select_related("program", "by")
    return get_object_or_404(rows, public_id=public_id)


def _page(request, template, program, context, status=200):
    return render(request, template, program, "emails", {"subpages": email_pages(program, "write"), **context}, status)


@require_safe
@coordinator_page("emails")
def written(request, program):
    """What was written to people of the program, newest first, and the ways to begin."""
    rows = Mailing.objects.visible_to(request.user).filter(program=program).select_related("by")
    rows = rows.annotate(
        people=Count("addressees", filter=~Q(addressees__letter=None)),
        open=Count("addressees", filter=Q(addressees__letter=None, addressees__why_not="")),
        chosen=Count("addressees"),
        arrived=Count("addressees", filter=Q(addressees__letter__state=LetterState.SENT)),
        back=Count("addressees", filter=Q(addressees__letter__came_back_at__isnull=False)),
        waiting=Count("addressees", filter=Q(addressees__letter__state__in=actions.UNSENT)),
    )
    context = {
        "title": _("Write to people"),
        # Said here: what is counted in groups comes in no order by itself.
        "rows": rows.order_by("-made_at", "-pk")[:100],
        "filters": SavedFilter.objects.filter(program=program),
        "people_url": list_url(PEOPLE, program),
    }
    return _page(request, "programs/written.html", program, context)


@coordinator_page("emails")
@require_POST
def begin(request, program):
    """A draft to everybody of a role who takes part."""
    role = request.POST.get("role")
    rows = Membership.objects.visible_to(request.user).of(program).participants().exclude(state__in=letters.GONE)
    if role in (Role.MENTOR, Role.MENTEE):
        rows = rows.filter(role=role)
    try:
        draft = actions.draft_mailing(program, rows, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("programs:written", program.slug)
    return redirect("programs:mailing", program.slug, draft.public_id)


@form_methods
@coordinator_page("emails")
def mailing(request, program, mailing):
    """A draft as a form; something sent with the fate of each of its emails."""
    mailing = _mailing(request, program, mailing)
    if mailing.state != MailingState.DRAFT:
        return _log(request, program, mailing)
    now = timezone.now()
    form = MailingForm(posted(request), initial=_initial(mailing), zone=program.zone, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            actions.word_mailing(mailing, **form.words())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("programs:mailing", program.slug, mailing.public_id)
        return redirect("programs:mailing_check", program.slug, mailing.public_id)
    reached, left_out = actions.sorted_out(mailing, actions.addressees(mailing, request.user))
    context = {
        "title": _("Write to people"),
        "mailing": mailing,
        "form": form,
        "reached": reached,
        "left_out": left_out,
    }
    return _page(request, "programs/mailing.html", program, context, 400 if form.errors else 200)


def _initial(mailing):
    due = mailing.due_at and mailing.due_at.astimezone(mailing.program.zone)
    return {
        "subject": mailing.subject,
        "text": mailing.text,
        "at_night": mailing.at_night,
        "when": LATER if due else NOW,
        "day": due.date() if due else None,
        "time": due.time() if due else None,
    }


@form_methods
@coordinator_page("emails")
def check(request, program, mailing):
    """Who gets it, who does not and why, and how it reads; then the button."""
    mailing, now = _mailing(request, program, mailing), timezone.now()
    if mailing.state != MailingState.DRAFT or not mailing.text:
        return redirect("programs:mailing", program.slug, mailing.public_id)
    if request.method == "POST":
        try:
            number = actions.send_mailing(mailing, by=request.user, now=now)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            said = ngettext("It goes to one person.", "It goes to %(number)s people.", number)
            messages.success(request, said % {"number": number})
        return redirect("programs:mailing", program.slug, mailing.public_id)
    reached, left_out = actions.sorted_out(mailing, actions.addressees(mailing, request.user))
    first = reached[0].membership if reached else None
    context = {
        "title": _("Look at it before it goes"),
        "mailing": mailing,
        "reached": reached,
        "left_out": left_out,
        "passed": mailing.due_at is not None and mailing.due_at <= now,
        "shown": preview.show(letters.as_it_reads(mailing, first, by=request.user)) if first else None,
    }
    return _page(request, "programs/mailing_check.html", program, context)


def _log(request, program, mailing):
    now, held = timezone.now(), program.state == ProgramState.SETUP
    rows = actions.addressees(mailing, request.user)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    lines = [(row, fate(row.letter, held, now) if row.letter else row.why_not) for row in page]
    done = mailing.state == MailingState.SENT
    context = {
        "title": mailing.subject,
        "mailing": mailing,
        "page": page,
        "lines": lines,
        "waiting": actions.to_take_back(mailing, request.user).exists(),
        "rest": len(actions.not_reached(mailing, request.user)) if done else 0,
        "shown": next((preview.show(row.letter) for row in page if row.letter), None),
        **_how_far(mailing),
    }
    return _page(request, "programs/mailing_sent.html", program, context)


def _how_far(mailing) -> dict:
    """How many of a mailing's emails are written, and of how many."""
    if mailing.state != MailingState.SENDING:
        return {}
    counts = mailing.addressees.aggregate(
        written=Count("pk", filter=~Q(letter=None)), open=Count("pk", filter=Q(letter=None, why_not=""))
    )
    return {"number_written": counts["written"], "of": counts["written"] + counts["open"]}


@require_safe
@coordinator_page("emails")
def progress(request, program, mailing):
    """How far the writing is: a part of its page, asked for every second."""
    mailing = _mailing(request, program, mailing)
    context = {"mailing": mailing, "program": program, **_how_far(mailing)}
    response = render_template(request, "programs/mailing_progress.html", context)
    if mailing.state != MailingState.SENDING:
        response["HX-Refresh"] = "true"
    return response


@coordinator_page("emails")
@require_POST
def rest(request, program, mailing):
    """A draft in the same words to those it did not reach."""
    mailing = _mailing(request, program, mailing)
    try:
        draft = actions.draft_for_the_rest(mailing, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("programs:mailing", program.slug, mailing.public_id)
    return redirect("programs:mailing", program.slug, draft.public_id)


@form_methods
@coordinator_page("emails")
def take_back(request, program, mailing):
    """Takes back what has not left yet."""
    mailing = _mailing(request, program, mailing)
    if mailing.state == MailingState.DRAFT:
        return redirect("programs:mailing", program.slug, mailing.public_id)
    waiting = actions.to_take_back(mailing, request.user).count()
    form = WhyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        now, why = timezone.now(), form.cleaned_data["why"]
        done = actions.take_back_mailing(mailing, by=request.user, now=now, why=why)
        said = ngettext("One email is not sent.", "%(number)s emails are not sent.", done) % {"number": done}
        messages.success(request, said) if done else messages.warning(request, _("All of it has left already."))
        return redirect("programs:mailing", program.slug, mailing.public_id)
    if not waiting:
        return redirect("programs:mailing", program.slug, mailing.public_id)
    context = {"title": _("Take it back"), "mailing": mailing, "form": form, "waiting": waiting}
    return _page(request, "programs/mailing_take_back.html", program, context, 400 if form.errors else 200)


@coordinator_page("emails")
@require_POST
def discard(request, program, mailing):
    """Throws a draft away."""
    mailing = _mailing(request, program, mailing)
    if actions.discard_mailing(mailing):
        messages.success(request, _("The draft is gone. Nobody was written to."))
    return redirect("programs:written", program.slug)


@coordinator_page("people")
@require_POST
def filters(request, program):
    """Keeps the filter of the list of participants under a name."""
    form = FilterForm(request.POST)
    query = filter_of(request.POST.get("query", ""))
    back = redirect(f"{list_url(PEOPLE, program)}{'&' if query else ''}{query}")
    if not form.is_valid() or not query:
        messages.error(request, _("Set a filter or search first, and give it a name."))
        return back
    try:
        actions.save_filter(program, form.cleaned_data["name"], query, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The filter “%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
    return back


@coordinator_page("people")
@require_POST
def filter_remove(request, program, row):
    """A saved filter goes; the list and everybody in it stay."""
    found = SavedFilter.objects.filter(program=program, pk=row).select_related("program").first()
    if found is None:
        raise Http404
    actions.remove_filter(found, by=request.user, now=timezone.now())
    messages.success(request, _("The filter is removed."))
    return redirect(list_url(PEOPLE, program))

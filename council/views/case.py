"""One follow-up: what is known, what was tried, and what a person decides."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from checkins.models import Contact, Watch
from council.actions import cases, deciding
from council.board import cases_of
from council.forms.decisions import EasierForm, NoteForm, PauseForm, SnoozeForm, WordsForm
from council.models import Case, CaseState, Decision, Tier
from council.permissions import reads_as_coordinator
from council.views.board import follow_up_page
from matching.models import Pairing
from programs import reach
from programs.errors import Refused
from programs.views.pages import posted, render

form_methods = require_http_methods(["GET", "HEAD", "POST"])
D = Decision
CONTACTS = 12
# Decided for each of several pairs of one mentor.
ONE_BY_ONE = (D.REASSIGNED, D.WAITING)
# What each decision says on its button and of what will happen to whom.
WORDS = {
    D.TALK: (
        gettext_lazy("I talked with them: the pair goes on"),
        gettext_lazy("The days are counted anew from today. Nobody is written to, but whoever asked."),
    ),
    D.EASIER: (
        gettext_lazy("Make it easier"),
        gettext_lazy("Fewer places, or in touch less often. Whoever it changes something for gets an email."),
    ),
    D.PAUSE: (
        gettext_lazy("Pause, as the mentee agreed"),
        gettext_lazy("Both get an email that says until when. Nobody asks them whether they met meanwhile."),
    ),
    D.REASSIGNED: (gettext_lazy("Another mentor"), gettext_lazy("All three are told at once.")),
    D.WAITING: (
        gettext_lazy("End the pair"),
        gettext_lazy("Both get a kind email. The mentee waits with a date, and comes before newcomers."),
    ),
    D.ANSWERED: (
        gettext_lazy("It is settled"),
        gettext_lazy("Nothing more has to be decided. Whoever asked is told so."),
    ),
}


def case_of(request, program, public_id) -> Case:
    rows = cases_of(request.user, program).select_related(
        "program", "owner", "membership__user", "pairing__mentor__user", "pairing__mentee__user", "asked_by"
    )
    return get_object_or_404(rows, public_id=public_id)


def to_case(case):
    return redirect("council:case", case.program.slug, case.public_id)


def open_follow_up(view):
    """Hands the view its open follow-up; one that was settled in the meantime says so on its own page."""

    @follow_up_page
    @wraps(view)
    def page(request, program, case, *args, **kwargs):
        row = case_of(request, program, case)
        if row.state == CaseState.OPEN:
            return view(request, row, *args, **kwargs)
        messages.info(request, _("This has been settled already."))
        return to_case(row)

    return page


@follow_up_page
def case(request, program, case):
    """One follow-up; what was said to coordinators alone is left out for the council."""
    row = case_of(request, program, case)
    everything = reads_as_coordinator(request.user, row)
    pairs = deciding.pairs_of(row)
    watches = {watch.pairing_id: watch for watch in Watch.objects.filter(pairing__in=pairs)}
    may_read_words = row.words and (everything if row.addressed != Tier.COUNCIL else row.tier == Tier.COUNCIL)
    offered = deciding.choices(row) if row.state == CaseState.OPEN else []
    context = {
        "title": _("%(what)s: %(name)s") % {"what": capfirst(row.get_kind_display()), "name": row.membership.user},
        "case": row,
        "lines": _lines(row, everything),
        "words": row.words if may_read_words else "",
        "pairs": [(pair, watches.get(pair.pk)) for pair in pairs],
        "unreached": _unreached(row, pairs) if row.state == CaseState.OPEN else [],
        "contacts": _contacts(pairs or [row.pairing]),
        "choices": [_choice(row, key) for key in offered if len(pairs) < 2 or key not in ONE_BY_ONE],
        "one_by_one": D.REASSIGNED in offered and len(pairs) > 1,
        "everything": everything,
        "note": NoteForm(everything=everything),
        "now": timezone.now(),
        "snoozes_left": _snoozes_left(row),
        "overdue": row.state == CaseState.OPEN and row.due_at <= timezone.now(),
    }
    return render(request, "council/case.html", program, "follow-ups", context)


def _lines(row, everything) -> list[dict]:
    """The log as this reader may see it; what is for coordinators alone says so."""
    lines = row.lines.select_related("by")
    if not everything:
        lines = lines.filter(for_council=True)
    alone = _("For coordinators alone.")
    return [
        {"at": line.at, "words": line.words, "by": line.by, "why": "" if line.for_council else alone} for line in lines
    ]


def _unreached(row, pairs) -> list[tuple]:
    """Whom of those it is about our emails do not reach today, and how else: so that nobody is taken for silent."""
    two = [member for pair in pairs for member in (pair.mentor, pair.mentee)] or [row.membership]
    return reach.lines_of({member.pk: member for member in two}.values())


def _contacts(pairs):
    """When these pairs were last in touch, the newest first."""
    rows = Contact.objects.filter(pairing__in=pairs).select_related("pairing__mentee__user")
    return rows.order_by("-on", "pk")[:CONTACTS]


def _choice(row, decision) -> dict:
    """One line of what may be decided, with the page on which it is."""
    words, happens = WORDS[decision]
    args = [row.program.slug, row.public_id]
    if decision == D.REASSIGNED:
        return {"words": words, "happens": happens, "url": reverse("council:reassign", args=args), "primary": True}
    return {"words": words, "happens": happens, "url": reverse("council:decide", args=[*args, decision])}


def _snoozes_left(row) -> int:
    return max(0, (cases.CRY_SNOOZES if row.is_cry else cases.SNOOZES) - row.snoozes)


@open_follow_up
@require_POST
def note(request, row):
    """Adds a line to the log."""
    form = NoteForm(request.POST, everything=reads_as_coordinator(request.user, row))
    if not form.is_valid():
        messages.error(request, _("Write what you want to note."))
        return to_case(row)
    for_council = form.cleaned_data.get("for_council", True)
    _try(request, cases.add_line, row, form.cleaned_data["words"], for_council=for_council, done=_("Noted."))
    return to_case(row)


def _try(request, act, *args, done, **fields) -> bool:
    try:
        act(*args, by=request.user, now=timezone.now(), **fields)
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


@open_follow_up
@require_POST
def answered(request, row):
    """Whoever asked has been answered by a person."""
    _try(request, cases.answered, row, done=_("Noted: they have been answered."))
    return to_case(row)


@open_follow_up
@form_methods
def snooze(request, row):
    """Puts the day off, within the rules."""
    form = SnoozeForm(posted(request), most=cases.CRY_SNOOZE_DAYS if row.is_cry else cases.SNOOZE_DAYS)
    if request.method == "POST" and form.is_valid():
        try:
            cases.snooze(row, days=form.cleaned_data["days"], by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Put off."))
            return to_case(row)
    context = {"title": _("Put it off"), "case": row, "form": form, "left": _snoozes_left(row)}
    return render(request, "council/snooze.html", row.program, "follow-ups", context)


@open_follow_up
@form_methods
def hand_on(request, row):
    """Hands a follow-up to the council before its day."""
    if row.at_council_since is not None:
        messages.info(request, _("It is with the council already."))
        return to_case(row)
    if request.method == "POST":
        why = _("Handed on by %(name)s.") % {"name": request.user}
        # A coordinator who takes no part in the council sees it all the same.
        _try(request, cases.to_council, row, why=why, done=_("It is with the council now."))
        return to_case(row)
    context = {"title": _("Hand it to the council"), "case": row}
    return render(request, "council/hand_on.html", row.program, "follow-ups", context)


def one_of(row, public_id) -> Pairing | None:
    """The pair a page is about: the one named, else the only one; None where there is none any more."""
    pairs = deciding.pairs_of(row)
    if public_id is None:
        if len(pairs) > 1:
            raise Http404
        return pairs[0] if pairs else None
    pair = next((pair for pair in pairs if pair.public_id == public_id), None)
    if pair is None:
        raise Http404
    return pair


@open_follow_up
@form_methods
def decide(request, row, decision):
    """One decision: what will happen to whom, and one button."""
    if decision not in WORDS or decision == D.REASSIGNED or decision not in deciding.choices(row):
        raise Http404
    return _decided(request, row, decision, one_of(row, None) if decision in ONE_BY_ONE else None)


@open_follow_up
@form_methods
def end_pair(request, row, pairing):
    """Ends one of several pairs of a mentor."""
    return _decided(request, row, D.WAITING, one_of(row, pairing))


def _decided(request, row, decision, pair):
    form = _form_for(request, row, decision)
    if request.method == "POST" and form.is_valid():
        given = {key: value for key, value in form.cleaned_data.items() if key != "agreed"}
        try:
            deciding.decide(row, decision, by=request.user, now=timezone.now(), pairing=pair, **given)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            row.refresh_from_db()
            if row.state == CaseState.OPEN:
                messages.success(request, _("Done. Decide about the others, too."))
                return to_case(row)
            messages.success(request, _("Settled: %(how)s.") % {"how": Decision(decision).label})
            return redirect("council:board", row.program.slug)
    words, happens = WORDS[decision]
    about = pair or row.pairing
    context = {
        "title": words,
        "case": row,
        "about": _("%(mentor)s and %(mentee)s") % {"mentor": about.mentor.user, "mentee": about.mentee.user}
        if about
        else str(row.membership.user),
        "form": form,
        "happens": happens,
        "danger": decision == D.WAITING,
    }
    return render(request, "council/decide.html", row.program, "follow-ups", context)


def _form_for(request, row, decision):
    if decision == D.PAUSE:
        return PauseForm(posted(request), today=row.program.today(timezone.now()))
    if decision == D.EASIER:
        return EasierForm(posted(request), pairs=deciding.pairs_of(row))
    return WordsForm(posted(request))

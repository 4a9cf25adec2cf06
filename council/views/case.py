"""One follow-up: what is known, what was tried, and what a person decides."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
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
from matching.scoring import PolicyError
from programs.errors import Refused
from programs.models import Membership
from programs.views.pages import posted, render

form_methods = require_http_methods(["GET", "HEAD", "POST"])
D = Decision
CONTACTS = 12
BEST = 20
# What each decision says on its button and of what will happen to whom.
WORDS = {
    D.TALK: (
        gettext_lazy("I talked with them: the pair goes on"),
        gettext_lazy("The days are counted anew from today. Nobody is written to, but whoever asked."),
    ),
    D.EASIER: (
        gettext_lazy("Make it easier"),
        gettext_lazy("Fewer places keep the pairs the mentor has and take nobody new. The pair goes on."),
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
        gettext_lazy("Nothing more has to be decided. Where there is a pair, it goes on from today."),
    ),
}


def case_of(request, program, public_id) -> Case:
    rows = cases_of(request.user, program).select_related(
        "program", "owner", "membership__user", "pairing__mentor__user", "pairing__mentee__user", "asked_by"
    )
    return get_object_or_404(rows, public_id=public_id)


def open_case_of(request, program, public_id) -> Case:
    case = case_of(request, program, public_id)
    if case.state != CaseState.OPEN:
        raise Http404
    return case


def to_case(case):
    return redirect("council:case", case.program.slug, case.public_id)


@follow_up_page
def case(request, program, case):
    """One follow-up; what was said to coordinators alone is left out for the council."""
    row = case_of(request, program, case)
    everything = reads_as_coordinator(request.user, row)
    lines = row.lines.select_related("by")
    pairs = deciding.pairs_of(row)
    watches = {watch.pairing_id: watch for watch in Watch.objects.filter(pairing__in=pairs)}
    may_read_words = row.words and (everything if row.addressed != Tier.COUNCIL else row.tier == Tier.COUNCIL)
    offered = deciding.choices(row) if row.state == CaseState.OPEN else []
    context = {
        "title": _("%(what)s: %(name)s") % {"what": row.get_kind_display(), "name": row.membership.user},
        "case": row,
        "lines": lines if everything else lines.filter(for_council=True),
        "words": row.words if may_read_words else "",
        "pairs": [(pair, watches.get(pair.pk)) for pair in pairs],
        "contacts": Contact.objects.filter(pairing__in=pairs or [row.pairing]).order_by("-on")[:CONTACTS],
        "choices": [_choice(row, key) for key in offered if key != D.REASSIGNED or len(pairs) < 2],
        "each_reassigned": D.REASSIGNED in offered and len(pairs) > 1,
        "everything": everything,
        "note": NoteForm(initial={"for_council": True}),
        "snoozes_left": _snoozes_left(row),
        "overdue": row.state == CaseState.OPEN and row.due_at <= timezone.now(),
    }
    return render(request, "council/case.html", program, "follow-ups", context)


def _choice(row, decision) -> dict:
    """One line of what may be decided, with the page on which it is."""
    words, happens = WORDS[decision]
    args = [row.program.slug, row.public_id]
    if decision == D.REASSIGNED:
        return {"words": words, "happens": happens, "url": reverse("council:reassign", args=args), "primary": True}
    return {"words": words, "happens": happens, "url": reverse("council:decide", args=[*args, decision])}


def _snoozes_left(row) -> int:
    return max(0, (cases.CRY_SNOOZES if row.is_cry else cases.SNOOZES) - row.snoozes)


@follow_up_page
@require_POST
def note(request, program, case):
    """Adds a line to the log."""
    row = open_case_of(request, program, case)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write what you want to note."))
        return to_case(row)
    # Whoever reads as the council writes for it, too.
    for_council = form.cleaned_data["for_council"] or not reads_as_coordinator(request.user, row)
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


@follow_up_page
@require_POST
def answered(request, program, case):
    """Whoever asked has been answered by a person."""
    row = open_case_of(request, program, case)
    _try(request, cases.answered, row, done=_("Noted: they have been answered."))
    return to_case(row)


@follow_up_page
@form_methods
def snooze(request, program, case):
    """Puts the day off, within the rules."""
    row = open_case_of(request, program, case)
    form = SnoozeForm(posted(request), most=cases.CRY_SNOOZE_DAYS if row.is_cry else cases.SNOOZE_DAYS)
    if request.method == "POST" and form.is_valid():
        _try(request, cases.snooze, row, days=form.cleaned_data["days"], done=_("Put off."))
        return to_case(row)
    context = {"title": _("Put it off"), "case": row, "form": form, "left": _snoozes_left(row)}
    return render(request, "council/snooze.html", program, "follow-ups", context)


@follow_up_page
@form_methods
def hand_on(request, program, case):
    """Hands a follow-up to the council before its day."""
    row = open_case_of(request, program, case)
    if row.at_council_since is not None:
        messages.info(request, _("It is with the council already."))
        return to_case(row)
    if request.method == "POST":
        why = _("Handed on by %(name)s.") % {"name": request.user}
        # A coordinator who takes no part in the council sees it all the same.
        _try(request, cases.to_council, row, why=why, done=_("It is with the council now."))
        return to_case(row)
    context = {"title": _("Hand it to the council"), "case": row}
    return render(request, "council/hand_on.html", program, "follow-ups", context)


@follow_up_page
@form_methods
def decide(request, program, case, decision):
    """One decision: what will happen to whom, and one button."""
    row = open_case_of(request, program, case)
    if decision not in WORDS or decision == D.REASSIGNED or decision not in deciding.choices(row):
        raise Http404
    forms = {D.EASIER: EasierForm, D.PAUSE: PauseForm}
    more = {"today": program.today(timezone.now())} if decision == D.PAUSE else {}
    form = forms.get(decision, WordsForm)(posted(request), **more)
    if request.method == "POST" and form.is_valid():
        given = {key: value for key, value in form.cleaned_data.items() if key != "agreed"}
        try:
            deciding.decide(row, decision, by=request.user, now=timezone.now(), **given)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Settled: %(how)s.") % {"how": Decision(decision).label})
            return redirect("council:board", program.slug)
    words, happens = WORDS[decision]
    context = {"title": words, "case": row, "form": form, "happens": happens, "danger": decision == D.WAITING}
    return render(request, "council/decide.html", program, "follow-ups", context)


@follow_up_page
@form_methods
def reassign(request, program, case, pairing=None):
    """The best free mentors for a mentee; one button gives them the one chosen."""
    row = open_case_of(request, program, case)
    pair = _pair_of(row, pairing)
    if D.REASSIGNED not in deciding.choices(row):
        raise Http404
    now = timezone.now()
    try:
        found = [one for one in deciding.candidates(row, pair, now) if one.mentor.user_id != request.user.pk]
    except PolicyError:
        messages.error(request, _("The matching rules do not fit the forms any more. Look at the rules first."))
        return to_case(row)
    form = WordsForm(posted(request))
    chosen = request.POST.get("mentor", "")
    if request.method == "POST" and form.is_valid():
        choice = next((one for one in found if str(one.mentor.public_id) == chosen), None)
        if choice is None:
            messages.error(request, _("This mentor has no free place any more. Choose another one."))
        elif _reassigned(request, row, pair, choice.mentor, form.cleaned_data["words"], now):
            return redirect("council:board", program.slug)
        return redirect(request.path)
    mentee = pair.mentee if pair else row.membership
    context = {
        "title": _("Another mentor for %(name)s") % {"name": mentee.user},
        "case": row,
        "pairing": pair,
        "mentee": mentee,
        "choices": found[:BEST],
        "count": len(found),
        "form": form,
        "everything": reads_as_coordinator(request.user, row),
    }
    return render(request, "council/reassign.html", program, "follow-ups", context)


def _pair_of(row, public_id) -> Pairing | None:
    pairs = deciding.pairs_of(row)
    if public_id is None:
        if len(pairs) > 1:
            raise Http404
        return pairs[0] if pairs else None
    pair = next((pair for pair in pairs if pair.public_id == public_id), None)
    if pair is None:
        raise Http404
    return pair


def _reassigned(request, row, pair, mentor: Membership, words, now) -> bool:
    try:
        new = deciding.reassign(row, pair, mentor, by=request.user, now=now, words=words)
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    names = {"mentor": new.mentor.user, "mentee": new.mentee.user}
    messages.success(request, _("%(mentor)s is now the mentor of %(mentee)s. All of them get an email.") % names)
    return True

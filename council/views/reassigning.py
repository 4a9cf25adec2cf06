"""Another mentor in one step: the best free ones, the first chosen already, one button."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from council.actions import deciding
from council.forms.decisions import WordsForm
from council.models import CaseState, Decision
from council.permissions import reads_as_coordinator
from council.views.case import form_methods, one_of, open_follow_up, to_case
from matching.scoring import PolicyError
from programs.errors import Refused
from programs.models import Membership
from programs.views.pages import posted, render

BEST = 20
# Who is named for one more place, where nobody is free.
ONE_MORE = 5


@open_follow_up
@form_methods
def reassign(request, row, pairing=None):
    """The best free mentors for a mentee; one button gives them the one chosen."""
    pair = one_of(row, pairing)
    if Decision.REASSIGNED not in deciding.choices(row):
        raise Http404
    now = timezone.now()
    try:
        # Nobody decides about themselves: whoever looks is none of the choices.
        found = [one for one in deciding.suitable(row, pair, now) if one.mentor.user_id != request.user.pk]
    except PolicyError:
        messages.error(request, _("The matching rules do not fit the forms any more. Look at the rules first."))
        return to_case(row)
    free = [one for one in found if one.free > 0]
    form = WordsForm(posted(request))
    chosen = request.POST.get("mentor", "")
    choice = next((one for one in free if str(one.mentor.public_id) == chosen), None)
    if request.method == "POST" and form.is_valid():
        if choice is None:
            messages.error(request, _("This mentor has no free place any more. Choose another one."))
        elif _reassigned(request, row, pair, choice.mentor, form.cleaned_data["words"], now):
            row.refresh_from_db()
            return redirect("council:board", row.program.slug) if row.state == CaseState.CLOSED else to_case(row)
        return redirect(request.path)
    mentee = pair.mentee if pair else row.membership
    context = {
        "title": _("Another mentor for %(name)s") % {"name": mentee.user},
        "case": row,
        "pairing": pair,
        "mentee": mentee,
        "purpose": deciding.purpose_of(row, pair),
        "choices": free[:BEST],
        "chosen": choice or next(iter(free), None),
        "count": len(free),
        "full": [one.mentor for one in found if one.free <= 0][:ONE_MORE],
        "nobody_new": deciding.gets_nobody_new(row),
        "several": len(deciding.pairs_of(row)) > 1,
        "form": form,
        "everything": reads_as_coordinator(request.user, row),
    }
    return render(request, "council/reassign.html", row.program, "follow-ups", context)


def _reassigned(request, row, pair, mentor: Membership, words, now) -> bool:
    try:
        new = deciding.reassign(row, pair, mentor, by=request.user, now=now, words=words)
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    names = {"mentor": new.mentor.user, "mentee": new.mentee.user}
    messages.success(request, _("%(mentor)s is now the mentor of %(mentee)s. All of them get an email.") % names)
    return True

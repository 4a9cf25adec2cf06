"""One email, as its reader sees it, and what may be done with it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from outbox import actions as outbox_actions
from outbox import kinds, letters, preview
from profiles import languages
from programs.fates import VERBS, fate
from programs.forms.emails import RepeatForm
from programs.forms.program import WhyForm
from programs.models import Membership, ProgramState
from programs.navigation import email_pages
from programs.permissions import letters_visible_to
from programs.views.pages import coordinator_page, list_url, posted, render

# For each verb: its button, what it means, and what is said once it is done.
WORDS = {
    "hold": (
        gettext_lazy("Hold it back"),
        gettext_lazy("It stays here until somebody lets it go. Its reader hears nothing of that."),
        gettext_lazy("The email is held back."),
    ),
    "release": (
        gettext_lazy("Let it go"),
        gettext_lazy("It leaves when its time has come, and not at night."),
        gettext_lazy("The email may leave."),
    ),
    "cancel": (
        gettext_lazy("Cancel it"),
        gettext_lazy("It is not sent. Its reader hears nothing of that, so tell them yourself what they have to know."),
        gettext_lazy("The email is cancelled."),
    ),
    "retry": (
        gettext_lazy("Try again to send it"),
        gettext_lazy("It gets six new tries. Look at the address first: we believe it again."),
        gettext_lazy("The email is tried again."),
    ),
    "repeat": (
        gettext_lazy("Send it once more"),
        gettext_lazy("The same text goes to the same person once more, with fresh links, and not at night."),
        gettext_lazy("The email is sent once more."),
    ),
}


def _letter(request, program, public_id):
    rows = letters_visible_to(request.user).filter(topic=program.slug).select_related("recipient", "joined_into")
    return get_object_or_404(rows, public_id=public_id)


@coordinator_page("emails")
def email(request, program, letter):
    """Subject, text and fate of one email of this program; no link in it works."""
    letter, now = _letter(request, program, letter), timezone.now()
    seen = letters_visible_to(request.user).filter(topic=program.slug)
    context = {
        "title": letter.subject,
        "subpages": email_pages(program, ""),
        "letter": letter,
        "shown": preview.show(letter, among=letters_visible_to(request.user)),
        # Ours goes without saying.
        "language": letter.language and languages.name(letter.language),
        "fate": fate(letter, program.state == ProgramState.SETUP, now),
        "verbs": [(verb, WORDS[verb][0]) for verb in VERBS.get(letter.state, [])],
        # It may be of another program that they run, and of one that they do not.
        "with_it": letters_visible_to(request.user).filter(pk=letter.joined_into_id).exclude(topic="").first(),
        "went_along": letters_visible_to(request.user).filter(joined_into=letter).exclude(topic="").order_by("pk"),
        "again_of": seen.filter(public_id=letter.about.get(letters.AGAIN_OF)).first(),
        "again": seen.filter(**{f"about__{letters.AGAIN_OF}": str(letter.public_id)}).order_by("pk"),
        "recipient": Membership.objects.visible_to(request.user)
        .of(program)
        .participants()
        .filter(user=letter.recipient_id)
        .first(),
        "list_url": list_url("admin:outbox_letter_changelist", program),
    }
    return render(request, "programs/email.html", program, "emails", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_page("emails")
def change(request, program, letter, verb):
    """Holding back, letting go, cancelling, trying again, sending once more: what it means, why, one button."""
    letter, now = _letter(request, program, letter), timezone.now()
    if verb not in WORDS:
        raise Http404
    if verb not in VERBS.get(letter.state, []):
        messages.warning(request, _("That is not possible any more: the email has moved on meanwhile."))
        return redirect("programs:email", program.slug, letter.public_id)
    against = kinds.reason_against(letter, now) if verb == "repeat" else ""
    if verb == "repeat":
        form = RepeatForm(posted(request), against=against, initial={"turn": letters.written_again(letter)})
    else:
        form = WhyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = _do(verb, letter, form.cleaned_data, request.user, now)
        if done:
            messages.success(request, WORDS[verb][2])
        else:
            messages.warning(request, _("Nothing was changed: somebody was quicker, or the email has just left."))
        return redirect("programs:email", program.slug, letter.public_id)
    button, meaning, _done = WORDS[verb]
    context = {
        "title": button,
        "subpages": email_pages(program, ""),
        "letter": letter,
        "form": form,
        "button": button,
        "meaning": meaning,
        "against": against,
        "verb": verb,
    }
    return render(request, "programs/email_change.html", program, "emails", context, 400 if form.errors else 200)


def _do(verb, letter, data, by, now) -> bool:
    """One verb on one email; False where its moment is over."""
    step = {"by": by, "now": now, "why": data["why"]}
    if verb == "repeat":
        copy = letters.again(letter, data["turn"], now=now, anyway=data.get("anyway", False))
        return outbox_actions.repeat(letter, copy, **step)
    act = {
        "hold": outbox_actions.hold,
        "release": outbox_actions.release,
        "cancel": outbox_actions.cancel,
        "retry": outbox_actions.send_again,
    }[verb]
    return act([letter], **step) == 1

"""Every email that a program sends by itself: who gets it and when, how it reads, its words, its switch."""

from datetime import timedelta
from types import SimpleNamespace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outbox import actions as outbox_actions
from outbox import kinds, own_words, preview, texts
from outbox.models import LetterText
from programs import examples
from programs.forms.emails import TextForm
from programs.models import MembershipState
from programs.navigation import email_pages
from programs.permissions import letters_visible_to
from programs.views.pages import coordinator_page, posted, render

RECENT = timedelta(days=30)
VERSIONS = 20


def _kind(name):
    try:
        kind = kinds.get(name)
    except kinds.UnknownKind:
        raise Http404 from None
    if not kinds.told_of(name).when:
        raise Http404
    return kind


@require_safe
@coordinator_page("emails")
def every(request, program):
    """All of them in groups, each with who gets it and when."""
    own, stopped = texts.own_words(program.slug), texts.stopped_kinds(program.slug)
    recent = letters_visible_to(request.user).filter(topic=program.slug, sent_at__gt=timezone.now() - RECENT)
    counts = dict(recent.order_by().values_list("kind").annotate(number=Count("pk")))
    groups = [
        (
            title,
            [
                {
                    "kind": kinds.get(name),
                    "when": told.when,
                    "own": own.get(name),
                    "stopped": stopped.get(name),
                    "recent": counts.get(name, 0),
                }
                for name, told in lines.items()
            ],
        )
        for title, lines in kinds.told()
    ]
    context = {"title": _("Automatic emails"), "subpages": email_pages(program, "automatic"), "groups": groups}
    return render(request, "programs/automatic.html", program, "emails", context)


@require_safe
@coordinator_page("emails")
def one(request, program, kind):
    """One of them, shown as somebody of the program would get it, every link of it listed."""
    kind, now = _kind(kind), timezone.now()
    people = list(examples.readers(program, kind, request.user)[:200])
    chosen = _chosen(people, request.GET.get("to"))
    letter = examples.example(program, kind, chosen, request.user, now=now)
    language = texts.language_of(request.user)
    context = {
        **_about(program, kind),
        "people": people,
        "chosen": chosen,
        "shown": preview.show(letter),
        "links": preview.links_in(letter),
        "versions": _versions(program, kind, language),
    }
    return render(request, "programs/automatic_one.html", program, "emails", context)


def _chosen(people, wanted=None):
    """The one asked for, else rather somebody who is in a pair: most emails tell of one."""
    people = list(people)
    active = [row for row in people if row.state == MembershipState.ACTIVE]
    return next((row for row in people if str(row.public_id) == wanted), next(iter(active or people), None))


def _about(program, kind) -> dict:
    """What every page about one kind says of it."""
    told = kinds.told_of(kind.name)
    return {
        "title": kind.title,
        "subpages": email_pages(program, "automatic"),
        "kind": kind,
        "told": told,
        "own": texts.own_words(program.slug).get(kind.name),
        "stopped": texts.stopped_kinds(program.slug).get(kind.name),
        "may_be_said_otherwise": texts.may_be_said_otherwise(kind),
    }


def _versions(program, kind, language):
    rows = LetterText.objects.filter(topic=program.slug, kind=kind.name, language=language)
    return rows.select_related("by")[:VERSIONS]


@coordinator_page("emails")
@require_POST
def switch(request, program, kind):
    """Switches an email off or on, where a program may do without it."""
    kind, now = _kind(kind), timezone.now()
    if not kinds.told_of(kind.name).may_stop:
        raise PermissionDenied
    if request.POST.get("switch") == "on":
        own_words.start(kind, program.slug, by=request.user, now=now)
        messages.success(request, _("The email is sent again from now on."))
    else:
        own_words.stop(kind, program.slug, by=request.user, now=now)
        messages.success(request, _("The email is switched off. Nobody in this program gets it."))
    return redirect("programs:automatic_one", program.slug, kind.name)


@coordinator_page("emails")
@require_POST
def test(request, program, kind):
    """Sends the email as it stands to whoever asks, its links without effect."""
    kind = _kind(kind)
    people = examples.readers(program, kind, request.user)
    _send_test(request, program, kind, _chosen(people, request.POST.get("to")))
    return redirect("programs:automatic_one", program.slug, kind.name)


def _send_test(request, program, kind, member, own=None):
    now = timezone.now()
    letter = preview.test_to(
        request.user, examples.example(program, kind, member, request.user, now=now, own=own), now=now
    )
    with transaction.atomic():
        outbox_actions.post([letter])
    messages.success(request, _("A test is on its way to %(address)s.") % {"address": request.user.email})


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_page("emails")
def text(request, program, kind):
    """Its words: the program's own beside ours; looked at, tried on oneself, then saved."""
    kind, now = _kind(kind), timezone.now()
    if not texts.may_be_said_otherwise(kind):
        raise PermissionDenied
    language = texts.language_of(request.user)
    ours, own = texts.original(kind), texts.own(kind, program.slug, language)
    words = own or ours
    initial = {"subject": words.subject, "text": words.text}
    initial["after"] = own_words.version_of(kind, program.slug, language)
    form = TextForm(posted(request), wording=ours, initial=initial)
    shown = None
    if request.method == "POST" and form.is_valid():
        tried = SimpleNamespace(subject=form.cleaned_data["subject"], text=form.cleaned_data["text"])
        member = _chosen(examples.readers(program, kind, request.user))
        if "look" in request.POST:
            shown = preview.show(examples.example(program, kind, member, request.user, now=now, own=tried))
        elif "test" in request.POST:
            _send_test(request, program, kind, member, tried)
        elif _save(program, kind, language, form, request.user, now):
            messages.success(request, _("Saved. Every email of this kind written from now on has these words."))
            return redirect("programs:automatic_one", program.slug, kind.name)
    context = {**_about(program, kind), "form": form, "ours": ours, "shown": shown}
    return render(request, "programs/automatic_text.html", program, "emails", context, 400 if form.errors else 200)


def _save(program, kind, language, form, by, now) -> bool:
    saved = own_words.save_text(kind, program.slug, language, by=by, now=now, **form.cleaned_data)
    if saved is None:
        form.add_error(
            None,
            _("Somebody else changed this text while you had the page open. Look at theirs before you save yours."),
        )
        # Saving once more is then a decision.
        form.data = form.data.copy()
        form.data["after"] = own_words.version_of(kind, program.slug, language)
    return saved is not None


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_page("emails")
def back(request, program, kind):
    """Back to our words; the program's own stay in the list of versions."""
    kind = _kind(kind)
    language = texts.language_of(request.user)
    if texts.own(kind, program.slug, language) is None:
        return redirect("programs:automatic_one", program.slug, kind.name)
    if request.method == "POST":
        after = own_words.version_of(kind, program.slug, language)
        words = {"subject": "", "text": "", "after": after}
        own_words.save_text(kind, program.slug, language, by=request.user, now=timezone.now(), **words)
        messages.success(request, _("The email is in our words again."))
        return redirect("programs:automatic_one", program.slug, kind.name)
    context = {**_about(program, kind), "ours": texts.original(kind)}
    return render(request, "programs/automatic_back.html", program, "emails", context)

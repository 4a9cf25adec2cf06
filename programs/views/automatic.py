"""Every email that a program sends by itself: who gets it and when, how it reads, its switch."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outbox import actions as outbox_actions
from outbox import kinds, own_words, preview, texts
from outbox.models import LetterText
from programs import examples
from programs.email_languages import chosen, in_order, named, to_add
from programs.models import MembershipState
from programs.navigation import email_pages, words_url
from programs.permissions import letters_visible_to
from programs.views.pages import coordinator_page, render

RECENT = timedelta(days=30)
VERSIONS = 20


def kind_of(name):
    """A kind that whoever runs a program is told of; 404 for any other."""
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
    """All of them in groups, each with who gets it and when; or those that are missing in one language."""
    own, stopped = texts.own_words(program.slug), texts.stopped_kinds(program.slug)
    recent = letters_visible_to(request.user).filter(topic=program.slug, sent_at__gt=timezone.now() - RECENT)
    counts = dict(recent.order_by().values_list("kind").annotate(number=Count("pk")))
    language = chosen(request.GET)

    def line(name, told):
        kind = kinds.get(name)
        rows = [own.of(kind, code) for code in in_order(own.languages(kind))]
        return {
            "kind": kind,
            "when": told.when,
            "own": own.of(kind, language),
            "in": [named(code) for code in in_order(own.languages(kind))],
            "failed": next((row for row in rows if row and row.failed_at), None),
            "may_be_said_otherwise": texts.may_be_said_otherwise(kind),
            "stopped": stopped.get(name),
            "recent": counts.get(name, 0),
        }

    groups = [(title, [line(name, told) for name, told in lines.items()]) for title, lines in kinds.told()]
    said = [one for _title, lines in groups for one in lines if one["may_be_said_otherwise"]]
    context = {
        "title": _("Automatic emails"),
        "subpages": email_pages(program, "automatic"),
        "groups": groups,
        "languages": _languages(own, said, language),
        "around": own.of(texts.AROUND, language),
    }
    if language != texts.ENGLISH:
        missing = [(title, [one for one in lines if one in said and not one["own"]]) for title, lines in groups]
        context |= {"groups": [(title, lines) for title, lines in missing if lines], "language": language}
        context["language_name"] = named(language)
        context["written"] = sum(1 for one in said if one["own"])
        context["all"] = len(said)
    return render(request, "programs/automatic.html", program, "emails", context)


def _languages(own, said, current) -> list[dict]:
    """The languages in which anything is written, and how much of it."""
    codes = {language for _kind, language in own.rows} | {current}
    found = [{"code": "", "words": _("All emails"), "current": current == texts.ENGLISH}]
    for code in in_order(codes)[1:]:
        number = sum(1 for one in said if own.of(one["kind"], code))
        words = _("%(language)s: %(number)d of %(all)d") % {"language": named(code), "number": number, "all": len(said)}
        found.append({"code": code, "words": words, "current": code == current})
    return found if len(found) > 1 else []


@require_safe
@coordinator_page("emails")
def one(request, program, kind):
    """One of them, shown as somebody of the program would get it, every link of it listed."""
    kind, now = kind_of(kind), timezone.now()
    own = texts.own_words(program.slug, kind, texts.AROUND)
    written = own.languages(kind)
    everybody = list(examples.readers(program, kind, request.user)[:200])
    language = chosen(request.GET)
    if "language" not in request.GET and (asked := choose(everybody, request.GET.get("to"), only=True)):
        language = texts.language_of(asked.user, written)
    people = [row for row in everybody if texts.language_of(row.user, [*written, language]) == language]
    member = choose(people or everybody, request.GET.get("to"))
    words = own.words_in(kind, language if own.of(kind, language) else texts.ENGLISH)
    letter = examples.example(program, kind, member, request.user, now=now, words=words)
    context = {
        **about(program, kind, language, own, request.user),
        "people": people,
        "chosen": member,
        "nobody": not people and own.of(kind, language),
        "shown": preview.show(letter),
        "links": preview.links_in(letter),
        "versions": versions(program, kind, language),
    }
    return render(request, "programs/automatic_one.html", program, "emails", context)


def choose(people, wanted=None, only=False):
    """The one asked for, else rather somebody who is in a pair: most emails tell of one."""
    people = list(people)
    found = next((row for row in people if str(row.public_id) == wanted), None)
    active = [row for row in people if row.state == MembershipState.ACTIVE]
    return found if found or only else next(iter(active or people), None)


def about(program, kind, language, own, user) -> dict:
    """What every page about one kind says of it, in one language."""
    row, written = own.of(kind, language), own.languages(kind)
    ours = texts.original(kind) if texts.may_be_said_otherwise(kind) else None
    foreign = language != texts.ENGLISH
    tabs = [
        {"words": named(code), "url": words_url("automatic_one", program, kind.name, code), "current": code == language}
        for code in in_order([*written, language])
    ]
    return {
        "title": kind.title,
        "subpages": email_pages(program, "automatic"),
        "kind": kind,
        "told": kinds.told_of(kind.name),
        "own": row,
        "stopped": texts.stopped_kinds(program.slug).get(kind.name),
        "may_be_said_otherwise": ours is not None,
        "language": language if foreign else "",
        "language_name": named(language),
        "tabs": tabs,
        "to_add": to_add(program, user, [*written, language]) if ours else [],
        "in_english": len(ours.missing(row.text, row.phrases)) if ours and row and foreign else 0,
        "around_in_english": foreign and row is not None and own.of(texts.AROUND, language) is None,
    }


def versions(program, kind, language):
    """What was in force in this language, the newest first."""
    rows = LetterText.objects.filter(topic=program.slug, kind=kind.name, language=language)
    return rows.select_related("by")[:VERSIONS]


@coordinator_page("emails")
@require_POST
def switch(request, program, kind):
    """Switches an email off or on, where a program may do without it."""
    kind, now = kind_of(kind), timezone.now()
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
    kind, language = kind_of(kind), chosen(request.POST)
    member = choose(examples.readers(program, kind, request.user), request.POST.get("to"))
    own = texts.own_words(program.slug, kind, texts.AROUND)
    words = own.words_in(kind, language if own.of(kind, language) else texts.ENGLISH)
    send_test(request, program, kind, member, words)
    return redirect(words_url("automatic_one", program, kind.name, language))


def send_test(request, program, kind, member, words) -> None:
    """A test letter to whoever asked for it, in these words."""
    now = timezone.now()
    example = examples.example(program, kind, member, request.user, now=now, words=words)
    letter = preview.test_to(request.user, example, now=now)
    with transaction.atomic():
        outbox_actions.post([letter])
    messages.success(request, _("A test is on its way to %(address)s.") % {"address": request.user.email})

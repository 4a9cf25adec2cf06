"""A program's own words for its emails: of one kind in one language, and around every email."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outbox import kinds, own_words, preview, texts
from outbox.phrases import Phrase
from outbox.texts import AROUND, Words
from programs import examples
from programs.email_languages import chosen, in_order, named, to_add
from programs.forms.words import AroundForm, TextForm
from programs.navigation import email_pages, words_url
from programs.views.automatic import about, choose, kind_of, send_test, versions
from programs.views.pages import coordinator_page, posted, render


def _asked(request) -> str:
    return chosen(request.POST if request.method == "POST" else request.GET)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_page("emails")
def text(request, program, kind):
    """Its words in one language: the program's own beside ours; looked at, tried on oneself, then saved."""
    kind, language = kind_of(kind), _asked(request)
    if not texts.may_be_said_otherwise(kind):
        raise PermissionDenied
    own = texts.own_words(program.slug)
    ours, row = texts.original(kind), own.of(kind, language)
    # The same email to the other side of a pair may be written already.
    twins = (other for other in kinds.every() if other.template == kind.template and texts.may_be_said_otherwise(other))
    same = row or next((found for other in twins if (found := own.of(other, language))), None)
    begin = same or own.of(kind) or ours
    initial = {"subject": begin.subject, "text": begin.text}
    initial["after"] = own_words.version_of(kind, program.slug, language)
    phrases = same.phrases if same else {}
    form = TextForm(posted(request), wording=ours, language=language, phrases=phrases, initial=initial)
    shown = None
    if request.method == "POST" and form.is_valid():
        tried = form.tried()
        words = Words(language, tried, own.of(AROUND, language))
        people = list(examples.readers(program, kind, request.user))
        theirs = [one for one in people if texts.language_of(one.user, [language]) == language]
        member = choose(theirs or people)
        if "look" in request.POST:
            example = examples.example(program, kind, member, request.user, now=timezone.now(), words=words)
            shown = preview.show(example)
        elif "test" in request.POST:
            send_test(request, program, kind, member, words)
        elif _save(program, kind, language, form, request.user):
            messages.success(request, _("Saved. Every email of this kind written from now on has these words."))
            return redirect(words_url("automatic_one", program, kind.name, language))
    context = {**about(program, kind, language, own, request.user), "form": form, "ours": ours, "shown": shown}
    context["back_url"] = words_url("automatic_one", program, kind.name, language if row else texts.ENGLISH)
    return render(request, "programs/automatic_text.html", program, "emails", context, 400 if form.errors else 200)


def _save(program, kind, language, form, by) -> bool:
    saved = own_words.save_text(kind, program.slug, language, by=by, now=timezone.now(), **form.words())
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
    """Back to our words, or a language fewer; the program's own stay in the list of versions."""
    kind, language = kind_of(kind), _asked(request)
    own = texts.own_words(program.slug, kind, AROUND)
    if own.of(kind, language) is None:
        return redirect("programs:automatic_one", program.slug, kind.name)
    if request.method == "POST":
        after = own_words.version_of(kind, program.slug, language)
        own_words.save_text(kind, program.slug, language, after=after, by=request.user, now=timezone.now())
        messages.success(request, _("The email is in our words again.") if language == texts.ENGLISH else _(
            "Nobody is written to in %(language)s with this email any more."
        ) % {"language": named(language)})  # fmt: skip
        return redirect("programs:automatic_one", program.slug, kind.name)
    # What its readers get instead.
    instead = (own.of(kind) if language != texts.ENGLISH else None) or texts.original(kind)
    context = {**about(program, kind, language, own, request.user), "ours": instead}
    return render(request, "programs/automatic_back.html", program, "emails", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_page("emails")
def around(request, program):
    """The words around every email in one language: under it, on its links, and what several share."""
    language = _asked(request)
    own = texts.own_words(program.slug)
    row = own.of(AROUND, language)
    if request.method == "POST" and "remove" in request.POST:
        after = own_words.version_of(AROUND, program.slug, language)
        if row is not None:
            own_words.save_text(AROUND, program.slug, language, after=after, by=request.user, now=timezone.now())
        messages.success(request, _("What stands around every email is in our words again."))
        return redirect(words_url("automatic_around", program, "", language))
    initial = {"after": own_words.version_of(AROUND, program.slug, language)}
    groups, phrases = _around(program), row.phrases if row else {}
    form = AroundForm(posted(request), groups=groups, language=language, own=phrases, initial=initial)
    shown = None
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            shown = _shown(request, program, language, own, form)
        elif _save(program, AROUND, language, form, request.user):
            messages.success(request, _("Saved. Every email written from now on has these words around it."))
            return redirect(words_url("automatic_around", program, "", language))
    written = [code for _kind, code in own.rows]
    every = [english for _title, found in groups for english in found]
    context = {
        "title": AROUND.title,
        "subpages": email_pages(program, "automatic"),
        "form": form,
        "shown": shown,
        "own": row,
        "language": language if language != texts.ENGLISH else "",
        "language_name": named(language),
        "missing": sum(1 for english in every if english not in phrases),
        "all": len(every),
        "versions": versions(program, AROUND, language),
        "tabs": [
            {"words": named(code), "url": words_url("automatic_around", program, "", code), "current": code == language}
            for code in in_order([*written, language])
        ],
        "to_add": to_add(program, request.user, [*written, language]),
    }
    return render(request, "programs/automatic_around.html", program, "emails", context, 400 if form.errors else 200)


def _around(program) -> list[tuple[str, dict[str, Phrase]]]:
    """What there is to be said, with the sentences on evaluation from the program's own settings."""
    said = dict.fromkeys([program.evaluation_for_mentees, program.evaluation_for_mentors])
    theirs = {words: Phrase(words, words) for words in said if words}
    return [*texts.around(), (_("Your sentences on evaluation, from the settings"), theirs)]


def _shown(request, program, language, own, form):
    """An email with these words around it, not saved yet."""
    every = [kinds.get(name) for _title, lines in kinds.told() for name in lines]
    # Rather one that is written in it.
    kind = next((one for one in every if own.of(one, language)), every[0])
    words = Words(language, own.of(kind, language), form.tried())
    member = choose(examples.readers(program, kind, request.user))
    example = examples.example(program, kind, member, request.user, now=timezone.now(), words=words)
    return preview.show(example)

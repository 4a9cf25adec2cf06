"""The page on which somebody says what they want to be emailed: signed in, or from the link in any email."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from outbox import actions, kinds
from outbox.forms import ChoicesForm
from outbox.models import Choice, How


@never_cache
def emails(request):
    """Everything about one's emails, over all programs."""
    if request.method == "POST" and "works" in request.POST:
        actions.believe(request.user, by=request.user, now=timezone.now(), topic="")
        messages.success(request, _("Saved. We write to you again."))
        return redirect("emails")
    topics = kinds.topics_of(request.user)
    several = len(topics) > 1
    data = request.POST if request.method == "POST" else None
    form = ChoicesForm(data, person=request.user, topics=topics, everywhere=several) if topics else None
    if form and data and form.is_valid():
        actions.choose(request.user, form.chosen, form.topics, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("emails")
    context = {"form": form, "several": several}
    return render(request, "outbox/emails.html", context, status=422 if form and form.is_bound else 200)


def unsubscribe(request, signed, person, token):
    """Turns off what can be turned off, of one program or altogether, or part of it; undone on the same page."""
    topic, now = signed.thing, timezone.now()
    data = request.POST if request.method == "POST" else None
    form = ChoicesForm(data if data and "save" in data else None, person=person, topics=[topic] if topic else [],
                       everywhere=not topic)  # fmt: skip
    if data is not None:
        if not form.is_bound:
            change = actions.unmute if data.get("reminders") == "on" else actions.mute
            change(person, topic, now=now)
            return redirect("outbox:link", token=token)
        if form.is_valid():
            actions.choose(person, form.chosen, form.topics, by=person, now=now)
            messages.success(request, _("Saved."))
            return redirect("outbox:link", token=token)
    context = {
        "form": form,
        "off": _all_off(person, topic),
        "program": kinds.topic_name(topic),
        "person": person,
    }
    return render(request, "outbox/unsubscribe.html", context, status=422 if form.is_bound else 200)


def _all_off(person, topic) -> bool:
    rows = {(row.topic, row.group): row.how for row in Choice.objects.filter(person=person, topic=topic)}
    return rows == {(topic, ""): How.NEVER}

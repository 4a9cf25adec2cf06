"""The emails of a program: what became of each, and what may be done with many at once."""

import uuid

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from outbox import actions as outbox_actions
from outbox import kinds
from outbox.models import Letter, LetterState
from profiles.models import User
from programs.fates import fate
from programs.models import Program, ProgramState
from programs.navigation import email_pages
from programs.permissions import letters_visible_to
from programs.scoped import ScopedAdmin, TopicFilter, moment_words, status_words


class ToFilter(admin.SimpleListFilter):
    """The emails of one person, reached from their page; it offers nobody else."""

    title = gettext_lazy("to")
    parameter_name = "to"

    def lookups(self, request, model_admin):
        value = self.used_parameters.get(self.parameter_name, "")
        person = _person_of(value) if value else None
        seen = person and model_admin.rows(request.user).filter(recipient=person).exists()
        return [(value, str(person))] if seen else []

    def queryset(self, request, queryset):
        person = _person_of(self.value()) if self.value() else None
        return queryset.filter(recipient=person) if person else queryset


class BackFilter(admin.SimpleListFilter):
    """Emails that were sent and came back later."""

    title = gettext_lazy("came back")
    parameter_name = "back"

    def lookups(self, request, model_admin):
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request, queryset):
        return queryset.filter(came_back_at__isnull=self.value() == "no") if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    """The emails of one kind, of those there are."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        rows = model_admin.rows(request.user).order_by()
        if slug := request.GET.get("program"):
            rows = rows.filter(topic=slug)
        names = rows.values_list("kind", flat=True).distinct()
        return sorted(((name, kinds.title(name)) for name in names), key=lambda pair: (pair[1], pair[0]))

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _person_of(value):
    try:
        return User.objects.filter(public_id=uuid.UUID(value)).first()
    except ValueError:
        return None


@admin.register(Letter)
class LetterAdmin(ScopedAdmin):
    """Emails and what became of them."""

    section = "emails"
    list_title = gettext_lazy("Emails")
    list_help = gettext_lazy("Every email of the program, waiting, sent or not delivered. Open one to read it.")
    list_display = ["kind_link", "to", "status_column", "fate_words", "written"]
    list_display_links = None
    list_filter = [TopicFilter, ToFilter, "state", BackFilter, KindFilter, "sent_at"]
    list_select_related = ["recipient", "joined_into"]
    search_fields = ["subject", "recipient__name", "recipient__email"]
    ordering = ["-posted_at", "-pk"]
    actions = ["hold", "release", "send_again", "cancel"]
    export_columns = [
        (gettext_lazy("subject"), lambda row: row.subject),
        (gettext_lazy("to"), lambda row: row.recipient.name),
        (gettext_lazy("email address"), lambda row: row.recipient.email or ""),
        (gettext_lazy("kind"), lambda row: row.kind_title),
        (gettext_lazy("status"), lambda row: row.standing[1]),
        (gettext_lazy("what became of it"), lambda row: capfirst(fate(row, row.not_open, timezone.now()))),
        (gettext_lazy("written"), lambda row: row.posted_at),
        (gettext_lazy("sent"), lambda row: row.sent_at),
        (gettext_lazy("came back"), lambda row: row.came_back_at),
    ]

    def frame(self, request, program):
        return {"subpages": email_pages(program, "letters")}

    def rows(self, user):
        setup = Program.objects.filter(slug=OuterRef("topic"), state=ProgramState.SETUP)
        return letters_visible_to(user).annotate(not_open=Exists(setup))

    def page_of(self, row):
        return reverse("programs:email", args=[row.topic, row.public_id])

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_link(self, row):
        line = '<a href="{}">{}</a><br><span class="quiet small">{}</span>'
        return format_html(line, self.page_of(row), row.kind_title, row.subject)

    @admin.display(description=gettext_lazy("to"), ordering="recipient__name")
    def to(self, row):
        return format_html('<a href="{}">{}</a>', reverse("person", args=[row.recipient.public_id]), row.recipient)

    @admin.display(description=gettext_lazy("status"), ordering="state")
    def status_column(self, row):
        return status_words(*row.standing)

    @admin.display(description=gettext_lazy("what became of it"))
    def fate_words(self, row):
        return capfirst(fate(row, row.not_open, timezone.now()))

    @admin.display(description=gettext_lazy("written"), ordering="posted_at")
    def written(self, row):
        return format_html('<span class="nowrap">{}</span>', moment_words(row.posted_at))

    @admin.action(description=gettext_lazy("Hold back those not sent yet"), permissions=["view"])
    def hold(self, request, queryset):
        waiting = queryset.filter(state=LetterState.WAITING).select_related("recipient")
        done = outbox_actions.hold(waiting, by=request.user, now=timezone.now())
        self._say(request, done, ngettext("%d email is held back.", "%d emails are held back.", done))

    @admin.action(description=gettext_lazy("Let those held back leave"), permissions=["view"])
    def release(self, request, queryset):
        held = queryset.filter(state=LetterState.HELD).select_related("recipient")
        done = outbox_actions.release(held, by=request.user, now=timezone.now())
        self._say(request, done, ngettext("%d email may leave.", "%d emails may leave.", done))

    @admin.action(description=gettext_lazy("Try again to send those not delivered"), permissions=["view"])
    def send_again(self, request, queryset):
        dead = queryset.filter(state=LetterState.DEAD).select_related("recipient")
        done = outbox_actions.send_again(dead, by=request.user, now=timezone.now())
        self._say(request, done, ngettext("%d email is tried again.", "%d emails are tried again.", done))

    @admin.action(description=gettext_lazy("Cancel those not sent yet"), permissions=["view"])
    def cancel(self, request, queryset):
        unsent = [LetterState.WAITING, LetterState.JOINED, LetterState.HELD, LetterState.DEAD]
        waiting = queryset.filter(state__in=unsent)
        done = outbox_actions.cancel(
            waiting.select_related("recipient"), by=request.user, now=timezone.now(), why=_("Cancelled by hand.")
        )
        self._say(request, done, ngettext("%d email is cancelled.", "%d emails are cancelled.", done))

    def _say(self, request, done, words):
        if done:
            self.message_user(request, words % done, messages.SUCCESS)
        else:
            self.message_user(request, _("None of those chosen could be changed."), messages.WARNING)

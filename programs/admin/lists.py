"""The lists of a program: participants, history; below programs no row knows who coordinates."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.models import Entry
from programs import actions
from programs.models import Membership, Program, SavedFilter
from programs.navigation import list_url
from programs.permissions import entries_visible_to
from programs.saved import PEOPLE, filter_of
from programs.scoped import ProgramFilter, ScopedAdmin, TopicFilter, moment_words, status_words

# People are looked at in programs; nobody is given rights by groups.
# Addresses and second factors are kept on the pages of signing in: the stock form would show the latter's secret.
for unwanted in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(unwanted):
        admin.site.unregister(unwanted)


@admin.register(Program)
class ProgramAdmin(ScopedAdmin):
    """Programs one runs; each leads to its home."""

    section = "home"
    list_display = ["home", "template", "status_column", "starts_on", "ends_on"]
    list_display_links = None
    list_filter = ["state", "template"]
    search_fields = ["name", "purpose"]
    ordering = ["name", "pk"]
    export_columns = [
        (gettext_lazy("name"), lambda row: row.name),
        (gettext_lazy("kind"), lambda row: row.get_template_display()),
        (gettext_lazy("status"), lambda row: row.get_state_display()),
        (gettext_lazy("first day"), lambda row: row.starts_on),
        (gettext_lazy("last day"), lambda row: row.ends_on),
    ]

    def rows(self, user):
        return Program.objects.coordinated_by(user)

    def page_of(self, row):
        return reverse("program_home", args=[row.slug])

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def home(self, row):
        return format_html('<a href="{}">{}</a>', self.page_of(row), row.name)

    @admin.display(description=gettext_lazy("status"), ordering="state")
    def status_column(self, row):
        return status_words(row.state, row.get_state_display())


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Participants; each leads to the page of the person."""

    section = "people"
    list_help = gettext_lazy("Everybody who takes part, but for your own place where you are a participant yourself.")
    list_display = ["person", "role", "status_column", "places_words", "since_words", "program"]
    list_display_links = None
    list_filter = [ProgramFilter, "role", "state"]
    list_select_related = ["user", "program"]
    search_fields = ["user__name", "user__email"]
    ordering = ["user__name", "pk"]
    actions = ["write_to", "work_out_pairs"]
    export_columns = [
        (gettext_lazy("name"), lambda row: row.user.name),
        (gettext_lazy("email address"), lambda row: row.user.email or ""),
        (gettext_lazy("role"), lambda row: row.get_role_display()),
        (gettext_lazy("status"), lambda row: row.get_state_display()),
        (gettext_lazy("places"), lambda row: row.places if row.role == Membership.Role.MENTOR else ""),
        (gettext_lazy("status since"), lambda row: row.since.astimezone(row.program.zone).date()),
        (gettext_lazy("program"), lambda row: row.program.name),
    ]

    def frame(self, request, program):
        """The filters kept under a name, and the one set now."""
        query = filter_of(request.GET.urlencode())
        saved = [
            {"row": row, "url": f"{list_url(PEOPLE, program)}&{row.query}", "current": row.query == query}
            for row in SavedFilter.objects.filter(program=program)
        ]
        kept = any(one["current"] for one in saved)
        return {"saved_filters": saved, "filter_query": "" if kept else query}

    @admin.action(description=gettext_lazy("Write to these"), permissions=["view"])
    def write_to(self, request, queryset):
        programs = set(queryset.order_by().values_list("program", flat=True))
        if len(programs) != 1:
            self.message_user(request, _("Choose people of one program."), messages.WARNING)
            return None
        program = Program.objects.get(pk=programs.pop())
        draft = actions.draft_mailing(program, queryset, by=request.user, now=timezone.now())
        return redirect("programs:mailing", program.slug, draft.public_id)

    def rows(self, user):
        return Membership.objects.visible_to(user).participants()

    def page_of(self, row):
        return f"{reverse('person', args=[row.user.public_id])}?program={row.program.slug}"

    @admin.action(description=gettext_lazy("Work out pairs for these mentees"), permissions=["view"])
    def work_out_pairs(self, request, queryset):
        """Brings them to the page where a round begins; nothing is worked out yet."""
        mentees = list(queryset.mentees().select_related("program")[: self.list_max_show_all])
        programs = {mentee.program for mentee in mentees}
        if len(programs) != 1:
            self.message_user(request, _("Choose mentees of one program."), messages.WARNING)
            return None
        request.session["round_people"] = [str(mentee.public_id) for mentee in mentees]
        return redirect(f"{reverse('matching:begin', args=[programs.pop().slug])}?from_list=1")

    @admin.display(description=gettext_lazy("name"), ordering="user__name")
    def person(self, row):
        return format_html('<a href="{}">{}</a>', self.page_of(row), row.user)

    @admin.display(description=gettext_lazy("status"), ordering="state")
    def status_column(self, row):
        return status_words(row.state, row.get_state_display())

    @admin.display(description=gettext_lazy("status since"), ordering="since")
    def since_words(self, row):
        return moment_words(row.since)

    @admin.display(description=gettext_lazy("places"), ordering="places")
    def places_words(self, row):
        return row.places if row.role == Membership.Role.MENTOR else "–"


class WhenFilter(admin.SimpleListFilter):
    """The newest part of the history."""

    title = gettext_lazy("when")
    parameter_name = "days"

    def lookups(self, request, model_admin):
        return [("1", _("In the last day")), ("7", _("In the last 7 days")), ("30", _("In the last 30 days"))]

    def queryset(self, request, queryset):
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(at__gt=timezone.now() - timedelta(days=int(self.value())))


@admin.register(Entry)
class EntryAdmin(ScopedAdmin):
    """History: read, never written."""

    section = "history"
    list_title = gettext_lazy("History")
    list_help = gettext_lazy("What was done, by whom and why. Nothing here can be changed.")
    list_display = ["at_words", "what", "by_words", "why"]
    list_display_links = None
    list_filter = [TopicFilter, WhenFilter]
    list_select_related = ["by"]
    search_fields = ["words", "why", "by__name"]
    ordering = ["-at", "-pk"]
    export_columns = [
        (gettext_lazy("when"), lambda row: row.at),
        (gettext_lazy("what"), str),
        (gettext_lazy("by"), lambda row: str(row.by or "")),
        (gettext_lazy("why"), lambda row: row.why),
    ]

    def rows(self, user):
        return entries_visible_to(user)

    def page_of(self, row):
        # A line of history has no page of its own: the list says all of it.
        return reverse("admin:journal_entry_changelist")

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def at_words(self, row):
        return moment_words(row.at)

    @admin.display(description=gettext_lazy("what"))
    def what(self, row):
        return str(row)

    @admin.display(description=gettext_lazy("by"), ordering="by__name")
    def by_words(self, row):
        return row.by or _("the system")

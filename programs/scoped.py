"""The base of every list in the admin: rows of one's own programs, read, searched, filtered and exported."""

import re
from functools import cached_property

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.text import capfirst, slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from programs.models import Program
from programs.navigation import page_context
from programs.permissions import can_coordinate_any
from questions import cells

# What the filters of a list write into its address.
LOOKUPS = {"", "exact", "gte", "lt", "isnull"}
EXPORTS = {
    "csv": (cells.write_csv, "text/csv; charset=utf-8"),
    "xlsx": (cells.write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def status_words(key, label) -> str:
    """A status by word, shape and colour."""
    return render_to_string("programs/status.html", {"key": key, "label": label})


def moment_words(moment) -> str:
    """A moment in the reader's zone, as every list writes it."""
    return date_format(localtime(moment), "j M Y, H:i") if moment else ""


class ProgramFilter(admin.SimpleListFilter):
    """Narrows a list to one program the reader runs; `field` is the way from the row to it."""

    title = _("program")
    parameter_name = "program"
    field = "program__slug"

    def lookups(self, request, model_admin):
        return list(Program.objects.coordinated_by(request.user).values_list("slug", "name"))

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.filter(**{self.field: self.value()})


class TopicFilter(ProgramFilter):
    """The same for rows that name their program as text."""

    field = "topic"


class ScopedAdmin(admin.ModelAdmin):
    """A list that is read and never edited: what changes, changes by actions on pages of our own."""

    # The program's page this list stands for, for its navigation.
    section = ""
    # (heading, function of a row) for the spreadsheet.
    export_columns: list = []
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 500
    change_list_template = "programs/change_list.html"
    actions = None

    def rows(self, user):
        """What this person may see of the model."""
        return self.model.objects.visible_to(user)

    def page_of(self, row) -> str:
        """The address of a row's own page; "" where it has none."""
        return ""

    def get_queryset(self, request):
        queryset = self.rows(request.user)
        ordering = self.get_ordering(request)
        return queryset.order_by(*ordering) if ordering else queryset

    def has_view_permission(self, request, obj=None):
        if not hasattr(request, "coordinates_any"):
            request.coordinates_any = can_coordinate_any(request.user)
        return request.coordinates_any and (obj is None or self.get_queryset(request).filter(pk=obj.pk).exists())

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request):
        """Only what the list offers: other columns are nobody's to probe letter by letter."""
        named = [one[0] if isinstance(one, tuple) else one for one in self.list_filter]
        offered = {one if isinstance(one, str) else one.parameter_name for one in named}
        column, _mark, how = lookup.partition("__")
        return column in offered and how in LOOKUPS

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        if any("\x00" in value for value in request.GET.values()):
            # No database takes it as text, and no list of ours asks for it.
            raise Http404
        if kind := request.GET.get("_export"):
            return self._export(request, kind)
        if not all(re.fullmatch(r"[0-9]{1,18}", key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            # Django's own list would err on what is no key.
            raise Http404
        return super().changelist_view(request, {**self._frame(request), **(extra_context or {})})

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except OverflowError:
            # A date in the address that no time zone reaches.
            raise IncorrectLookupParameters from None

    def get_list_display(self, request):
        """No column says on every line which program the whole list is about."""
        narrowed = request.GET.get("program")
        return [name for name in self.list_display if not (narrowed and name == "program")]

    def _frame(self, request) -> dict:
        """The program's navigation over the list, where it is narrowed to one; and the addresses of the export."""
        query = request.GET.copy()
        exports = []
        for kind in EXPORTS if self.export_columns else []:
            query["_export"] = kind
            exports.append((kind.upper(), f"?{query.urlencode()}"))
        slug = request.GET.get("program", "")
        program = Program.objects.coordinated_by(request.user).filter(slug=slug).first() if slug else None
        frame = {**page_context(request, program, self.section), **self.frame(request, program)} if program else {}
        return {**frame, "title": self.list_title, "exports": exports, "list_help": self.list_help}

    def frame(self, request, program) -> dict:
        """What else stands over the list of one program."""
        return {}

    @cached_property
    def list_title(self):
        return capfirst(str(self.opts.verbose_name_plural))

    # One sentence over the list, for whoever opens it the first time.
    list_help = ""

    def columns_of(self, rows) -> list:
        """The columns of the spreadsheet of these rows, as words and value."""
        return self.export_columns

    def export_note(self, rows) -> str:
        """What stands over the spreadsheet, in a row of its own; "" where nothing has to."""
        return ""

    def _export(self, request, kind):
        """The rows of the list as it is filtered and searched now, all pages of them."""
        if kind not in EXPORTS or not self.export_columns:
            raise Http404
        request.GET = request.GET.copy()
        del request.GET["_export"]
        try:
            rows = list(self.get_changelist_instance(request).get_queryset(request))
        except IncorrectLookupParameters:
            return redirect(f"{request.path}?e=1")
        write, content_type = EXPORTS[kind]
        columns = self.columns_of(rows)
        header = [str(words) for words, _value in columns]
        lines = [header, *([value(row) for _words, value in columns] for row in rows)]
        if note := self.export_note(rows):
            lines.insert(0, [note])
        content = write(lines[0], lines[1:])
        response = HttpResponse(content, content_type=content_type)
        name = slugify(f"{request.GET.get('program', '')} {self.list_title}") or "list"
        response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
        return response

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A row's own page instead of the stock form."""
        return self._to_page(request, object_id)

    def history_view(self, request, object_id, extra_context=None):
        return self._to_page(request, object_id)

    def _to_page(self, request, object_id):
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None or not (page := self.page_of(row)):
            raise Http404
        return redirect(page)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        # What somebody may not see is not found.
        raise Http404

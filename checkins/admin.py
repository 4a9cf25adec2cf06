"""The coordinators' list of pairs: how each stands, when they were last in touch, and when they are due."""

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins.models import Standing
from matching.models import Pairing, PairPurpose
from profiles import civil
from programs.scoped import ProgramFilter, ScopedAdmin, status_words


class StandingFilter(admin.SimpleListFilter):
    """Narrows the list to pairs that stand one way."""

    title = gettext_lazy("status")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return Standing.choices

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(watch__standing=self.value()) if self.value() in Standing.values else queryset.none()


class OpenFilter(admin.ChoicesFieldListFilter):
    """Pairs that go on, or those that are over."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("open or ended")


def _watched(value):
    """A column of the stored standing; a pair that is not watched yet says nothing."""

    def read(row):
        watch = getattr(row, "watch", None)
        return value(watch) if watch else ""

    return read


def standing_of(row) -> str:
    """How a pair stands, as a key."""
    watch = getattr(row, "watch", None)
    return watch.standing if watch else (Standing.ENDED if row.ended_at else Standing.NEW)


@admin.register(Pairing)
class PairingAdmin(ScopedAdmin):
    """Pairs one runs, never one's own; each leads to its page."""

    section = "pairs"
    list_help = gettext_lazy(
        "Everybody who is matched, and who was. Pairs begin by publishing a round or on a mentee's page."
    )
    list_display = [
        "mentee_name", "mentor_name", "purpose_column", "standing", "last_in_touch", "next_due", "how_often", "since",
        "program",
    ]  # fmt: skip
    list_filter = [ProgramFilter, StandingFilter, ("state", OpenFilter), "began_at"]
    list_select_related = ["mentor__user", "mentee__user", "program", "purpose", "watch"]
    search_fields = ["mentor__user__name", "mentor__user__email", "mentee__user__name", "mentee__user__email"]
    ordering = ["-began_at", "-pk"]
    export_columns = [
        (gettext_lazy("Mentee"), lambda row: str(row.mentee.user)),
        (gettext_lazy("Mentor"), lambda row: str(row.mentor.user)),
        (gettext_lazy("Status"), lambda row: str(Standing(standing_of(row)).label)),
        (gettext_lazy("Status since"), _watched(lambda watch: watch.since)),
        (gettext_lazy("Last in touch"), _watched(lambda watch: watch.last_contact)),
        (gettext_lazy("How sure"), _watched(lambda watch: watch.get_sureness_display())),
        (gettext_lazy("Next due"), _watched(lambda watch: watch.due_on)),
        (gettext_lazy("How often"), lambda row: row.rhythm_words),
        (gettext_lazy("Since"), lambda row: civil.day_of(row.began_at, row.program.zone)),
        (gettext_lazy("Ended"), lambda row: civil.day_of(row.ended_at, row.program.zone) if row.ended_at else ""),
        (gettext_lazy("Why"), lambda row: " ".join(row.pair_words)),
        (gettext_lazy("Program"), lambda row: row.program.name),
    ]

    def columns_of(self, rows):
        """What pairs are for has a column where any of them says so."""
        found = super().columns_of(rows)
        purpose = (gettext_lazy("For"), lambda row: row.purpose_words)
        return [*found[:2], purpose, *found[2:]] if any(row.purpose_id for row in rows) else found

    def get_list_display(self, request):
        """What a program's pairs are for stands where a program says so."""
        found = super().get_list_display(request)
        named = PairPurpose.objects.visible_to(request.user).exists()
        return found if named else [name for name in found if name != "purpose_column"]

    @admin.display(description=gettext_lazy("mentee"), ordering="mentee__user__name")
    def mentee_name(self, row):
        return str(row.mentee.user)

    @admin.display(description=gettext_lazy("mentor"), ordering="mentor__user__name")
    def mentor_name(self, row):
        return str(row.mentor.user)

    @admin.display(description=gettext_lazy("for"), ordering="purpose__position")
    def purpose_column(self, row):
        return row.purpose_words

    @admin.display(description=gettext_lazy("status"), ordering="watch__standing")
    def standing(self, row):
        key = standing_of(row)
        return status_words(key, Standing(key).label)

    @admin.display(description=gettext_lazy("last in touch"), ordering="watch__last_contact")
    def last_in_touch(self, row):
        watch = getattr(row, "watch", None)
        if watch is None or watch.last_contact is None:
            return _("not yet")
        return f"{_day(watch.last_contact)}, {watch.get_sureness_display()}"

    @admin.display(description=gettext_lazy("next due"), ordering="watch__due_on")
    def next_due(self, row):
        watch = getattr(row, "watch", None)
        return _day(watch.due_on) if watch and watch.due_on else "–"

    @admin.display(description=gettext_lazy("how often"), ordering="rhythm_days")
    def how_often(self, row):
        return row.rhythm_words

    @admin.display(description=gettext_lazy("matched"), ordering="began_at")
    def since(self, row):
        began = _day(civil.day_of(row.began_at, row.program.zone))
        if row.ended_at is None:
            return began
        return _("%(began)s to %(ended)s") % {
            "began": began,
            "ended": _day(civil.day_of(row.ended_at, row.program.zone)),
        }

    def export_note(self, rows) -> str:
        """How what is in here bears on evaluation, as each program says it."""
        said = {row.program: [row.program.evaluation_for_mentees, row.program.evaluation_for_mentors] for row in rows}
        words = {program: " ".join(dict.fromkeys(sentences)) for program, sentences in said.items()}
        if len(set(words.values())) == 1:
            return next(iter(words.values()))
        return " ".join(f"{program}: {sentence}" for program, sentence in words.items())

    def page_of(self, row):
        return reverse("matching:pair", args=[row.program.slug, row.public_id])


def _day(value) -> str:
    return date_format(value, "j M Y")

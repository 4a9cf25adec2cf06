"""The coordinators' list of rounds: read, searched, filtered. That of pairs is where their standing is known."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from matching.models import Proposal, Round
from programs.scoped import ProgramFilter, ScopedAdmin


@admin.register(Round)
class RoundAdmin(ScopedAdmin):
    section = "matching"
    list_help = _("Every time the pairs were worked out.")
    list_display = ["asked_at", "program", "state", "matched", "asked_by", "settled_at"]
    list_filter = [ProgramFilter, "state", "asked_at"]
    list_select_related = ["program", "asked_by"]
    search_fields = ["program__name"]
    ordering = ["-asked_at", "-pk"]

    def rows(self, user):
        """Rounds with whether the reader is in them: then a figure could tell what is about them."""
        mine = Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk)
        return super().rows(user).annotate(own=Exists(Proposal.objects.filter(mine, round=OuterRef("pk"))))

    @admin.display(description=_("mentees with a mentor"))
    def matched(self, row):
        if row.own or "matched" not in row.result:
            return "–"
        return _("%(matched)s of %(of)s") % {"matched": row.result["matched"], "of": row.result["of"]}

    def page_of(self, row):
        return reverse("matching:round", args=[row.program.slug, row.public_id])

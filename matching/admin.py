"""The coordinators' lists of pairs and of rounds: read, searched, filtered, exported."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from matching.models import Pairing, Proposal, Round
from programs.scoped import ProgramFilter, ScopedAdmin


@admin.register(Pairing)
class PairingAdmin(ScopedAdmin):
    section = "pairs"
    list_help = _("Everybody who is matched, and who was. Pairs begin by publishing a round or on a mentee's page.")
    list_display = ["mentee_name", "mentor_name", "state", "how_often", "began_at", "ended_at"]
    list_filter = [ProgramFilter, "state", "began_at"]
    list_select_related = ["mentor__user", "mentee__user", "program"]
    search_fields = ["mentor__user__name", "mentor__user__email", "mentee__user__name", "mentee__user__email"]
    ordering = ["-began_at", "-pk"]
    export_columns = [
        (_("Mentee"), lambda row: str(row.mentee.user)),
        (_("Mentor"), lambda row: str(row.mentor.user)),
        (_("Status"), lambda row: row.get_state_display()),
        (_("How often"), lambda row: row.rhythm_words),
        (_("Since"), lambda row: row.began_at),
        (_("Ended"), lambda row: row.ended_at),
        (_("Why"), lambda row: " ".join(row.pair_words)),
    ]

    @admin.display(description=_("mentee"), ordering="mentee__user__name")
    def mentee_name(self, row):
        return str(row.mentee.user)

    @admin.display(description=_("mentor"), ordering="mentor__user__name")
    def mentor_name(self, row):
        return str(row.mentor.user)

    @admin.display(description=_("how often"), ordering="rhythm_days")
    def how_often(self, row):
        return row.rhythm_words

    def page_of(self, row):
        return reverse("matching:pair", args=[row.program.slug, row.public_id])


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

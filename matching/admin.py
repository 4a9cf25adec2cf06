"""The coordinators' list of rounds: read, searched, filtered. That of pairs is where their standing is known."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from matching.models import LIVE, Introduction, Offer, OfferState, Proposal, Round
from programs.scoped import ProgramFilter, ScopedAdmin


@admin.register(Round)
class RoundAdmin(ScopedAdmin):
    section = "matching"
    list_help = _("Every time the pairs were worked out.")
    list_display = ["asked_at", "program", "kind", "state", "matched", "asked_by", "settled_at"]
    list_filter = [ProgramFilter, "state", "asked_at"]
    list_select_related = ["program", "asked_by", "purpose"]
    search_fields = ["program__name"]
    ordering = ["-asked_at", "-pk"]

    def rows(self, user):
        """Rounds with whether the reader is in them: then a figure could tell what is about them."""
        mine = Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk)
        return super().rows(user).annotate(own=Exists(Proposal.objects.filter(mine, round=OuterRef("pk"))))

    @admin.display(description=_("for whom"))
    def kind(self, row):
        return " · ".join(row.kind_words) or row.get_people_display()

    @admin.display(description=_("mentees with a mentor"))
    def matched(self, row):
        if row.own or "matched" not in row.result:
            return "–"
        return _("%(matched)s of %(of)s") % {"matched": row.result["matched"], "of": row.result["of"]}

    def page_of(self, row):
        return reverse("matching:round", args=[row.program.slug, row.public_id])


@admin.register(Offer)
class OfferAdmin(ScopedAdmin):
    """What waits and what became a pair; who said “not this time” stands in the history alone."""

    section = "matching"
    list_help = _("Mentors whom mentees have asked, or will ask next.")
    list_display = ["mentee", "mentor", "state", "answer_by", "listed_at"]
    list_filter = [ProgramFilter, "state"]
    list_select_related = ["program", "mentee__user", "mentor__user"]
    search_fields = ["mentee__user__name", "mentor__user__name"]
    ordering = ["answer_by", "-listed_at"]

    def rows(self, user):
        return super().rows(user).filter(state__in=[*LIVE, OfferState.MADE])

    def page_of(self, row):
        return reverse("programs:participant", args=[row.program.slug, row.mentee.public_id])


def yes_or_not(said_at):
    return _("yes") if said_at else _("not yet")


@admin.register(Introduction)
class IntroductionAdmin(ScopedAdmin):
    """What waits and what became a pair; who said “not this time” stands in the history alone."""

    section = "matching"
    list_help = _("Pairs of a round that begin once both have said yes.")
    list_display = ["mentee", "mentor", "state", "mentee_says", "mentor_says", "answer_by"]
    list_filter = [ProgramFilter, "state"]
    list_select_related = ["program", "mentee__user", "mentor__user"]
    search_fields = ["mentee__user__name", "mentor__user__name"]
    ordering = ["answer_by", "pk"]
    export_columns = [
        (_("mentee"), lambda row: row.mentee.user.name),
        (_("mentor"), lambda row: row.mentor.user.name),
        (_("status"), lambda row: row.get_state_display()),
        (_("the mentee’s answer"), lambda row: yes_or_not(row.mentee_yes_at)),
        (_("the mentor’s answer"), lambda row: yes_or_not(row.mentor_yes_at)),
        (_("answer by"), lambda row: row.answer_by.isoformat()),
    ]

    def rows(self, user):
        return super().rows(user).filter(state__in=[OfferState.OPEN, OfferState.MADE])

    @admin.display(description=_("the mentee’s answer"))
    def mentee_says(self, row):
        return yes_or_not(row.mentee_yes_at)

    @admin.display(description=_("the mentor’s answer"))
    def mentor_says(self, row):
        return yes_or_not(row.mentor_yes_at)

    def page_of(self, row):
        return reverse("matching:introduction", args=[row.program.slug, row.public_id])

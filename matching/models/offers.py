"""What is offered to a mentor before a pair begins."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.models.purposes import PairPurpose
from matching.models.rules import ProgramRows
from programs.models import Membership, Program


class OfferState(models.TextChoices):
    LISTED = "listed", _("on the list")
    OPEN = "open", _("waiting for an answer")
    MADE = "made", _("said yes")
    DECLINED = "declined", _("not this time")
    LAPSED = "lapsed", _("no answer")
    CLOSED = "closed", _("closed")


LIVE = (OfferState.LISTED, OfferState.OPEN)


class OfferQuerySet(ProgramRows):
    def live(self):
        """On a mentee's list or waiting for a mentor's answer."""
        return self.filter(state__in=LIVE)

    def open(self):
        return self.filter(state=OfferState.OPEN)

    def in_order(self):
        """As their mentee ranked them; those asked already come first."""
        return self.order_by(models.Case(models.When(state=OfferState.OPEN, then=0), default=1), "rank", "pk")

    def visible_to(self, user):
        return super().visible_to(user).exclude(Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk))


class Offer(models.Model):
    """A mentee's wish for one mentor, in their own order: kept on their list, then asked, then answered."""

    State = OfferState

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="offers", verbose_name=_("program"))
    mentee = models.ForeignKey(Membership, models.CASCADE, related_name="offers_to_mentee", verbose_name=_("mentee"))
    mentor = models.ForeignKey(Membership, models.CASCADE, related_name="offers_to_mentor", verbose_name=_("mentor"))
    state = models.CharField(_("status"), max_length=8, choices=OfferState.choices, default=OfferState.LISTED)
    purpose = models.ForeignKey(
        PairPurpose, models.PROTECT, null=True, blank=True, related_name="offers", verbose_name=_("for")
    )
    # The mentee's own order, the dearest first.
    rank = models.PositiveSmallIntegerField()
    # A line to the mentor.
    words = models.TextField(_("in their words"), blank=True)
    listed_at = models.DateTimeField(_("since"))
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    # The last civil day, in the program's zone, on which the mentor may answer.
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # Why not, for coordinators alone.
    reason = models.TextField(_("why"), blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a mentor")
        verbose_name_plural = _("requests for mentors")
        ordering = ["-listed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentee", "mentor"], condition=Q(state__in=["listed", "open"]), name="one_live_offer_of_two"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(asked_at__isnull=False, answer_by__isnull=False),
                name="an_open_offer_says_by_when",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="offers_that_wait"),
            models.Index(fields=["mentor", "state"], name="offers_of_a_mentor"),
        ]

    def __str__(self):
        return f"{self.mentee.user} – {self.mentor.user}"


class Breather(models.Model):
    """A mentor whom nobody can ask at the moment: two requests in a row found no answer. Ends when they say so."""

    mentor = models.ForeignKey(Membership, models.CASCADE, related_name="breathers")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mentor"], condition=Q(ended_at=None), name="one_breather_at_a_time")
        ]

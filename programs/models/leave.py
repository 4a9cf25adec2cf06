"""A person away from a program for a while."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.models.membership import Membership


class LeaveQuerySet(models.QuerySet):
    def current(self):
        """Agreed, and not over: from the day it was said to the day they are back."""
        return self.filter(ended_at__isnull=True)

    def away_on(self, day):
        """Leaves that cover this civil day."""
        return self.current().filter(starts_on__lte=day, returns_on__gt=day)


class Leave(models.Model):
    """A leave with the day somebody is back; those over are kept as history."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="leaves", verbose_name=_("participant"))
    starts_on = models.DateField(_("first day away"))
    returns_on = models.DateField(_("back on"))
    said_at = models.DateTimeField(_("said"))
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Asked the day before whether they are back.
    asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(_("over"), null=True, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(returns_on__gt=F("starts_on")), name="a_leave_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(ended_at__isnull=True), name="one_leave_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["returns_on"], condition=Q(ended_at__isnull=True), name="leaves_that_end"),
            models.Index(fields=["starts_on"], condition=Q(ended_at__isnull=True), name="leaves_that_begin"),
        ]

"""What mentors say before a round: whether they take somebody this time."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models import Membership


class AvailabilityAnswer(models.TextChoices):
    YES = "yes", _("yes, this time")
    NOT_NOW = "not_now", _("not this time")
    NO_MORE = "no_more", _("not any more")
    NONE = "none", _("no answer")


class AvailabilityQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(membership__in=Membership.objects.visible_to(user))

    def to_remind(self, day):
        """Mentors who were asked, have not answered, and are reminded once."""
        return self.filter(answer=AvailabilityAnswer.NONE, reminded_at=None, remind_on__lte=day)


class Availability(models.Model):
    """What a mentor last said about taking somebody; without a row they said yes by joining, not long ago."""

    Answer = AvailabilityAnswer

    membership = models.OneToOneField(Membership, models.CASCADE, primary_key=True, related_name="availability")
    answer = models.CharField(max_length=7, choices=AvailabilityAnswer.choices, default=AvailabilityAnswer.NONE)
    at = models.DateTimeField()
    # Themselves, or whoever noted it for them.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    # In the program's civil days.
    remind_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["remind_on"], condition=Q(answer="none", reminded_at__isnull=True), name="mentors_to_remind"
            ),
            models.Index(fields=["at"], condition=Q(answer="yes"), name="yes_that_lapses"),
        ]


class EarlyReturn(models.Model):
    """A coordinator lets a mentor be matched again before the gap after their last pair is over, and says why."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="early_returns")
    why = models.CharField(_("why"), max_length=300)
    # Counts for pairs that ended before it.
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

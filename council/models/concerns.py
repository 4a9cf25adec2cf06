"""A concern about safety: its own table, its own door, each reading written down."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from programs.models import Program

PERSON = settings.AUTH_USER_MODEL


class ConcernQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)

    def not_about(self, user):
        return self.exclude(Exists(ConcernAbout.objects.filter(concern=OuterRef("pk"), person_id=user.pk)))

    def readable_by(self, user):
        """Whom it was told to, and the other of the two once it lay unopened; nobody else, superusers included."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(told=user) | Q(other=user, other_told_at__isnull=False)).not_about(user)

    def log_visible_to(self, user):
        """Whose readings this person may look at: theirs to read, or to stand in for."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(told=user) | Q(other=user)).not_about(user)


class Concern(models.Model):
    """What somebody told one named person about safety; its words never leave this table."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="concerns")
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    words = models.TextField(_("what happened"))
    # Somebody who is not in the program, in words.
    about_words = models.CharField(_("who it is about"), max_length=200, blank=True)
    about = models.ManyToManyField(PERSON, through="ConcernAbout", related_name="+")
    # Whom the person chose, and the other of the two, kept as they were then; third: the third named person.
    told = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    other = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    third = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    # When nobody has opened it by then: the other of the two, then the third, who does not learn what it says.
    look_at = models.DateTimeField(null=True, blank=True)
    other_told_at = models.DateTimeField(null=True, blank=True)
    third_told_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    closing_words = models.TextField(blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="concerns_unopened")]


class ConcernAbout(models.Model):
    """Whom a concern is about: it leaves no trace for them."""

    concern = models.ForeignKey(Concern, models.CASCADE)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concern", "person"], name="concern_about_once")]


class ConcernReading(models.Model):
    """One reading of a concern, or something done with it: append-only."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="readings")
    reader = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(
        max_length=10, choices=[("read", _("read")), ("closed", _("closed")), ("noted", _("noted"))], default="read"
    )

    class Meta:
        ordering = ["at", "pk"]

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("Readings are append-only.")
        super().save(*args, **kwargs)

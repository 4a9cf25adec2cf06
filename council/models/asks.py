"""Questions put to a mentee on whose answer something hangs."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.models import Pairing
from programs.models import Leave, Membership


class AskKind(models.TextChoices):
    # A mentor says they cannot reach their mentee.
    NO_MENTEE = "no_mentee", _("are you there")
    # A mentor is away for longer than one interval: wait, a stand-in, or a new mentor.
    AWAY = "away", _("what suits you while your mentor is away")


class Ask(models.Model):
    """One question to one mentee; unanswered by its day it becomes a case."""

    Kind = AskKind

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=AskKind.choices)
    cause = models.CharField(max_length=120, unique=True)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="asks")
    leave = models.ForeignKey(Leave, models.CASCADE, null=True, blank=True, related_name="asks")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="asks")
    asked_at = models.DateTimeField()
    # The next moment at which something happens if nobody answers: a reminder, then a case.
    look_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question to a mentee")
        verbose_name_plural = _("questions to mentees")
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="asks_to_look_at")]

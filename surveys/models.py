"""When we ask, whom, and what they said."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.models import Pairing
from programs.models import Membership, Program
from questions.models import Questionnaire, Sheet


class SurveyKind(models.TextChoices):
    PULSE = "pulse", _("pulse")


class Survey(models.Model):
    """What a program asks its people, and by which form."""

    Kind = SurveyKind

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="surveys")
    kind = models.CharField(_("kind"), max_length=10, choices=SurveyKind.choices)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.UniqueConstraint(fields=["program"], condition=Q(kind="pulse"), name="one_pulse_a_program")
        ]


class Wave(models.Model):
    """One opening of a survey: of one that runs by match age, a calendar month of the program."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="waves")
    month = models.DateField()

    class Meta:
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["survey", "month"], name="one_wave_a_month")]


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Named answers of the programs this person coordinates, never of their own pairs."""
        return self.filter(pairing__in=Pairing.objects.visible_to(user))


class Invitation(models.Model):
    """Somebody asked in a named survey; it holds the pointer to what they said."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="pulses")
    # Which pulse of the pair: the day after its beginning on which it was due.
    day = models.PositiveSmallIntegerField()
    sheet = models.OneToOneField(Sheet, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # When whoever acts on wishes has looked at this answer, and what was wished for then; null again once it changes.
    looked_at = models.DateTimeField(null=True, blank=True)
    known_wish = models.CharField(max_length=20, blank=True)
    # Said to go badly, with no wish: since when it stands so, until a coordinator has seen to it.
    low_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["pairing", "membership", "day"], name="one_pulse_a_side_and_day"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(sheet__isnull=False), name="an_answered_pulse_has_its_answers"
            ),
        ]
        indexes = [
            models.Index(
                fields=["answered_at"],
                condition=Q(answered_at__isnull=False, looked_at__isnull=True),
                name="pulses_to_look_at",
            ),
            models.Index(fields=["low_at"], condition=Q(low_at__isnull=False), name="low_pulses_to_see_to"),
            models.Index(fields=["membership", "asked_at"], name="pulses_of_one_email"),
        ]


class Postponed(models.Model):
    """A pair whose day came while it rested: asked once the rest is over."""

    pairing = models.OneToOneField(Pairing, models.CASCADE, related_name="+")
    # The last civil day of the program on which it was seen at rest.
    rested_on = models.DateField()

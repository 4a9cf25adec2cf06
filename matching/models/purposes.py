"""What a pair is for: a mentee may have one pair for each purpose of the program."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.models.rules import ProgramRows
from programs.models import Membership, Program


class PairPurpose(models.Model):
    """One of several things a program pairs people for; a program with one alone needs none."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="pair_purposes", verbose_name=_("program"))
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField()

    objects = ProgramRows.as_manager()

    class Meta:
        verbose_name = _("purpose of pairs")
        verbose_name_plural = _("purposes of pairs")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="a_program_names_a_purpose_once")]

    def __str__(self):
        return self.name


class PurposeWait(models.Model):
    """A mentee who has a mentor for something else, and waits for one for this: the day on which we write again."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="purpose_waits")
    purpose = models.ForeignKey(PairPurpose, models.CASCADE, related_name="waits")
    since = models.DateTimeField()
    # In the program's civil days.
    write_again_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "purpose"], name="one_wait_for_a_purpose")]
        indexes = [models.Index(fields=["write_again_on"], name="waits_for_a_purpose")]

"""What a pair is for: a mentee may have one pair for each purpose of the program."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.models.rules import ProgramRows
from programs.models import Program


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

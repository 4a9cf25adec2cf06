"""What makes a good match in a program, and who is kept apart."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.models import Program


class ProgramRows(models.QuerySet):
    """Rows that hang on a program."""

    def of(self, program):
        return self.filter(program=program)

    def visible_to(self, user):
        return self.filter(program__in=Program.objects.coordinated_by(user))


class Policy(models.Model):
    """What makes a good match in this program, one version; editing makes the next."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="policies")
    version = models.PositiveIntegerField(_("version"))
    # As matching.scoring.parse_policy reads it.
    rules = models.JSONField(_("rules"), default=dict)
    created_at = models.DateTimeField(_("since"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = ProgramRows.as_manager()

    class Meta:
        verbose_name = _("matching rules")
        verbose_name_plural = _("matching rules")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["program", "version"], name="one_version_of_rules")]


class KeptApartQuerySet(ProgramRows):
    def visible_to(self, user):
        """Of the programs this person coordinates, never what is about themselves."""
        return super().visible_to(user).exclude(Q(one=user.pk) | Q(other=user.pk))

    def pairs(self) -> set[tuple[int, int]]:
        """The people (by primary key) kept apart, the lower number first."""
        return set(self.order_by().values_list("one", "other"))


class KeptApart(models.Model):
    """Two people whom a coordinator keeps apart in a program, whichever of them is the mentor; nobody else reads it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="kept_apart")
    # The one with the lower number, so that two people stand here once.
    one = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("since"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = KeptApartQuerySet.as_manager()

    class Meta:
        verbose_name = _("two people kept apart")
        verbose_name_plural = _("people kept apart")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "one", "other"], name="two_are_kept_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="kept_apart_are_two_people_in_order"),
        ]

    def __str__(self):
        # Their names stand on the one page that shows them, nowhere else.
        return str(_("two people kept apart"))

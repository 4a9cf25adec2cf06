"""Files of people on their way into a program: nothing counts before "Import"."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from programs.models.program import Program


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("columns being named")
    PREVIEW = "preview", _("ready to import")
    ASKED = "asked", _("waiting for its turn")
    WORKING = "working", _("being imported")
    DONE = "done", _("imported")
    FAILED = "failed", _("not imported")
    DISCARDED = "discarded", _("discarded")


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(program__in=Program.objects.coordinated_by(user))

    def to_do(self, now):
        """Imports a worker may take: asked for, or left by a worker that died."""
        return self.filter(
            models.Q(state=ImportState.ASKED) | models.Q(state=ImportState.WORKING, lease_until__lte=now)
        ).order_by("created_at", "pk")


class Import(models.Model):
    """One upload of one or two files, from naming the columns to the people it made."""

    State = ImportState
    MOVES = {
        (ImportState.MAPPING, ImportState.PREVIEW),
        (ImportState.MAPPING, ImportState.DISCARDED),
        (ImportState.PREVIEW, ImportState.MAPPING),
        (ImportState.PREVIEW, ImportState.ASKED),
        (ImportState.PREVIEW, ImportState.DISCARDED),
        (ImportState.ASKED, ImportState.WORKING),
        (ImportState.WORKING, ImportState.WORKING),
        (ImportState.WORKING, ImportState.DONE),
        (ImportState.WORKING, ImportState.FAILED),
        (ImportState.FAILED, ImportState.PREVIEW),
        (ImportState.FAILED, ImportState.DISCARDED),
    }

    CHANGEABLE = (ImportState.MAPPING, ImportState.PREVIEW, ImportState.FAILED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="imports", verbose_name=_("program"))
    state = models.CharField(_("status"), max_length=10, choices=ImportState.choices, default=ImportState.MAPPING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("when"))
    # Whoever pressed "Import": the history names them.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    # The coordinator's answers: places for mentors without a column, whether a pair see each other's address.
    places = models.PositiveSmallIntegerField(_("places of a mentor"), default=1)
    show_addresses = models.BooleanField(_("a pair see each other's address"), default=False)
    # What was answered where one address has two names: {address: "file name" or "known name"}.
    name_choices = models.JSONField(default=dict, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress, in percent"), default=0)
    # Counts and refused lines of what was done, for the page and the history.
    result = models.JSONField(default=dict, blank=True)
    done_at = models.DateTimeField(_("imported"), null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["asked", "working"]),
                name="imports_a_worker_may_take",
            )
        ]

    def __str__(self):
        return str(_("Import of %(date)s")) % {
            "date": date_format(self.created_at.astimezone(self.program.zone), "j F Y, H:i")
        }

    @property
    def may_be_changed(self) -> bool:
        """Nothing has been asked for yet, or it came to nothing."""
        return self.state in self.CHANGEABLE


class ImportFile(models.Model):
    """One uploaded spreadsheet: its header, its rows as text, and what each column means."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="files")
    role = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    header = models.JSONField(default=list)
    # Per line: {"line": 2, "cells": [...]} or, where it cannot be read, {"line": 2, "refused": {...}}.
    # Emptied once imported or discarded: what people said is kept in one place only.
    rows = models.JSONField(default=list)
    # Per column what programs.imports.columns.Meaning writes: target, kind, readers, key, options, remembered.
    mapping = models.JSONField(default=list)

    class Meta:
        ordering = ["-role"]
        constraints = [models.UniqueConstraint(fields=["of", "role"], name="one_file_a_role")]


class RememberedMapping(models.Model):
    """What a program's coordinator said a column of this name means, for the next file."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="remembered_mappings")
    role = models.CharField(max_length=12)
    column = models.CharField(max_length=200)
    meaning = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "role", "column"], name="one_meaning_a_column")]

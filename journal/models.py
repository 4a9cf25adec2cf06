"""What was done: by whom, to what, when and why."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryQuerySet(models.QuerySet):
    def of(self, thing):
        """The history of one object."""
        return self.filter(app=thing._meta.app_label, model=thing._meta.model_name, object_id=str(thing.pk))

    def concerning(self, person):
        return self.filter(concerned=person)


class Entry(models.Model):
    """One thing done; it outlives its object, and its words are all that erasing replaces."""

    at = models.DateTimeField(_("when"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    verb = models.CharField(_("what"), max_length=60)
    app = models.CharField(max_length=40)
    model = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    # The program's slug as text: history outlives programs.
    topic = models.CharField(_("program"), max_length=80, blank=True, db_index=True)
    why = models.TextField(_("why"), blank=True)
    words = models.TextField(_("in words"), blank=True)
    concerned = models.ManyToManyField(settings.AUTH_USER_MODEL, through="EntryConcerns", related_name="history")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of history")
        verbose_name_plural = _("lines of history")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["app", "model", "object_id"], name="history_of_one_thing")]

    def __str__(self):
        return self.words or self.verb

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("History is append-only.")
        super().save(*args, **kwargs)


class EntryConcerns(models.Model):
    """Whom an entry is about."""

    entry = models.ForeignKey(Entry, models.CASCADE)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "person"], name="concerned_once")]

"""A program's own words for emails, and the emails it does without."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterTextQuerySet(models.QuerySet):
    def newest(self, topic: str, kind: str, language: str):
        """What is in force: the newest version, or None where there is none or it went back to ours."""
        found = self.filter(topic=topic, kind=kind, language=language).order_by("-version").first()
        return found if found and found.says else None

    def in_force(self):
        """Of each language of each kind the newest version, where that did not go back to ours."""
        same = {name: models.OuterRef(name) for name in ("topic", "kind", "language")}
        newer = LetterText.objects.filter(**same, version__gt=models.OuterRef("version"))
        return [row for row in self.exclude(models.Exists(newer)) if row.says]


class LetterText(models.Model):
    """One version of a program's own text of one kind of email in one language; an empty one goes back to ours."""

    topic = models.CharField(_("program"), max_length=80)
    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    # The words for what its parts say: {the English: the program's own}.
    phrases = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    # Since when emails went out in our words instead, because this text could not be used, and why.
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)

    objects = LetterTextQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "kind", "language", "version"], name="one_text_a_version_of_an_email"
            )
        ]

    def __str__(self):
        return self.subject

    @property
    def says(self) -> bool:
        """Whether it has words of its own at all."""
        return bool(self.text or self.phrases)


class Stopped(models.Model):
    """A kind of email that a program does without for now."""

    topic = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "kind"], name="stopped_once")]

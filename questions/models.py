"""Questionnaires coordinators build, and the sheets people fill in."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionKind(models.TextChoices):
    TEXT = "text", _("short text")
    LONG_TEXT = "long_text", _("long text")
    YES_NO = "yes_no", _("yes or no")
    NUMBER = "number", _("number")
    CHOICE = "choice", _("one of a list")
    SEVERAL = "several", _("several of a list")
    SCALE = "scale", _("a place on a scale")


class Readers(models.TextChoices):
    """Who may read an answer; each includes those after it, and the matcher always may."""

    OTHER_SIDE = "other_side", _("their mentor or mentee, and coordinators")
    COORDINATORS = "coordinators", _("coordinators")
    MATCHER = "matcher", _("nobody, only the matching uses it")


class Questionnaire(models.Model):
    """A versioned list of questions; frozen as soon as a sheet exists."""

    series = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=200)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        constraints = [models.UniqueConstraint(fields=["series", "version"], name="one_version_of_a_form")]

    def __str__(self):
        return f"{self.title} ({self.version})"


class Question(models.Model):
    """One question; its key stays the same across versions."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=80)
    text = models.CharField(_("question"), max_length=300)
    help = models.CharField(_("help"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind.choices, default=QuestionKind.TEXT)
    options = models.JSONField(_("options"), default=list, blank=True, help_text=_("In order, lowest first."))
    readers = models.CharField(_("who sees it"), max_length=12, choices=Readers.choices, default=Readers.COORDINATORS)
    position = models.PositiveIntegerField(default=0)

    Kind = QuestionKind
    Readers = Readers

    class Meta:
        verbose_name = _("question")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="a_key_once_in_a_form")]

    def __str__(self):
        return self.text


class Sheet(models.Model):
    """One filled-in set of answers; it never points at a person: whoever may know holds the pointer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="sheets")

    class Meta:
        verbose_name = _("answers")
        verbose_name_plural = _("answers")


class Answer(models.Model):
    """One typed value, checked by its question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    value = models.JSONField()

    class Meta:
        verbose_name = _("answer")
        constraints = [models.UniqueConstraint(fields=["sheet", "question"], name="one_answer_a_question")]

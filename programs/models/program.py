"""One mentorship scheme: purpose, audience, goals, rules, and the people who answer for it."""

import uuid
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from profiles.models import validate_time_zone
from programs.figures import FIGURES
from programs.goals import measure_words, target_words


class ProgramState(models.TextChoices):
    SETUP = "setup", _("being set up")
    OPEN = "open", _("open")
    ENDED = "ended", _("ended")


class Template(models.TextChoices):
    """The kind of program, from which its figures start."""

    COMMUNITY = "community", _("volunteer community")
    CAREER = "career", _("career or university")
    YOUTH = "youth", _("youth")


class ProgramQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=ProgramState.OPEN)

    def name_of_slug(self, slug: str) -> str:
        """What people call the program of this short name; "" where there is none."""
        return self.filter(slug=slug).values_list("name", flat=True).first() or ""

    def locked(self):
        """Held to the end of the transaction; taken before any membership, so that no two wait for each other."""
        return self.select_for_update(of=("self",), no_key=True)

    def coordinated_by(self, user):
        """The programs this person runs; a superuser runs the installation and sees them all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(pk__in=user.memberships.filter(role="coordinator", state="active").values("program"))

    def visible_to(self, user):
        """The programs this person runs or sits on the council of: what the admin may show them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(
            pk__in=user.memberships.filter(role__in=["coordinator", "council"], state="active").values("program")
        )


class Program(models.Model):
    """A dated cohort, or rolling where it has no end."""

    State = ProgramState
    Template = Template
    MOVES = {
        (ProgramState.SETUP, ProgramState.OPEN),
        (ProgramState.OPEN, ProgramState.ENDED),
        (ProgramState.ENDED, ProgramState.OPEN),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=150)
    template = models.CharField(_("kind"), max_length=10, choices=Template.choices, default=Template.COMMUNITY)
    state = models.CharField(_("status"), max_length=10, choices=ProgramState.choices, default=ProgramState.SETUP)
    purpose = models.TextField(_("purpose"), blank=True)
    audience = models.TextField(_("who it is for"), blank=True)
    mentor_description = models.TextField(_("what a mentor does"), blank=True)
    mentee_description = models.TextField(_("what a mentee does"), blank=True)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Leave empty for a rolling program."))
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    evaluation_for_mentees = models.CharField(
        _("what we say to mentees about evaluation"), max_length=300, default="Not used to evaluate you."
    )
    evaluation_for_mentors = models.CharField(
        _("what we say to mentors about evaluation"), max_length=300, default="Not used to evaluate you."
    )
    emergency_number = models.CharField(_("emergency number"), max_length=60, blank=True)
    help_text = models.TextField(_("other help, by telephone or on the web"), blank=True)
    show_addresses = models.BooleanField(_("a pair see each other's address"), default=False)
    mentees_choose = models.BooleanField(_("mentees choose their mentor"), default=False)
    both_say_yes = models.BooleanField(_("both say yes before a pair begins"), default=False)
    mentor_questionnaire = models.ForeignKey(
        "questions.Questionnaire", models.PROTECT, null=True, blank=True, related_name="+"
    )
    mentee_questionnaire = models.ForeignKey(
        "questions.Questionnaire", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("since"))
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    # Counts the saved changes, so that two people editing at once cannot undo each other unseen.
    edition = models.PositiveIntegerField(default=0, editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="a_program_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="open")
                | (
                    ~models.Q(emergency_number="")
                    & ~models.Q(evaluation_for_mentees="")
                    & ~models.Q(evaluation_for_mentors="")
                ),
                name="open_only_with_number_and_sentences",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now):
        """The civil date in the program's zone."""
        return now.astimezone(self.zone).date()

    def figure(self, key: str) -> int:
        """A figure of this program: its own where it has one, else its template's."""
        own = self.figures.filter(key=key).order_by("-since", "-pk").first()
        return own.value if own else FIGURES[key].default(self.template)

    def figures_in_force(self) -> dict[str, int]:
        """Every figure of this program, in one query."""
        own = dict(self.figures.order_by("since", "pk").values_list("key", "value"))
        return {key: own.get(key, figure.default(self.template)) for key, figure in FIGURES.items()}

    def evaluation_for(self, role: str) -> str:
        return self.evaluation_for_mentors if role == "mentor" else self.evaluation_for_mentees


class ProgramFigure(models.Model):
    """A figure set apart from the template's; older rows are its history."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="figures")
    key = models.CharField(max_length=40)
    value = models.PositiveIntegerField()
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")


class Goal(models.Model):
    """What the program wants to have reached."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="goals")
    text = models.CharField(_("goal"), max_length=300)
    position = models.PositiveIntegerField(default=0)
    # What shows how far it is (programs/goals.py), with the number to reach; goals in words alone have neither.
    measure = models.CharField(_("measured by"), max_length=20, blank=True)
    target = models.DecimalField(_("target"), max_digits=4, decimal_places=1, null=True, blank=True)
    # The days or months that some measures name.
    within = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(measure="", target__isnull=True, within__isnull=True)
                | (~models.Q(measure="") & models.Q(target__isnull=False)),
                name="a_measured_goal_has_its_target",
            )
        ]

    def __str__(self):
        return self.text

    @property
    def measured(self) -> str:
        """What shows it and how much of that is aimed at, in words; "" for a goal in words alone."""
        return (
            f"{measure_words(self.measure, self.within)}: {target_words(self.measure, self.target)}"
            if self.measure
            else ""
        )


class Duty(models.TextChoices):
    SAFEGUARDING = "safeguarding", _("safeguarding")
    THIRD = "third", _("third named person for safeguarding")
    ONBOARDING = "onboarding", _("onboarding")
    MENTORS = "mentors", _("questions of mentors")
    MENTEES = "mentees", _("questions of mentees")


class PointOfContact(models.Model):
    """Who answers for a duty, and who stands in."""

    Duty = Duty

    program = models.ForeignKey(Program, models.CASCADE, related_name="points_of_contact")
    duty = models.CharField(_("duty"), max_length=14, choices=Duty.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )

    class Meta:
        verbose_name = _("point of contact")
        verbose_name_plural = _("points of contact")
        constraints = [
            models.UniqueConstraint(fields=["program", "duty"], name="one_contact_a_duty"),
            models.CheckConstraint(
                condition=models.Q(deputy__isnull=True) | ~models.Q(deputy=models.F("person")),
                name="a_deputy_is_somebody_else",
            ),
        ]

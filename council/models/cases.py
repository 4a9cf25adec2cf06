"""Cases, and the steps of the ladder that led to them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from matching.models import Pairing
from programs.models import Membership, MembershipState, Program, Role

PERSON = settings.AUTH_USER_MODEL


class CaseKind(models.TextChoices):
    NEVER = "never", _("never in touch")
    QUIET = "quiet", _("a quiet pair")
    UNREACHED = "unreached", _("a pair our emails do not reach")
    NO_MENTOR = "no_mentor", _("a mentee cannot reach their mentor")
    NO_MENTEE = "no_mentee", _("a mentor cannot reach their mentee")
    TOO_MUCH = "too_much", _("it is too much for a mentor")
    WISH = "wish", _("somebody asks for something")
    MISSED = "missed", _("meetings that did not happen")
    IDLE = "idle", _("a pair at rest for long")
    AWAY = "away", _("a mentor is away")
    LONG_LEAVE = "long_leave", _("a long leave")
    LEFT = "left", _("a mentor has left")


class Tier(models.TextChoices):
    COORDINATOR = "coordinator", _("with a coordinator")
    COUNCIL = "council", _("with the council")


class CaseState(models.TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Decision(models.TextChoices):
    TALK = "talk", _("talked; the pair goes on")
    EASIER = "easier", _("an easier load")
    PAUSE = "pause", _("a pause")
    REASSIGNED = "reassigned", _("a new mentor")
    WAITING = "waiting", _("the pair ended; the mentee waits for a new mentor")
    ANSWERED = "answered", _("answered")
    BY_ITSELF = "by_itself", _("settled by itself")


class CaseQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=CaseState.OPEN)

    def of(self, program):
        return self.filter(program=program)

    def not_about(self, user):
        """Without those this person is mentor, mentee or subject of, or asked for."""
        return self.exclude(Exists(CaseConcerns.objects.filter(case=OuterRef("pk"), person_id=user.pk)))

    def visible_to(self, user):
        """A coordinator's: of their programs, but those addressed to the council. A council member's: what has come
        to the council. Never what is about themselves."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        coordinated = Q(program__in=Program.objects.coordinated_by(user)) & ~Q(addressed=Tier.COUNCIL)
        sits = user.memberships.filter(role=Role.COUNCIL, state=MembershipState.ACTIVE).values("program")
        return self.filter(coordinated | Q(tier=Tier.COUNCIL, program__in=sits)).not_about(user)


class Case(models.Model):
    """Something a person has to decide, by a day, with what was tried before."""

    Kind = CaseKind
    Tier = Tier
    State = CaseState
    Decision = Decision
    # Asked for by a person: a first answer is promised, and it may be put off once, for a week.
    CRIES = (CaseKind.NO_MENTOR, CaseKind.TOO_MUCH, CaseKind.WISH)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="cases", verbose_name=_("program"))
    kind = models.CharField(_("what"), max_length=12, choices=CaseKind.choices)
    tier = models.CharField(_("with"), max_length=12, choices=Tier.choices, default=Tier.COORDINATOR)
    state = models.CharField(_("status"), max_length=6, choices=CaseState.choices, default=CaseState.OPEN)
    # What led to it, with its episode: "quiet:42:since:2026-05-03". The same cause never opens two.
    cause = models.CharField(max_length=120)
    # Whom it is for: the mentee whose mentoring is at stake, or the mentor who says that it is too much.
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="cases", verbose_name=_("for"))
    pairing = models.ForeignKey(Pairing, models.PROTECT, null=True, blank=True, related_name="cases")
    # Who asked, to whom they chose to say it, and their words, which those alone read.
    asked_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="requests")
    addressed = models.CharField(max_length=12, choices=Tier.choices, blank=True)
    words = models.TextField(_("in their words"), blank=True)
    owner = models.ForeignKey(
        PERSON, models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("who answers for it")
    )
    opened_at = models.DateTimeField(_("since"))
    # When nothing is decided by then, it goes on to the council; with the council, it is overdue.
    due_at = models.DateTimeField(_("due"))
    first_answer_by = models.DateTimeField(_("first answer by"), null=True, blank=True)
    first_answer_at = models.DateTimeField(_("first answer"), null=True, blank=True)
    snoozes = models.PositiveSmallIntegerField(default=0)
    # When it came to the council, and when its owner was last reminded.
    at_council_since = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices, blank=True)
    decision_words = models.TextField(_("why"), blank=True)
    decided_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    concerned = models.ManyToManyField(PERSON, through="CaseConcerns", related_name="+")

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=Q(state="open"), name="one_open_case_a_cause"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, decision="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(decision="")),
                name="a_closed_case_says_when_and_how",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="cases_due"),
            models.Index(fields=["program", "state", "tier"], name="cases_of_program"),
        ]

    def __str__(self):
        return str(self.get_kind_display())

    @property
    def is_cry(self) -> bool:
        """A person asked for help: they are promised a first answer."""
        return self.kind in self.CRIES


class CaseConcerns(models.Model):
    """Whom a case is about: to them it is invisible in every other role they hold."""

    case = models.ForeignKey(Case, models.CASCADE)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="case_about_once")]


class CaseLine(models.Model):
    """One line of a case's log: what was tried, who passed it on, what was said."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    words = models.TextField()
    # Read by the council, too: what was tried, and what is addressed to them. Else said to the coordinator alone.
    for_council = models.BooleanField(default=True)

    class Meta:
        ordering = ["at", "pk"]


class Step(models.Model):
    """A step of the ladder that was taken: once for its cause."""

    cause = models.CharField(max_length=120)
    step = models.CharField(max_length=20)
    pairing = models.ForeignKey(Pairing, models.CASCADE, null=True, blank=True, related_name="steps")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["cause", "step"], name="a_step_once_a_cause")]

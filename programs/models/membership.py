"""A person in a program in a role."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.program import Program


class Role(models.TextChoices):
    MENTEE = "mentee", _("mentee")
    MENTOR = "mentor", _("mentor")
    COORDINATOR = "coordinator", _("coordinator")
    COUNCIL = "council", _("council")


class MembershipState(models.TextChoices):
    INVITED = "invited", _("invited")
    APPLIED = "applied", _("applied")
    ACCEPTED = "accepted", _("accepted")
    PREPARING = "preparing", _("preparing")
    READY = "ready", _("ready to be matched")
    WAITING = "waiting", _("on the waiting list")
    ACTIVE = "active", _("active")
    ON_LEAVE = "on_leave", _("on leave")
    COMPLETED = "completed", _("completed")
    LEFT = "left", _("left")
    DECLINED = "declined", _("declined")


S = MembershipState


class MembershipQuerySet(models.QuerySet):
    def of(self, program):
        return self.filter(program=program)

    def mentors(self):
        return self.filter(role=Role.MENTOR)

    def mentees(self):
        return self.filter(role=Role.MENTEE)

    def participants(self):
        return self.filter(role__in=[Role.MENTOR, Role.MENTEE])

    def matchable(self):
        """Who may be in a round: ready, waiting or active (a mentor with places left), and able to sign in."""
        return self.filter(state__in=[S.READY, S.WAITING, S.ACTIVE], user__is_active=True)

    def visible_to(self, user):
        """Rows of the programs this person coordinates, never those about themselves; a superuser's likewise."""
        return self.filter(program__in=Program.objects.coordinated_by(user)).exclude(
            user_id=user.pk, role__in=[Role.MENTOR, Role.MENTEE]
        )


class Membership(models.Model):
    """A person in a program in one role; what they say in the program is on their sheet."""

    Role = Role
    State = MembershipState
    # The path somebody takes, as data.
    MOVES = {
        (S.INVITED, S.APPLIED), (S.INVITED, S.ACCEPTED), (S.INVITED, S.DECLINED),
        (S.APPLIED, S.ACCEPTED), (S.APPLIED, S.WAITING), (S.APPLIED, S.DECLINED), (S.APPLIED, S.LEFT),
        (S.ACCEPTED, S.PREPARING), (S.ACCEPTED, S.READY), (S.ACCEPTED, S.LEFT),
        (S.PREPARING, S.READY), (S.PREPARING, S.LEFT),
        (S.READY, S.WAITING), (S.READY, S.ACTIVE), (S.READY, S.LEFT),
        (S.WAITING, S.READY), (S.WAITING, S.ACTIVE), (S.WAITING, S.LEFT), (S.WAITING, S.DECLINED),
        (S.ACTIVE, S.ON_LEAVE), (S.ACTIVE, S.WAITING), (S.ACTIVE, S.COMPLETED), (S.ACTIVE, S.LEFT),
        (S.READY, S.ON_LEAVE), (S.WAITING, S.ON_LEAVE),
        (S.ON_LEAVE, S.ACTIVE), (S.ON_LEAVE, S.READY), (S.ON_LEAVE, S.WAITING), (S.ON_LEAVE, S.LEFT),
        (S.LEFT, S.READY), (S.DECLINED, S.READY),
    }  # fmt: skip

    # Coordinators and council members are asked, in, or out; they may come back.
    STAFF_MOVES = {(S.INVITED, S.ACTIVE), (S.INVITED, S.DECLINED), (S.ACTIVE, S.LEFT), (S.LEFT, S.ACTIVE)}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="memberships", verbose_name=_("program"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    state = models.CharField(_("status"), max_length=10, choices=MembershipState.choices)
    since = models.DateTimeField(_("status since"))
    joined_at = models.DateTimeField(_("joined"))
    # A mentor's: how many mentees at once. 0 means none.
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    sheet = models.ForeignKey("questions.Sheet", models.PROTECT, null=True, blank=True, related_name="+")
    # On the waiting list: the civil date in the program's zone on which we write again.
    write_again_on = models.DateField(_("we write again on"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["user__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "user", "role"], name="one_membership_a_role"),
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | models.Q(write_again_on__isnull=False),
                name="waiting_names_the_date_we_write_again",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "role", "state"], name="participants_by_role_state"),
            models.Index(fields=["state", "write_again_on"], name="whom_we_write_again"),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"

    @property
    def is_staff_role(self) -> bool:
        return self.role in (Role.COORDINATOR, Role.COUNCIL)

    def moves_from_here(self) -> set[str]:
        """The states this membership may go to next."""
        moves = self.STAFF_MOVES if self.is_staff_role else self.MOVES
        return {new for old, new in moves if old == self.state}

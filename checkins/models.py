"""Whether a pair is in touch: meetings, check-ins, what is known of contact, and the standing that follows."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.models import Pairing
from programs.models import Membership

PERSON = settings.AUTH_USER_MODEL


class PairRows(models.QuerySet):
    """Rows that hang on a pair."""

    def of(self, pairing):
        return self.filter(pairing=pairing)

    def visible_to(self, user):
        """Rows of pairs this person coordinates, never of their own pairs."""
        return self.filter(pairing__in=Pairing.objects.visible_to(user))

    def of_participant(self, user):
        """Rows of the pairs this person is one of."""
        return self.filter(pairing__in=Pairing.objects.of_participant(user))


class Sureness(models.TextChoices):
    BOTH = "both", _("confirmed by both")
    ONE = "one", _("confirmed by one")
    INFERRED = "inferred", _("inferred")


class Source(models.TextChoices):
    CHECK_IN = "check_in", _("said in a check-in")
    SAID = "said", _("said on their page")
    STAFF = "staff", _("noted by a coordinator")


class Contact(models.Model):
    """Evidence that a pair was in touch on a civil day of the program: the only kind there is."""

    Sureness = Sureness
    Source = Source

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="contacts")
    on = models.DateField(_("on"))
    sureness = models.CharField(_("how sure"), max_length=8, choices=Sureness.choices)
    source = models.CharField(_("known from"), max_length=8, choices=Source.choices)
    # Which of the two said so.
    by_mentor = models.BooleanField(default=False)
    by_mentee = models.BooleanField(default=False)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")

    objects = PairRows.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["pairing", "on"], name="one_contact_a_day"),
            models.CheckConstraint(
                condition=Q(sureness="both", by_mentor=True, by_mentee=True)
                | (~Q(sureness="both") & ~Q(by_mentor=True, by_mentee=True)),
                name="confirmed_by_both_means_both",
            ),
        ]


class MeetingState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACCEPTED = "accepted", _("agreed")
    DECLINED = "declined", _("does not suit")
    CANCELLED = "cancelled", _("cancelled")


class Meeting(models.Model):
    """An appointment of a pair: a moment, and a place or link."""

    State = MeetingState
    MOVES = {
        (MeetingState.PROPOSED, MeetingState.ACCEPTED),
        (MeetingState.PROPOSED, MeetingState.DECLINED),
        (MeetingState.PROPOSED, MeetingState.CANCELLED),
        (MeetingState.ACCEPTED, MeetingState.CANCELLED),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="meetings")
    state = models.CharField(_("status"), max_length=10, choices=MeetingState.choices, default=MeetingState.PROPOSED)
    starts_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("how long, in minutes"), default=60)
    place = models.CharField(_("place or link"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # The meeting this one takes the place of.
    instead_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = PairRows.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["state", "starts_at"], name="meetings_to_remind_and_ask")]


class CheckIn(models.Model):
    """One obligation to be in touch: of a meeting, or of the day by which the rhythm asks for one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="check_ins")
    due_on = models.DateField(_("due"))
    meeting = models.OneToOneField(Meeting, models.CASCADE, null=True, blank=True, related_name="check_in")
    asked_at = models.DateTimeField()
    # When neither side has answered by then they are asked once more; null once that is done or needless.
    ask_again_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PairRows.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-due_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pairing", "due_on"], condition=Q(meeting__isnull=True), name="one_check_in_a_day"
            )
        ]
        indexes = [
            models.Index(
                fields=["ask_again_at"], condition=Q(ask_again_at__isnull=False), name="check_ins_to_ask_again"
            )
        ]


class CheckInAnswer(models.Model):
    """What one of the two said: did you meet?"""

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="answers")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    met = models.BooleanField(_("did you meet"))
    met_on = models.DateField(_("on"), null=True, blank=True)
    # For coordinators, said so beside the field.
    how = models.TextField(_("how was it"), blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_in", "membership"], name="one_answer_a_side")]


class Pause(models.Model):
    """A rest the mentee agreed to, 42 days at most; the clock of the pair stands still meanwhile."""

    MOST_DAYS = 42

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="pauses")
    starts_on = models.DateField()
    # The first day on which the clock runs again.
    ends_on = models.DateField()
    agreed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PairRows.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="a_pause_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["pairing"], condition=Q(ended_at__isnull=True), name="one_pause_of_a_pair_at_a_time"
            ),
        ]


class Restart(models.Model):
    """A person decided that a pair goes on: the clock runs from here, though nobody was in touch."""

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="restarts")
    on = models.DateField()
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = PairRows.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]


class Standing(models.TextChoices):
    NEW = "new", _("new")
    IN_RHYTHM = "in_rhythm", _("in rhythm")
    QUIET = "quiet", _("quiet")
    NEVER = "never", _("never in touch")
    PAUSED = "paused", _("paused")
    ON_LEAVE = "on_leave", _("on leave")
    ENDED = "ended", _("ended")


class WatchQuerySet(PairRows):
    def to_look_at(self, now):
        return self.filter(look_at__lte=now).order_by("look_at", "pk")


class Watch(models.Model):
    """The stored answer of checkins.standing, and the next moment at which something can change."""

    Standing = Standing

    pairing = models.OneToOneField(Pairing, models.CASCADE, primary_key=True, related_name="watch")
    standing = models.CharField(_("standing"), max_length=10, choices=Standing.choices, default=Standing.NEW)
    since = models.DateField(_("since"))
    last_contact = models.DateField(_("last in touch"), null=True, blank=True)
    sureness = models.CharField(_("how sure"), max_length=8, choices=Sureness.choices, blank=True)
    # The open check-in: the day by which the two should have been in touch.
    due_on = models.DateField(_("next due"), null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="pairs_to_look_at"),
            models.Index(fields=["standing"], name="pairs_by_standing"),
            models.Index(fields=["due_on"], name="pairs_to_ask"),
        ]


class Heartbeat(models.Model):
    """When the sweeps last ran in real time: one row."""

    at = models.DateTimeField()
    # When one that sends what is due last came to its end.
    delivered_at = models.DateTimeField(null=True, blank=True)
    # Which database this row was written to: another one holds a backup that was put back.
    place = models.CharField(max_length=80, blank=True)


class Outage(models.Model):
    """A time in which our sweeps did not run: nobody is reproached for it."""

    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        ordering = ["from_at"]
        constraints = [
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="an_outage_ends_after_it_began")
        ]

"""What makes a good match, the rounds of the matcher, and the pairs that come of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programs.models import Membership, Program


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


class RoundState(models.TextChoices):
    ASKED = "asked", _("waiting for its turn")
    WORKING = "working", _("being worked out")
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("discarded")
    FAILED = "failed", _("failed")


class RoundQuerySet(ProgramRows):
    def to_do(self, now):
        """Rounds a worker may take: asked for, or left by a worker that died."""
        asked = Q(state=RoundState.ASKED)
        return self.filter(asked | Q(state=RoundState.WORKING, lease_until__lte=now)).order_by("asked_at", "pk")

    def in_work(self):
        """Asked for, being worked out, or a draft: a program has one at most."""
        return self.filter(state__in=[RoundState.ASKED, RoundState.WORKING, RoundState.DRAFT])


class Round(models.Model):
    """One run of the matcher: nothing is told to anybody before it is published."""

    State = RoundState
    MOVES = {
        (RoundState.ASKED, RoundState.WORKING),
        (RoundState.ASKED, RoundState.DISCARDED),
        (RoundState.WORKING, RoundState.WORKING),
        (RoundState.WORKING, RoundState.DRAFT),
        (RoundState.WORKING, RoundState.FAILED),
        (RoundState.WORKING, RoundState.DISCARDED),
        (RoundState.DRAFT, RoundState.PUBLISHED),
        (RoundState.DRAFT, RoundState.DISCARDED),
        # Taken back before anybody was written to.
        (RoundState.PUBLISHED, RoundState.DRAFT),
        (RoundState.FAILED, RoundState.DISCARDED),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="rounds", verbose_name=_("program"))
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="rounds", verbose_name=_("matching rules"))
    state = models.CharField(_("status"), max_length=10, choices=RoundState.choices, default=RoundState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    asked_at = models.DateTimeField(_("when"))
    seed = models.CharField(max_length=32)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    # SHA-256 of everything that went in, so that the same people give the same pairs.
    fingerprint = models.CharField(max_length=64, blank=True)
    solver_version = models.CharField(max_length=20, blank=True)
    # Figures and proof of the run: see matching.rounds.
    result = models.JSONField(default=dict, blank=True)
    failure = models.TextField(_("what went wrong"), blank=True)
    settled_at = models.DateTimeField(_("published or discarded"), null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=Q(state__in=["asked", "working", "draft"]), name="one_round_in_work"
            )
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state__in=["asked", "working"]), name="rounds_a_worker_may_take"
            )
        ]

    def __str__(self):
        return _("Round of %(date)s") % {"date": date_format(self.asked_at.astimezone(self.program.zone), "j F Y, H:i")}

    @property
    def in_work(self) -> bool:
        return self.state in (RoundState.ASKED, RoundState.WORKING)

    @property
    def places_then(self) -> dict[int, int]:
        """The free places of each mentor (by membership) when the draft was made."""
        return {int(pk): free for pk, free in self.result.get("places_of", {}).items()}


class AvailabilityAnswer(models.TextChoices):
    YES = "yes", _("yes, this time")
    NOT_NOW = "not_now", _("not this time")
    NO_MORE = "no_more", _("not any more")
    NONE = "none", _("no answer")


class AvailabilityQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(membership__in=Membership.objects.visible_to(user))

    def to_remind(self, day):
        """Mentors who were asked, have not answered, and are reminded once."""
        return self.filter(answer=AvailabilityAnswer.NONE, reminded_at=None, remind_on__lte=day)


class Availability(models.Model):
    """What a mentor last said about taking somebody; without a row they said yes by joining, not long ago."""

    Answer = AvailabilityAnswer

    membership = models.OneToOneField(Membership, models.CASCADE, primary_key=True, related_name="availability")
    answer = models.CharField(max_length=7, choices=AvailabilityAnswer.choices, default=AvailabilityAnswer.NONE)
    at = models.DateTimeField()
    # Themselves, or whoever noted it for them.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    # In the program's civil days.
    remind_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["remind_on"], condition=Q(answer="none", reminded_at__isnull=True), name="mentors_to_remind"
            ),
            models.Index(fields=["at"], condition=Q(answer="yes"), name="yes_that_lapses"),
        ]


class PublicationQuerySet(models.QuerySet):
    def held(self):
        """Those whose emails wait: until then all of it may be taken back."""
        return self.filter(released_at=None, withdrawn_at=None)

    def visible_to(self, user):
        return self.filter(round__in=Round.objects.visible_to(user))


class Publication(models.Model):
    """A draft, or a part of it, made true: its emails wait for a few minutes, and so does what the pairs see."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="publications")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # How it was before, by membership: [status, since, the date we write again].
    before = models.JSONField(default=dict)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="what_was_told_is_not_taken_back",
            )
        ]
        indexes = [
            models.Index(
                fields=["leaves_at"],
                condition=Q(released_at__isnull=True, withdrawn_at__isnull=True),
                name="publications_to_release",
            )
        ]


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Proposals of rounds this person may see, never those about themselves."""
        return self.filter(round__in=Round.objects.visible_to(user)).exclude(
            Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk, mentor__isnull=False)
        )

    def pairs(self):
        return self.filter(mentor__isnull=False)

    def unmatched(self):
        return self.filter(mentor__isnull=True)

    def to_publish(self):
        """Those nothing has come of yet."""
        return self.filter(publication__isnull=True)


class Proposal(models.Model):
    """One mentee of a round, with the mentor proposed, or with the reason why there is none."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="proposals")
    mentee = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    mentor = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
    score = models.IntegerField(_("score"), default=0)
    # For coordinators: [{"points": 10, "words": "Same profession"}]
    reasons = models.JSONField(default=list)
    # For the pair: sentences drawn from answers both may see.
    pair_words = models.JSONField(default=list)
    # For an unmatched mentee: {"words": ..., "kind": ...}, never another person's answer.
    why_none = models.JSONField(default=dict)
    by_hand = models.BooleanField(_("set by hand"), default=False)
    # What made it true; a line that is published changes no more.
    publication = models.ForeignKey(Publication, models.SET_NULL, null=True, blank=True, related_name="proposals")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-score", "pk"]
        constraints = [models.UniqueConstraint(fields=["round", "mentee"], name="one_proposal_a_mentee")]


class PairingState(models.TextChoices):
    OPEN = "open", _("open")
    ENDED = "ended", _("ended")


class PairingQuerySet(ProgramRows):
    def open(self):
        return self.filter(state=PairingState.OPEN)

    def taken_of(self, mentors) -> dict[int, int]:
        """How many places of these mentors (memberships) open pairs take; those with none are left out."""
        counts = self.open().filter(mentor__in=mentors).order_by().values("mentor").annotate(taken=Count("pk"))
        return dict(counts.values_list("mentor", "taken"))

    def visible_to(self, user):
        """Pairs of the programs this person coordinates, never their own."""
        return super().visible_to(user).exclude(Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk))

    def of_participant(self, user):
        """The pairs this person is one of and has been told of."""
        told = Q(publication__isnull=True) | Q(publication__released_at__isnull=False)
        return self.filter(told, Q(mentee__user=user) | Q(mentor__user=user))


class Pairing(models.Model):
    """One mentor and one mentee matched in a program, with its rhythm and its end."""

    State = PairingState

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="pairings", verbose_name=_("program"))
    mentor = models.ForeignKey(Membership, models.PROTECT, related_name="pairings_as_mentor", verbose_name=_("mentor"))
    mentee = models.ForeignKey(Membership, models.PROTECT, related_name="pairings_as_mentee", verbose_name=_("mentee"))
    state = models.CharField(_("status"), max_length=6, choices=PairingState.choices, default=PairingState.OPEN)
    rhythm_days = models.PositiveSmallIntegerField(_("how often, in days"))
    began_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.TextField(_("why it ended"), blank=True)
    round = models.ForeignKey(Round, models.SET_NULL, null=True, blank=True, related_name="pairings")
    publication = models.ForeignKey(Publication, models.SET_NULL, null=True, blank=True, related_name="pairings")
    pair_words = models.JSONField(_("why"), default=list)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair")
        verbose_name_plural = _("pairs")
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentor", "mentee"], condition=Q(state="open"), name="one_open_pair_of_the_same_two"
            ),
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="a_pair_is_two_people"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | Q(state="ended", ended_at__isnull=False),
                name="an_ended_pair_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["mentor", "state"], name="places_taken_of_a_mentor"),
            models.Index(fields=["began_at"], condition=Q(state="open"), name="open_pairs_by_beginning"),
        ]

    def __str__(self):
        return f"{self.mentor.user} – {self.mentee.user}"

    @property
    def rhythm_words(self) -> str:
        """How often, as people say it."""
        if self.rhythm_days % 7 == 0:
            weeks = self.rhythm_days // 7
            return ngettext("every week", "every %(weeks)s weeks", weeks) % {"weeks": weeks}
        if self.rhythm_days in (30, 31):
            return str(_("once a month"))
        return ngettext("every day", "every %(days)s days", self.rhythm_days) % {"days": self.rhythm_days}

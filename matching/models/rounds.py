"""The rounds of the matcher: their drafts, what was published of them, and their lines."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from matching.models.purposes import PairPurpose
from matching.models.rules import Policy, ProgramRows
from programs.models import Membership, Program


class RoundState(models.TextChoices):
    ASKED = "asked", _("waiting for its turn")
    WORKING = "working", _("being worked out")
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("discarded")
    FAILED = "failed", _("failed")


class RoundPeople(models.TextChoices):
    READY = "ready", _("everybody without a mentor")
    CHOSEN = "chosen", _("only these people")
    EVERYBODY = "everybody", _("everybody, and pairs may change")


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
    People = RoundPeople
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
    purpose = models.ForeignKey(
        PairPurpose, models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("for")
    )
    people = models.CharField(_("who"), max_length=10, choices=RoundPeople.choices, default=RoundPeople.READY)
    # The mentees of a round of `only these people`.
    chosen = models.ManyToManyField(Membership, blank=True, related_name="+")
    # Where pairs may change: how many points a change has to bring, for each pair that stands.
    change_price = models.PositiveIntegerField(null=True, blank=True)
    # Circles: the fewest and the most mentees of one mentor; pairs where there is no fewest.
    least = models.PositiveSmallIntegerField(_("at least"), null=True, blank=True)
    most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)
    seed = models.CharField(max_length=32)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    # Counts every step and every undoing: whoever changes a draft says what they have seen.
    step = models.PositiveIntegerField(default=0)
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
            ),
            models.CheckConstraint(
                condition=Q(most=None) | Q(least__isnull=False, most__gte=models.F("least")),
                name="circles_have_room_for_their_fewest",
            ),
            models.CheckConstraint(
                condition=Q(people="everybody", change_price__isnull=False) | ~Q(people="everybody"),
                name="a_change_of_pairs_has_a_price",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state__in=["asked", "working"]), name="rounds_a_worker_may_take"
            )
        ]

    def __str__(self):
        return _("Round of %(date)s") % {"date": date_format(self.asked_at.astimezone(self.program.zone), "j F Y, H:i")}

    @property
    def kind_words(self) -> list[str]:
        """What kind of round this is, in a few words each; empty for the ordinary one."""
        said = [str(self.purpose)] if self.purpose_id else []
        if self.people != RoundPeople.READY:
            said.append(str(self.get_people_display()))
        if self.most is not None:
            said.append(str(_("circles of %(least)s to %(most)s") % {"least": self.least, "most": self.most}))
        elif self.least is not None:
            said.append(str(_("circles of %(least)s or more") % {"least": self.least}))
        return said

    @property
    def may_change_pairs(self) -> bool:
        return self.people == RoundPeople.EVERYBODY

    @property
    def is_for_chosen(self) -> bool:
        return self.people == RoundPeople.CHOSEN

    @property
    def in_work(self) -> bool:
        return self.state in (RoundState.ASKED, RoundState.WORKING)

    @property
    def places_then(self) -> dict[int, int]:
        """The free places of each mentor (by membership) when the draft was made."""
        return {int(pk): free for pk, free in self.result.get("places_of", {}).items()}


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
            Q(mentee__user_id=user.pk)
            | Q(mentor__user_id=user.pk, mentor__isnull=False)
            | Q(stands_with__user_id=user.pk, stands_with__isnull=False)
        )

    def pairs(self):
        return self.filter(mentor__isnull=False)

    def unmatched(self):
        return self.filter(mentor__isnull=True)

    def by_what_changes(self):
        """Changed, then new, then nobody, then kept; the best first."""
        changed = Q(stands_with__isnull=False) & ~Q(mentor=models.F("stands_with"))
        place = models.Case(
            models.When(changed, then=0),
            models.When(mentor=None, then=2),
            models.When(stands_with=None, then=1),
            default=3,
        )
        return self.order_by(place, "-score", "pk")

    def kept(self):
        """Pairs that stay as they are."""
        return self.filter(mentor=models.F("stands_with"))

    def changed(self):
        """Those who get somebody else."""
        return self.filter(stands_with__isnull=False).exclude(mentor=models.F("stands_with"))

    def new(self):
        """Those who get somebody and had nobody."""
        return self.pairs().filter(stands_with=None)

    def to_publish(self):
        """Those nothing has come of yet."""
        return self.filter(publication__isnull=True)


class Proposal(models.Model):
    """One mentee of a round, with the mentor proposed, or with the reason why there is none."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="proposals")
    mentee = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    mentor = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
    # Where pairs may change: the mentor they had when it was worked out.
    stands_with = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
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

    @property
    def stays(self) -> bool:
        """They have this mentor already."""
        return self.mentor_id is not None and self.mentor_id == self.stands_with_id

    @property
    def changes(self) -> bool:
        """They get somebody else than they have."""
        return self.stands_with_id is not None and not self.stays


class StepKind(models.TextChoices):
    PIN = "pin", _("held together")
    APART = "apart", _("kept apart")
    TOGETHER = "together", _("no longer kept apart")
    SWAP = "swap", _("swapped")
    LEFT = "left", _("left without a mentor")
    FREE = "free", _("let go")
    PLACES = "places", _("places for this draft")
    NOTHING = "nothing", _("all let go")


class Step(models.Model):
    """One change of a draft by hand: what is held from then on, and every line as it was before, to take it back."""

    Kind = StepKind

    round = models.ForeignKey(Round, models.CASCADE, related_name="steps")
    # The round's `step` once this was done.
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    mentee = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
    mentor = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
    other = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
    places = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    # [[mentee, mentor before, mentor after]] by membership: see matching.rounds.rework.
    moves = models.JSONField(default=list)
    before = models.JSONField(default=list)
    result_before = models.JSONField(default=dict)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="steps_of_a_draft_one_by_one")]

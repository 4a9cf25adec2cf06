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


class KeptApartQuerySet(ProgramRows):
    def visible_to(self, user):
        """Of the programs this person coordinates, never what is about themselves."""
        return super().visible_to(user).exclude(Q(one=user.pk) | Q(other=user.pk))

    def pairs(self) -> set[tuple[int, int]]:
        """The people (by primary key) kept apart, the lower number first."""
        return set(self.order_by().values_list("one", "other"))


class KeptApart(models.Model):
    """Two people whom a coordinator keeps apart in a program, whichever of them is the mentor; nobody else reads it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="kept_apart")
    # The one with the lower number, so that two people stand here once.
    one = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("since"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = KeptApartQuerySet.as_manager()

    class Meta:
        verbose_name = _("two people kept apart")
        verbose_name_plural = _("people kept apart")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "one", "other"], name="two_are_kept_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="kept_apart_are_two_people_in_order"),
        ]

    def __str__(self):
        # Their names stand on the one page that shows them, nowhere else.
        return str(_("two people kept apart"))


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


class OfferState(models.TextChoices):
    LISTED = "listed", _("on the list")
    OPEN = "open", _("waiting for an answer")
    MADE = "made", _("said yes")
    DECLINED = "declined", _("not this time")
    LAPSED = "lapsed", _("no answer")
    CLOSED = "closed", _("closed")


LIVE = (OfferState.LISTED, OfferState.OPEN)


class OfferQuerySet(ProgramRows):
    def live(self):
        """On a mentee's list or waiting for a mentor's answer."""
        return self.filter(state__in=LIVE)

    def open(self):
        return self.filter(state=OfferState.OPEN)

    def in_order(self):
        """As their mentee ranked them; those asked already come first."""
        return self.order_by(models.Case(models.When(state=OfferState.OPEN, then=0), default=1), "rank", "pk")

    def visible_to(self, user):
        return super().visible_to(user).exclude(Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk))


class Offer(models.Model):
    """A mentee's wish for one mentor, in their own order: kept on their list, then asked, then answered."""

    State = OfferState

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="offers", verbose_name=_("program"))
    mentee = models.ForeignKey(Membership, models.CASCADE, related_name="offers_to_mentee", verbose_name=_("mentee"))
    mentor = models.ForeignKey(Membership, models.CASCADE, related_name="offers_to_mentor", verbose_name=_("mentor"))
    state = models.CharField(_("status"), max_length=8, choices=OfferState.choices, default=OfferState.LISTED)
    # The mentee's own order, the dearest first.
    rank = models.PositiveSmallIntegerField()
    # A line to the mentor.
    words = models.TextField(_("in their words"), blank=True)
    listed_at = models.DateTimeField(_("since"))
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    # The last civil day, in the program's zone, on which the mentor may answer.
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # Why not, for coordinators alone.
    reason = models.TextField(_("why"), blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a mentor")
        verbose_name_plural = _("requests for mentors")
        ordering = ["-listed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentee", "mentor"], condition=Q(state__in=["listed", "open"]), name="one_live_offer_of_two"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(asked_at__isnull=False, answer_by__isnull=False),
                name="an_open_offer_says_by_when",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="offers_that_wait"),
            models.Index(fields=["mentor", "state"], name="offers_of_a_mentor"),
        ]

    def __str__(self):
        return f"{self.mentee.user} – {self.mentor.user}"


class Breather(models.Model):
    """A mentor whom nobody can ask at the moment: two requests in a row found no answer. Ends when they say so."""

    mentor = models.ForeignKey(Membership, models.CASCADE, related_name="breathers")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mentor"], condition=Q(ended_at=None), name="one_breather_at_a_time")
        ]

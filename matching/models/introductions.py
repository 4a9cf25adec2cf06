"""Two people who are both asked before their pair begins."""

import uuid
from collections import Counter

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from matching.models.offers import OfferState
from matching.models.purposes import PairPurpose
from matching.models.rounds import Publication
from matching.models.rules import ProgramRows
from programs.models import Membership, Program, Role


class IntroductionQuerySet(ProgramRows):
    def open(self):
        return self.filter(state=OfferState.OPEN)

    def told(self):
        """Those whose emails have left: until then nobody but coordinators knows of them."""
        return self.filter(Q(publication=None) | Q(publication__released_at__isnull=False))

    def visible_to(self, user):
        return super().visible_to(user).exclude(Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk))

    def counted(self) -> dict[str, int]:
        """How many there are, how many of them have begun and how many wait for an answer."""
        made, waits = (Count("pk", filter=Q(state=state)) for state in (OfferState.MADE, OfferState.OPEN))
        return self.order_by().aggregate(all=Count("pk"), made=made, open=waits)

    def held_of(self, mentors) -> Counter:
        """How many places of these mentors (memberships) are kept while both are asked."""
        rows = self.open().filter(mentor__in=mentors).order_by().values("mentor").annotate(held=Count("pk"))
        return Counter(dict(rows.values_list("mentor", "held")))

    def missed(self):
        """Those that did not come about though their mentee would have had it so."""
        tried = self.filter(state__in=[OfferState.DECLINED, OfferState.LAPSED, OfferState.CLOSED])
        return tried.exclude(no_from=Role.MENTEE).exclude(state=OfferState.LAPSED, mentee_yes_at=None)

    def turned_down(self, now):
        """Those to which one of the two had said no by then."""
        return self.filter(state=OfferState.DECLINED, closed_at__lte=now)


class Introduction(models.Model):
    """A pair that begins once both have said yes; a place is kept for it meanwhile."""

    State = OfferState

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="introductions", verbose_name=_("program"))
    # Of a round; none where a coordinator asks both by hand.
    publication = models.ForeignKey(Publication, models.CASCADE, null=True, blank=True, related_name="introductions")
    mentor = models.ForeignKey(
        Membership, models.CASCADE, related_name="introductions_as_mentor", verbose_name=_("mentor")
    )
    mentee = models.ForeignKey(
        Membership, models.CASCADE, related_name="introductions_as_mentee", verbose_name=_("mentee")
    )
    purpose = models.ForeignKey(
        PairPurpose, models.PROTECT, null=True, blank=True, related_name="introductions", verbose_name=_("for")
    )
    state = models.CharField(_("status"), max_length=8, choices=OfferState.choices[1:], default=OfferState.OPEN)
    # Why these two, from answers both may see.
    pair_words = models.JSONField(default=list)
    asked_at = models.DateTimeField(_("asked"))
    # The last civil day, in the program's zone, on which they may answer.
    answer_by = models.DateField(_("answer by"))
    mentor_yes_at = models.DateTimeField(_("the mentor said yes"), null=True, blank=True)
    mentee_yes_at = models.DateTimeField(_("the mentee said yes"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # Which of the two said no, and why: for coordinators alone.
    no_from = models.CharField(max_length=12, choices=Role.choices, blank=True)
    reason = models.TextField(_("why"), blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair that both are asked about")
        verbose_name_plural = _("pairs that both are asked about")
        ordering = ["answer_by", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentee"], condition=Q(state="open", purpose__isnull=True), name="one_introduction_of_a_mentee"
            ),
            models.UniqueConstraint(
                fields=["mentee", "purpose"],
                condition=Q(state="open", purpose__isnull=False),
                name="one_introduction_of_a_mentee_for_a_purpose",
            ),
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="an_introduction_is_two_people"),
            models.CheckConstraint(
                condition=~Q(state="made") | Q(mentor_yes_at__isnull=False, mentee_yes_at__isnull=False),
                name="a_pair_that_begins_has_two_yeses",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="introductions_that_wait"),
            models.Index(fields=["mentor", "state"], name="introductions_of_a_mentor"),
            models.Index(fields=["mentee", "state"], name="introductions_of_a_mentee"),
        ]

    def __str__(self):
        return f"{self.mentor.user} – {self.mentee.user}"

    @property
    def sides(self) -> tuple[Membership, Membership]:
        return self.mentor, self.mentee

    def of_side(self, role: str) -> Membership:
        """The mentor or the mentee."""
        return self.mentor if role == Role.MENTOR else self.mentee

    def other_than(self, role: str) -> Membership:
        return self.mentee if role == Role.MENTOR else self.mentor

    def yes_of(self, role: str):
        """When this side said yes; None where it has not."""
        return self.mentor_yes_at if role == Role.MENTOR else self.mentee_yes_at

    @property
    def round(self):
        """The round that proposed it; None where a coordinator did."""
        return self.publication.round if self.publication else None

    @property
    def in_circle(self) -> bool:
        """Whether they would meet together with others of the same mentor."""
        return self.round is not None and self.round.least is not None

    @property
    def held(self) -> bool:
        """Its emails wait, and it can still be taken back with its round."""
        return self.publication is not None and self.publication.released_at is None

    @property
    def agreed(self) -> bool:
        return bool(self.mentor_yes_at and self.mentee_yes_at)

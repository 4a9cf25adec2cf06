"""Pairs: a mentor and a mentee matched in a program."""

import uuid
from collections import Counter

from django.db import models
from django.db.models import Count, F, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from matching import rhythm
from matching.models.introductions import Introduction
from matching.models.purposes import PairPurpose
from matching.models.rounds import Publication, Round
from matching.models.rules import ProgramRows
from programs.models import Membership, Program


class PairingState(models.TextChoices):
    OPEN = "open", _("open")
    ENDED = "ended", _("ended")


class PairingQuerySet(ProgramRows):
    def open(self):
        return self.filter(state=PairingState.OPEN)

    def of_mentee(self, mentee, purpose=None):
        """The open pairs of a mentee that take a mentor's place for this purpose; without one, for anything."""
        rows = self.open().filter(mentee=mentee)
        return rows.filter(purpose=purpose) if purpose is not None else rows

    def taken_of(self, mentors, moving: Round | None = None) -> dict[int, int]:
        """How many places of these mentors (memberships) open pairs take; those with none are left out.

        A place that is kept for two who are both asked is taken, too. A pair that a round ends keeps its place until
        that is told, for everybody but this round itself.
        """
        rows = self.open().filter(mentor__in=mentors).order_by()
        if moving is not None:
            rows = rows.exclude(ends_with__round=moving)
        counts = rows.values("mentor").annotate(taken=Count("pk"))
        return dict(Introduction.objects.held_of(mentors) + Counter(dict(counts.values_list("mentor", "taken"))))

    def visible_to(self, user):
        """Pairs of the programs this person coordinates, never their own."""
        return super().visible_to(user).exclude(Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk))

    def told(self):
        """Without those of a round that can still be taken back: the two have not heard of each other."""
        return self.filter(Q(publication__isnull=True) | Q(publication__released_at__isnull=False))

    def of_participant(self, user):
        """The pairs this person is one of and has been told of."""
        return self.told().filter(Q(mentee__user=user) | Q(mentor__user=user))


class Circle(models.Model):
    """The pairs of one mentor who meet together."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="circles", verbose_name=_("program"))
    mentor = models.ForeignKey(Membership, models.CASCADE, related_name="circles", verbose_name=_("mentor"))
    began_at = models.DateTimeField(_("since"))

    objects = ProgramRows.as_manager()

    class Meta:
        verbose_name = _("circle")
        verbose_name_plural = _("circles")
        ordering = ["-began_at", "-pk"]


class Pairing(models.Model):
    """One mentor and one mentee matched in a program, with its rhythm and its end."""

    State = PairingState

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="pairings", verbose_name=_("program"))
    mentor = models.ForeignKey(Membership, models.PROTECT, related_name="pairings_as_mentor", verbose_name=_("mentor"))
    mentee = models.ForeignKey(Membership, models.PROTECT, related_name="pairings_as_mentee", verbose_name=_("mentee"))
    state = models.CharField(_("status"), max_length=6, choices=PairingState.choices, default=PairingState.OPEN)
    purpose = models.ForeignKey(
        PairPurpose, models.PROTECT, null=True, blank=True, related_name="pairings", verbose_name=_("for")
    )
    circle = models.ForeignKey(Circle, models.SET_NULL, null=True, blank=True, related_name="pairings")
    rhythm_days = models.PositiveSmallIntegerField(_("how often, in days"))
    began_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.TextField(_("why it ended"), blank=True)
    round = models.ForeignKey(Round, models.SET_NULL, null=True, blank=True, related_name="pairings")
    publication = models.ForeignKey(Publication, models.SET_NULL, null=True, blank=True, related_name="pairings")
    # A pair that goes on until the emails of this publication leave, which gives the mentee somebody else.
    ends_with = models.ForeignKey(Publication, models.SET_NULL, null=True, blank=True, related_name="endings")
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
            models.UniqueConstraint(
                fields=["mentee"],
                condition=Q(state="open", purpose__isnull=True, ends_with__isnull=True),
                name="one_open_pair_of_a_mentee",
            ),
            models.UniqueConstraint(
                fields=["mentee", "purpose"],
                condition=Q(state="open", purpose__isnull=False, ends_with__isnull=True),
                name="one_open_pair_of_a_mentee_for_a_purpose",
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
    def purpose_words(self) -> str:
        """What it is for, as a label; "" where the program pairs people for one thing alone."""
        return capfirst(self.purpose.name) if self.purpose_id else ""

    @property
    def rhythm_words(self) -> str:
        """How often, as people say it."""
        return str(rhythm.said(self.rhythm_days))

"""Every letter: written down in its sender's transaction, delivered once due."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outbox import kinds

# A letter that was tried so often is more than delayed.
REFUSED_FROM = 3


class LetterState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("waiting, about to be sent")
    JOINED = "joined", _("waiting, goes with another email")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    DEAD = "dead", _("not delivered")
    DROPPED = "dropped", _("not sent, no longer needed")
    HELD = "held", _("held back")


class LetterQuerySet(models.QuerySet):
    def due(self, now):
        """Letters a worker may take: due ones, and those whose worker died."""
        return self.filter(
            models.Q(state=LetterState.WAITING, due_at__lte=now)
            | models.Q(state__in=[LetterState.CLAIMED, LetterState.SENDING], lease_until__lte=now)
        )

    def dead(self):
        return self.filter(state=LetterState.DEAD)

    def late(self, now):
        """Letters that should have left a quarter of an hour ago: delivery is in trouble."""
        return self.filter(
            state__in=[LetterState.WAITING, LetterState.CLAIMED, LetterState.SENDING],
            due_at__lte=now - timedelta(minutes=15),
        )

    def refused(self, now):
        """Letters of the last day of which the mail server has taken none of three tries, or more."""
        again = models.Q(state=LetterState.WAITING, tries__gte=REFUSED_FROM, due_at__lte=now + timedelta(days=1))
        given_up = models.Q(state=LetterState.DEAD, tries__gte=REFUSED_FROM, due_at__gt=now - timedelta(days=1))
        return self.filter(again | given_up)

    def of(self, topic: str):
        return self.filter(topic=topic)

    def not_about(self, person):
        """Without those to this person or about them."""
        about = LetterConcerns.objects.filter(letter=models.OuterRef("pk"), person_id=person.pk)
        return self.exclude(recipient_id=person.pk).exclude(models.Exists(about))


class Letter(models.Model):
    """An email, written down before it is sent; its text holds [link: purpose], never a link."""

    State = LetterState
    MOVES = {
        (LetterState.WAITING, LetterState.CLAIMED),
        (LetterState.WAITING, LetterState.HELD),
        # A backup that was put back: its workers are long gone.
        (LetterState.CLAIMED, LetterState.HELD),
        (LetterState.SENDING, LetterState.HELD),
        (LetterState.WAITING, LetterState.DROPPED),
        (LetterState.HELD, LetterState.WAITING),
        (LetterState.HELD, LetterState.DROPPED),
        # Taken over from a worker that died; found `sending`, it may have arrived already.
        (LetterState.CLAIMED, LetterState.CLAIMED),
        (LetterState.SENDING, LetterState.CLAIMED),
        (LetterState.CLAIMED, LetterState.SENDING),
        (LetterState.CLAIMED, LetterState.WAITING),
        (LetterState.CLAIMED, LetterState.DROPPED),
        (LetterState.CLAIMED, LetterState.DEAD),
        # Goes with another one: from that one's fence on it takes every step with it.
        (LetterState.CLAIMED, LetterState.JOINED),
        (LetterState.JOINED, LetterState.SENT),
        (LetterState.JOINED, LetterState.DEAD),
        (LetterState.JOINED, LetterState.DROPPED),
        (LetterState.JOINED, LetterState.WAITING),
        (LetterState.SENDING, LetterState.SENT),
        (LetterState.SENDING, LetterState.WAITING),
        (LetterState.SENDING, LetterState.DEAD),
        (LetterState.DEAD, LetterState.WAITING),
        (LetterState.DEAD, LetterState.DROPPED),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Twice is once: recipient, kind, subject of the matter, civil due key; never a timestamp.
    key = models.CharField(max_length=200, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters", verbose_name=_("to")
    )
    kind = models.CharField(_("kind"), max_length=60)
    topic = models.CharField(_("program"), max_length=80, blank=True)
    about = models.JSONField(default=dict, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    # Which of its program's texts it was written in; "" is our own language.
    language = models.CharField(max_length=10, blank=True)
    # As long as a name is: encoded for a header it grows.
    reply_to = models.TextField(_("answers go to"), blank=True)
    state = models.CharField(_("status"), max_length=10, choices=LetterState.choices, default=LetterState.WAITING)
    posted_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"))
    cut_off = models.DateTimeField(_("useless after"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    message_id = models.CharField(max_length=200, unique=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # What the mail provider calls it, where there is one, and when it said that the email came back; why: `outcome`.
    provider_id = models.CharField(max_length=200, blank=True)
    came_back_at = models.DateTimeField(_("came back"), null=True, blank=True)
    outcome = models.TextField(_("what happened"), blank=True)
    # Whom it is about, its reader included: nobody runs a program's emails about themselves.
    concerned = models.ManyToManyField(settings.AUTH_USER_MODEL, through="LetterConcerns", related_name="+")
    joined_into = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="joined")

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        ordering = ["-posted_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="letters_due"),
            models.Index(fields=["state", "lease_until"], name="letters_whose_worker_died"),
            models.Index(fields=["topic", "state"], name="letters_of_program"),
            # For the mail budget of a person, and what else is due to them.
            models.Index(fields=["recipient", "state"], name="letters_of_reader"),
            # For what a provider says of it later.
            models.Index(fields=["provider_id"], condition=~models.Q(provider_id=""), name="letters_a_provider_knows"),
            # For the cap: what went out in the last minute.
            models.Index(fields=["sent_at"], condition=models.Q(state="sent"), name="letters_sent_lately"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="joined") | models.Q(joined_into__isnull=False),
                name="what_goes_with_another_names_it",
            ),
        ]

    def __str__(self):
        return self.subject

    @property
    def standing(self) -> tuple[str, str]:
        """Its status for a reader, as key and word: what was sent and came back was not delivered."""
        if self.state == LetterState.SENT and self.came_back_at:
            return "dead", _("came back")
        return self.state, self.get_state_display()

    @property
    def kind_title(self) -> str:
        """Its kind in words."""
        return kinds.title(self.kind)


class LetterConcerns(models.Model):
    """Whom a letter is about."""

    letter = models.ForeignKey(Letter, models.CASCADE)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "person"], name="about_once")]


class How(models.TextChoices):
    AT_ONCE = "at_once", _("When they come up")
    WEEKLY = "weekly", _("Together, on Monday mornings")
    NEVER = "never", _("Not at all")


class Choice(models.Model):
    """How a person wants the emails of a group, or all that can be turned off; of a program, or of all."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="email_choices")
    topic = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=12, blank=True)
    how = models.CharField(max_length=8, choices=How.choices, default=How.NEVER)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic", "group"], name="one_choice_each")]


# Kept in a module of their own; the app finds its models here.
from outbox.texts_models import LetterText, Stopped  # noqa: E402, F401

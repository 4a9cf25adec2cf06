"""What coordinators write to participants themselves, to whom it went, and the filters they keep."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from programs.models.membership import Membership
from programs.models.program import Program


class MailingState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENDING = "sending", _("being written")
    SENT = "sent", _("sent")


class MailingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the programs this person runs, but none that goes to themselves."""
        to_me = Addressee.objects.filter(mailing=OuterRef("pk"), membership__user_id=user.pk)
        return self.filter(program__in=Program.objects.coordinated_by(user)).exclude(Exists(to_me))


class Mailing(models.Model):
    """One email in a coordinator's own words to people of a program."""

    State = MailingState
    MOVES = {(MailingState.DRAFT, MailingState.SENDING), (MailingState.SENDING, MailingState.SENT)}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="mailings")
    state = models.CharField(max_length=10, choices=MailingState.choices, default=MailingState.DRAFT)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    text = models.TextField(_("text"), blank=True)
    # None: at once.
    due_at = models.DateTimeField(_("to be sent"), null=True, blank=True)
    at_night = models.BooleanField(_("at night, too"), default=False)
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # When somebody pressed the button: it is decided then who gets it.
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft") | ~models.Q(subject="") & ~models.Q(text=""),
                name="nothing_empty_is_sent",
            )
        ]

    def __str__(self):
        return self.subject


class AddresseeQuerySet(models.QuerySet):
    def unwritten(self):
        """Those of whom nothing is decided yet: no email, and no reason for none."""
        return self.filter(letter=None, why_not="")


class Addressee(models.Model):
    """Somebody a mailing is for: with their email once it is written, or why they are not written to."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="addressees")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    letter = models.OneToOneField("outbox.Letter", models.SET_NULL, null=True, blank=True, related_name="+")
    why_not = models.CharField(max_length=200, blank=True)

    objects = AddresseeQuerySet.as_manager()

    class Meta:
        ordering = ["membership__user__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["mailing", "membership"], name="an_addressee_once")]


class SavedFilter(models.Model):
    """A filter of the list of participants under a name; everybody who runs the program has it."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=60)
    # As it stands in the address of the list, without the program.
    query = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="one_filter_a_name")]

    def __str__(self):
        return self.name

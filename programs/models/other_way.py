"""How somebody is reached whom our reminders do not reach."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.membership import Membership


class OtherWay(models.Model):
    """What a coordinator and a participant have agreed on instead of email."""

    membership = models.OneToOneField(
        Membership, models.CASCADE, related_name="other_way", verbose_name=_("participant")
    )
    words = models.CharField(_("how"), max_length=200)
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("another way to reach somebody")
        verbose_name_plural = _("other ways to reach people")

    def __str__(self):
        return self.words

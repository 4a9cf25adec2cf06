"""Who: the people, and what they choose to say of themselves."""

import uuid
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """Refuses a name that is no IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(_("Choose a time zone from the list, such as Europe/London."))


class UserManager(BaseUserManager):
    """Makes people; addresses are kept in lower case, so that one address is one person."""

    def create_user(self, email=None, password=None, **fields):
        user = self.model(email=email.strip().lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **{"is_superuser": True, **fields})

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person; without an address they cannot sign in, and letters for them go where the program says."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("email address"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=150)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    languages = models.JSONField(_("languages"), default=list, blank=True, help_text=_("Codes, most fluent first."))
    # [day, from, until]: 0 is Monday, times are minutes of the day on their own clock. See profiles.free.
    free_times = models.JSONField(_("free times"), default=list, blank=True)
    # People by email or name, as the person wrote them; only the matching reads it, in every program.
    not_with = models.JSONField(_("not matched with"), default=list, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)
    address_bounced_at = models.DateTimeField(_("letters bounce since"), null=True, blank=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | models.Q(email=Lower("email")),
                name="one_address_is_one_person",
            ),
        ]

    def __str__(self):
        return self.name or self.email or str(self.public_id)

    @property
    def is_staff(self) -> bool:
        """Kept for libraries that ask; who may enter the admin is decided by the site."""
        return self.is_superuser

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split(" ")[0] if self.name else str(self)

    @property
    def initials(self) -> str:
        parts = str(self).replace("@", " ").split()
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper() if parts else "?"

"""What changes about a person by their own hand."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from profiles.models import User


@transaction.atomic
def change_profile(person, *, by, now, name: str, pronouns: str, time_zone: str, languages: list[str]) -> None:
    """Stores what a person says of themselves; nobody does it for another.

    It writes no history: what people say of themselves here concerns nobody else, and the journal stands above.
    """
    if by.pk != person.pk:
        raise PermissionDenied
    User.objects.filter(pk=person.pk).update(name=name, pronouns=pronouns, time_zone=time_zone, languages=languages)


@transaction.atomic
def change_free_times(person, *, by, now, free_times: list[list[int]]) -> None:
    """Stores when somebody has time in a usual week; nobody does it for another."""
    if by.pk != person.pk:
        raise PermissionDenied
    User.objects.filter(pk=person.pk).update(free_times=free_times)


@transaction.atomic
def change_not_with(person, *, by, now, names: list[str]) -> None:
    """Stores whom somebody would rather not be matched with; nobody does it for another, and nobody else reads it."""
    if by.pk != person.pk:
        raise PermissionDenied
    User.objects.filter(pk=person.pk).update(not_with=names)

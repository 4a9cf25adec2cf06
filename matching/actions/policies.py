"""Changing the matching rules: every change is a next version."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from journal.actions import record
from matching.models import Policy
from matching.tables import parsed
from programs.errors import Refused


def save_policy(program, rules: dict, *, by, now, after: int | None = None) -> Policy:
    """Saves the rules as the next version; PolicyError if they cannot be read, Refused if `after` is not the latest."""
    parsed(program, rules)
    latest = Policy.objects.of(program).first()
    version = latest.version if latest else 0
    if after is not None and after != version:
        raise Refused(_("Somebody else has changed the rules meanwhile. Look at theirs, then change them again."))
    if latest and latest.rules == rules:
        return latest
    try:
        with transaction.atomic():
            policy = Policy.objects.create(
                program=program, version=version + 1, rules=rules, created_at=now, created_by=by
            )
            record(
                by=by,
                verb="rules.saved",
                thing=policy,
                now=now,
                topic=program.slug,
                words=_("Changed the matching rules (version %(version)s).") % {"version": policy.version},
            )
    except IntegrityError:
        raise Refused(_("Somebody else changed the rules at the same moment. Look at theirs first.")) from None
    return policy

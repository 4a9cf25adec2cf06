"""Two people whom a program keeps apart: entered by a coordinator, read by coordinators alone."""

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions import record
from matching.actions.drafts import refuse_own
from matching.models import KeptApart
from programs.models import Program


def keep_apart(program, mentee, mentor, *, by, now) -> KeptApart:
    """Keeps these two apart from now on, whichever of them is the mentor; twice is once."""
    refuse_own(by, mentee, mentor)
    one, other = sorted((mentee.user_id, mentor.user_id))
    with transaction.atomic():
        # Publishing holds the program, too: of the two, one comes first.
        Program.objects.locked().get(pk=program.pk)
        row, new = KeptApart.objects.get_or_create(
            program=program, one_id=one, other_id=other, defaults={"created_at": now, "created_by": by}
        )
        if new:
            tell(row, "apart.kept", _("Kept two people apart in the matching."), by, now)
    return row


def let_together(row: KeptApart, *, by, now) -> None:
    """These two may be matched again."""
    with transaction.atomic():
        tell(row, "apart.ended", _("Two people who were kept apart may be matched again."), by, now)
        KeptApart.objects.filter(pk=row.pk).delete()


def tell(row, verb: str, words: str, by, now) -> None:
    """The history says that it was done and by whom, not about whom: the two of them never read it."""
    record(by=by, verb=verb, thing=row, now=now, topic=row.program.slug, words=words)

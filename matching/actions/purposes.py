"""What a program pairs people for: several things, or one that needs no name."""

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from journal.actions import record
from matching.models import Introduction, Offer, Pairing, PairPurpose, Round
from programs.errors import Refused
from programs.models import Program

MOST_PURPOSES = 12


def used(purposes):
    """Of these, those something hangs on: renamed they may be, taken away not."""
    hangs_on = [Exists(model.objects.filter(purpose=OuterRef("pk"))) for model in (Pairing, Round, Offer, Introduction)]
    return purposes.filter(reduce(or_, hangs_on))


def set_purposes(program, wanted: list[tuple[int | None, str]], *, by, now) -> list[PairPurpose]:
    """The purposes in this order, each by the key of its row (None for a new one) and its name.

    Pairs that there are when a program begins to tell purposes apart are for the first of them.
    """
    wanted = [(key, " ".join(name.split())) for key, name in wanted]
    names = [name for _key, name in wanted]
    if len({name.casefold() for name in names}) != len(names):
        raise Refused(_("Two of them have the same name."))
    if len(names) > MOST_PURPOSES:
        raise Refused(_("Use %(most)s at most.") % {"most": MOST_PURPOSES})
    with transaction.atomic():
        Program.objects.locked().get(pk=program.pk)
        rows = {row.pk: row for row in PairPurpose.objects.of(program)}
        if Round.objects.of(program).in_work().exists() and {None, *rows} != {None, *(key for key, _n in wanted)}:
            raise Refused(_("A round is in work. Publish or discard it first."))
        remove(rows, {key for key, _name in wanted})
        found = write(program, rows, wanted)
        if not rows and found:
            Pairing.objects.of(program).filter(purpose=None, state="open").update(purpose=found[0])
            Offer.objects.of(program).live().filter(purpose=None).update(purpose=found[0])
            Introduction.objects.of(program).open().filter(purpose=None).update(purpose=found[0])
        words = _("Pairs are for: %(list)s.") % {"list": ", ".join(names) or _("nothing in particular")}
        record(by=by, verb="program.purposes", thing=program, now=now, topic=program.slug, words=words)
    return found


def remove(rows: dict[int, PairPurpose], kept: set[int | None]) -> None:
    """Takes away those not kept, or Refused where pairs hang on one."""
    gone = PairPurpose.objects.filter(pk__in=[pk for pk in rows if pk not in kept])
    if tied := used(gone).first():
        words = _("There are pairs or rounds for %(purpose)s, so it cannot be taken away. You may rename it.")
        raise Refused(words % {"purpose": tied})
    gone.delete()


def write(program, rows: dict[int, PairPurpose], wanted: list[tuple[int | None, str]]) -> list[PairPurpose]:
    """The rows as they are wanted, in their order; names may change places."""
    for key, _name in wanted:
        if key in rows:
            PairPurpose.objects.filter(pk=key).update(name=f"\x1f{key}")
    found = []
    for position, (key, name) in enumerate(wanted):
        if key in rows:
            PairPurpose.objects.filter(pk=key).update(name=name, position=position)
            found.append(PairPurpose.objects.get(pk=key))
        else:
            found.append(PairPurpose.objects.create(program=program, name=name, position=position))
    return found

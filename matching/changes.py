"""What has changed since a draft was made."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import asking, round_tables
from matching.models import Pairing, Proposal, Round
from matching.tables import MATCHABLE


def since_draft(round: Round, lines: list[Proposal], user) -> list[str]:
    """What stands in the way of publishing or has become possible, in sentences; nothing about whoever reads them."""
    lines = [line for line in lines if line.publication_id is None]
    taken = round_tables.paired_in(round)
    # A pair that stays takes its place already, and one that ends frees it.
    open_of = Pairing.objects.taken_of([line.mentor_id for line in lines if line.mentor_id], round)
    stands = {line.mentee_id: line.stands_with_id for line in lines if line.stands_with_id}
    for mentor in stands.values():
        open_of[mentor] = open_of.get(mentor, 0) - 1
    has = dict(Pairing.objects.open().filter(mentee__in=stands).values_list("mentee", "mentor")) if stands else {}
    taken = {pk for pk in taken if pk not in stands or has.get(pk) != stands[pk]}
    unwilling = asking.said_no({line.mentor_id for line in lines if line.mentor_id})
    in_draft: dict[int, int] = {}
    for line in lines:
        if line.mentor_id:
            in_draft[line.mentor_id] = in_draft.get(line.mentor_id, 0) + 1
    found: dict[str, None] = {}
    for line in lines:
        for sentence in troubles(line, taken, open_of, in_draft):
            found[sentence] = None
        if line.mentor_id in unwilling:
            found[_("%(name)s has said since that they take nobody.") % {"name": line.mentor.user}] = None
    newcomers = round_tables.mentees_in(round).exclude(pk__in=round.proposals.values("mentee"))
    if new := newcomers.exclude(user_id=user.pk).count():
        words = ngettext(
            "%(count)s mentee has become ready since. They are not in this draft.",
            "%(count)s mentees have become ready since. They are not in this draft.",
            new,
        )
        found[words % {"count": new}] = None
    return list(found)


def troubles(line: Proposal, taken: set[int], open_of: dict[int, int], in_draft: dict[int, int]):
    """Why a line could not be published as it is."""
    mentee, mentor = line.mentee, line.mentor
    if mentee.state not in MATCHABLE:
        yield _("%(name)s is no longer ready (%(status)s).") % {
            "name": mentee.user,
            "status": mentee.get_state_display(),
        }
    elif mentee.pk in taken:
        yield _("%(name)s has been given a mentor outside this draft.") % {"name": mentee.user}
    if mentor is None:
        return
    if mentor.state not in MATCHABLE:
        yield _("%(name)s is no longer ready (%(status)s).") % {
            "name": mentor.user,
            "status": mentor.get_state_display(),
        }
    elif in_draft[mentor.pk] > mentor.places - open_of.get(mentor.pk, 0):
        yield _("%(name)s has fewer free places now than this draft gives them mentees.") % {"name": mentor.user}

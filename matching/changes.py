"""What has changed since a draft was made, and who could have whom in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import tables
from matching.models import Pairing, Proposal, Round
from matching.tables import MATCHABLE
from programs.models import Membership


def since_draft(round: Round, lines: list[Proposal], user) -> list[str]:
    """What stands in the way of publishing or has become possible, in sentences; nothing about whoever reads them."""
    lines = [line for line in lines if line.publication_id is None]
    taken = set(Pairing.objects.open().of(round.program).values_list("mentee", flat=True))
    open_of = Pairing.objects.taken_of([line.mentor_id for line in lines if line.mentor_id])
    in_draft: dict[int, int] = {}
    for line in lines:
        if line.mentor_id:
            in_draft[line.mentor_id] = in_draft.get(line.mentor_id, 0) + 1
    found: dict[str, None] = {}
    for line in lines:
        for sentence in troubles(line, taken, open_of, in_draft):
            found[sentence] = None
    newcomers = tables.mentees_to_match(round.program).exclude(pk__in=round.proposals.values("mentee"))
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


@dataclass(frozen=True)
class Option:
    """A mentor a mentee could have: free, or by a swap with one who has them in this draft."""

    mentor: Membership
    score: int
    reasons: list[dict]
    free: int
    # What the total of the draft gains or loses.
    change: int
    # (the other mentee, the score they would have, what the total gains or loses)
    swaps: list[tuple[Membership, int, int]] = field(default_factory=list)

    @property
    def best_change(self) -> int:
        """What choosing this mentor costs the total at least."""
        return self.change if self.free else max(change for _other, _score, change in self.swaps)


@dataclass(frozen=True)
class Options:
    possible: list[Option]
    impossible: list[tuple[Membership, str]]


def options_for(round: Round, line: Proposal, user) -> Options:
    """Every mentor for the mentee of a line, the best first; never those that would be about whoever looks."""
    everybody = round.proposals.select_related("mentor__user", "mentee__user")
    lines = [each for each in everybody if user.pk not in (each.mentee.user_id, each.mentor and each.mentor.user_id)]
    read = tables.read(
        round.program,
        round.policy.rules,
        now=round.asked_at,
        mentees=Membership.objects.filter(pk__in=[each.mentee_id for each in lines]),
    )
    row = {mentee.pk: i for i, mentee in enumerate(read.mentees)}
    column = {mentor.pk: j for j, mentor in enumerate(read.mentors)}
    mine = row[line.mentee_id]
    holders: dict[int, list[Proposal]] = {}
    for each in lines:
        if each.mentor_id and each.pk != line.pk:
            holders.setdefault(each.mentor_id, []).append(each)
    possible, impossible = [], []
    for j, mentor in enumerate(read.mentors):
        if mentor.user_id == user.pk or mentor.pk == line.mentor_id:
            continue
        if read.score(mine, j) < 0:
            impossible.append((mentor, read.why_not(mine, j)))
            continue
        theirs = holders.get(mentor.pk, [])
        score = read.score(mine, j)
        swaps = []
        for other in theirs:
            back = read.score(row[other.mentee_id], column[line.mentor_id]) if line.mentor_id in column else 0
            if back >= 0:
                swaps.append((other.mentee, back, score + back - line.score - other.score))
        free = max(0, read.free[j] - len(theirs))
        if free or swaps:
            possible.append(Option(mentor, score, read.reasons(mine, j), free, score - line.score, swaps))
    possible.sort(key=lambda option: (-option.best_change, -option.score, str(option.mentor.user)))
    return Options(possible, sorted(impossible, key=lambda pair: str(pair[0].user)))

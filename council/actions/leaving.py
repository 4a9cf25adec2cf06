"""Leaving a program: pairs end, whoever is left waits with a date and a person, all in one transaction."""

from django.db import transaction
from django.utils.translation import gettext as _

from council.actions import cases
from council.actions.leaves import current_leave, held, make_over, other_of, tell_history
from council.actions.requests import both_of, pairs_of
from council.letters import leaves as letters
from council.models import Ask, Case, CaseKind, Decision
from matching import actions as matching
from outbox.actions import post
from programs.actions import ENDS
from programs.errors import Refused
from programs.models import Membership, MembershipState, ProgramState, Role

LONGEST_REASON = 1000
# What a mentee has asked for themselves is settled by a person, also when their mentor leaves.
ASKED_BY_MENTEES = (CaseKind.WISH,)


def can_leave(membership) -> bool:
    """Whether a path leads out of the program from where they are."""
    return not membership.is_staff_role and MembershipState.LEFT in membership.moves_from_here()


def withdraw(membership, *, by, now, words="") -> None:
    """Somebody leaves, by their own wish or removed by a coordinator; everybody it touches is told.

    The words are for coordinators alone.
    """
    words = words.strip()
    if len(words) > LONGEST_REASON:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_REASON})
    if membership.state in ENDS or not can_leave(membership):
        raise Refused(_("%(name)s is not in the program any more.") % {"name": membership.user})
    program, is_mentor = membership.program, membership.role == Role.MENTOR
    by_themselves = by is not None and by.pk == membership.user_id
    pairs = list(pairs_of(membership))
    others = [other_of(pairing, membership).user for pairing in pairs]
    endings = [matching.ending_of(pairing, now=now, waits=is_mentor, quietly={membership.user_id}) for pairing in pairs]
    openings = [_somebody_new(pairing, now) for pairing in pairs if is_mentor and program.state == ProgramState.OPEN]
    confirmation = letters.left(membership, others=others, by_themselves=by_themselves, now=now)
    with transaction.atomic():
        row = held(membership)
        _insist_on_the_same(row, membership, pairs)
        for ending in endings:
            matching.write_ending(ending, by=by, now=now, why=words or _why(membership, by_themselves))
        Membership.objects.filter(pk=row.pk).update(state=MembershipState.LEFT, since=now, write_again_on=None)
        if leave := current_leave(row):
            make_over(leave, program.today(now), now)
        Ask.objects.filter(pairing__in=pairs, answered_at=None).update(look_at=None)
        _close_needless(row, pairs, is_mentor, by, now)
        for opening in openings:
            cases.open_case(opening, by=by, now=now)
        said = _("%(name)s, %(role)s, has left.") % {"name": row.user, "role": row.get_role_display()}
        tell_history(row, "member.left", said, by, now, others, why=words)
        post([confirmation])


def _insist_on_the_same(row, membership, pairs) -> None:
    """What was said on the page still holds, or Refused."""
    same = row.state == membership.state and {pair.pk for pair in pairs_of(row)} == {pair.pk for pair in pairs}
    if not same:
        raise Refused(_("Something changed at the same moment. Look again, then try once more."))


def _why(membership, by_themselves: bool) -> str:
    words = _("%(name)s has left the program.") if by_themselves else _("%(name)s was removed from the program.")
    return words % {"name": membership.user}


def _somebody_new(pairing, now):
    """The follow-up for a mentee whose mentor leaves."""
    return cases.new_case(
        kind=CaseKind.LEFT,
        cause=f"left:{pairing.pk}",
        program=pairing.program,
        membership=pairing.mentee,
        pairing=pairing,
        concerned=both_of(pairing),
        now=now,
    )


def _close_needless(membership, pairs, is_mentor: bool, by, now) -> None:
    """Follow-ups that nobody has to decide any more, now that the pairs have ended."""
    open_ones = Case.objects.open()
    about = open_ones.filter(membership=membership) | open_ones.filter(pairing__in=pairs)
    if is_mentor:
        about = about.exclude(kind__in=ASKED_BY_MENTEES, asked_by__in=[pairing.mentee.user_id for pairing in pairs])
    for case in about:
        cases.close(case, decision=Decision.BY_ITSELF, by=by, now=now, words=_("They have left the program."))

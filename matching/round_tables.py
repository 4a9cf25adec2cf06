"""The people of a round: who is in it, and their tables, with the pairs that may change."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q

from matching import standing_pairs
from matching.models import Pairing, Round
from matching.standing_pairs import Standing, StandingPairs
from matching.tables import Tables, mentees_to_match, mentors_at_hand, mentors_to_match, read


def paired_in(round: Round) -> set[int]:
    """The mentees (by membership) who have a mentor for what a round is for."""
    pairs = Pairing.objects.open().of(round.program)
    if round.purpose_id:
        pairs = pairs.filter(purpose=round.purpose_id)
    return set(pairs.values_list("mentee", flat=True))


def mentees_in(round: Round):
    """The mentees a round is for."""
    if round.may_change_pairs:
        return standing_pairs.in_round(round)
    rows = mentees_to_match(round.program, round.purpose)
    return rows.filter(pk__in=round.chosen.values("pk")) if round.is_for_chosen else rows


def mentors_in(round: Round):
    """The mentors a round may give somebody to; where pairs may change, also those who have somebody."""
    mentors = mentors_to_match(round.program, round.asked_at)
    if not round.may_change_pairs:
        return mentors
    having = Q(pk__in=standing_pairs.changeable(round).values("mentor"))
    return mentors_at_hand(round.program).filter(having | Q(pk__in=mentors.values("pk")))


def of_round(round: Round, *, mentees=None, mentors=None, then: bool = False) -> Tables:
    """The people of a round, or some of them, scored by its rules; `then` with the pairs there were at its draft."""
    found = read(
        round.program,
        round.policy.rules,
        now=round.asked_at,
        mentees=mentees_in(round) if mentees is None else mentees,
        mentors=mentors_in(round) if mentors is None else mentors,
        purpose=round.purpose,
    )
    pairs = StandingPairs.then_of(round) if then else StandingPairs.now_of(round)
    return found if pairs is None else with_pairs(found, round, pairs)


def with_pairs(read: Tables, round: Round, pairs: StandingPairs) -> Tables:
    """The same people where their pairs may change: what being a pair is worth, and who takes nobody else."""
    row = {mentee.pk: i for i, mentee in enumerate(read.mentees)}
    column = {mentor.pk: j for j, mentor in enumerate(read.mentors)}
    mentor_of = {
        row[mentee]: column[mentor] for mentee, mentor in pairs.mentor_of.items() if mentee in row and mentor in column
    }
    held = [0] * len(column)
    for j in mentor_of.values():
        held[j] += 1
    taken = Pairing.objects.taken_of(list(column), round)
    willing = set(mentors_to_match(round.program, round.asked_at).values_list("pk", flat=True))
    left = [mentor.places - taken.get(mentor.pk, 0) for mentor in read.mentors]
    closed = frozenset(j for j, m in enumerate(read.mentors) if m.pk not in willing or left[j] < 0)
    matrix, excluded = read.scored.matrix.copy(), read.scored.excluded.copy()
    for i, j in mentor_of.items():
        if matrix[i, j] >= 0:
            matrix[i, j] += pairs.price
    for j in closed:
        others = [i for i in range(len(row)) if mentor_of.get(i) != j]
        matrix[others, j], excluded[others, j] = -1, True
    return replace(
        read,
        # What is in the round anyway is no load it comes on top of.
        load=[taken.get(mentor.pk, 0) - held[j] for j, mentor in enumerate(read.mentors)]
        if read.policy.spread
        else read.load,
        free=[held[j] if j in closed else held[j] + left[j] for j in range(len(column))],
        scored=replace(read.scored, matrix=matrix, excluded=excluded),
        standing=Standing(mentor_of, pairs.price, frozenset(row[m] for m in pairs.tied if m in row), closed),
    )

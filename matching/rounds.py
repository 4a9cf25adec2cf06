"""One run of the matcher: from a program's people to a draft with its figures and its proof."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import tables
from matching.models import Policy, Proposal, Round
from matching.scoring import PolicyError
from matching.solver import Solution, Unmatched, explain_unmatched, solve
from programs.models import Membership, Program

SOLVER_VERSION = "1"
# The reason of each unmatched person costs a search; past this many the rest are told the kind alone.
MOST_EXPLAINED = 200


class Forbidden(Exception):
    """A pair that the rules do not allow; its text says which."""


@dataclass(frozen=True)
class PairScore:
    """What the rules say of one pair."""

    score: int
    reasons: list[dict]
    pair_words: list[str]


@dataclass(frozen=True)
class Choice:
    """A mentor somebody could have, or could not: `why_not` says so in words."""

    mentor: Membership
    free: int
    score: int
    reasons: list[dict]
    why_not: str
    # What both may read of each other, and so may the council.
    pair_words: list[str]


@dataclass(frozen=True)
class Draft:
    """What a run found: unsaved proposals and the round's figures."""

    proposals: list[Proposal]
    result: dict
    fingerprint: str


def seed_of(program: Program) -> str:
    """What settles ties: the same for a program always, so that the same people give the same pairs."""
    return program.public_id.hex


def order_of(seed: str, members: list[Membership]) -> np.ndarray:
    """The members' places in the order of a hash of the seed and their public ids."""
    keys = [hashlib.sha256(f"{seed}:{member.public_id}".encode()).digest() for member in members]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def compute(round: Round, progress=lambda percent: None) -> Draft:
    """Scores everybody, solves twice (with the floor and without) and explains the answer."""
    read = tables.read(round.program, round.policy.rules, now=round.asked_at)
    progress(30)
    given = {
        "scores": read.scored.matrix,
        "capacity": np.array(read.free, dtype=np.int64),
        "priority": np.array(read.priority, dtype=np.int64),
        "coverage_first": read.policy.coverage_first,
        "mentee_order": order_of(round.seed, read.mentees),
        "mentor_order": order_of(round.seed, read.mentors),
    }
    highest = solve(**given, floor_levels=0)
    progress(60)
    levels = read.policy.floor_levels
    solution = solve(**given, floor_levels=levels) if levels and read.policy.coverage_first else highest
    progress(80)
    proposals = proposals_of(round, read, solution)
    result = figures_of(read, solution, highest, proposals, round.seed)
    return Draft(proposals, result, read.fingerprint(round.seed, SOLVER_VERSION))


def proposals_of(round: Round, read: tables.Tables, solution: Solution) -> list[Proposal]:
    """A line for each mentee: the mentor and the reasons, or why there is none."""
    proposals, explained = [], 0
    for i, mentee in enumerate(read.mentees):
        j = int(solution.assignment[i])
        if j >= 0:
            proposals.append(
                Proposal(
                    round=round,
                    mentee=mentee,
                    mentor=read.mentors[j],
                    score=read.score(i, j),
                    reasons=read.reasons(i, j),
                    pair_words=read.pair_words(i, j),
                )
            )
        else:
            why = why_none_of(read, solution, i, in_full=explained < MOST_EXPLAINED)
            proposals.append(Proposal(round=round, mentee=mentee, why_none=why))
            explained += 1
    return proposals


def why_none_of(read: tables.Tables, solution: Solution, mentee: int, *, in_full: bool) -> dict:
    """Why a mentee has no mentor, for coordinators: never another person's answer."""
    possible = read.scored.matrix[mentee] >= 0
    if not possible.any():
        return {"kind": "forbidden", "words": read.why_none(mentee)}
    if not in_full:
        places = int(np.array(read.free)[possible].sum())
        return {"kind": "full" if places else "no_places", "words": words_of_kind("full" if places else "no_places")}
    found = explain_unmatched(solution, mentee)
    why = {"kind": found.kind, "words": words_of_kind(found.kind, found)}
    if found.mentor is not None and found.kind in ("full", "no_places"):
        # Kept apart from the words: whoever looks may be this mentor.
        why["one_more_place_with"] = read.mentors[found.mentor].pk
    return why


def words_of_kind(kind: str, found: Unmatched | None = None) -> str:
    """The reasons that have to do with others, without naming them."""
    if kind == "no_places":
        return _("No mentor who suits them has a free place.")
    if kind == "total":
        return _("Without them the points of all pairs together are higher, and the rules put that first.")
    if found is None:
        return _("More people suit the same mentors than these have places.")
    words = ngettext(
        "For %(people)s people only the same few mentors are possible, with %(places)s place in all.",
        "For %(people)s people only the same few mentors are possible, with %(places)s places in all.",
        found.places,
    )
    return words % {"people": found.mentees.size, "places": found.places}


def lowest_score(read: tables.Tables, solution: Solution, without: np.ndarray | None = None) -> int | None:
    """The lowest score of all pairs, or of all but some mentees."""
    counted = solution.assignment >= 0
    if without is not None:
        counted[without] = False
    pairs = np.flatnonzero(counted)
    return int(read.scored.matrix[pairs, solution.assignment[pairs]].min()) if pairs.size else None


def what_the_floor_bought(read: tables.Tables, solution: Solution, highest: Solution) -> dict:
    """Where the floor lifted the lowest score, from what to what, and apart from how many who share few mentors."""
    apart = np.zeros(0, dtype=np.int64)
    for level in (None, *solution.levels):
        if level is not None:
            apart = np.union1d(apart, level.mentees)
        lifted, before = lowest_score(read, solution, apart), lowest_score(read, highest, apart)
        if lifted is not None and before is not None and lifted > before:
            return {"lowest": lifted, "before": before, "apart": int(apart.size)}
    return {}


def figures_of(read, solution: Solution, highest: Solution, proposals: list[Proposal], seed: str) -> dict:
    """Everything the draft's page says in numbers, and the proof that nothing better exists."""
    unmatched: dict[str, int] = {}
    for proposal in proposals:
        if kind := proposal.why_none.get("kind"):
            unmatched[kind] = unmatched.get(kind, 0) + 1
    return {
        "matched": solution.matched,
        "of": len(read.mentees),
        "mentors": sum(1 for free in read.free if free),
        "places": sum(read.free),
        "total": solution.total,
        "lowest": lowest_score(read, solution),
        "highest": highest.total,
        "highest_matched": highest.matched,
        "floor": what_the_floor_bought(read, solution, highest),
        "floor_levels": read.policy.floor_levels if read.policy.coverage_first else 0,
        "primal": int(solution.primal),
        "dual": int(solution.dual),
        "blocking": int(solution.blocking),
        "unmatched": unmatched,
        "seed": seed,
        "places_of": {str(mentor.pk): free for mentor, free in zip(read.mentors, read.free, strict=True)},
    }


def rules_do_not_fit() -> str:
    return _("The matching rules do not fit the forms any more. Look at the rules first.")


def score_of_pair(
    program: Program, mentor: Membership, mentee: Membership, policy: Policy | None = None, *, now: datetime
) -> PairScore:
    """What the rules (the program's latest, or these) say of one pair; Forbidden where they do not allow it."""
    policy = policy or Policy.objects.of(program).first()
    # Without any rules two who are kept apart stay so.
    rules = policy.rules if policy else {"rules": [], "never_again": False}
    members = Membership.objects.of(program)
    try:
        read = tables.read(
            program, rules, now=now, mentees=members.filter(pk=mentee.pk), mentors=members.filter(pk=mentor.pk)
        )
    except PolicyError:
        raise Forbidden(rules_do_not_fit())
    if read.score(0, 0) < 0:
        raise Forbidden(
            _("%(mentor)s cannot be the mentor of %(mentee)s. %(why)s")
            % {"mentor": mentor.user, "mentee": mentee.user, "why": read.why_not(0, 0)}
        )
    return PairScore(read.score(0, 0), read.reasons(0, 0), read.pair_words(0, 0))


def choices_for(program: Program, mentee: Membership, policy: Policy | None, *, now: datetime) -> list[Choice]:
    """Every mentor of the program with what the rules say of them and this mentee, the best first."""
    rules = policy.rules if policy else {"rules": []}
    mentees = Membership.objects.of(program).filter(pk=mentee.pk)
    # By hand a coordinator may choose whoever has a place, and has asked them.
    read = tables.read(program, rules, now=now, mentees=mentees, mentors=tables.mentors_at_hand(program))
    found = [
        Choice(mentor, read.free[j], read.score(0, j), read.reasons(0, j), read.why_not(0, j), read.pair_words(0, j))
        for j, mentor in enumerate(read.mentors)
    ]
    return sorted(found, key=lambda choice: (-choice.score, str(choice.mentor.user)))

"""One run of the matcher: from a program's people to a draft with its figures and its proof."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np

from matching import tables
from matching.models import Proposal, Round
from matching.rounds.answer import Answer, answer_to, given_by
from matching.rounds.held import Held
from matching.rounds.unmatched import WhyNone
from matching.solver.solve import count_blocking
from programs.models import Membership, Program

SOLVER_VERSION = "3"


@dataclass(frozen=True)
class Draft:
    """What a run found: unsaved proposals and the round's figures."""

    proposals: list[Proposal]
    result: dict
    fingerprint: str


def seed_of(program: Program) -> str:
    """What settles ties: the same for a program always, so that the same people give the same pairs."""
    return program.public_id.hex


def compute(round: Round, progress=lambda percent: None) -> Draft:
    """Scores everybody, solves with the floor and without, proves and explains the answer."""
    read = tables.read(round.program, round.policy.rules, now=round.asked_at)
    progress(30)
    return worked_out(round, read, progress)


def replayed(round: Round) -> Draft:
    """The run of a round once more, with the people it was made of and the places they had."""
    mentees = Membership.objects.filter(pk__in=round.proposals.values("mentee"))
    mentors = Membership.objects.filter(pk__in=list(round.places_then))
    read = tables.read(round.program, round.policy.rules, now=round.asked_at, mentees=mentees, mentors=mentors)
    read = replace(read, free=[round.places_then[mentor.pk] for mentor in read.mentors])
    loads = round.result.get("load_of", {})
    read = replace(read, load=[loads.get(str(mentor.pk), 0) for mentor in read.mentors])
    # Who went first then: publishing changes who waits.
    vars(read)["priority"] = [round.result["priority"].get(str(mentee.pk), 0) for mentee in read.mentees]
    return worked_out(round, read)


def worked_out(round: Round, read: tables.Tables, progress=lambda percent: None) -> Draft:
    """The draft these people give."""
    given = given_by(read, round.seed, Held())
    answer = answer_to(given, read.policy.floor_levels, progress=progress)
    progress(70)
    proposals = proposals_of(round, read, answer)
    progress(80)
    result = {
        **figures_of(read, answer, proposals),
        "seed": round.seed,
        "places_of": {str(mentor.pk): free for mentor, free in zip(read.mentors, read.free, strict=True)},
        "load_of": {str(mentor.pk): load for mentor, load in zip(read.mentors, read.load, strict=True) if load},
        "best": {"matched": answer.solution.matched, "total": answer.solution.total},
        "priority": {str(mentee.pk): at for mentee, at in zip(read.mentees, read.priority, strict=True) if at},
        "digest": digest_of(proposals),
    }
    return Draft(proposals, result, read.fingerprint(round.seed, SOLVER_VERSION))


def digest_of(proposals: list[Proposal]) -> str:
    """SHA-256 of every line as it was worked out, so that a run can be shown to give the same bytes again."""
    lines = [
        [str(line.mentee.public_id), str(line.mentor.public_id) if line.mentor else None, line.score, line.reasons,
         line.pair_words, [line.why_none.get(name) for name in ("kind", "words", "ways")]]
        for line in proposals
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


def proposals_of(round: Round, read: tables.Tables, answer: Answer) -> list[Proposal]:
    """A line for each mentee: the mentor and the reasons, or why there is none."""
    why = None
    proposals = []
    for i, mentee in enumerate(read.mentees):
        j = int(answer.assignment[i])
        line = Proposal(round=round, mentee=mentee)
        if j >= 0:
            fill(line, read, i, j)
        else:
            why = why or WhyNone(read, answer)
            line.why_none = why.of(i)
        proposals.append(line)
    return proposals


def fill(line: Proposal, read: tables.Tables, i: int, j: int) -> None:
    """The mentor, the points and the reasons of a pair."""
    line.mentor = read.mentors[j]
    line.score = read.score(i, j)
    line.reasons = read.reasons(i, j)
    line.pair_words = read.pair_words(i, j)
    line.why_none = {}


def lowest_score(read: tables.Tables, assignment: np.ndarray, without: np.ndarray | None = None) -> int | None:
    """The lowest score of all pairs, or of all but some mentees."""
    counted = assignment >= 0
    if without is not None:
        counted[without] = False
    pairs = np.flatnonzero(counted)
    return int(read.scored.matrix[pairs, assignment[pairs]].min()) if pairs.size else None


def what_the_floor_bought(read: tables.Tables, answer: Answer) -> dict:
    """Where the floor lifted the lowest score, from what to what, and apart from how many who share few mentors."""
    apart = np.zeros(0, dtype=np.int64)
    for level in (None, *answer.solution.levels):
        if level is not None:
            apart = np.union1d(apart, level.mentees)
        lifted = lowest_score(read, answer.assignment, apart)
        before = lowest_score(read, answer.highest.assignment, apart)
        if lifted is not None and before is not None and lifted > before:
            return {"lowest": lifted, "before": before, "apart": int(apart.size)}
    return {}


def figures_of(read: tables.Tables, answer: Answer, proposals: list[Proposal]) -> dict:
    """Everything the draft's page says in numbers, and the proof that nothing better exists."""
    unmatched: dict[str, int] = {}
    for proposal in proposals:
        if kind := proposal.why_none.get("kind"):
            unmatched[kind] = unmatched.get(kind, 0) + 1
    capacity = answer.given["capacity"]
    return {
        "matched": answer.solution.matched,
        "of": len(proposals),
        "mentors": int((capacity > 0).sum()),
        "places": int(capacity.sum()),
        "total": answer.solution.total,
        "load": answer.solution.load_cost,
        "lowest": lowest_score(read, answer.assignment),
        "highest": answer.highest.total,
        "highest_matched": answer.highest.matched,
        "floor": what_the_floor_bought(read, answer),
        "floor_levels": answer.levels,
        "primal": int(answer.solution.primal),
        "dual": int(answer.solution.dual),
        "proof": answer.facts,
        "blocking": count_blocking(answer.solution.problem, answer.assignment),
        "unmatched": unmatched,
        "prices": {str(m.pk): price for m, price in zip(read.mentors, answer.highest.prices.tolist(), strict=True)},
    }

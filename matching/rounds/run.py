"""One run of the matcher: from a program's people to a draft with its figures and its proof."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np

from matching import round_tables, tables
from matching.models import Proposal, Round
from matching.rounds.answer import Answer, given_by
from matching.rounds.circles import CircleAnswer, answer_of, limited
from matching.rounds.held import Held
from matching.rounds.pairs import Forbidden
from matching.rounds.standing import check_nobody_loses, check_tied, held_at_first, pairs_that_stand
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
    read = round_tables.of_round(round)
    progress(30)
    return worked_out(round, *limited(round, read), progress)


def replayed(round: Round) -> Draft:
    """The run of a round once more, with the people it was made of and the places they had."""
    mentees = Membership.objects.filter(pk__in=round.proposals.values("mentee"))
    mentors = Membership.objects.filter(pk__in=list(round.places_then))
    read = round_tables.of_round(round, mentees=mentees, mentors=mentors, then=True)
    read = replace(read, free=[round.places_then[mentor.pk] for mentor in read.mentors])
    loads = round.result.get("load_of", {})
    read = replace(read, load=[loads.get(str(mentor.pk), 0) for mentor in read.mentors])
    # Who went first then: publishing changes who waits.
    vars(read)["priority"] = [round.result["priority"].get(str(mentee.pk), 0) for mentee in read.mentees]
    needs = round.result.get("needs_of")
    least = None if needs is None else np.array([needs[str(m.pk)] for m in read.mentors], dtype=np.int64)
    return worked_out(round, read, least)


def worked_out(round: Round, read: tables.Tables, least: np.ndarray | None, progress=lambda percent: None) -> Draft:
    """The draft these people give, in circles where each needs so many."""
    carried, first = Held.carried(round), held_at_first(read)
    held = possible_of(carried.over(first), read, given_by(read, round.seed, carried.over(first)))
    try:
        answer = answer_of(round, read, given_by(read, round.seed, held), least, progress=progress)
        check_tied(read, held)
        check_nobody_loses(read, answer.assignment)
    except Forbidden:
        held = first if read.standing else held.without(held.pins)
        answer = answer_of(round, read, given_by(read, round.seed, held), least, progress=progress)
    best = answer_of(round, read, given_by(read, round.seed, first), least) if held != first else answer
    progress(70)
    proposals = proposals_of(round, read, answer, held)
    progress(80)
    result = {
        **figures_of(read, answer, proposals),
        **pairs_that_stand(read, round, held, answer.assignment),
        "seed": round.seed,
        "places_of": {str(mentor.pk): free for mentor, free in zip(read.mentors, read.free, strict=True)},
        "load_of": {str(mentor.pk): load for mentor, load in zip(read.mentors, read.load, strict=True) if load},
        "best": {"matched": best.matched, "total": best.total},
        "priority": {str(mentee.pk): at for mentee, at in zip(read.mentees, read.priority, strict=True) if at},
        "digest": digest_of(proposals),
    }
    if carried:
        result |= {"carried": carried.to_json(), "held": held.to_json()}
    if least is not None:
        result["needs_of"] = {str(m.pk): need for m, need in zip(read.mentors, least.tolist(), strict=True)}
    return Draft(proposals, result, fingerprint_of(round, read, least))


def fingerprint_of(round: Round, read: tables.Tables, least: np.ndarray | None) -> str:
    """SHA-256 of everything that went in."""
    found = read.fingerprint(round.seed, SOLVER_VERSION)
    return found if least is None else hashlib.sha256(f"{found} {round.least} {least.tolist()}".encode()).hexdigest()


def possible_of(held: Held, read: tables.Tables, given: dict) -> Held:
    """What was held before without the pairs that cannot be any more."""
    if not held.pins:
        return held
    used = np.zeros(len(read.mentors), dtype=np.int64)
    gone = []
    for i, mentee in enumerate(read.mentees):
        j = int(given["pins"][i])
        if j >= 0 and (given["scores"][i, j] < 0 or used[j] >= given["capacity"][j]):
            gone.append(mentee.pk)
        elif j >= 0:
            used[j] += 1
    there = {member.pk for member in (*read.mentees, *read.mentors)}
    return held.without([*gone, *(pair[0] for pair in held.pins.items() if not there.issuperset(pair))])


def digest_of(proposals: list[Proposal]) -> str:
    """SHA-256 of every line as it was worked out, so that a run can be shown to give the same bytes again."""
    lines = [
        [str(line.mentee.public_id), str(line.mentor.public_id) if line.mentor else None, line.score, line.reasons,
         line.pair_words, [line.why_none.get(name) for name in ("kind", "words", "ways")]]
        for line in proposals
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


def proposals_of(round: Round, read: tables.Tables, answer: Answer | CircleAnswer, held: Held) -> list[Proposal]:
    """A line for each mentee: the mentor and the reasons, or why there is none."""
    why = None
    proposals = []
    for i, mentee in enumerate(read.mentees):
        j = int(answer.assignment[i])
        line = Proposal(round=round, mentee=mentee, by_hand=mentee.pk in held.pins or mentee.pk in held.left)
        if read.standing is not None and i in read.standing.mentor_of:
            line.stands_with = read.mentors[read.standing.mentor_of[i]]
        if j >= 0:
            fill(line, read, i, j)
        else:
            why = why or WhyNone(read, answer, held.left)
            line.why_none = why.of(i)
        proposals.append(line)
    return proposals


def fill(line: Proposal, read: tables.Tables, i: int, j: int) -> None:
    """The mentor, the points and the reasons of a pair."""
    line.mentor = read.mentors[j]
    line.score = max(read.score(i, j), 0)
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


def floor_of(read: tables.Tables, answer: Answer | CircleAnswer) -> dict:
    """What the floor bought, and at each of its levels who holds it where it is; circles have none."""
    if not isinstance(answer, Answer):
        return {"floor": {}, "levels": []}
    levels = [
        {
            "score": int(level.score),
            "mentees": [read.mentees[i].pk for i in level.mentees.tolist()],
            "rivals": int(level.rivals.size),
            "places": int(level.places),
        }
        for level in answer.solution.levels
    ]
    return {"floor": what_the_floor_bought(read, answer), "levels": levels}


def figures_of(read: tables.Tables, answer: Answer | CircleAnswer, proposals: list[Proposal]) -> dict:
    """Everything the draft's page says in numbers, and the proof that nothing better exists."""
    unmatched: dict[str, int] = {}
    for proposal in proposals:
        if kind := proposal.why_none.get("kind"):
            unmatched[kind] = unmatched.get(kind, 0) + 1
    capacity = answer.given["capacity"]
    return {
        **answer.figures,
        "matched": answer.matched,
        "of": len(proposals),
        "mentors": int((capacity > 0).sum()),
        "places": int(capacity.sum()),
        "total": answer.total,
        "load": answer.load,
        "lowest": lowest_score(read, answer.assignment),
        **floor_of(read, answer),
        "proof": answer.facts,
        "blocking": count_blocking(answer.problem, answer.assignment),
        "unmatched": unmatched,
        "prices": {str(m.pk): price for m, price in zip(read.mentors, answer.prices.tolist(), strict=True)},
    }

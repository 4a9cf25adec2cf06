"""One question to the solver and its answer: the best, as near as can be to what stands, with what is certain of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching import tables
from matching.rounds.begin import prices_in
from matching.rounds.held import Held
from matching.rounds.proof import facts_of
from matching.solver import NotProved, Solution, Start, solve
from matching.solver.chains import Chains, chains_of
from matching.solver.problem import HIGHEST_SCORE, Problem
from matching.solver.solve import solve_problem
from programs.models import Membership

NOBODY = -1


def order_of(seed: str, members: list[Membership]) -> np.ndarray:
    """The members' places in the order of a hash of the seed and their public ids."""
    keys = [hashlib.sha256(f"{seed}:{member.public_id}".encode()).digest() for member in members]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def given_by(read: tables.Tables, seed: str, held: Held) -> dict:
    """What the solver is given: the scores with what is held by hand on top."""
    standing = read.standing
    scores = read.scored.matrix.copy() if held or standing else read.scored.matrix
    row = {mentee.pk: i for i, mentee in enumerate(read.mentees)}
    column = {mentor.pk: j for j, mentor in enumerate(read.mentors)}
    for mentee, mentor in held.apart:
        if mentee in row and mentor in column:
            scores[row[mentee], column[mentor]] = -1
    pins = np.full(len(row), NOBODY, dtype=np.int64)
    for mentee, mentor in held.pins.items():
        if mentee in row and mentor in column:
            pins[row[mentee]] = column[mentor]
    for i in standing.tied if standing else ():
        pins[i] = standing.mentor_of[i]
    for i, j in standing.mentor_of.items() if standing else ():
        if pins[i] == j:
            # A pair that stands may stand, whatever a rule now says.
            scores[i, j] = max(scores[i, j], 0)
    for mentee in held.left & row.keys():
        scores[row[mentee]] = -1
    places = [min(free, held.places.get(m.pk, free)) for m, free in zip(read.mentors, read.free, strict=True)]
    return {
        "scores": scores,
        "capacity": np.array(places, dtype=np.int64),
        "priority": np.array(read.priority, dtype=np.int64),
        # Where pairs may change, nobody loses their mentor for a better total.
        "coverage_first": read.policy.coverage_first or standing is not None,
        "spread": read.policy.spread,
        "load": np.array(read.load, dtype=np.int64),
        "pins": pins,
        "mentee_order": order_of(seed, read.mentees),
        "mentor_order": order_of(seed, read.mentors),
    }


@dataclass(frozen=True, eq=False)
class Answer:
    """The best pairs: `assignment` (M,) is the one shown, as good as `solution` in every aim.

    `highest` is the best total of as many people, without a floor.
    """

    given: dict
    solution: Solution
    highest: Solution
    assignment: np.ndarray

    @cached_property
    def facts(self) -> dict:
        """What is certain of it: see matching.rounds.proof."""
        return facts_of(self.solution, self.highest)

    @property
    def matched(self) -> int:
        return self.solution.matched

    @property
    def total(self) -> int:
        return self.solution.total

    @property
    def load(self) -> int:
        return self.solution.load_cost

    @property
    def problem(self) -> Problem:
        return self.solution.problem

    @property
    def prices(self) -> np.ndarray:
        return self.highest.prices

    @property
    def figures(self) -> dict:
        """What the page of a draft says in numbers beside what every answer has, and the proof."""
        return {
            "highest": self.highest.total,
            "highest_matched": self.highest.matched,
            "floor_levels": self.solution.problem.floor_levels,
            "primal": int(self.solution.primal),
            "dual": int(self.solution.dual),
        }

    def chains(self, scores: np.ndarray) -> tuple[Chains, np.ndarray]:
        """The chains of moves with these scores, and how many each mentor has."""
        problem = replace(self.highest.problem, scores=scores, coverage_first=True)
        base = solve_problem(problem, Start(self.assignment, self.highest.prices))
        holders = np.bincount(base.assignment[base.assignment >= 0], minlength=base.problem.capacity.size)
        return chains_of(base, base.problem.pins >= 0), holders


def answer_to(given: dict, floor_levels: int, stands: Start | None = None, progress=lambda done: None) -> Answer:
    """Solves twice, with the floor and without; of equally good answers the one nearest to what `stands`."""
    solution, highest = best_of(given, floor_levels, stands, progress)
    assignment = solution.assignment if stands is None else nearest_to(stands.assignment, given, solution)
    return Answer(given, solution, highest, assignment)


def best_of(
    given: dict, floor_levels: int, begin: Start | None, progress=lambda done: None
) -> tuple[Solution, Solution]:
    """The best with the floor, and the best without it."""
    highest = solve(**given, floor_levels=0, start=begin)
    progress(50)
    if not (floor_levels and given["coverage_first"]):
        return highest, highest
    return solve_problem(replace(highest.problem, floor_levels=floor_levels), highest), highest


def nearest_to(stands: np.ndarray, given: dict, solution: Solution) -> np.ndarray:
    """Of all answers as good as this one, that with most of the pairs that stand; or this one, for huge scores."""
    scores = given["scores"].copy()
    unit = scores.shape[0] + 1
    problem = solution.problem
    dearest = int(problem.nth(np.arange(problem.capacity.size), problem.capacity).max(initial=0))
    if (int(scores.max(initial=0)) + dearest) * unit > HIGHEST_SCORE or np.array_equal(stands, solution.assignment):
        return solution.assignment
    # Whoever the solution leaves out may come in, but not under anybody's floor.
    floors = np.where(solution.assignment < 0, solution.floors.max(initial=0), solution.floors)
    floors[given["pins"] >= 0] = 0
    scores[scores < floors[:, None]] = -1
    scores[scores > 0] *= unit
    problem = replace(problem, scores=scores, spread=problem.spread * unit, floor_levels=0, keep=stands, keep_bonus=1)
    near = solve_problem(problem, Start(solution.assignment, prices_in(solution, unit, int(scores.max(initial=0)) + 1)))
    if (near.matched, near.total) != (solution.matched, solution.total * unit):
        raise NotProved("The answer nearest to what stands is not as good as the best.")
    return near.assignment

"""What is certain of an answer: checked after every run, and said in one sentence that is true for the rules chosen."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.rounds import circle_words
from matching.rounds.begin import prices_in
from matching.solver import NotProved, Solution, Start
from matching.solver.solve import solve_problem


def facts_of(solution: Solution, highest: Solution) -> dict:
    """The facts the sentence is made of; `highest` is the best total of as many people, without a floor.

    Each is an answer of its own that proved itself, never read off this one.
    """
    first = solution.problem.coverage_first
    matched, total = other_way(highest)
    check(solution, highest, matched, total)
    facts = {
        "coverage_first": first,
        "classes": len(set(solution.problem.priority.tolist())) > 1,
        "primal": int(solution.primal),
        "dual": int(solution.dual),
        "other": {"matched": matched, "total": total},
        "matched": solution.matched,
        "total": solution.total,
        "highest": highest.total,
    }
    if floor := lowest_guaranteed(solution):
        facts["floor"] = floor
        facts["floor_says_all"] = best_above(solution, floor) == (solution.matched, solution.total)
    return facts


def other_way(highest: Solution) -> tuple[int, int]:
    """How many are matched, with what total, if the other of the two aims comes first."""
    first = highest.problem.coverage_first
    unit = int((highest.problem.pins < 0).sum()) + 1
    prices = prices_in(highest, unit, None) if first else highest.prices // unit
    found = solve_problem(replace(highest.problem, coverage_first=not first), Start(highest.assignment, prices))
    return found.matched, found.total


def check(solution: Solution, highest: Solution, matched: int, total: int) -> None:
    """NotProved if the answers contradict each other, which would be an error of ours."""
    if solution.matched != highest.matched or solution.total > highest.total:
        raise NotProved("The answer with the floor and the one without contradict each other.")
    here, there = (solution.matched, -solution.total), (matched, -total)
    most, best = (here, there) if solution.problem.coverage_first else (there, here)
    if most[0] < best[0] or most[1] < best[1]:
        raise NotProved("The answer for most people and the one for the best total contradict each other.")


def lowest_guaranteed(solution: Solution) -> int:
    """The score nobody is below, of those who have a floor at all; 0 where nothing is guaranteed."""
    guaranteed = solution.floors[(solution.assignment >= 0) & (solution.problem.pins < 0)]
    return int(guaranteed.min()) if guaranteed.size else 0


def best_above(solution: Solution, floor: int) -> tuple[int, int]:
    """How many are matched at best, and with what total, where no pair but those set by hand is under this score."""
    scores = solution.problem.scores.copy()
    scores[(solution.problem.pins < 0)[:, None] & (scores < floor)] = -1
    best = solve_problem(
        replace(solution.problem, scores=scores, floor_levels=0), Start(solution.assignment, solution.prices)
    )
    return best.matched, best.total


def sentences(facts: dict, by_hand: bool) -> list[str]:
    """The proof in words; `by_hand` says that something was set by hand, which everything is then said under."""
    if not facts:
        return []
    if facts.get("circles"):
        return circle_words.sentences(facts, by_hand)
    return [first_sentence(facts, by_hand), second_sentence(facts, by_hand), *third_sentence(facts)]


def first_sentence(facts: dict, by_hand: bool) -> str:
    if facts["coverage_first"]:
        if by_hand:
            return _("With what is set by hand, nobody more can be matched.")
        return _("Nobody more can be matched.")
    if by_hand:
        return _("With what is set by hand, no other way to match people scores higher, however many it matches.")
    return _("No other way to match people scores higher, however many it matches.")


def second_sentence(facts: dict, by_hand: bool) -> str:
    if not facts["coverage_first"]:
        return _("Among the ways that score as much, none matches more people.")
    among = _("Among all ways to match as many")
    if facts["classes"]:
        among = _("Among all ways to match as many, and as many of those who go first")
    if not facts.get("floor"):
        return _("%(among)s, none scores higher.") % {"among": among}
    said = {"among": among, "floor": facts["floor"]}
    if not facts["floor_says_all"]:
        words = _("%(among)s where each has at least the score found possible for them, %(floor)s or more, ")
        return words % said + _("none scores higher.")
    if by_hand:
        return _("%(among)s with no other pair under %(floor)s, none scores higher.") % said
    return _("%(among)s with no pair under %(floor)s, none scores higher.") % said


def third_sentence(facts: dict) -> list[str]:
    """What the other order of aims would bring: fewer people with more points, or more people with fewer."""
    other = facts["other"]
    people, points = facts["matched"] - other["matched"], other["total"] - facts["total"]
    if facts["coverage_first"]:
        if people > 0 and points > 0:
            words = ngettext(
                "Leaving one person out would score %(points)s more.",
                "Leaving %(people)s people out would score %(points)s more.",
                people,
            )
            return [words % {"people": people, "points": points}]
        if other["total"] > facts["highest"]:
            words = _("If nobody went first, the same number of pairs would score %(points)s more.")
            return [words % {"points": points}]
        return [_("Leaving people out would not score more.")] if points <= 0 else []
    if people < 0:
        words = ngettext(
            "Matching one person more would score %(points)s less.",
            "Matching %(people)s people more would score %(points)s less.",
            -people,
        )
        return [words % {"people": -people, "points": -points}]
    return [_("Nobody more can be matched either.")]


def by_hand_costs(result: dict) -> str:
    """What is set by hand costs against the best without it, in a sentence."""
    best = result.get("best", {})
    people, points = best.get("matched", 0) - result.get("matched", 0), best.get("total", 0) - result.get("total", 0)
    if people > 0:
        words = ngettext(
            "What is set by hand leaves one person more without a mentor, and changes the points by %(points)s.",
            "What is set by hand leaves %(people)s people more without a mentor, and changes the points by %(points)s.",
            people,
        )
        return words % {"people": people, "points": -points}
    if points > 0:
        return _("What is set by hand costs %(points)s points against the best without it.") % {"points": points}
    if points < 0:
        return _("What is set by hand scores %(points)s more, for less of what the rules put first.") % {
            "points": -points
        }
    return _("What is set by hand costs nothing: the best without it scores the same.")

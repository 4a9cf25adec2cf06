"""Scoring everybody by a realistic policy, beside a plain Python loop over all pairs and beside mentor-match.

Used by bench/matching.py. The loop is timed for some mentees and multiplied, after its scores were found to be the
same. mentor-match (PyPI; the open-source peer) has a package of the same name as ours, so it runs by itself.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from matching import scoring
from matching.scoring.answers import FREE, FREE_QUARTERS, read_side
from matching.scoring.score import score_sides
from matching.solver import solve

SEED = 11
GRADES = [f"grade {number}" for number in range(7)]
STEPS = {1: 30, 2: 24, 3: 12}
SHARE = 20
RAREST = 8
SKILL = 5
HOURS = 2
SAMPLE = 40
RULES = [
    {"kind": "must_differ", "mentee": "team", "mentor": "team"},
    {"kind": "ordinal_distance", "mentee": "grade", "mentor": "grade", "scale": GRADES, "points": STEPS},
    {"kind": "must_agree", "mentee": "languages", "mentor": "languages"},
    {"kind": "common_hours", "mentee": FREE, "mentor": FREE, "least": HOURS},
    {"kind": "same_value", "mentee": "field", "mentor": "field", "points": SHARE},
    {"kind": "shared_interests", "mentee": "interests", "mentor": "interests", "points": RAREST},
    {"kind": "skills_offered", "mentee": "wants", "mentor": "offers", "points": SKILL},
]


def people(count: int, side: int):
    """Answers of one side, as the forms keep them."""
    draw = np.random.default_rng([SEED, count, side])

    def some(names, share):
        return [[names[at] for at in np.flatnonzero(row)] for row in draw.random((count, len(names))) < share]

    begins = 4 * draw.integers(0, FREE_QUARTERS // 4 - 5, (count, 4))
    return {
        "team": [f"team {number}" for number in draw.integers(0, 12, count)],
        "grade": [GRADES[number] for number in draw.integers(0, 4, count) + side * draw.integers(0, 4, count)],
        "languages": [[*one, "English"] if draw.random() < 0.8 else one or ["Welsh"] for one in some(LANGUAGES, 0.15)],
        "field": [f"field {number}" for number in draw.integers(0, 15, count)],
        "interests": some([f"interest {number}" for number in range(30)], 0.15),
        "wants" if side == 0 else "offers": some([f"skill {number}" for number in range(40)], 0.1),
        FREE: [sorted({quarter for begin in row for quarter in range(begin, begin + 20)}) for row in begins.tolist()],
    }


LANGUAGES = ["Arabic", "French", "German", "Hindi", "Spanish", "Welsh"]


def policy():
    keys = ["team", "grade", "languages", "field", "interests", FREE]
    return scoring.parse_policy({"rules": RULES}, [*keys, "wants"], [*keys, "offers"])


def plain_rules(mentees, mentors):
    """The policy in plain Python, a function for each rule, with everything read into sets before."""
    left, right = (
        {key: [set(each) for each in side[key]] for key in SETS if key in side} for side in (mentees, mentors)
    )
    place = {grade: number for number, grade in enumerate(GRADES)}
    low, high = ([place[grade] for grade in side["grade"]] for side in (mentees, mentors))
    named = {}
    for each in (*left["interests"], *right["interests"]):
        for name in each:
            named[name] = named.get(name, 0) + 1
    others = max(len(low) + len(high) - 2, 1)
    worth = {name: max(RAREST * (others - (count - 2)) // others, 1) for name, count in named.items()}
    return [
        lambda i, j: -1 if mentees["team"][i] == mentors["team"][j] else 0,
        lambda i, j: STEPS.get(high[j] - low[i], -1),
        lambda i, j: 0 if left["languages"][i] & right["languages"][j] else -1,
        lambda i, j: 0 if len(left[FREE][i] & right[FREE][j]) >= 4 * HOURS else -1,
        lambda i, j: SHARE if mentees["field"][i] == mentors["field"][j] else 0,
        lambda i, j: min(sum(worth[name] for name in left["interests"][i] & right["interests"][j]), 3 * RAREST),
        lambda i, j: SKILL * min(len(left["wants"][i] & right["offers"][j]), 3),
    ]


def by_loop(rules, rows, mentors):
    """Pair by pair, what each rule says, as the tables of ours hold it, too; -1 where one forbids the pair."""
    table = []
    for i in rows:
        line = []
        for j in range(mentors):
            points = [rule(i, j) for rule in rules]
            line.append(-1 if min(points) < 0 else sum(points))
        table.append(line)
    return table


SETS = ("languages", "interests", "wants", "offers", FREE)


def seconds(work):
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def scored(mentees: int, mentors: int, runs: int):
    """Processor seconds: reading the answers, ours then for all pairs, and the loop, worked out from some rows."""
    rules, times = policy(), []
    apart = np.zeros((mentees, mentors), dtype=np.bool_)
    for _ in range(runs):
        left, right = read_side("mentee", people(mentees, 0), None), read_side("mentor", people(mentors, 1), None)
        reading, _codes = seconds(lambda: [s.coded(r.keys(s.name)) for r in rules.rules for s in (left, right)])  # noqa: B023
        pairs, found = seconds(lambda: score_sides(rules, left, right, apart))  # noqa: B023
        times.append((reading, pairs))
    rows = list(range(0, mentees, max(1, mentees // SAMPLE)))
    loop, table = seconds(lambda: by_loop(plain_rules(left.answers, right.answers), rows, mentors))
    before, _rules = seconds(lambda: plain_rules(left.answers, right.answers))
    if found.matrix[rows].tolist() != table:
        raise SystemExit("scoring: the loop finds other scores")
    reading, pairs = np.median(times, axis=0).tolist()
    return reading, pairs, (loop - before) * mentees / len(rows)


def scored_and_matched(mentees: int, mentors: int, runs: int):
    """Wall seconds from answers to pairs, proof included."""
    left, right = people(mentees, 0), people(mentors, 1)
    rules = policy()
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        solve(scoring.score(rules, left, right).matrix, np.full(mentors, max(1, -(-mentees // mentors))))
        found.append(time.perf_counter() - began)
    return float(np.median(found))


def peer(size: int, runs: int):
    """Wall seconds of ours and of mentor-match for the same people by the rules it has, or None without it."""
    draw = np.random.default_rng([SEED, size])
    sides = [
        [
            {"grade": int(grade), "organisation": f"team {team}", "profession": f"field {field}", "email": f"{s}{n}@x"}
            for n, (grade, team, field) in enumerate(
                zip(draw.integers(0, 4, size) + s, draw.integers(0, 12, size), draw.integers(0, 15, size), strict=True)
            )
        ]
        for s in (0, 1)
    ]
    found = subprocess.run(
        [sys.executable, "-P", Path(__file__).with_name("mentor_match.py")],
        input=json.dumps(sides), text=True, capture_output=True, check=False, cwd="/",
    )  # fmt: skip
    if found.returncode:
        return None
    scale = [str(number) for number in range(7)]
    both = {"mentee": "organisation", "mentor": "organisation"}
    rules = scoring.parse_policy(
        {"rules": [
            {"kind": "must_differ", **both},
            {"kind": "ordinal_distance", "mentee": "grade", "mentor": "grade", "scale": scale, "points": {1: 12, 2: 9}},
            {"kind": "same_value", "mentee": "profession", "mentor": "profession", "points": 10},
        ]},
        ["organisation", "grade", "profession"], ["organisation", "grade", "profession"],
    )  # fmt: skip
    columns = [{key: [person[key] for person in side] for key in sides[0][0]} for side in sides]
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        solve(scoring.score(rules, *columns).matrix, np.ones(size, dtype=np.int64))
        times.append(time.perf_counter() - began)
    return float(np.median(times)), float(found.stdout)


def report(sizes: list[tuple[int, int]], runs: int):
    """Prints all of it; the ratios that count as (name, measured, accept, aim)."""
    lines = []
    for mentees, mentors in sizes:
        reading, pairs, loop = scored(mentees, mentors, runs)
        print(f"\nscoring {mentees:,} x {mentors:,}, processor seconds: reading the answers {reading:.3f}, ", end="")
        print(f"all pairs {pairs:.3f}; plain Python pair by pair {loop:.1f}", flush=True)
        lines.append((f"scoring all pairs : a loop over them, {mentees}x{mentors}", pairs / loop, 1 / 80, 1 / 150))
    whole = scored_and_matched(1000, 300, runs)
    print(f"reading, scoring and matching 1,000 x 300 with floor and proof: {whole:.3f} s")
    lines.append(("score and match 1000x300, seconds", whole, 0.1, 0.1))
    if found := peer(500, runs):
        print(f"500 + 500: {found[0]:.3f} s, mentor-match {found[1]:.1f} s")
        lines.append(("score and match : mentor-match, 500 + 500", found[0] / found[1], 1 / 100, 1 / 500))
    else:
        print("mentor-match is not installed")
    return lines

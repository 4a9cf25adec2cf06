"""The matcher beside other exact solvers and greedy: the same seeded instances, alternating, medians, one machine.

    python bench/matching.py [--sizes 1000x300,5000x1500] [--families realistic,agree] [--runs 5] [--out FILE]
                             [--picture FILE.svg]

Needs what bench/requirements.txt names besides numpy; a solver that is not installed is left out. Each run has a
process of its own, so that memory is its own, too. Figures are wall seconds, processor seconds and megabytes added by
solving, from the score matrix (for ours) or the ready slot matrix or arcs (for the others) to the answer; every answer
is checked for the same number matched and the same total. The ratios that count are printed last, beside what is
accepted and what is aimed at.
"""

import argparse
import json
import multiprocessing
import platform
import resource
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import numpy.ma  # numpy reads it in on first use, which is no part of anybody's work

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench import scoring
from matching.solver import solve, what_if
from matching.spreadsheets import greedy

TOP = 100
FAMILIES = ("uniform", "realistic", "short", "agree", "agree-noise", "few-values", "sparse")
WHAT_IFS = 20
SEED = 7


def instance(family: str, mentees: int, mentors: int):
    """Scores (M, N) from 0 to 100, -1 forbidden, and places (N,)."""
    draw = np.random.default_rng([SEED, mentees, mentors, sum(map(ord, family))])
    places = draw.integers(1, 8, mentors)
    places = np.maximum(
        1, (places * (mentees * (0.65 if family == "short" else 1.05)) / places.sum()).round().astype(int)
    )
    shape = mentees, mentors
    if family == "uniform":
        scores = draw.integers(0, TOP + 1, shape)
    elif family == "agree":
        scores = np.broadcast_to(draw.integers(0, TOP + 1, mentors), shape).copy()
    elif family == "agree-noise":
        scores = np.clip(draw.integers(0, TOP - 9, mentors)[None, :] + draw.integers(0, 10, shape), 0, TOP)
    elif family == "few-values":
        scores = draw.choice([0, 10, 25, 60], shape)
    elif family == "sparse":
        scores = np.where(draw.random(shape) < 0.02, draw.integers(0, TOP + 1, shape), -1)
    else:
        scores = realistic(draw, mentees, mentors)
    return scores.astype(np.int64), places.astype(np.int64)


def realistic(draw, mentees, mentors):
    """As a program's rules make them: another team, a step above, shared fields and wishes."""
    team = draw.integers(0, 12, mentees)[:, None] == draw.integers(0, 12, mentors)[None, :]
    step = draw.integers(0, 5, mentors)[None, :] - draw.integers(0, 4, mentees)[:, None]
    scores = np.select([step == 1, step == 2, step == 0], [30, 24, 12], 0)
    scores = scores + 20 * (draw.integers(0, 15, mentees)[:, None] == draw.integers(0, 15, mentors)[None, :])
    interests = draw.random((mentees, 20)) < 0.2, draw.random((mentors, 20)) < 0.3
    scores = scores + 8 * np.minimum(interests[0].astype(int) @ interests[1].astype(int).T, 5)
    return np.where(team | (step < 0), -1, scores)


def matched_and_total(scores, assignment):
    rows = np.flatnonzero(assignment >= 0)
    return int(rows.size), int(scores[rows, assignment[rows]].sum())


def ours(scores, places):
    return lambda: solve(scores, places, floor_levels=0).assignment


def ours_with_floor(scores, places):
    return lambda: solve(scores, places).assignment


def ours_again(scores, places):
    """After a change by hand, from what stood before: three pairs are forbidden, one mentor gives a place less."""
    stands = solve(scores, places)
    changed, fewer = scores.copy(), places.copy()
    rows = np.flatnonzero(stands.assignment >= 0)[:: max(1, scores.shape[0] // 3)]
    changed[rows, stands.assignment[rows]] = -1
    fewer[int(stands.assignment.max())] -= 1
    return lambda: solve(changed, fewer, start=stands).assignment


def what_others_cost(scores, places):
    """What other pairs would cost, so many as make one line of this table."""
    stands = solve(scores, places, floor_levels=0)
    mentees = np.linspace(0, scores.shape[0] - 1, WHAT_IFS).astype(int).tolist()
    pairs = [(mentee, int(np.argsort(-scores[mentee])[7])) for mentee in mentees]

    def run():
        for pair in pairs:
            if scores[pair] >= 0:
                what_if(stands, *pair)
        return stands.assignment

    return run


def unmatched_cost(scores):
    return (min(scores.shape) + 2) * (TOP + 1)


def slots(scores, places):
    """One column a place; a forbidden pair is so dear that matching more comes first, and means unmatched."""
    mentor_of = np.repeat(np.arange(places.size), places)
    cost = np.where(scores >= 0, TOP - scores, unmatched_cost(scores)).astype(np.float64)
    return np.ascontiguousarray(cost[:, mentor_of]), mentor_of


def from_slots(scores, mentor_of, rows, columns):
    assignment = np.full(scores.shape[0], -1)
    assignment[rows] = mentor_of[columns]
    assignment[(assignment >= 0) & (scores[np.arange(scores.shape[0]), assignment] < 0)] = -1
    return assignment


def scipy_dense(scores, places):
    from scipy.optimize import linear_sum_assignment

    cost, mentor_of = slots(scores, places)

    def run():
        return from_slots(scores, mentor_of, *linear_sum_assignment(cost))

    return run


def lapx(scores, places):
    import lap

    cost, mentor_of = slots(scores, places)

    def run():
        _cost, columns, _rows = lap.lapjv(cost, extend_cost=True)
        rows = np.flatnonzero(columns >= 0)
        return from_slots(scores, mentor_of, rows, columns[rows])

    return run


def ortools_flow(scores, places):
    from ortools.graph.python import min_cost_flow

    def run():
        mentees, mentors = scores.shape
        flow = min_cost_flow.SimpleMinCostFlow()
        rows, columns = np.nonzero(scores >= 0)
        arcs = flow.add_arcs_with_capacity_and_unit_cost(
            rows, mentees + columns, np.ones(rows.size, dtype=np.int64), TOP - scores[rows, columns]
        )
        sink = mentees + mentors
        flow.add_arcs_with_capacity_and_unit_cost(
            mentees + np.arange(mentors), np.full(mentors, sink), places, np.zeros(mentors, dtype=np.int64)
        )
        everybody = np.arange(mentees)
        ones = np.ones(mentees, dtype=np.int64)
        flow.add_arcs_with_capacity_and_unit_cost(
            everybody, np.full(mentees, sink), ones, ones * unmatched_cost(scores)
        )
        flow.set_nodes_supplies(np.append(everybody, sink), np.append(ones, -mentees))
        if flow.solve() != flow.OPTIMAL:
            raise RuntimeError("no optimum")
        used = flow.flows(arcs) > 0
        assignment = np.full(mentees, -1)
        assignment[rows[used]] = columns[used]
        return assignment

    return run


def by_hand(scores, places):
    return lambda: greedy(scores, places.tolist())


SOLVERS = {
    "this": ours,
    "this, floor 10": ours_with_floor,
    "this, re-solved": ours_again,
    "this, 20 what-ifs": what_others_cost,
    "scipy linear_sum_assignment": scipy_dense,
    "lapx lapjv": lapx,
    "OR-Tools min-cost flow": ortools_flow,
    "greedy": by_hand,
}
# What is not meant to have the highest total.
OTHER_AIMS = ("this, floor 10", "this, re-solved", "greedy")


def memory(line, forget_peak=False):
    """Megabytes this process has (VmRSS), or has had at most (VmHWM) since the peak was forgotten; Linux only."""
    if forget_peak:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(line)) / 1024


def measured(pipe, solver, family, mentees, mentors):
    """In a process of its own: seconds, processor seconds, megabytes added, and what came out."""
    try:
        scores, places = instance(family, mentees, mentors)
        run = SOLVERS[solver](scores, places)
        already = memory("VmRSS", forget_peak=True)
        before = resource.getrusage(resource.RUSAGE_SELF)
        began = time.perf_counter()
        assignment = run()
        wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        pipe.send((wall, cpu, memory("VmHWM") - already, *matched_and_total(scores, assignment)))
    except ImportError:
        pipe.send(None)


def run_once(solver, family, mentees, mentors, seconds):
    ours_end, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=measured, args=(theirs, solver, family, mentees, mentors))
    process.start()
    found = ours_end.recv() if ours_end.poll(seconds) else "over time"
    process.kill()
    process.join()
    return found


def compare(solvers, family, mentees, mentors, runs, seconds):
    """The solvers in turn, so often; their medians, without those that are not installed or take too long."""
    found = {solver: [] for solver in SOLVERS if solver in solvers}
    for _ in range(runs):
        for solver in list(found):
            one = run_once(solver, family, mentees, mentors, seconds)
            if isinstance(one, tuple):
                found[solver].append(one)
            else:
                print(f"  {solver}: {one or 'not installed'}", flush=True)
                del found[solver]
    lines = {
        solver: [statistics.median(column) for column in zip(*rows, strict=True)] for solver, rows in found.items()
    }
    best = {tuple(line[3:]) for solver, line in lines.items() if solver not in OTHER_AIMS}
    if len(best) > 1:
        raise SystemExit(f"{family} {mentees}x{mentors}: the solvers do not agree: {lines}")
    return lines


# Ours to another's processor seconds, which a busy machine blurs less: family, size, the two lines, accepted, aimed at.
TARGETS = (
    ("realistic", "5000x1500", "this", "scipy linear_sum_assignment", 0.30, 0.15),
    ("realistic", "10000x3000", "this", "scipy linear_sum_assignment", 0.18, 0.10),
    ("realistic", "10000x3000", "this", "OR-Tools min-cost flow", 0.4, 0.2),
    ("agree-noise", "5000x1500", "this", "OR-Tools min-cost flow", 4, 1.5),
    *((each, "5000x1500", "this", "OR-Tools min-cost flow", 0.6, 0.3) for each in FAMILIES if "agree-n" not in each),
    *((each, "5000x1500", "this, floor 10", "this", 1.5, 1.2) for each in FAMILIES),
    *((each, "5000x1500", "this, re-solved", "this", 0.5, 0.2) for each in FAMILIES),
    *((each, "5000x1500", "this, 20 what-ifs", "this", WHAT_IFS * 0.03, WHAT_IFS * 0.005) for each in FAMILIES),
)


def print_ratios(figures, of_scoring):
    """The ratios of processor seconds that count, as far as they were measured, of memory, and those of scoring."""
    print("\nratio                                                                measured  accept  aim")
    for family, size, ours, theirs, accept, aim in TARGETS:
        lines = figures.get(f"{family} {size}", {})
        if ours in lines and theirs in lines:
            name = f"{ours} : {theirs}, {family} {size}"
            print(f"{name:70}{lines[ours][1] / lines[theirs][1]:7.2f} {accept:7} {aim:5}")
    for name, lines in figures.items():
        mentees, mentors = map(int, name.split()[1].split("x"))
        if "this" in lines and mentees >= 5000:
            share = lines["this"][2] * 2**20 / (8 * mentees * mentors)
            print(f"{'memory added : the scores, ' + name:70}{share:7.2f} {2:7} {1:5}")
    for name, measured, accept, aim in of_scoring:
        print(f"{name:70}{measured:7.4f} {accept:7.4f} {aim:.4f}")


def picture(figures, machine):
    """An SVG of the processor seconds each solver takes, a panel for each instance, on a scale of tenfolds."""
    width, bar, left = 760, 18, 230
    colours = ["#2b6cb0", "#63a4dd", "#63a4dd", "#63a4dd", "#8a8f98", "#8a8f98", "#8a8f98", "#c08a3e"]
    parts, y = [], 34
    for name, lines in figures.items():
        parts.append(f'<text class="t" x="12" y="{y}">{name.replace("x", " × ")}</text>')
        y += 8
        for solver, colour in zip(SOLVERS, colours, strict=True):
            if solver not in lines:
                continue
            seconds = lines[solver][1]
            length = max(2, (width - left - 90) * (np.log10(max(seconds, 1e-3)) + 3) / 5)
            parts.append(f'<text class="l" x="{left - 8}" y="{y + 13}">{solver}</text>')
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.0f}" height="{bar - 4}" rx="2" fill="{colour}"/>')
            parts.append(f'<text class="v" x="{left + length + 6:.0f}" y="{y + 12}">{seconds:.3f} s</text>')
            y += bar
        y += 30
    style = (
        "text{font:13px system-ui,sans-serif;fill:#22272e}.t{font-weight:600}.l{text-anchor:end}.b{fill:#fff}"
        "@media (prefers-color-scheme:dark){text{fill:#e6e8eb}.b{fill:#15181c}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y + 6}" role="img">'
        f"<title>Seconds to match</title>"
        f'<style>{style}</style><rect class="b" width="{width}" height="{y + 6}"/>{"".join(parts)}'
        f'<text x="12" y="{y - 6}">Processor seconds, each step of the scale tenfold. {machine}</text></svg>\n'
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100x30,1000x300")
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--solvers", default=";".join(SOLVERS), help="names with semicolons between")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=120, help="a solver that takes longer is left out")
    parser.add_argument("--no-scoring", action="store_true", help="leave scoring out, and mentor-match with it")
    parser.add_argument("--out", type=Path, help="the figures as JSON")
    parser.add_argument("--picture", type=Path, help="the seconds as an SVG")
    options = parser.parse_args()
    multiprocessing.set_start_method("spawn")
    machine = f"{platform.machine()}, {multiprocessing.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}, numpy {np.__version__}")
    figures = {}
    for size in options.sizes.split(","):
        mentees, mentors = map(int, size.split("x"))
        for family in options.families.split(","):
            print(f"\n{family}, {mentees:,} x {mentors:,}", flush=True)
            lines = figures[f"{family} {size}"] = compare(
                options.solvers.split(";"), family, mentees, mentors, options.runs, options.seconds
            )
            first = lines["this"][1]
            for solver, (wall, cpu, memory, matched, total) in lines.items():
                spent = f"{wall:9.3f} s {cpu:9.3f} s cpu {memory:8.0f} MB"
                print(f"  {solver:30}{spent}   {matched:>6} {total:>9}   this : it = {first / max(cpu, 1e-9):.2f}")
    sizes = [tuple(map(int, size.split("x"))) for size in options.sizes.split(",")]
    print_ratios(figures, [] if options.no_scoring else scoring.report(sizes, options.runs))
    if options.picture:
        options.picture.write_text(picture(figures, machine))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()

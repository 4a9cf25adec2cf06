"""Random small problems of the matcher, an independent solver, and what must be true of every answer."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

checked = settings(max_examples=150, deadline=None, derandomize=True)
few_checked = settings(max_examples=40, deadline=None, derandomize=True)
checked_slowly = settings(max_examples=120, deadline=None, derandomize=True)


@st.composite
def problems(draw, most_mentees=12, most_mentors=8, most_places=3, tops=(1, 3, 30, 1_000_000)):
    """Scores and places of every awkward shape: ties, zeros, nobody, everything forbidden, more places than people."""
    mentees = draw(st.integers(0, most_mentees))
    mentors = draw(st.integers(0, most_mentors))
    top = draw(st.sampled_from(tops))
    forbidden = draw(st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scores = rng.integers(0, top + 1, (mentees, mentors))
    scores[rng.random((mentees, mentors)) < forbidden] = -1
    capacity = rng.integers(0, draw(st.integers(0, most_places)) + 1, mentors)
    return scores, capacity, rng


def by_scipy(values, possible, capacity, coverage_first=True):
    """Matched and value by scipy's assignment solver on the expanded places."""
    places = np.repeat(np.arange(capacity.size), capacity)
    rows = values.shape[0]
    unit = 1 if coverage_first else rows + 1
    bonus = (rows + 2) * (int(values.max(initial=0)) + 1) if coverage_first else 1
    table = np.where(possible[:, places], values[:, places] * unit + bonus, 0)
    left, right = linear_sum_assignment(table, maximize=True)
    good = possible[left, places[right]]
    left, right = left[good], places[right[good]]
    return left.size, int(values[left, right].sum())


def is_sound(solution, scores, capacity):
    """Places kept, nothing forbidden, sums right, and the proof closed."""
    pairs = np.flatnonzero(solution.assignment >= 0)
    used = np.bincount(solution.assignment[pairs], minlength=capacity.size)
    chosen = scores[pairs, solution.assignment[pairs]]
    return (
        (used <= capacity).all()
        and (chosen >= 0).all()
        and solution.matched == pairs.size
        and solution.total == chosen.sum()
        and solution.primal == solution.dual
        and (solution.prices >= 0).all()
        and (chosen >= solution.floors[pairs]).all()
        and (solution.floors[solution.assignment < 0] == -1).all()
    )

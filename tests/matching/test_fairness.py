"""Which groups a report may show: five at least, and nothing to be had by taking away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.fairness import FEWEST, Person, differing, load, row_of, rows_of, shown

pytestmark = pytest.mark.once
sizes = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 14), max_size=7)


def people(**groups):
    """So many of each group, every second one matched."""
    found = []
    for group, number in sorted(groups.items()):
        found += [Person(len(found) + n, group, 10 + n if n % 2 else None, n) for n in range(number)]
    return found


@settings(max_examples=200, deadline=None)
@given(sizes, st.sets(st.sampled_from("abcdefg")))
def test_nothing_shown_or_left_tells_of_one_to_four(sizes, hidden):
    found, total = shown(sizes, hidden), sum(sizes.values())
    assert not found & hidden
    for group in found:
        assert sizes[group] >= FEWEST
        assert total - sizes[group] == 0 or total - sizes[group] >= FEWEST
    left = total - sum(sizes[group] for group in found)
    assert not found or left == 0 or left >= FEWEST


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ({"a": 5, "b": 5}, {"a", "b"}),
        ({"a": 5, "b": 4}, set()),
        ({"a": 9, "b": 6, "c": 4}, {"a"}),
        ({"a": 9, "b": 6, "c": 4, "d": 1}, {"a", "b"}),
        ({"a": 7}, {"a"}),
        ({"a": 4}, set()),
        ({}, set()),
    ],
)
def test_the_rule_by_example(sizes, found):
    assert shown(sizes) == found


def test_scores_stand_only_where_enough_are_matched():
    rows = {row.group: row for row in rows_of(people(a=20, b=20, c=6))}
    assert set(rows) == {"a", "b", "c"}
    assert (rows["c"].people, rows["c"].matched, rows["c"].mean, rows["c"].lowest) == (6, 3, None, None)
    # The smaller of the others goes with it, so that the three cannot be had by taking away.
    assert [rows[group].mean is None for group in "ab"].count(True) == 1
    assert rows["a"].share == 50


def test_of_everybody_it_says_everything_but_what_is_known_of_some():
    row = row_of("", [Person(1, "a", 12, 3), Person(2, "a", None, None)])
    assert (row.people, row.matched, row.share, row.mean, row.lowest, row.waited) == (2, 1, 50, 12.0, 12, None)


def test_a_group_that_lost_one_does_not_stand_beside_itself():
    before, now = people(a=10, b=10, c=10), people(a=10, b=10, c=10)[1:]
    hidden = differing(now, before)
    assert "a" in hidden
    assert differing(before, before) == set()
    assert differing(people(a=6), [Person(100 + n, "a", None, None) for n in range(6)]) == set()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abc")), unique_by=lambda pair: pair[0]))
def test_what_is_hidden_beside_the_last_round_tells_of_nobody(pairs):
    now = [Person(key, group, None, None) for key, group in pairs]
    before = people(a=10, b=10, c=10)
    hidden = differing(now, before)
    mine = {person.key for person in now if person.group in hidden}
    theirs = {person.key for person in before if person.group in hidden}
    whole = hidden >= {person.group for person in [*now, *before]}
    assert whole or all(len(part) not in range(1, FEWEST) for part in (mine - theirs, theirs - mine))


def test_the_load_counts_those_with_nobody():
    assert load({1: 2, 2: 1, 4: 1}, {1: 2, 2: 3, 3: 1, 4: 0, 5: 0}) == [(0, 1), (1, 2), (2, 1)]

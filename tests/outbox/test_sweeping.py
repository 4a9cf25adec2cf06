"""A sweep ends in time, and one bad row never stops the rest."""

from outbox import sweeping


def test_a_bad_row_never_stops_the_rest(caplog):
    seen = []

    def act(row):
        if row == 2:
            raise ValueError("a bad row")
        seen.append(row)

    assert sweeping.each([1, 2, 3], act, sweeping.never) == 2
    assert seen == [1, 3] and "a bad row" in caplog.text


def test_a_sweep_stops_between_two_rows():
    seen = []
    assert sweeping.each([1, 2, 3], seen.append, lambda: len(seen) == 2) == 2


def test_a_run_ends_after_its_time_or_at_the_shutdown():
    assert sweeping.stopper(0)()
    stop = sweeping.stopper(60)
    assert not stop()
    sweeping.shutdown.set()
    try:
        assert stop()
    finally:
        sweeping.shutdown.clear()

"""Arithmetic of the small charts: figures in, coordinates out (pure)."""

WIDTH = 100


def share(value, out_of) -> float:
    """How far along `out_of` a value lies, from 0 to 100."""
    if not out_of or value is None:
        return 0
    return round(min(max(float(value) / float(out_of), 0), 1) * WIDTH, 2)


def bars(rows, out_of=None) -> list[dict]:
    """One bar a row; `out_of` is as wide as the chart, without it the longest."""
    rows = [(label, value or 0) for label, value in rows]
    most = out_of or max((value for _, value in rows), default=0)
    return [{"label": label, "value": value, "width": share(value, most)} for label, value in rows]

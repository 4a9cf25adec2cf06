"""Arithmetic of the small charts: figures in, coordinates out (pure)."""

WIDTH = 100
# As many places as a course has at least, so that one month is no wall.
FEW = 6


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


def columns(rows, out_of, target=None) -> dict:
    """One column a row, `out_of` high, a line at the target; without a value the place stays empty."""
    step = WIDTH / max(len(rows), FEW)
    found = []
    for place, row in enumerate(rows):
        height = share(row["value"], out_of)
        found.append(
            {**row, "x": round(place * step + step * 0.15, 2), "y": round(WIDTH - height, 2), "height": height}
        )
    line = round(WIDTH - share(target, out_of), 2) if target is not None else None
    return {"columns": found, "width": round(step * 0.7, 2), "line": line, "full": len(rows) >= FEW}

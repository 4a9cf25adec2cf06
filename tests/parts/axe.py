"""Runs axe-core on a page of a real browser."""

from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "browser" / "vendor" / "axe.min.js"
# WCAG 2.2 AA and what it builds on, and axe's own good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page) -> list[str]:
    """One line for each violation and place; empty is what a page must give."""
    # evaluate() comes from the debugger, which our content security policy does not bind.
    page.evaluate(SOURCE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']} at {' '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]

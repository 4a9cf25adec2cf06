"""The versions of a program's matching rules: what each changed, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from matching import scoring
from matching.models import Policy
from matching.overview import first_lines, lines_of

MOST_VERSIONS = 50
DEFAULT = [line.to_json() for line in scoring.DEFAULT_FIRST]
SWITCHES = {
    "floor_levels": (_lazy("The weakest pairs are lifted."), _lazy("The weakest pairs are not lifted.")),
    "coverage_first": (_lazy("As many as possible come first."), _lazy("The highest total comes first.")),
    "never_again": (_lazy("Nobody gets somebody they had before."), _lazy("Two may be a pair again.")),
}


@dataclass(frozen=True)
class Version:
    """One version of the rules as the page shows it."""

    row: Policy
    changes: list[str]
    latest: bool


def versions_of(program, asked) -> list[Version]:
    """The versions, the newest first, each with what it changed in the one before."""
    found = Policy.objects.of(program).select_related("created_by").annotate(used=Count("rounds"))
    # Counting forgets the model's order.
    rows = list(found.order_by("-version")[: MOST_VERSIONS + 1])
    before = [*(row.rules for row in rows[1:]), {}]
    return [
        Version(row, list(changes(old, row.rules, asked, first=row.version == 1)), place == 0)
        for place, (row, old) in enumerate(zip(rows, before, strict=True))
    ][:MOST_VERSIONS]


def changes(old: dict, new: dict, asked, *, first: bool) -> Iterator[str]:
    """What stands in the new rules that did not in the old, and the other way round."""
    if first:
        count = len(new.get("rules", []))
        yield ngettext("Began with %(count)s rule.", "Began with %(count)s rules.", count) % {"count": count}
        return
    gone, came = only_in(old, new), only_in(new, old)
    for place in list(came):
        # The same questions in the same kind of rule: changed, not another rule.
        other = next((each for each in gone if subject(old, each) == subject(new, place)), None)
        if other is not None:
            gone.remove(other)
            came.remove(place)
            yield _("Changed: %(rule)s %(what)s") % {
                "rule": words(new, place, asked),
                "what": what(old, other, new, place),
            }
    for place in came:
        yield _("Added: %(rule)s") % {"rule": words(new, place, asked)}
    for place in gone:
        yield _("Removed: %(rule)s") % {"rule": words(old, place, asked)}
    for key, (on, off) in SWITCHES.items():
        if bool(old.get(key, True)) != bool(new.get(key, True)):
            yield on if new.get(key, True) else off
    if old.get("first", DEFAULT) != new.get("first", DEFAULT):
        yield _("Who goes first: %(lines)s.") % {"lines": ", ".join(first_lines(new, asked)) or _("nobody")}


def only_in(these: dict, others: dict) -> list[int]:
    """The places of the rules that the other version does not have just so."""
    left = [plainly(rule) for rule in others.get("rules", [])]
    found = []
    for place, rule in enumerate(these.get("rules", [])):
        if plainly(rule) in left:
            left.remove(plainly(rule))
        else:
            found.append(place)
    return found


def plainly(rule: dict) -> dict:
    return {name: value for name, value in rule.items() if name != "id"}


def subject(rules: dict, place: int) -> tuple:
    """What a rule is about."""
    rule = rules["rules"][place]
    return rule.get("kind"), rule.get("mentee"), rule.get("mentor")


def words(rules: dict, place: int, asked) -> str:
    line = lines_of(rules, asked)[place]
    return line.sentence or line.label


def what(old: dict, before: int, new: dict, after: int) -> str:
    """The numbers that changed in a rule, such as "10 → 8 points"; empty where it is something else."""
    was, now = old["rules"][before].get("points"), new["rules"][after].get("points")
    if was == now:
        return ""
    if isinstance(was, dict) and isinstance(now, dict):
        steps = sorted({*was, *now}, key=int)
        return "; ".join(
            _("step %(step)s: %(was)s → %(now)s points")
            % {"step": step, "was": was.get(step, "–"), "now": now.get(step, "–")}
            for step in steps
            if was.get(step) != now.get(step)
        )
    return _("%(was)s → %(now)s points") % {"was": was, "now": now}

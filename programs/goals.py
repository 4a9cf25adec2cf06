"""What a goal may be measured by: each measure with its unit, its bounds and the words around its number."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.errors import Refused

LONGEST = 300
# Percentages, and the answers of the pulse.
PERCENT, MEAN = "percent", "mean"
BOUNDS = {PERCENT: (1, 100), MEAN: (1, 5)}


@dataclass(frozen=True)
class Measure:
    """Something the system can count; `words` holds %(within)s where it names a number of days or months."""

    key: str
    choice: str
    words: str
    unit: str = PERCENT
    # What the share is a share of.
    whole: str = ""
    # The least and most of the days or months it names; none where it names none.
    within: tuple[int, int] | None = None


MEASURES = {
    one.key: one
    for one in (
        Measure(
            "matched",
            gettext_lazy("Mentees who have a mentor, in percent"),
            gettext_lazy("Mentees who have a mentor"),
            whole=gettext_lazy("mentees"),
        ),
        Measure(
            "placed",
            gettext_lazy("Mentees with a mentor within so many days of joining, in percent"),
            gettext_lazy("Mentees with a mentor within %(within)s days of joining"),
            whole=gettext_lazy("mentees who joined that long ago"),
            within=(1, 366),
        ),
        Measure(
            "in_touch",
            gettext_lazy("Pairs in touch as agreed, in percent"),
            gettext_lazy("Pairs in touch as agreed"),
            whole=gettext_lazy("pairs, without those at rest"),
        ),
        Measure(
            "going",
            gettext_lazy("Pairs that go on for so many months, in percent"),
            gettext_lazy("Pairs that went on for %(within)s months"),
            whole=gettext_lazy("pairs that began that long ago"),
            within=(1, 60),
        ),
        Measure(
            "pulse",
            gettext_lazy("How it is going, the mean of 1 to 5"),
            gettext_lazy("How it is going, from 1 to 5"),
            MEAN,
            whole=gettext_lazy("answers"),
        ),
    )
}


class Aim(NamedTuple):
    """A goal as somebody sets it: in words, and perhaps what shows it, with a target."""

    text: str
    measure: str = ""
    target: Decimal | None = None
    within: int | None = None


def measure_words(key: str, within: int | None) -> str:
    """What a measure counts, with the days or months it names."""
    return str(MEASURES[key].words) % {"within": within}


def number_words(key: str, number) -> str:
    """A number of a measure, as people write it."""
    if MEASURES[key].unit == PERCENT:
        return _("%(number)s%%") % {"number": number_format(number, decimal_pos=0)}
    return number_format(number, decimal_pos=1)


def target_words(key: str, target) -> str:
    """The number to reach."""
    words = _("%(number)s%%") if MEASURES[key].unit == PERCENT else _("%(number)s of 5")
    return words % {"number": number_format(plain(target))}


def plain(target) -> Decimal:
    """A target without the zero behind its point."""
    return Decimal(target).quantize(Decimal(1) if target == int(target) else Decimal("0.1"))


def aim_of(goal) -> Aim:
    """A goal as it is given: words alone, or with a measure."""
    return Aim(goal.strip()) if isinstance(goal, str) else goal._replace(text=goal.text.strip())


def problems(aim: Aim) -> dict[str, str]:
    """What is wrong with a goal, by the name of the field; nothing where it can be kept."""
    found = {}
    if len(aim.text) > LONGEST:
        found["text"] = _("A goal has at most 300 characters.")
    if not aim.text and (aim.measure or aim.target is not None or aim.within is not None):
        found["text"] = _("Say the goal in words, too.")
    measure = MEASURES.get(aim.measure)
    if measure is None:
        if aim.measure:
            found["measure"] = _("Nobody knows this measure.")
        elif aim.target is not None:
            found["measure"] = _("Choose what the target is measured by, or leave the target empty.")
        return found
    return found | _outside(aim, measure)


def _outside(aim: Aim, measure: Measure) -> dict[str, str]:
    found = {}
    said = _("Choose a number from %(least)s to %(most)s.")
    least, most = BOUNDS[measure.unit]
    if aim.target is None or not least <= aim.target <= most:
        found["target"] = said % {"least": least, "most": most}
    if measure.within and (aim.within is None or not measure.within[0] <= aim.within <= measure.within[1]):
        found["within"] = said % {"least": measure.within[0], "most": measure.within[1]}
    return found


def tidied(goals) -> list[Aim]:
    """Goals as they are kept: the first of two with the same words, no empty ones; refused where one is wrong."""
    kept = {}
    for aim in map(aim_of, goals):
        if wrong := problems(aim):
            raise Refused(next(iter(wrong.values())))
        named = MEASURES.get(aim.measure)
        if aim.text:
            kept.setdefault(aim.text, aim if named and named.within else aim._replace(within=None))
    return list(kept.values())

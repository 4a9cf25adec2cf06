"""Every figure a program may set, with unit, bounds and defaults by template (pure)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One adjustable figure; `defaults` is keyed by template."""

    key: str
    label: str
    unit: str
    least: int
    most: int
    defaults: dict[str, int]

    def default(self, template: str) -> int:
        return self.defaults[template]

    def check(self, value: int) -> None:
        """Raises ValueError with a sentence where the value is out of bounds."""
        if not self.least <= value <= self.most:
            raise ValueError(f"{self.label}: choose between {self.least} and {self.most} {self.unit}.")


def _same(value: int) -> dict[str, int]:
    return {"community": value, "career": value, "youth": value}


FIGURES = {
    figure.key: figure
    for figure in (
        Figure("rhythm_days", "How often a pair meets", "days", 1, 366, {"community": 30, "career": 14, "youth": 7}),
        Figure("first_contact_days", "First contact within", "days", 1, 14, _same(14)),
        Figure("write_again_days", "People on the waiting list hear from us every", "days", 1, 30, _same(30)),
    )
}

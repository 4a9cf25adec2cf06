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
        # The first meeting, in days after the match; both are asked, then a coordinator, then the council.
        Figure("first_nudge_days", "No first contact: we write after", "days", 2, 13, _same(4)),
        Figure("second_nudge_days", "No first contact: we write again after", "days", 3, 13, _same(9)),
        Figure("never_case_days", "No first contact: a coordinator is asked after", "days", 7, 14, _same(14)),
        # A quiet pair: parts of its own rhythm, and at most so many days past it.
        Figure("quiet_nudge_percent", "A quiet pair: we write at", "percent of its rhythm", 110, 150, _same(150)),
        Figure("quiet_nudge_most", "A quiet pair: we write at most", "days past its rhythm", 1, 14, _same(14)),
        Figure("quiet_case_percent", "A quiet pair: a coordinator at", "percent of its rhythm", 150, 200, _same(200)),
        Figure("quiet_case_least", "A quiet pair: a coordinator never before", "days", 7, 14, _same(14)),
        Figure("quiet_case_most", "A quiet pair: a coordinator at most", "days past its rhythm", 2, 28, _same(28)),
        Figure("council_days", "Undecided with a coordinator, the council after", "days", 3, 14, _same(14)),
        Figure("cry_council_days", "A call for help undecided, the council after", "days", 3, 7, _same(7)),
        Figure("mentee_silent_days", "A mentee does not answer: a coordinator after", "days", 7, 14, _same(14)),
        Figure("first_answer_days", "Whoever asks for help is answered within", "days", 1, 3, _same(3)),
        Figure("leave_answer_days", "A mentor is away, their mentee does not answer", "days", 3, 7, _same(7)),
        Figure("leave_look_days", "A coordinator looks at leaves longer than", "days", 14, 84, _same(84)),
        Figure("idle_days", "A pair at rest for three intervals, at least", "days", 60, 90, _same(90)),
        Figure("pulse_days", "We ask how it is going, after the match", "days", 14, 60, _same(30)),
        # Nobody at their desk is asked to be quicker than people are; a child's safety does not wait a day.
        Figure(
            "concern_hours",
            "A concern lies unopened: the other one after",
            "hours",
            1,
            24,
            {"community": 24, "career": 24, "youth": 4},
        ),
        Figure(
            "concern_third_hours",
            "Still unopened: the third named person after",
            "hours",
            2,
            48,
            {"community": 48, "career": 48, "youth": 24},
        ),
        # Mentees who choose for themselves.
        Figure("request_days", "Whoever is asked about a pair answers within", "days", 3, 14, _same(7)),
        Figure("request_nudge_days", "Whoever is asked about a pair is reminded after", "days", 1, 7, _same(3)),
        Figure("requests_of_mentee", "A mentee asks at once at most", "mentors", 1, 3, _same(3)),
        Figure("requests_of_mentor", "A mentor is asked at once at most", "times beyond free places", 0, 10, _same(2)),
        Figure("yes_days", "A mentor who said yes is in rounds for", "days", 7, 90, _same(30)),
        Figure("ask_again_days", "A mentor we asked does not answer: we remind after", "days", 1, 14, _same(4)),
        Figure("hold_minutes", "After publishing, a round can be taken back for", "minutes", 0, 60, _same(10)),
        # None for whoever was left: see matching.tables.
        Figure(
            "match_gap_days",
            "A mentor gets nobody new after a pair ends, for",
            "days",
            0,
            90,
            {"community": 0, "career": 0, "youth": 14},
        ),
        Figure("write_again_days", "People on the waiting list hear from us every", "days", 1, 30, _same(30)),
    )
}

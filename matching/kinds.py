"""What each kind of rule is for, in words, in the order in which they are offered."""

from django.utils.translation import gettext_lazy as _

from matching import scoring

HARD_WORDS = {
    "must_differ": (_("Must be different"), _("Never pair two people who gave the same answer, such as one employer.")),
    "must_agree": (_("Must have something in common"), _("Never pair two people without it, such as one language.")),
    "ordinal_distance": (
        _("Steps apart on a scale"),
        _("The mentor stands so many steps above the mentee, such as one or two grades."),
    ),
    "at_least_senior": (
        _("At least so senior"),
        _("The mentor stands so many steps above the mentee or more, such as one grade."),
    ),
    "numbers_within": (_("Numbers close together"), _("Never pair two further apart, such as in time zones.")),
    "common_hours": (
        _("Have time at the same hours"),
        _("At least so many hours a week in common, each in their own time zone."),
    ),
    "number_above": (
        _("The mentor's number is higher"),
        _("At least so much above the mentee's, such as five years of experience or of age."),
    ),
    "number_between": (
        _("A number at least or at most"),
        _("Of mentors, of mentees or of both, such as an age. Whoever gave none has nobody."),
    ),
    "must_say": (
        _("Must have given an answer"),
        _("Only whoever gave it is matched, such as yes to having been checked."),
    ),
    "one_of_each": (
        _("One mentor of each"),
        _("Where a mentee has several mentors, no two with the same answer, such as one organisation."),
    ),
    "never_named": (
        _("Never somebody they name"),
        _("Such as a manager, an evaluator or a funder, whichever of the two names the other."),
    ),
}
POINTS_WORDS = {
    "same_value": (_("Have the same answer"), _("Points where both gave the same answer, such as one profession.")),
    "different_value": (_("Have different answers"), _("Points where the two gave different answers.")),
    "wish_met": (
        _("A wish is met"),
        _("Points where the mentor is what the mentee wishes for, such as somebody who has been in their shoes."),
    ),
    "skills_offered": (
        _("Offers what is wanted"),
        _("Points for each skill or experience the mentee wants and the mentor offers, with its level."),
    ),
    "shared_interests": (
        _("Share interests"),
        _("Points for each thing both name, such as interests or goals; more for what few people name."),
    ),
    "ordinal_points": (_("Points for steps apart"), _("Points for so many steps above the mentee.")),
    "hours_points": (_("Points for hours in common"), _("Points for each hour a week in which both have time.")),
    "fluency": (
        _("Speak a language well together"),
        _("More points the higher the language they share stands in both lists."),
    ),
    "load_spread": (
        _("Spread over the mentors"),
        _("A mentor's second mentee costs points, the third twice as many, so that no mentor has them all."),
    ),
    "preferences": (
        _("Would like each other"),
        _("Points where people name each other in the order they would like; who name each other come first."),
    ),
}
KIND_WORDS = {**HARD_WORDS, **POINTS_WORDS}


def offered() -> list[tuple]:
    """(heading, [(kind, words, purpose)]), what must be so before what brings points."""
    rest = {kind: (cls.label, "") for kind, cls in scoring.KINDS.items() if kind not in KIND_WORDS}
    groups = (
        (_("What must be so"), HARD_WORDS | {kind: said for kind, said in rest.items() if scoring.KINDS[kind].hard}),
        (_("What counts"), POINTS_WORDS | {kind: said for kind, said in rest.items() if not scoring.KINDS[kind].hard}),
    )
    return [(heading, [(kind, *said) for kind, said in words.items()]) for heading, words in groups]

"""What the rules say of one pair, and of everybody somebody could have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from matching import tables
from matching.models import PairPurpose, Policy
from matching.scoring import PolicyError
from programs.models import Membership, Program


class Forbidden(Exception):
    """A pair that the rules do not allow; its text says which."""


@dataclass(frozen=True)
class PairScore:
    """What the rules say of one pair."""

    score: int
    reasons: list[dict]
    pair_words: list[str]


@dataclass(frozen=True)
class Choice:
    """A mentor somebody could have, or could not: `why_not` says so in words."""

    mentor: Membership
    free: int
    score: int
    reasons: list[dict]
    why_not: str
    # What both may read of each other, and so may the council.
    pair_words: list[str]


def rules_do_not_fit() -> str:
    return _("The matching rules do not fit the forms any more. Look at the rules first.")


def score_of_pair(
    program: Program,
    mentor: Membership,
    mentee: Membership,
    policy: Policy | None = None,
    *,
    now: datetime,
    purpose: PairPurpose | None = None,
) -> PairScore:
    """What the rules (the program's latest, or these) say of one pair; Forbidden where they do not allow it."""
    policy = policy or Policy.objects.of(program).first()
    # Without any rules two who are kept apart stay so.
    rules = policy.rules if policy else {"rules": [], "never_again": False}
    members = Membership.objects.of(program)
    try:
        read = tables.read(
            program,
            rules,
            now=now,
            mentees=members.filter(pk=mentee.pk),
            mentors=members.filter(pk=mentor.pk),
            by_people=True,
            purpose=purpose,
        )
    except PolicyError:
        raise Forbidden(rules_do_not_fit())
    if read.score(0, 0) < 0:
        raise Forbidden(
            _("%(mentor)s cannot be the mentor of %(mentee)s. %(why)s")
            % {"mentor": mentor.user, "mentee": mentee.user, "why": read.why_not(0, 0)}
        )
    return PairScore(read.score(0, 0), read.reasons(0, 0), read.pair_words(0, 0))


def choices_for(
    program: Program, mentee: Membership, policy: Policy | None, *, now: datetime, purpose: PairPurpose | None = None
) -> list[Choice]:
    """Every mentor of the program with what the rules say of them and this mentee, the best first."""
    rules = policy.rules if policy else {"rules": []}
    mentees = Membership.objects.of(program).filter(pk=mentee.pk)
    mentors = tables.mentors_at_hand(program)
    read = tables.read(program, rules, now=now, mentees=mentees, mentors=mentors, purpose=purpose, by_people=True)
    found = [
        Choice(mentor, read.free[j], read.score(0, j), read.reasons(0, j), read.why_not(0, j), read.pair_words(0, j))
        for j, mentor in enumerate(read.mentors)
    ]
    return sorted(found, key=lambda choice: (-choice.score, str(choice.mentor.user)))

"""Whether pairs may still be what the rules said they were, asked of the answers as they stand now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from matching import tables
from matching.models import Round
from matching.rounds import rules_do_not_fit
from matching.scoring import PolicyError
from programs.models import Membership


def first_forbidden(round: Round, pairs: list[tuple[int, int]]) -> str:
    """Why a hard rule now forbids one of these pairs (mentee, mentor by membership); "" where it forbids none."""
    if not pairs:
        return ""
    members = Membership.objects.of(round.program)
    mentees, mentors = zip(*pairs, strict=True)
    try:
        read = tables.read(
            round.program,
            round.policy.rules,
            now=round.asked_at,
            mentees=members.filter(pk__in=mentees),
            mentors=members.filter(pk__in=set(mentors)),
            purpose=round.purpose,
        )
    except PolicyError:
        return rules_do_not_fit()
    row = {mentee.pk: i for i, mentee in enumerate(read.mentees)}
    column = {mentor.pk: j for j, mentor in enumerate(read.mentors)}
    for mentee, mentor in pairs:
        i, j = row[mentee], column[mentor]
        if read.score(i, j) < 0:
            words = {"mentor": read.mentors[j].user, "mentee": read.mentees[i].user, "why": read.why_not(i, j)}
            return _("%(mentor)s can no longer be the mentor of %(mentee)s. %(why)s") % words
    return ""

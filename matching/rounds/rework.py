"""A draft worked out again around what a coordinator holds to: the same people, the same rules, as they are now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from matching import round_tables, tables
from matching.models import Proposal, Round
from matching.rounds.answer import NOBODY, Answer, given_by
from matching.rounds.circles import CircleAnswer, answer_of, in_circle, limited
from matching.rounds.held import Held
from matching.rounds.pairs import Forbidden, rules_do_not_fit
from matching.rounds.run import figures_of, fill, fingerprint_of
from matching.rounds.standing import check_nobody_loses, check_tied, held_at_first, what_changes
from matching.rounds.unmatched import BY_HAND, WhyNone
from matching.scoring import PolicyError
from matching.solver import Start
from programs.models import Membership

# What a line is made of besides its mentee.
LINE = ("mentor_id", "score", "reasons", "pair_words", "why_none", "by_hand")


@dataclass(frozen=True, eq=False)
class Reworked:
    """A draft as it would be: the lines that change, what they were, who moves, and the round's new figures."""

    lines: list[Proposal]
    before: list[dict]
    # (mentee, mentor before, mentor after) by membership, None for nobody.
    moves: list[list]
    result: dict


def people_of(round: Round) -> tables.Tables:
    """The people of a round who may still be matched, scored by its rules with what they say now."""
    mentees = round_tables.mentees_in(round).filter(pk__in=round.proposals.to_publish().values("mentee"))
    mentors = round_tables.mentors_in(round).filter(pk__in=list(round.places_then))
    try:
        return round_tables.of_round(round, mentees=mentees, mentors=mentors)
    except PolicyError:
        raise Forbidden(rules_do_not_fit()) from None


def free_of(round: Round, mentor: Membership) -> int:
    """How many people a mentor of a round may still take."""
    if mentor.pk not in round.places_then:
        return 0
    if round.may_change_pairs:
        read = people_of(round)
        return next((free for one, free in zip(read.mentors, read.free, strict=True) if one.pk == mentor.pk), 0)
    free = tables.free_places([mentor])[0]
    return free if round.most is None else max(0, min(free, round.most - in_circle(round, [mentor.pk])[mentor.pk]))


def standing_in(round: Round, read: tables.Tables, has: dict[int, int | None]) -> Start:
    """The mentor each mentee `has` in the draft, by their places in the tables, with the prices it was found at."""
    column = {mentor.pk: j for j, mentor in enumerate(read.mentors)}
    column_of = [column.get(has.get(mentee.pk), NOBODY) for mentee in read.mentees]
    prices = round.result.get("prices", {})
    price_of = [prices.get(str(mentor.pk), 0) for mentor in read.mentors]
    return Start(np.array(column_of, dtype=np.int64), np.array(price_of, dtype=np.int64))


def check(read: tables.Tables, held: Held, given: dict) -> None:
    """Forbidden, with a sentence, where what is held cannot be."""
    mentees, mentors = ({member.pk for member in side} for side in (read.mentees, read.mentors))
    for mentee, mentor in held.pins.items():
        if mentee in mentees and mentor not in mentors:
            names = dict(Membership.objects.filter(pk__in=[mentee, mentor]).values_list("pk", "user__name"))
            words = _("%(mentor)s cannot be matched any more. Let go of %(mentee)s first.")
            raise Forbidden(words % {"mentor": names[mentor], "mentee": names[mentee]})
    check_tied(read, held)
    used = np.zeros(len(read.mentors), dtype=np.int64)
    for i in np.flatnonzero(given["pins"] >= 0).tolist():
        j = int(given["pins"][i])
        names = {"mentor": read.mentors[j].user, "mentee": read.mentees[i].user}
        if given["scores"][i, j] < 0:
            why = read.why_not(i, j) if read.score(i, j) < 0 else _("They are kept apart by hand.")
            raise Forbidden(_("%(mentor)s cannot be the mentor of %(mentee)s. %(why)s") % (names | {"why": why}))
        used[j] += 1
        if used[j] > given["capacity"][j]:
            raise Forbidden(
                _("%(mentor)s has no place left in this draft for those you hold them to. Let one of them go first.")
                % names
            )


def rework(round: Round, held: Held) -> Reworked:
    """Works a draft out again around what is held; Forbidden where that cannot be."""
    lines = list(round.proposals.to_publish().order_by("pk"))
    read = people_of(round)
    read, least = limited(round, read)
    given = given_by(read, round.seed, held)
    check(read, held, given)
    stands = standing_in(round, read, {line.mentee_id: line.mentor_id for line in lines})
    answer = answer_of(round, read, given, least, stands)
    check_nobody_loses(read, answer.assignment)
    before = {line.pk: {name: getattr(line, name) for name in LINE} for line in lines}
    write(lines, read, answer, held)
    changed = [line for line in lines if before[line.pk] != {name: getattr(line, name) for name in LINE}]
    moves = [[line.mentee_id, before[line.pk]["mentor_id"], line.mentor_id] for line in changed]
    result = {
        **round.result,
        **figures_of(read, answer, lines),
        "held": held.to_json(),
        # These figures leave out what is published already.
        "published": round.proposals.pairs().filter(publication__isnull=False).count(),
        "best": best_without(round, read, least, held, answer),
        **what_changes(read, round, held, answer.assignment),
    }
    return Reworked(
        lines=changed,
        before=[{"line": line.pk, **before[line.pk]} for line in changed],
        moves=[move for move in moves if move[1] != move[2]],
        result=result,
    )


def write(lines: list[Proposal], read: tables.Tables, answer: Answer | CircleAnswer, held: Held) -> None:
    """The answer into the lines, unsaved; a reason is worked out anew only where something is another."""
    row = {mentee.pk: i for i, mentee in enumerate(read.mentees)}
    why = None
    for line in lines:
        i = row.get(line.mentee_id)
        line.by_hand = line.mentee_id in held.pins or line.mentee_id in held.left
        if i is None:
            line.mentor, line.score, line.reasons, line.pair_words = None, 0, [], []
            line.why_none = {"kind": BY_HAND, "words": _("No longer to be matched."), "ways": []}
            continue
        j = int(answer.assignment[i])
        if j < 0:
            why = why or WhyNone(read, answer, held.left)
            line.mentor, line.score, line.reasons, line.pair_words, line.why_none = None, 0, [], [], why.of(i)
        elif line.mentor_id != read.mentors[j].pk or line.score != max(read.score(i, j), 0):
            fill(line, read, i, j)


def best_without(
    round: Round, read: tables.Tables, least: np.ndarray | None, held: Held, answer: Answer | CircleAnswer
) -> dict:
    """The best with nothing held: as the run found it, or worked out again where people have changed since."""
    if not held:
        return {"matched": answer.matched, "total": answer.total}
    if "best" in round.result and fingerprint_of(round, read, least) == round.fingerprint:
        return round.result["best"]
    best = answer_of(round, read, given_by(read, round.seed, held_at_first(read)), least)
    return {"matched": best.matched, "total": best.total}

"""The emails of a round as somebody will read them, before it is published."""

from django.utils.translation import gettext as _

from matching import introduction_letters, letters
from matching.actions import Plan
from matching.actions.introducing import introductions_of
from matching.actions.pairs import new_pairing
from matching.models import Publication
from outbox.preview import show


def samples_of(plan: Plan, now) -> list[dict]:
    """One real email of each kind, not yet written down."""
    program = plan.round.program
    found = []
    if plan.pairs:
        of_mentor = [line for line in plan.pairs if line.mentor_id == plan.pairs[0].mentor_id]
        days = program.figure("rhythm_days")
        pairings = [
            new_pairing(
                program,
                line.mentor,
                line.mentee,
                now=now,
                rhythm_days=days,
                pair_words=line.pair_words,
                round=plan.round,
                purpose=plan.round.purpose,
            )
            for line in of_mentor
        ]
        written = letters.of_pairs(pairings, now=now, instead_of=plan.ends)
        if program.both_say_yes:
            publication = Publication(round=plan.round)
            asked = introductions_of(of_mentor, publication, now)
            # The mentor's comes after that of their first mentee.
            written = introduction_letters.of_asking(asked, key="sample", now=now)
            written.sort(key=lambda letter: letter.recipient_id == asked[0].mentor.user_id)
        found += [(_("To a mentee"), written[0]), (_("To their mentor"), written[-1])]
        found += [(_("To a former mentor"), letter) for letter in former_of(plan, now)[:1]]
    unmatched = letters.of_unmatched(
        program,
        [(line.mentee, line.why_none.get("kind", "")) for line in plan.unmatched[:1]],
        plan.idle_mentors[:1],
        write_again_on=plan.write_again_on,
        key="sample",
        now=now,
        purpose=plan.round.purpose,
    )
    names = {
        "matching.unmatched_mentee": _("To a mentee who waits"),
        "matching.unmatched_mentor": _("To a mentor who waits"),
    }
    found += [(names[letter.kind], letter) for letter in unmatched]
    return [{"words": words, "to": letter.recipient, "shown": show(letter)} for words, letter in found]


def former_of(plan: Plan, now) -> list:
    """The emails to mentors who lose somebody and get nobody else."""
    days = plan.round.program.figure("rhythm_days")
    lines = [line for line in plan.pairs if line.mentee_id in plan.ends]
    pairings = [new_pairing(plan.round.program, line.mentor, line.mentee, now=now, rhythm_days=days) for line in lines]
    written = letters.of_pairs(pairings, now=now, key="sample", instead_of=plan.ends)
    return [letter for letter in written if letter.kind == "matching.mentee_moved"]

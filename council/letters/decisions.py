"""The emails once a person has decided: to whoever asked, and to those for whom something gets easier."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from council.letters.leaves import still_a_pair
from council.models import Tier
from matching import rhythm
from matching.letters import Desk, may_leave, one_line, sample
from matching.models import Pairing
from outbox import kinds
from outbox.kinds import Kind
from outbox.sayings import Said, Saying

IN_TOUCH = Saying("You and {name} are in touch {often} from now on.")
NO_PLACE = Saying("You offer no place from now on: nobody new comes.")
ONE_PLACE = Saying("You offer one place from now on.")
SOME_PLACES = Saying("You offer {places} places from now on.")


def settled(case, how: str, *, now):
    """To whoever asked: what came of it, in the words of their own page."""
    kind = "council.settled_apart" if case.addressed == Tier.COUNCIL else "council.settled"
    others = [] if case.pairing is None else [case.pairing.mentor.user, case.pairing.mentee.user]
    return Desk(case.program, now).write(
        kind,
        case.membership,
        key=str(case.public_id),
        with_people=[person for person in others if person.pk != case.membership.user_id],
        about={"case": str(case.public_id)},
        context={"how": how},
    )


def eased(pairs, *, rhythm_days=None, places=None) -> dict:
    """By membership, what changes for each of these pairs' people, a line each."""
    lines = defaultdict(list)
    if places is not None:
        lines[pairs[0].mentor].append(_places_line(places))
    for pairing in pairs if rhythm_days is not None else ():
        often = rhythm.said(rhythm_days)
        for member, other in ((pairing.mentor, pairing.mentee), (pairing.mentee, pairing.mentor)):
            lines[member].append(IN_TOUCH(name=one_line(other.user), often=often))
    return dict(lines)


def _places_line(places: int) -> Said:
    if not places:
        return NO_PLACE()
    return ONE_PLACE() if places == 1 else SOME_PLACES(places=places)


def easier(case, member, lines, *, now):
    """To one for whom something gets easier: what, and not by whose wish."""
    pairs = Pairing.objects.open().filter(program=case.program_id, **{member.role: member})
    pairs = list(pairs.select_related("mentor__user", "mentee__user"))
    return Desk(case.program, now).write(
        f"council.easier_{member.role}",
        member,
        key=str(case.public_id),
        with_people=[pair.mentee.user if pair.mentor_id == member.pk else pair.mentor.user for pair in pairs],
        about={"pairings": [str(pair.public_id) for pair in pairs]},
        context={"lines": lines},
    )


def _sample(topic: str) -> dict:
    how = _("It was talked about, and the two of you go on.")
    return {**sample(topic), "how": how, "lines": [_places_line(1)]}


def _of_mentees(topic: str) -> dict:
    return {**_sample(topic), "lines": [IN_TOUCH(name=sample(topic)["other"], often=rhythm.said(28))]}


_COMMON = {"may_leave": may_leave, "sample": _sample}
KINDS = [
    Kind("council.settled", gettext_lazy("A request is settled"), "council/settled.txt", **_COMMON),
    Kind("council.settled_apart", gettext_lazy("A request to the council is settled"), "council/settled.txt",
         apart=True, **_COMMON),
    Kind("council.easier_mentee", gettext_lazy("Less to do"), "council/easier.txt", to_mentees=True,
         still_needed=still_a_pair, **{**_COMMON, "sample": _of_mentees}),
    Kind("council.easier_mentor", gettext_lazy("Less to do"), "council/easier.txt", still_needed=still_a_pair,
         **_COMMON),
]  # fmt: skip


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)

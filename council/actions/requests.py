"""What participants ask for: somebody to reach the other, another mentor, less to do."""

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from council import requested
from council.actions import asking, cases
from council.letters import requests as letters
from council.models import Ask, AskKind, Case, CaseKind, Tier
from journal.actions import record
from matching.models import Pairing
from outbox.actions import post
from programs import actions as people
from programs import answering
from programs.errors import Refused
from programs.models import Membership, MembershipState, Program, Role

LONGEST_WORDS = 4000
# What somebody would like from us, in the words that stand above their own.
WANTED = {
    "write": gettext_lazy("I would like somebody to write to me."),
    "call": gettext_lazy("I would like somebody to call me."),
    "other": gettext_lazy("I would like to talk about another mentor."),
}
OTHER_FOR_MENTORS = gettext_lazy("I would like to talk about whether this pair suits.")


def checked(words: str) -> str:
    """Somebody's own words, or Refused where they are too many."""
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WORDS})
    return words


def insist_on_open(pairing: Pairing) -> None:
    if not Pairing.objects.open().filter(pk=pairing.pk).exists():
        raise Refused(_("This pair has ended."))


def both_of(pairing: Pairing) -> list:
    """The two whom whatever concerns their pair is about."""
    return [pairing.mentor.user, pairing.mentee.user]


def who_reads(program, addressed: str, avoid, now):
    """Who would get a request that is told to the coordinators or to the council; None where nobody can."""
    avoid = {person.pk for person in avoid}
    if addressed == Tier.COUNCIL:
        return cases.owner_for(program, Tier.COUNCIL, avoid, now)
    return answering.of_programs([program], now)[program.pk].coordinator(Role.MENTEE, avoid)


def _told(program, addressed: str, concerned, now) -> str:
    """Whom it goes to: those who were chosen; the council where every coordinator is part of it or away."""
    if addressed not in (Tier.COORDINATOR, Tier.COUNCIL):
        raise Refused(_("Say whom we should tell."))
    has_council = who_reads(program, Tier.COUNCIL, concerned, now) is not None
    if addressed == Tier.COUNCIL and not has_council:
        raise Refused(_("Nobody in the council can take this on now. Choose the coordinator."))
    if addressed == Tier.COORDINATOR and has_council and who_reads(program, addressed, concerned, now) is None:
        return Tier.COUNCIL
    return addressed


def open_once(opening, *, by, now) -> Case:
    """Opens a case; the one that is open already where the same cause has one."""
    with transaction.atomic():
        case = cases.open_case(opening, by=by, now=now)
    return case or Case.objects.open().get(cause=opening.case.cause)


def no_mentor(pairing: Pairing, *, addressed=Tier.COORDINATOR, words="", by, now) -> Case:
    """A mentee cannot reach their mentor: a person takes it on at once, of those the mentee chose."""
    insist_on_open(pairing)
    if known := requested.open_case(CaseKind.NO_MENTOR, pairing.mentee.user, pairing=pairing):
        return known
    concerned = both_of(pairing)
    addressed = _told(pairing.program, addressed, concerned, now)
    opening = cases.new_case(
        kind=CaseKind.NO_MENTOR,
        cause=f"no_mentor:{pairing.pk}:{pairing.program.today(now)}",
        program=pairing.program,
        membership=pairing.mentee,
        pairing=pairing,
        concerned=concerned,
        now=now,
        asked_by=pairing.mentee.user,
        addressed=addressed,
        words=checked(words),
        tier=addressed,
    )
    return open_once(opening, by=by, now=now)


def wanted_words(wanted: str, role: str) -> str:
    """What somebody would like from us, as they would say it; Refused where it is nothing we know."""
    if wanted not in WANTED:
        raise Refused(_("Say what you would like from us."))
    return str(OTHER_FOR_MENTORS if wanted == "other" and role == Role.MENTOR else WANTED[wanted])


def wish(
    pairing: Pairing | None, wanted: str, words="", *, membership=None, addressed=Tier.COORDINATOR, by, now
) -> Case:
    """Somebody would like to hear from us, or to talk about another mentor.

    Without a pair, of somebody who has none; else `membership` says which of the two asks, the mentee unless told.
    """
    membership = membership or pairing.mentee
    wanted_words(wanted, membership.role)
    if known := requested.open_case(CaseKind.WISH, membership.user, pairing=pairing, membership=membership):
        return known
    about = pairing.pk if pairing is not None else f"member-{membership.pk}"
    # One of each a day: the two of a pair may each have a wish.
    side = "" if pairing is None or membership.pk == pairing.mentee_id else "mentor:"
    cause = f"wish:{about}:{side}{membership.program.today(now)}"
    opening = opening_of_wish(membership, wanted, words, cause=cause, pairing=pairing, addressed=addressed, now=now)
    return open_once(opening, by=by, now=now)


def opening_of_wish(
    membership, wanted: str, words="", *, cause: str, pairing=None, concerned=(), addressed=Tier.COORDINATOR, now
):
    """A wish as a case that is to be opened: call it outside any transaction."""
    people = {person.pk: person for person in (membership.user, *concerned, *(both_of(pairing) if pairing else ()))}
    addressed = _told(membership.program, addressed, people.values(), now)
    return cases.new_case(
        kind=CaseKind.WISH,
        cause=cause,
        program=membership.program,
        membership=membership,
        pairing=pairing,
        concerned=people.values(),
        now=now,
        asked_by=membership.user,
        addressed=addressed,
        words=f"{wanted_words(wanted, membership.role)}\n\n{checked(words)}".strip(),
        tier=addressed,
    )


def no_mentee(pairing: Pairing, *, by, now) -> Ask | Case:
    """A mentor cannot reach their mentee: the mentee is asked, and a person looks at it where they do not answer."""
    insist_on_open(pairing)
    known = requested.open_ask(pairing) or Case.objects.open().filter(kind=CaseKind.NO_MENTEE, pairing=pairing).first()
    if known:
        return known
    today = pairing.program.today(now)
    told = letters.mentee_asked(pairing, now=now)
    ask = asking.ask(AskKind.NO_MENTEE, pairing=pairing, cause=f"no_mentee:{pairing.pk}:{today}", by=by, now=now)
    post([told])
    return ask


def too_much(membership: Membership, *, words="", by, now) -> Case:
    """It is too much for a mentor: nobody new comes from now on, and a coordinator looks at it at once."""
    if membership.role != Role.MENTOR or membership.state not in (MembershipState.ACTIVE, MembershipState.ON_LEAVE):
        raise Refused(_("This is for mentors who have somebody now."))
    if known := requested.open_case(CaseKind.TOO_MUCH, membership.user, membership=membership):
        return known
    pairs = list(pairs_of(membership))
    opening = cases.new_case(
        kind=CaseKind.TOO_MUCH,
        cause=f"too_much:{membership.pk}:{membership.program.today(now)}",
        program=membership.program,
        membership=membership,
        pairing=pairs[0] if len(pairs) == 1 else None,
        concerned=[membership.user, *(pairing.mentee.user for pairing in pairs)],
        now=now,
        asked_by=membership.user,
        addressed=Tier.COORDINATOR,
        words=checked(words),
        tried=[_pair_line(pairing) for pairing in pairs],
    )
    with transaction.atomic():
        take_nobody_new(membership, by=by, now=now)
        case = cases.open_case(opening, by=by, now=now)
    return case or Case.objects.open().get(cause=opening.case.cause)


def pairs_of(membership: Membership):
    """The open pairs of a participant, with both people."""
    rows = Pairing.objects.open().select_related("program", "mentor__user", "mentee__user")
    mine = {"mentor": membership} if membership.role == Role.MENTOR else {"mentee": membership}
    return rows.filter(**mine).order_by("began_at", "pk")


def _pair_line(pairing: Pairing) -> str:
    since = date_format(pairing.program.today(pairing.began_at), "j F Y")
    return _("In a pair with %(name)s since %(day)s.") % {"name": pairing.mentee.user, "day": since}


def take_nobody_new(membership: Membership, *, by, now) -> None:
    """As many places as are taken, in the caller's transaction; never more than there were."""
    Program.objects.locked().get(pk=membership.program_id)
    row = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    taken = Pairing.objects.taken_of([row.pk]).get(row.pk, 0)
    if taken < row.places:
        people.set_places(membership, taken, by=by, now=now)


def say_can_reach(pairing: Pairing, *, by, now) -> None:
    """One of a pair says that they can reach the other, though they were not in touch: coordinators may read it."""
    insist_on_open(pairing)
    record(
        by=by,
        verb="pair.can_reach",
        thing=pairing,
        now=now,
        topic=pairing.program.slug,
        concerns=both_of(pairing),
        words=_("%(name)s says that they can reach the other.") % {"name": by},
    )

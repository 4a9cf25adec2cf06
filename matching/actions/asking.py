"""Before a round each mentor is asked: this time yes and for how many, not this time, or not any more."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.actions import record
from matching import asking_letters, tables
from matching.letters import Desk
from matching.models import Availability, AvailabilityAnswer, EarlyReturn, Pairing, Round, RoundState
from outbox.actions import post
from outbox.sweeping import each
from programs.actions import set_places
from programs.actions.people import MOST_PLACES
from programs.errors import Refused
from programs.models import Membership, Program, ProgramState
from questions.values import chunks

LONGEST_WHY = 300


def lapse_availability(now, stop) -> int:
    """A yes given too long ago is one no more: the mentor is asked before the next round."""
    lapsed: list[int] = []
    each(Program.objects.open().order_by("pk"), lambda program: lapsed.append(lapse_in(program, now)), stop)
    return sum(lapsed)


def lapse_in(program, now, *, keep_draft: bool = True) -> int:
    """How many mentors of a program have said yes too long ago, by joining or since; those of a draft stay in it."""
    since = now - timedelta(days=program.figure("yes_days"))
    draft = Round.objects.of(program).filter(state=RoundState.DRAFT).only("result").first() if keep_draft else None
    stay = list(draft.places_then) if draft else []
    rows = Availability.objects.filter(membership__program=program, answer=AvailabilityAnswer.YES, at__lt=since)
    lapsed = rows.exclude(membership__in=stay).update(
        answer=AvailabilityAnswer.NONE, asked_at=None, remind_on=None, reminded_at=None
    )
    joined = tables.mentors_at_hand(program).filter(availability__isnull=True, joined_at__lt=since).exclude(pk__in=stay)
    new = Availability.objects.bulk_create(
        (Availability(membership_id=pk, at=now) for pk in joined.values_list("pk", flat=True)), ignore_conflicts=True
    )
    return lapsed + len(new)


def lapse_of(mentor, now) -> None:
    """A mentor found no time to answer: a yes of theirs counts no more until they say it again."""
    rows = Availability.objects.filter(membership=mentor, answer=AvailabilityAnswer.YES)
    rows.update(answer=AvailabilityAnswer.NONE, asked_at=None, remind_on=None, reminded_at=None)
    Availability.objects.bulk_create([Availability(membership=mentor, at=now)], ignore_conflicts=True)


def hear_yes(memberships, *, by, now) -> None:
    """A file or a coordinator says that these mentors have places to give; nobody's own no is undone by it."""
    for chunk in chunks(memberships):
        rows = Availability.objects.filter(membership__in=chunk)
        rows.filter(answer__in=[AvailabilityAnswer.YES, AvailabilityAnswer.NONE]).update(
            answer=AvailabilityAnswer.YES, at=now, by=by
        )
        Availability.objects.bulk_create(
            (Availability(membership_id=pk, answer=AvailabilityAnswer.YES, at=now, by=by) for pk in chunk),
            ignore_conflicts=True,
        )


def to_ask(program, now):
    """Mentors without a yes who were not asked lately; whoever said "not any more" is left in peace."""
    since = now - timedelta(days=program.figure("yes_days"))
    quiet = Q(answer=AvailabilityAnswer.NONE) & (Q(asked_at__isnull=True) | Q(asked_at__lt=since))
    earlier = Q(answer=AvailabilityAnswer.NOT_NOW, at__lt=since)
    return Availability.objects.filter(quiet | earlier, membership__in=tables.mentors_at_hand(program))


def ask_mentors(program, *, by, now) -> int:
    """Writes to every mentor who has to be asked; how many these are."""
    if program.state != ProgramState.OPEN:
        raise Refused(_("%(program)s is not open, so nobody is asked yet.") % {"program": program})
    lapse_in(program, now)
    members = [row.membership for row in to_ask(program, now).select_related("membership__user", "membership__program")]
    if not members:
        raise Refused(_("Everybody has been asked already."))
    written = asking_letters.of_all(program, members, now=now)
    remind_on = program.today(now) + timedelta(days=program.figure("ask_again_days"))
    asked = {"answer": AvailabilityAnswer.NONE, "asked_at": now, "remind_on": remind_on, "reminded_at": None}
    with transaction.atomic():
        Program.objects.locked().get(pk=program.pk)
        due = to_ask(program, now)
        taken = sum(due.filter(pk__in=chunk).update(**asked) for chunk in chunks([member.pk for member in members]))
        if taken != len(members):
            raise Refused(_("Somebody asked them at the same moment. Look again."))
        words = ngettext("Asked %(count)s mentor", "Asked %(count)s mentors", taken) % {"count": taken}
        words = _("%(mentors)s whether they take somebody this time.") % {"mentors": words}
        record(by=by, verb="mentors.asked", thing=program, now=now, topic=program.slug, words=words)
        post(written)
    return taken


def remind_mentors(now, stop) -> int:
    """Whoever was asked and has not answered is reminded once, in the civil days of their program."""
    # A day is over somewhere up to 14 hours before it is in UTC.
    rows = Availability.objects.to_remind((now + timedelta(hours=14)).date())
    rows = rows.filter(membership__program__state=ProgramState.OPEN).select_related(
        "membership__user", "membership__program"
    )
    due = [row for row in rows.order_by("remind_on", "pk") if row.remind_on <= row.membership.program.today(now)]
    return each(due, lambda row: remind(row, now), stop)


def remind(row: Availability, now) -> bool:
    """One reminder, or none where it has been answered or reminded meanwhile."""
    member = row.membership
    program = member.program
    taken = Pairing.objects.taken_of([member.pk]).get(member.pk, 0)
    day = program.today(row.asked_at)
    letter = asking_letters.ask(Desk(program, now), member, again=True, day=day, taken=taken)
    with transaction.atomic():
        mine = Availability.objects.filter(
            pk=row.pk, answer=AvailabilityAnswer.NONE, reminded_at=None, asked_at=row.asked_at
        )
        if not mine.update(reminded_at=now):
            return False
        if member.state in tables.MATCHABLE:
            post([letter])
    return True


def answer_availability(member: Membership, said: str, *, by, now, places: int = 0) -> Availability:
    """What a mentor says, or what a coordinator heard from them; `places` are those to give this time."""
    if said not in (AvailabilityAnswer.YES, AvailabilityAnswer.NOT_NOW, AvailabilityAnswer.NO_MORE):
        raise Refused(_("Choose one of the three."))
    if said == AvailabilityAnswer.YES and not 1 <= places <= MOST_PLACES:
        raise Refused(_("Say for how many: between 1 and %(most)s.") % {"most": MOST_PLACES})
    with transaction.atomic():
        program = Program.objects.locked().get(pk=member.program_id)
        row = Membership.objects.select_related("user", "program").get(pk=member.pk)
        if row.state not in tables.MATCHABLE or program.state == ProgramState.ENDED:
            raise Refused(_("There is no round to come for this place at the moment."))
        taken = Pairing.objects.taken_of([row.pk]).get(row.pk, 0)
        if said == AvailabilityAnswer.YES:
            set_places(row, min(taken + places, MOST_PLACES), by=by, now=now)
        elif said == AvailabilityAnswer.NO_MORE:
            set_places(row, min(taken, row.places), by=by, now=now)
        answer, _new = Availability.objects.update_or_create(
            membership=row, defaults={"answer": said, "at": now, "by": by}
        )
        record(
            by=by,
            verb="mentor.available",
            thing=row,
            now=now,
            topic=program.slug,
            concerns=[row.user],
            words=words_of(said, places) % {"name": row.user},
        )
    return answer


def let_back_early(member: Membership, why: str, *, by, now) -> EarlyReturn:
    """Lets a mentor be matched again before the gap after their last pair is over; the reason stays in the history."""
    if by is not None and by.pk == member.user_id:
        raise Refused(_("This is about you: another coordinator has to do it."))
    why = " ".join(why.split())
    if not why:
        raise Refused(_("Say in a few words why."))
    if len(why) > LONGEST_WHY:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WHY})
    with transaction.atomic():
        program = Program.objects.locked().get(pk=member.program_id)
        ended = tables.ended_just_now(program, now)
        if ended is None or not ended.filter(mentor=member).exists():
            raise Refused(_("%(name)s is not kept out of a round.") % {"name": member.user})
        row = EarlyReturn.objects.create(membership=member, why=why, at=now, by=by)
        record(
            by=by,
            verb="mentor.back_early",
            thing=member,
            now=now,
            topic=program.slug,
            concerns=[member.user],
            words=_("%(name)s may be matched again at once: %(why)s") % {"name": member.user, "why": why},
        )
    return row


def words_of(said: str, places: int) -> str:
    """For the history, with the name left open."""
    if said == AvailabilityAnswer.YES:
        return _("%(name)s takes somebody this time.") if places == 1 else _("%(name)s takes several this time.")
    return (
        _("%(name)s takes nobody this time.") if said == AvailabilityAnswer.NOT_NOW else _("%(name)s takes nobody new.")
    )

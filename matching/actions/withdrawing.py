"""After publishing: the emails wait for a few minutes, and until they leave all of it can be taken back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.actions import record, record_many
from journal.models import Entry
from matching import letters
from matching.actions.drafts import move
from matching.actions.ending import Ending, write_ending
from matching.actions.introducing import unask
from matching.actions.pairs import lock
from matching.actions.publishing import refuse_own_round
from matching.models import Circle, Pairing, PairingState, Proposal, Publication, PurposeWait, Round, RoundState
from outbox.actions import hasten, take_back
from outbox.sweeping import each
from programs.errors import Refused
from programs.models import Membership, MembershipState, Program


def release_publications(now, stop) -> int:
    """What was published long enough ago is told from now on, and pairs that end for another one end."""
    due = Publication.objects.held().filter(leaves_at__lte=now).order_by("leaves_at", "pk")
    done = each(due, lambda row: let_go(row, now), stop)
    over = Pairing.objects.open().filter(ends_with__released_at__isnull=False)
    rows = over.select_related("program", "mentor__user", "mentee__user", "ends_with__by").order_by("pk")
    return done + each(rows, lambda row: end_for_another(row, now), stop)


def end_for_another(pairing: Pairing, now) -> None:
    """Ends a pair whose mentee has somebody else by a round; it goes on where that came to nothing."""
    publication = pairing.ends_with
    stands = Pairing.objects.open().filter(publication=publication, mentee=pairing.mentee_id)
    if not stands.exists():
        Pairing.objects.filter(pk=pairing.pk).update(ends_with=None)
        return
    # All of them have been written to with the round.
    ending = Ending(pairing, again=None, others=None, letters=[], not_sent={}, instead={})
    with transaction.atomic():
        write_ending(ending, by=publication.by, now=now, why=_("Somebody else by a round."))


def let_go(publication, now) -> bool:
    """Can be taken back no more; False where it was let go or taken back meanwhile."""
    return bool(Publication.objects.held().filter(pk=publication.pk).update(released_at=now))


def send_now(publication, *, by, now) -> int:
    """Does not wait: the emails may leave at once."""
    refuse_own_round(publication.round, by)
    with transaction.atomic():
        if not let_go(publication, now):
            raise Refused(over_sentence(publication))
        sent = hasten(letters.of_publication(publication), now=now)
        tell(publication, "round.sent_now", _("Let the emails of a round leave at once."), by, now)
    return sent


def over_sentence(publication) -> str:
    """Why it is too late to take something back, or to send it."""
    row = Publication.objects.get(pk=publication.pk)
    if row.withdrawn_at:
        return _("This has been taken back already. Nobody was written to, and the round is a draft again.")
    return _("The emails have left, so this cannot be taken back any more. End the pairs one by one instead.")


def withdraw(publication, *, by, now) -> int:
    """Takes back what was published, before anybody has heard of it; how many pairs there were."""
    round = publication.round
    refuse_own_round(round, by)
    try:
        with transaction.atomic():
            return write_withdrawal(publication, by, now)
    except IntegrityError as error:
        if isinstance(error, ProtectedError):
            raise Refused(_("A follow-up about one of these pairs has been opened meanwhile.")) from None
        raise Refused(_("Another round has begun meanwhile. Discard that one, then take this back.")) from None


def write_withdrawal(publication, by, now) -> int:
    round = publication.round
    # In the order of publishing, so that neither waits for the other.
    Program.objects.locked().get(pk=round.program_id)
    mine = Publication.objects.held().filter(pk=publication.pk)
    if not mine.update(withdrawn_at=now):
        raise Refused(over_sentence(publication))
    if not take_back(letters.of_publication(publication), why=_("The round was taken back.")):
        raise Refused(_("The first emails are leaving, so this cannot be taken back any more."))
    state = Round.objects.values_list("state", flat=True).get(pk=round.pk)
    if state == RoundState.PUBLISHED and not move(round, RoundState.PUBLISHED, RoundState.DRAFT, settled_at=None):
        raise Refused(_("This round is no draft any more."))
    before = publication.before
    members = lock(map(int, before))
    rows = Pairing.objects.filter(publication=publication, state=PairingState.OPEN)
    pairings = list(rows.select_related("mentor__user", "mentee__user", "program"))
    record_many(
        (taken_back_entry(pairing, by, now), [pairing.mentor.user, pairing.mentee.user]) for pairing in pairings
    )
    rows.delete()
    Circle.objects.of(round.program).filter(began_at=publication.at, pairings=None).delete()
    let_stand(publication)
    Proposal.objects.filter(publication=publication).update(publication=None)
    PurposeWait.objects.filter(purpose=round.purpose_id, since=publication.at).delete()
    put_back(publication, before, members)
    count = len(pairings) + unask(publication, by=by, now=now)
    words = ngettext("Took back %(count)s pair", "Took back %(count)s pairs", count) % {"count": count}
    tell(publication, "round.withdrawn", _("%(pairs)s before anybody was written to.") % {"pairs": words}, by, now)
    return count


def let_stand(publication) -> None:
    """The pairs that were to end go on, or Refused where somebody has been given one of their places meanwhile."""
    rows = Pairing.objects.open().filter(ends_with=publication)
    mentors = set(rows.values_list("mentor", flat=True))
    rows.update(ends_with=None)
    taken = Pairing.objects.taken_of(mentors)
    later = Pairing.objects.open().filter(mentor__in=mentors, began_at__gte=publication.at)
    for mentor in Membership.objects.filter(pk__in=later.values("mentor")).select_related("user"):
        if taken[mentor.pk] > mentor.places:
            words = _("%(name)s has been given somebody meanwhile, and has no place left to go back to.")
            raise Refused(words % {"name": mentor.user})


def put_back(publication, before: dict, members: dict[int, Membership]) -> None:
    """Everybody stands as before, but for those something else has happened to since."""
    open_of = Pairing.objects.open().filter(Q(mentor__in=members) | Q(mentee__in=members))
    busy = {pk for pair in open_of.values_list("mentor", "mentee") for pk in pair}
    changed = []
    for pk, (state, since, again) in before.items():
        member = members[int(pk)]
        since = datetime.fromisoformat(since)
        as_published = member.state in (MembershipState.ACTIVE, MembershipState.WAITING)
        if as_published and member.since in (publication.at, since) and member.pk not in busy:
            member.state, member.since = state, since
            member.write_again_on = date.fromisoformat(again) if again else None
            changed.append(member)
    Membership.objects.bulk_update(changed, ["state", "since", "write_again_on"], batch_size=200)


def taken_back_entry(pairing, by, now) -> Entry:
    """The two have heard nothing; whoever runs the program reads why they are no pair."""
    words = _("Taken back before anybody heard of it: %(mentor)s is not the mentor of %(mentee)s.")
    return Entry(
        at=now,
        by=by,
        verb="pair.taken_back",
        app="matching",
        model="pairing",
        object_id=str(pairing.pk),
        topic=pairing.program.slug,
        words=words % {"mentor": pairing.mentor.user, "mentee": pairing.mentee.user},
    )


def tell(publication, verb: str, words: str, by, now) -> None:
    round = publication.round
    record(by=by, verb=verb, thing=round, now=now, topic=round.program.slug, words=words)

"""Every write that matters to a letter, but for its delivery."""

import uuid
from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.actions import record_many
from journal.models import Entry
from outbox import joining, kinds
from outbox.models import Choice, How, Letter, LetterConcerns, LetterState

CHUNK = 500


@transaction.atomic
def post(letters: Iterable[Letter]) -> int:
    """Writes letters down in the caller's transaction; one whose key is there already is not written again.

    Whoever has no address, or one that bounces, gets a letter all the same: delivery makes it a dead
    letter that says so, which a coordinator sees and can send once there is an address.
    """
    letters = list(letters)
    return sum(_post(letters[start : start + CHUNK]) for start in range(0, len(letters), CHUNK))


def _post(letters: list[Letter]) -> int:
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    # With conflicts ignored the database tells no keys; what was there before has another public id.
    written = dict(
        Letter.objects.filter(public_id__in=[letter.public_id for letter in letters]).values_list("public_id", "pk")
    )
    about = {letter.public_id: letter.about.get("people", []) for letter in letters if letter.public_id in written}
    named = {uuid.UUID(str(name)) for names in about.values() for name in names}
    people = dict(get_user_model().objects.filter(public_id__in=named).values_list("public_id", "pk"))
    LetterConcerns.objects.bulk_create(
        LetterConcerns(letter_id=written[letter], person_id=people[name])
        for letter, names in about.items()
        for name in {uuid.UUID(str(name)) for name in names} & people.keys()
    )
    return len(written)


_DONE = {
    "held": gettext_lazy("The email “%(kind)s” to %(name)s was held back."),
    "released": gettext_lazy("The email “%(kind)s” to %(name)s may leave again."),
    "cancelled": gettext_lazy("The email “%(kind)s” to %(name)s was cancelled."),
    "sent again": gettext_lazy("The email “%(kind)s” to %(name)s is tried again."),
    "sent once more": gettext_lazy("The email “%(kind)s” to %(name)s is sent once more."),
    "reminders off": gettext_lazy("%(name)s turned reminders, questions and news off."),
    "reminders on": gettext_lazy("%(name)s gets reminders, questions and news again."),
    "emails chosen": gettext_lazy("%(name)s chose which emails to get, and how often."),
    "bounced": gettext_lazy("Emails to %(name)s come back."),
    "believed": gettext_lazy("Emails to %(name)s are tried again: the address is said to work."),
    "complained": gettext_lazy("%(name)s reported an email of ours as unwanted; what can be turned off is off."),
}


def hold(letters, *, by, now, why: str = "") -> int:
    """Keeps waiting letters back until somebody releases them."""
    fields = {"outcome": _("Held back by hand.")}
    return len(_move(letters, LetterState.WAITING, LetterState.HELD, "held", by, now, why, **fields))


def release(letters, *, by, now, why: str = "") -> int:
    """Lets held letters leave when they are due."""
    return len(_move(letters, LetterState.HELD, LetterState.WAITING, "released", by, now, why, outcome=""))


def cancel(letters, *, by, now, why: str = "") -> int:
    """Letters that have not left never will: waiting, held and dead ones, and those that go with others."""
    states = (LetterState.WAITING, LetterState.HELD, LetterState.DEAD, LetterState.JOINED)
    return len(cancelled(letters, states, by=by, now=now, why=why))


@transaction.atomic
def cancelled(letters, states, *, by, now, why: str = "") -> list[Letter]:
    """Those of these letters that were in one of these states, and now never leave."""
    letters, fields, moved = list(letters), {"outcome": why or _("Cancelled by hand.")}, []
    # Those that go with others first: cancelling the email they go with would set them free.
    for old in sorted(states, key=lambda old: old != LetterState.JOINED):
        those = _not_on_their_way(letters) if old == LetterState.JOINED else letters
        moved += _move(those, old, LetterState.DROPPED, "cancelled", by, now, why, **fields)
    return moved


def _not_on_their_way(letters: list[Letter]) -> list[Letter]:
    """Of those that go with others, whose email is not being sent in this moment; it stays so to the end."""
    joined = Letter.objects.filter(pk__in=[letter.pk for letter in letters], state=LetterState.JOINED)
    into = dict(joined.values_list("pk", "joined_into"))
    emails = Letter.objects.filter(pk__in=set(into.values())).exclude(state=LetterState.SENDING)
    free = set(emails.order_by("pk").select_for_update().values_list("pk", flat=True))
    return [letter for letter in letters if into.get(letter.pk) in free]


def take_back(letters, *, why: str) -> bool:
    """Cancels emails of which nobody has heard, all of them or none; no history tells of them one by one.

    In the caller's transaction, which has to fail where the answer is False: one has left, or is about to.
    """
    unsent = [LetterState.WAITING, LetterState.HELD]
    letters.filter(state__in=unsent).update(state=LetterState.DROPPED, outcome=why)
    return not letters.exclude(state=LetterState.DROPPED).exists()


def hasten(letters, *, now) -> int:
    """Emails that wait for their time may leave now."""
    return letters.filter(state=LetterState.WAITING, due_at__gt=now).update(due_at=now)


@transaction.atomic
def send_again(letters, *, by, now, why: str = "") -> int:
    """Gives dead letters six new tries; whoever does so believes the address again."""
    fields = {"tries": 0, "due_at": now, "outcome": "", "joined_into": None}
    moved = _move(letters, LetterState.DEAD, LetterState.WAITING, "sent again", by, now, why, **fields)
    people = {letter.recipient_id for letter in moved}
    get_user_model().objects.filter(pk__in=people).update(address_bounced_at=None)
    return len(moved)


@transaction.atomic
def repeat(letter: Letter, copy: Letter, *, by, now, why: str = "") -> bool:
    """Posts the same email once more (letters.again); False where somebody has just done so."""
    if not post([copy]):
        return False
    record_many([(_entry(letter, "sent once more", by, now, why), [letter.recipient])])
    return True


@transaction.atomic
def _move(letters, old, new, verb, by, now, why, **fields) -> list[Letter]:
    """One move of many letters, each with its line in the history; those that stood where they move from."""
    assert (old, new) in Letter.MOVES
    letters, standing = list(letters), set()
    for start in range(0, len(letters), CHUNK):
        rows = Letter.objects.filter(pk__in=[letter.pk for letter in letters[start : start + CHUNK]], state=old)
        # Locked and looked at once more, so that what the worker takes in this moment is either its or ours.
        standing |= (locked := set(rows.order_by("pk").select_for_update().values_list("pk", flat=True)))
        Letter.objects.filter(pk__in=locked).update(state=new, **fields)
    moved = [letter for letter in letters if letter.pk in standing]
    # What was to go with an email that waited is free again.
    joining.part(moved)
    record_many((_entry(letter, verb, by, now, why), [letter.recipient]) for letter in moved)
    return moved


def _entry(letter, verb, by, now, why) -> Entry:
    return Entry(
        at=now,
        by=by,
        verb=verb,
        app="outbox",
        model="letter",
        object_id=str(letter.pk),
        topic=letter.topic,
        why=why,
        words=_DONE[verb] % {"kind": kinds.title(letter.kind), "name": letter.recipient},
    )


@transaction.atomic
def bounced(person, address: str, *, now, topic: str = "") -> bool:
    """An email to this address of somebody came back for good: nothing more is sent there."""
    rows = get_user_model().objects.filter(pk=person.pk, email=address, address_bounced_at=None)
    if rows.update(address_bounced_at=now) != 1:
        return False
    _tell_history(person, topic, "bounced", None, now)
    return True


@transaction.atomic
def came_back(provider_id: str, why: str, *, at) -> int:
    """An email that had left came back, and with it those that went with it; how many there are."""
    known = Letter.objects.filter(provider_id=provider_id, state=LetterState.SENT) if provider_id else []
    pks = [letter.pk for letter in known]
    rows = Letter.objects.filter(Q(pk__in=pks) | Q(joined_into__in=pks), state=LetterState.SENT, came_back_at=None)
    return rows.update(came_back_at=at, outcome=why)


@transaction.atomic
def believe(person, *, by, now, topic: str) -> bool:
    """Somebody knows that the address works again: it is written to."""
    rows = get_user_model().objects.filter(pk=person.pk, address_bounced_at__isnull=False)
    if rows.update(address_bounced_at=None) != 1:
        return False
    _tell_history(person, topic, "believed", by, now)
    return True


@transaction.atomic
def complained(person, *, now) -> None:
    """Somebody told their mail provider that an email of ours was unwanted: what can be turned off is off."""
    Choice.objects.filter(person=person).delete()
    Choice.objects.create(person=person, how=How.NEVER, since=now)
    _tell_history(person, "", "complained", None, now)


@transaction.atomic
def mute(person, topic: str, *, by=None, now) -> None:
    """Nothing more of a program that can be turned off, or of any; what somebody must know still comes."""
    rows = Choice.objects.filter(person=person)
    if topic:
        rows = rows.filter(topic=topic)
    before = _chosen(rows)
    rows.delete()
    Choice.objects.create(person=person, topic=topic, how=How.NEVER, since=now)
    if before != {(topic, ""): How.NEVER}:
        _tell_history(person, topic, "reminders off", by or person, now)


@transaction.atomic
def unmute(person, topic: str, *, now) -> None:
    """Everything about one program, or about all, comes again."""
    rows = Choice.objects.filter(person=person)
    gone, _rows = (rows.filter(topic=topic) if topic else rows).delete()
    if topic and rows.filter(topic="").exists():
        Choice.objects.create(person=person, topic=topic, how=How.AT_ONCE, since=now)
    if gone:
        _tell_history(person, topic, "reminders on", person, now)


@transaction.atomic
def choose(person, chosen: dict[tuple[str, str], str], topics: Iterable[str], *, by, now) -> bool:
    """Stores how somebody wants each group of emails, by topic and group, in place of what stood for these topics.

    What comes at once altogether needs no row; nobody chooses for another. Whether anything changed.
    """
    if by.pk != person.pk:
        raise PermissionDenied
    rows = Choice.objects.select_for_update().filter(person=person, topic__in=list(topics))
    before = _chosen(rows)
    if before == chosen:
        return False
    rows.delete()
    Choice.objects.bulk_create(
        Choice(person=person, topic=topic, group=group, how=how, since=now) for (topic, group), how in chosen.items()
    )
    changed = {key for key in before.keys() | chosen.keys() if before.get(key) != chosen.get(key)}
    for topic in sorted({topic for topic, _group in changed}):
        _tell_history(person, topic, "emails chosen", by, now)
    return True


def _chosen(rows) -> dict[tuple[str, str], str]:
    return {(row.topic, row.group): row.how for row in rows}


def _tell_history(person, topic, verb, by, now):
    entry = Entry(
        at=now,
        by=by,
        verb=verb,
        app="profiles",
        model="user",
        object_id=str(person.pk),
        topic=topic,
        words=_DONE[verb] % {"name": person},
    )
    record_many([(entry, [person])])

"""The one way history is written."""

from collections.abc import Iterable

from journal.models import Entry, EntryConcerns


def record(*, by, verb: str, thing, now, topic: str = "", concerns: Iterable = (), why: str = "", words: str = ""):
    """Writes one entry about a saved thing; call it in the transaction of what it tells."""
    entry = Entry.objects.create(
        at=now,
        by=by,
        verb=verb,
        app=thing._meta.app_label,
        model=thing._meta.model_name,
        object_id=str(thing.pk),
        topic=topic,
        why=why,
        words=words,
    )
    people = {person.pk: person for person in concerns}
    EntryConcerns.objects.bulk_create(EntryConcerns(entry=entry, person_id=pk) for pk in people)
    return entry


def record_many(entries: Iterable[tuple[Entry, Iterable]]) -> None:
    """Writes many unsaved entries, each with the people it concerns, in two statements."""
    entries = list(entries)
    Entry.objects.bulk_create([entry for entry, _ in entries])
    EntryConcerns.objects.bulk_create(
        EntryConcerns(entry=entry, person_id=pk) for entry, people in entries for pk in {p.pk for p in people}
    )

"""How people want their emails: each choice on its own, the closest to a letter first."""

from collections.abc import Iterable

from django.db.models import Q

from outbox.kinds import Kind
from outbox.models import Choice, How


def how(person, topic: str, kind: Kind) -> str:
    """How somebody wants a kind of email of a program; what belongs to no group always comes at once."""
    if not kind.group:
        return How.AT_ONCE
    rows = Choice.objects.filter(person=person, topic__in=["", topic], group__in=["", kind.group])
    return closest({(row.topic, row.group): row.how for row in rows}, topic, kind.group)


def closest(chosen: dict[tuple[str, str], str], topic: str, group: str) -> str:
    """What counts of somebody's choices: that of the program and group, of the program, of the group, of all."""
    for key in ((topic, group), (topic, ""), ("", group), ("", "")):
        if key in chosen:
            return chosen[key]
    return How.AT_ONCE


def turned_off(topic: str, group: str) -> set[int]:
    """Who wants nothing of this group from this program."""
    return turned_off_of([topic], group)[topic]


def turned_off_of(topics: Iterable[str], group: str) -> dict[str, set[int]]:
    """The same for several programs, in one query."""
    topics = list(topics)
    found: dict[int, dict[tuple[str, str], str]] = {}
    rows = Choice.objects.filter(Q(group="") | Q(group=group), topic__in=["", *topics])
    for person, topic, its_group, its_how in rows.values_list("person", "topic", "group", "how"):
        found.setdefault(person, {})[topic, its_group] = its_how
    return {
        topic: {person for person, chosen in found.items() if closest(chosen, topic, group) == How.NEVER}
        for topic in topics
    }

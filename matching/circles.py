"""Who is in a circle: the pairs of one mentor, for the same, who meet together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Q

from matching.models import Circle, Introduction, Pairing
from outbox.sayings import Listed, Saying
from programs.models import Membership

# A mentor's membership and what the pairs are for.
Of = tuple[int, int | None]


@dataclass(frozen=True)
class Together:
    """A circle as it will be: the mentees there already, and those who come."""

    circle: int | None = None
    already: list[Membership] = field(default_factory=list)
    coming: list[Membership] = field(default_factory=list)

    def in_words(self, mentor: Membership, mentee: Membership) -> Listed:
        """Everybody in it, as a mentee reads of them: their mentor, "you", and the others."""
        others = [one for one in (*self.already, *self.coming) if one.pk != mentee.pk]
        return Listed((mentor.user, YOU(), *first_names(others)))


YOU = Saying("you")


def first_names(mentees: Iterable[Membership]) -> list[str]:
    """As the people of a circle see each other."""
    return sorted((mentee.user.get_short_name() for mentee in mentees), key=str.casefold)


def names(mentees: Iterable[Membership]) -> Listed:
    """First names in a sentence."""
    return Listed(tuple(first_names(mentees)))


def of(pairing: Pairing) -> Of:
    return pairing.mentor_id, pairing.purpose_id


def together(pairings: Iterable[Pairing]) -> dict[Of, Together]:
    """The circles that these pairs will be in, by mentor and purpose; pairs that are in none are left out.

    Whoever comes to a mentor who has a circle joins it; a round in circles makes one where there is none.
    """
    pairings = list(pairings)
    already = Pairing.objects.open().filter(
        mentor__in={pairing.mentor_id for pairing in pairings}, circle__isnull=False
    )
    coming = defaultdict(list)
    for pairing in pairings:
        coming[of(pairing)].append(pairing.mentee)
    found = {
        of(pairing): Together(coming=coming[of(pairing)])
        for pairing in pairings
        if pairing.round_id and pairing.round.least is not None
    }
    # Of those whom a coordinator may still take back nobody is told.
    told = set(already.told().values_list("pk", flat=True))
    for there in already.select_related("mentee__user").order_by("began_at", "pk"):
        if of(there) in coming:
            known = [*found.get(of(there), Together()).already, *([there.mentee] if there.pk in told else [])]
            found[of(there)] = Together(there.circle_id, known, coming[of(there)])
    new = {mentee.pk for mentees in coming.values() for mentee in mentees}
    return {
        key: Together(one.circle, [each for each in one.already if each.pk not in new], one.coming)
        for key, one in found.items()
    }


def gather(pairings: list[Pairing], now) -> None:
    """Puts unsaved pairs into their circles, in the transaction that holds the mentors' memberships."""
    found = together(pairings)
    begun = {
        key: Circle(program=pairing.program, mentor=pairing.mentor, began_at=now)
        for pairing in pairings
        if (key := of(pairing)) in found and found[key].circle is None
    }
    Circle.objects.bulk_create(begun.values())
    for pairing in pairings:
        if key := found.get(of(pairing)):
            pairing.circle_id = key.circle or begun[of(pairing)].pk


def others_in(pairings: Iterable[Pairing]) -> dict[int, list[Membership]]:
    """By pair, the mentees who are in its circle now beside its own; only those who have been told of it."""
    of_circle = defaultdict(list)
    circles = {pairing.circle_id for pairing in pairings} - {None}
    if circles:
        rows = Pairing.objects.open().told().filter(circle__in=circles).select_related("mentee__user")
        for row in rows.order_by("began_at", "pk"):
            of_circle[row.circle_id].append(row.mentee)
    return {
        pairing.pk: [one for one in of_circle[pairing.circle_id] if one.pk != pairing.mentee_id] for pairing in pairings
    }


@dataclass(frozen=True)
class Small:
    """A circle with fewer people than the fewest of its round."""

    mentor: Membership
    people: int
    least: int


def too_small(programs: Iterable[int], user) -> list[Small]:
    """The circles of these programs with too few people, as when somebody has gone; none that this person is in."""
    pairs = Pairing.objects.open().filter(program__in=programs, circle__isnull=False)
    own = Circle.objects.filter(Q(mentor__user=user) | Q(pairings__mentee__user=user))
    rows = pairs.exclude(circle__in=own.values("pk")).order_by().values("mentor", "circle")
    # While people of a circle are still asked whether it suits them, it may yet grow.
    asked = Introduction.objects.open().filter(publication__round__least__isnull=False)
    rows = rows.exclude(mentor__in=asked.values("mentor"))
    found = list(rows.annotate(people=Count("pk"), least=Max("round__least")).filter(people__lt=F("least")))
    mentors = Membership.objects.select_related("user").in_bulk({row["mentor"] for row in found}) if found else {}
    found.sort(key=lambda row: row["circle"])
    return [Small(mentors[row["mentor"]], row["people"], row["least"]) for row in found]

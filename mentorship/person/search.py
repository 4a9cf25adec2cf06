"""Finding a person by name or address among those whose pages the reader may open."""

from dataclasses import dataclass, field

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mentorship.person.page import people_of
from programs.models import Membership

MOST = 10
LONGEST = 150


@dataclass
class Found:
    """A person, and where they have a part."""

    person: object
    places: list = field(default_factory=list)

    @property
    def words(self) -> str:
        """Their parts in words: "mentor in Careers, mentee in Careers"."""
        each = (
            _("%(role)s in %(program)s") % {"role": place.get_role_display(), "program": place.program}
            for place in self.places
        )
        return ", ".join(each)


@dataclass
class Search:
    """What was asked for, and whom it found."""

    q: str
    found: list
    more: bool = False

    @property
    def words(self) -> str:
        """How many there are, as a screen reader says it."""
        if self.more:
            return _("The first %(most)s are shown. Write more of the name.") % {"most": MOST}
        people = ngettext("%(n)s person", "%(n)s people", len(self.found)) % {"n": len(self.found)}
        return people if self.found else _("Nobody of this name in your programs")


def search(reader, text: str) -> Search:
    """At most ten people: each word stands in the name or the address; whose name begins so comes first."""
    q = " ".join(text.replace("\x00", "")[:LONGEST].split())
    if not q:
        return Search("", [])
    rows = people_of(reader)
    for word in q.split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    begins = Case(When(name__istartswith=q, then=Value(0)), default=Value(1), output_field=IntegerField())
    people = list(rows.order_by(begins, "name", "pk")[: MOST + 1])
    found = {person.pk: Found(person) for person in people[:MOST]}
    places = Membership.objects.visible_to(reader).filter(user__in=found).select_related("program")
    for place in places.order_by("program__name", "role"):
        found[place.user_id].places.append(place)
    return Search(q, list(found.values()), len(people) > MOST)

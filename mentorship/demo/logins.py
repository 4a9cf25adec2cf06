"""Whom one can sign in as in a demo, and how it is known that there is one."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings

from journal.models import Entry
from profiles.models import User
from programs.models import Membership, MembershipState, Role

PASSWORD = "harbour-lantern"
# The line of history that only the demo writes.
BUILT = "demo.built"
STAFF = {
    "admin": ("admin@example.org", "Robin Achterberg"),
    "coordinator": ("coordinator@example.org", "Dilnoza Karimova"),
    "second": ("second.coordinator@example.org", "Hamish Drummond"),
    "council": ("council@example.org", "Tove Sandberg"),
    "safeguarding": ("safeguarding@example.org", "Miriam Rosenthal"),
    "deputy": ("deputy@example.org", "Joseph Kamau"),
}
# Whom one can be in a demo: by their name in an address, the place they hold, and what the log-ins call them.
SEATS = {
    "coordinator": (Role.COORDINATOR, MembershipState.ACTIVE, "coordinator"),
    "mentor": (Role.MENTOR, MembershipState.ACTIVE, "mentor with a mentee"),
    "mentee": (Role.MENTEE, MembershipState.ACTIVE, "mentee with a mentor"),
    "waiting": (Role.MENTEE, MembershipState.WAITING, "mentee on the waiting list"),
    "council": (Role.COUNCIL, MembershipState.ACTIVE, "council"),
}


@dataclass(frozen=True)
class Login:
    """Somebody to sign in as; without a password, by a code sent by email."""

    role: str
    name: str
    email: str
    password: str


def let_sign_in(person) -> None:
    """Gives somebody the demo's password, which is no secret."""
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def is_built() -> bool:
    return Entry.objects.filter(verb=BUILT).exists()


def is_demo() -> bool:
    """Whether this is the embedded installation with a demo in it, and nothing else ever."""
    return settings.EMBEDDED and is_built()


def seats() -> dict[str, Membership]:
    """One person for each seat, of those whose password everybody knows."""
    able = User.objects.filter(email__endswith="@example.org", is_active=True, is_superuser=False)
    places = Membership.objects.filter(user__in=able.exclude(password__startswith="!"))
    found = {}
    for place in places.select_related("user", "program").order_by("pk"):
        found.setdefault((place.role, place.state), place)
    return {key: found[role, state] for key, (role, state, _words) in SEATS.items() if (role, state) in found}


def logins() -> list[Login]:
    """Whom one can sign in as, one for each role; nobody where there is no demo."""
    if not is_built():
        return []
    admin, safeguarding = STAFF["admin"], STAFF["safeguarding"]
    found = [Login("runs the installation", admin[1], admin[0], PASSWORD)]
    found += [Login(SEATS[key][2], seat.user.name, seat.user.email, PASSWORD) for key, seat in seats().items()]
    return [*found, Login("safeguarding contact", safeguarding[1], safeguarding[0], "")]

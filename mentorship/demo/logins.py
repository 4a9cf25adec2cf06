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
ROLE_WORDS = {
    (Role.COORDINATOR, MembershipState.ACTIVE): "coordinator",
    (Role.COUNCIL, MembershipState.ACTIVE): "council",
    (Role.MENTOR, MembershipState.ACTIVE): "mentor with a mentee",
    (Role.MENTEE, MembershipState.ACTIVE): "mentee with a mentor",
    (Role.MENTEE, MembershipState.WAITING): "mentee on the waiting list",
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


def is_demo() -> bool:
    """Whether this is the embedded installation with a demo in it, and nothing else ever."""
    return settings.EMBEDDED and Entry.objects.filter(verb=BUILT).exists()


def logins() -> list[Login]:
    """Whom one can sign in as, one for each role; nobody where there is no demo."""
    if not Entry.objects.filter(verb=BUILT).exists():
        return []
    able = User.objects.filter(email__endswith="@example.org").exclude(password__startswith="!")
    found = [Login("runs the installation", p.name, p.email, PASSWORD) for p in able.filter(is_superuser=True)]
    seats = Membership.objects.filter(user__in=able).select_related("user").order_by("pk")
    by_role: dict[str, Login] = {}
    for seat in seats:
        if words := ROLE_WORDS.get((seat.role, seat.state)):
            by_role.setdefault(words, Login(words, seat.user.name, seat.user.email, PASSWORD))
    found += [by_role[words] for words in ROLE_WORDS.values() if words in by_role]
    email, name = STAFF["safeguarding"]
    return [*found, Login("safeguarding contact", name, email, "")]

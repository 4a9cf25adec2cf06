"""Who may do what in a program, and which rows of the apps below somebody may see."""

from django.db.models import Exists, OuterRef, Q

from journal.models import Entry, EntryConcerns
from outbox import kinds
from outbox.models import Letter
from profiles.models import User
from programs.models import Duty, Membership, MembershipState, PointOfContact, Program, ProgramState, Role

ANSWERING_DUTIES = [Duty.SAFEGUARDING, Duty.THIRD]


def _runs_installation(user) -> bool:
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


def can_coordinate(user, program) -> bool:
    """Runs this program: its active coordinators, and whoever runs the installation."""
    return Program.objects.coordinated_by(user).filter(pk=program.pk).exists()


can_change_program = can_import = can_open = can_coordinate


def can_coordinate_any(user) -> bool:
    return _runs_installation(user) or Program.objects.coordinated_by(user).exists()


def can_create_program(user) -> bool:
    """Whoever runs the installation, and anybody who already coordinates a program."""
    return can_coordinate_any(user)


def can_enter_admin(user) -> bool:
    """Coordinators, councils and whoever runs the installation."""
    return _runs_installation(user) or Program.objects.visible_to(user).exists()


def needs_second_factor(user) -> bool:
    """Whoever sees what others wrote: coordinators, council, those named for safeguarding, superusers."""
    if user.is_superuser:
        return True
    if user.memberships.filter(role__in=[Role.COORDINATOR, Role.COUNCIL], state="active").exists():
        return True
    named = PointOfContact.objects.filter(duty__in=ANSWERING_DUTIES)
    return named.filter(Q(person=user) | Q(deputy=user)).exists()


def may_write_to(program_slug: str) -> bool:
    """Whether letters of this program may leave: only once it has been opened."""
    if not program_slug:
        return True
    return Program.objects.filter(slug=program_slug).exclude(state=ProgramState.SETUP).exists()


def _slugs(user):
    return Program.objects.coordinated_by(user).values("slug")


def letters_visible_to(user):
    """Letters of the programs this person coordinates, never those to themselves or about them."""
    seen = Letter.objects.filter(topic__in=_slugs(user)).exclude(kind__in=kinds.apart_names())
    return seen.not_about(user)


def entries_visible_to(user):
    """History of the programs this person coordinates, without what concerns themselves."""
    about_me = EntryConcerns.objects.filter(entry=OuterRef("pk"), person_id=user.pk)
    entries = Entry.objects.all() if _runs_installation(user) else Entry.objects.filter(topic__in=_slugs(user))
    return entries.exclude(Exists(about_me))


def can_correct_address(user, person) -> bool:
    """Whoever coordinates every program the person is in, while the person has never signed in."""
    if person.last_login is not None or person.pk == user.pk:
        return False
    runs = Program.objects.coordinated_by(user)
    # Whoever has the address can sign in: nobody gets into another program by it, as its safeguarding contact, say.
    named = PointOfContact.objects.filter(Q(person=person) | Q(deputy=person)).exclude(program__in=runs)
    elsewhere = person.memberships.exclude(program__in=runs).exists() or named.exists()
    return not elsewhere and not person.is_superuser


def people_visible_to(user):
    """The people of the programs this person coordinates, and everybody for whoever runs the installation."""
    if _runs_installation(user):
        return User.objects.all()
    seen = Membership.objects.filter(program__in=Program.objects.coordinated_by(user))
    return User.objects.filter(pk__in=seen.values("user"))


def topics_of(person) -> list[str]:
    """The programs somebody takes part in as a mentor or mentee, as letters name them."""
    rows = Membership.objects.filter(user=person).participants().exclude(program__state=ProgramState.ENDED)
    gone = [MembershipState.LEFT, MembershipState.DECLINED, MembershipState.COMPLETED]
    return sorted(set(rows.exclude(state__in=gone).values_list("program__slug", flat=True)))

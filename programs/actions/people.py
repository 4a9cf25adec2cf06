"""Finding people, adding them to a program, and moving them along their path."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from journal.actions import record
from profiles.models import User
from programs import leaving, listeners
from programs.errors import Refused
from programs.models import Membership, MembershipState, OtherWay, Program, Role

MOST_PLACES = 20
S = MembershipState
# What a coordinator may set by hand; every other move follows from something done. (verb, what it means)
MOVE_WORDS = {
    S.ACCEPTED: (_lazy("Accept"), _lazy("They take part from now on and are prepared.")),
    S.READY: (_lazy("Set as ready to be matched"), _lazy("They are in the next round of matching.")),
    S.WAITING: (_lazy("Put on the waiting list"), _lazy("They are in the next round, and we write to them again.")),
    S.DECLINED: (_lazy("Decline"), _lazy("They do not take part. No email is sent by this step.")),
    S.LEFT: (_lazy("Remove from the program"), _lazy("They are in no further round. No email is sent by this step.")),
}
# After these nobody takes part any more.
ENDS = (S.LEFT, S.DECLINED, S.COMPLETED)
BY_HAND = {
    S.INVITED: [S.ACCEPTED, S.DECLINED],
    S.APPLIED: [S.ACCEPTED, S.WAITING, S.DECLINED],
    S.ACCEPTED: [S.READY, S.LEFT],
    S.PREPARING: [S.READY, S.LEFT],
    S.READY: [S.LEFT],
    S.WAITING: [S.LEFT],
    S.ACTIVE: [S.LEFT],
    S.ON_LEAVE: [S.LEFT],
    S.LEFT: [S.READY],
    S.DECLINED: [S.READY],
}


def moves_by_hand(membership) -> list[str]:
    """The statuses a coordinator may give this participant now."""
    return [] if membership.is_staff_role else BY_HAND.get(membership.state, [])


def find_or_make_person(email: str, name: str = "", *, by, now, program=None, time_zone: str = ""):
    """The person of this address, made where there is none; a known person's name stays as it is."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("“%(email)s” is not an email address.") % {"email": email[:80]}) from None
    if known := User.objects.filter(email=email).first():
        return known, False
    name = name.strip()
    if not name:
        raise Refused(_("Nobody with the address %(email)s is known yet: give their name, too.") % {"email": email})
    if len(name) > 150 or len(email) > 254:
        raise Refused(_("A name has at most 150 characters, an address 254."))
    zone = time_zone or (program.time_zone if program else "Europe/London")
    try:
        with transaction.atomic():
            person = User.objects.create_user(email, None, name=name, time_zone=zone, date_joined=now)
            # Without it allauth asks for a second code after the first: typing in the first one verifies this row.
            EmailAddress.objects.create(user=person, email=person.email, primary=True)
            record(
                by=by,
                verb="person.added",
                thing=person,
                now=now,
                topic=program.slug if program else "",
                concerns=[person],
                words=_("%(name)s was added as a person.") % {"name": name},
            )
    except IntegrityError:
        # Somebody else added the same address in this moment.
        return User.objects.get(email=email), False
    return person, True


def correct_address(person, email: str, *, by, now, program):
    """Puts right the address of somebody who has never signed in; after that it is theirs alone to change."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("“%(email)s” is not an email address.") % {"email": email[:80]}) from None
    if person.email == email:
        return person
    taken = Refused(_("Somebody else has the address %(email)s already.") % {"email": email})
    if User.objects.filter(email=email).exists():
        raise taken
    try:
        with transaction.atomic():
            if not User.objects.filter(pk=person.pk, last_login=None).update(email=email, address_bounced_at=None):
                raise Refused(_("%(name)s has signed in and changes their address themselves.") % {"name": person})
            # What was known of the old address says nothing about the new one.
            person.emailaddress_set.all().delete()
            EmailAddress.objects.create(user=person, email=email, primary=True)
            words = _("The address of %(name)s was put right.") % {"name": person}
            record(
                by=by, verb="person.address", thing=person, now=now, topic=program.slug, concerns=[person], words=words
            )
    except IntegrityError:
        raise taken from None
    person.email = email
    return person


def add_member(program, user, role, *, by, now, state=MembershipState.ACTIVE, places=1):
    """A person in a program in a role; somebody who had left as coordinator or council comes back."""
    with transaction.atomic():
        program = Program.objects.locked().get(pk=program.pk)
        membership = Membership.objects.filter(program=program, user=user, role=role).first()
        if membership is None:
            membership = Membership.objects.create(
                program=program,
                user=user,
                role=role,
                state=state,
                since=now,
                joined_at=now,
                places=places,
                write_again_on=_write_again_on(program, state, now),
            )
            words = _("%(name)s was added as %(role)s.") % {"name": user, "role": membership.get_role_display()}
            record(
                by=by, verb="member.added", thing=membership, now=now, topic=program.slug, concerns=[user], words=words
            )
        elif membership.is_staff_role and membership.state != state:
            membership = move(membership, state, by=by, now=now)
    return membership


def move(membership, to, *, by, now, why=""):
    """Moves somebody along their path; refused where no path leads there from where they are."""
    with transaction.atomic():
        program = Program.objects.locked().get(pk=membership.program_id)
        if to not in membership.moves_from_here():
            raise Refused(_no_way(membership, to))
        if membership.role == Role.COORDINATOR and to == MembershipState.LEFT:
            _insist_on_another_coordinator(program, membership)
        if to in ENDS and (ties := leaving.ties(membership)):
            raise Refused(" ".join(ties))
        write_again_on = _write_again_on(program, to, now)
        moved = Membership.objects.filter(pk=membership.pk, state=membership.state).update(
            state=to, since=now, write_again_on=write_again_on
        )
        if moved != 1:
            raise Refused(
                _("Somebody else changed the status of %(name)s meanwhile. Look again.") % {"name": membership.user}
            )
        membership.state, membership.since, membership.write_again_on = to, now, write_again_on
        words = _("%(name)s, %(role)s: now %(state)s.") % {
            "name": membership.user,
            "role": membership.get_role_display(),
            "state": membership.get_state_display(),
        }
        record(
            by=by,
            verb="member.moved",
            thing=membership,
            now=now,
            topic=program.slug,
            concerns=[membership.user],
            why=why,
            words=words,
        )
    return membership


def set_places(membership, places: int, *, by, now):
    """How many mentees a mentor takes at once; fewer than they have keeps the pairs and takes nobody new."""
    if membership.role != Role.MENTOR:
        raise Refused(_("Only a mentor has places."))
    if not 0 <= places <= MOST_PLACES:
        raise Refused(_("Choose between 0 and %(most)s places.") % {"most": MOST_PLACES})
    with transaction.atomic():
        row = (
            Membership.objects.select_for_update(of=("self",), no_key=True)
            .select_related("program", "user")
            .get(pk=membership.pk)
        )
        if row.places == places:
            return row
        before, row.places = row.places, places
        Membership.objects.filter(pk=row.pk).update(places=places)
        if places > before:
            listeners.places_offered([row.pk], by=by, now=now)
        words = _("Places of %(name)s: %(after)s, before %(before)s.") % {
            "name": row.user,
            "after": places,
            "before": before,
        }
        record(
            by=by, verb="member.places", thing=row, now=now, topic=row.program.slug, concerns=[row.user], words=words
        )
    return row


@transaction.atomic
def agree_other_way(membership, words: str, *, by, now):
    """How somebody is reached whom our reminders do not reach; no words: not any more."""
    words = " ".join(words.split())
    if words:
        OtherWay.objects.update_or_create(
            membership=membership, defaults={"words": words[:200], "since": now, "by": by}
        )
    else:
        OtherWay.objects.filter(membership=membership).delete()
    said = _("Another way to reach %(name)s was agreed.") if words else _("%(name)s is reached by email again.")
    record(
        by=by,
        verb="member.reached",
        thing=membership,
        now=now,
        topic=membership.program.slug,
        concerns=[membership.user],
        words=said % {"name": membership.user},
    )


def _insist_on_another_coordinator(program, membership):
    others = Membership.objects.filter(
        program=program, role=Role.COORDINATOR, state=MembershipState.ACTIVE, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise Refused(_("%(name)s is the only coordinator. Add another one first.") % {"name": membership.user})


def _no_way(membership, to) -> str:
    return _("%(name)s is %(now)s and cannot become %(to)s from there.") % {
        "name": membership.user,
        "now": membership.get_state_display(),
        "to": MembershipState(to).label,
    }


def _write_again_on(program, state, now):
    """On the waiting list there is always a date on which we write again."""
    if state != MembershipState.WAITING:
        return None
    return program.today(now) + timedelta(days=program.figure("write_again_days"))

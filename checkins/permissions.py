"""Who of a pair may do what; everybody else has no part in it."""

from checkins.models import Meeting, MeetingState
from matching.models import PairingState
from programs.models import Role


def side_of(user, pairing) -> str:
    """Which of the two somebody is: "mentor", "mentee", or "" for neither."""
    if user is None:
        return ""
    if pairing.mentee.user_id == user.pk:
        return Role.MENTEE
    return Role.MENTOR if pairing.mentor.user_id == user.pk else ""


def member_of(user, pairing):
    """Their place in the program, as one of the pair."""
    return pairing.mentee if side_of(user, pairing) == Role.MENTEE else pairing.mentor


def other_member(user, pairing):
    return pairing.mentor if side_of(user, pairing) == Role.MENTEE else pairing.mentee


def other_of(user, pairing):
    """The other person of the pair."""
    return other_member(user, pairing).user


def can_meet(user, pairing) -> bool:
    """One of a pair that goes on."""
    return bool(side_of(user, pairing)) and pairing.state == PairingState.OPEN


def can_answer(user, meeting: Meeting, now) -> bool:
    """Whoever a proposal was made to, until it would begin."""
    waits = meeting.state == MeetingState.PROPOSED and meeting.starts_at > now
    return waits and can_meet(user, meeting.pairing) and meeting.proposed_by_id != user.pk


def can_cancel(user, meeting: Meeting, now) -> bool:
    """Either of the two for what is agreed, whoever made it for a proposal; until it begins."""
    if meeting.starts_at <= now or not can_meet(user, meeting.pairing):
        return False
    mine = meeting.state == MeetingState.PROPOSED and meeting.proposed_by_id == user.pk
    return mine or meeting.state == MeetingState.ACCEPTED


def can_move(user, meeting: Meeting, now) -> bool:
    """Either of the two, while it is proposed or agreed and has not begun."""
    ahead = meeting.state in (MeetingState.PROPOSED, MeetingState.ACCEPTED) and meeting.starts_at > now
    return ahead and can_meet(user, meeting.pairing)


def can_say(user, check_in) -> bool:
    """Either of the two, until the next one is asked about."""
    return check_in.closed_at is None and can_meet(user, check_in.pairing)

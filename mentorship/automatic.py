"""Every automatic email in words: who gets it and when, and which of them a program may do without."""

from django.utils.translation import gettext_lazy as _

from outbox import kinds
from outbox.kinds import Told

FINDING = {
    "matching.matched_mentee": Told(_("To a mentee, when a mentor has been found: a round is published, or by hand.")),
    "matching.matched_mentor": Told(_("To a mentor, with everybody new in one email, at the same moment.")),
    "matching.unmatched_mentee": Told(
        _("To a mentee whom a published round left without a mentor; names the next date.")
    ),
    "matching.unmatched_mentor": Told(_("To a mentor for whom a published round had nobody; names the next date.")),
    "matching.still_looking": Told(_("To whoever is on the waiting list, on the date we named; names the next one.")),
    "matching.asked_first": Told(_("To mentors, when you ask before a round whom they could take, and once more.")),
    "matching.asked_mentor": Told(_("To a mentor whom a mentee would like to have, and once more half-way.")),
    "matching.no_pair": Told(_("To a mentee, when the mentor they asked cannot.")),
    "matching.need_not_answer": Told(_("To a mentor who was asked, when the mentee has somebody else meanwhile.")),
    "matching.shall_we_pause": Told(_("To a mentor who has let two requests run out.")),
    "matching.introduced": Told(
        _("To both sides, where both say yes before a pair begins: who it would be, and by when. Once more half-way.")
    ),
    "matching.not_this_pair": Told(_("To the other side, when such a pair does not come about; nobody is told why.")),
    "matching.mentee_moved": Told(
        _("To a mentor whose mentee has somebody else after a round in which pairs may change.")
    ),
    "matching.pair_ended": Told(_("To both, when a pair ends; nobody is told why.")),
}
TOUCH = {
    "checkins.proposed_mentee": Told(_("To a mentee, when their mentor proposes a time.")),
    "checkins.proposed_mentor": Told(_("To a mentor, when their mentee proposes a time.")),
    "checkins.agreed_mentee": Told(_("To a mentee, when a meeting is agreed.")),
    "checkins.agreed_mentor": Told(_("To a mentor, when a meeting is agreed.")),
    "checkins.declined_mentee": Told(_("To a mentee, when the time they proposed does not suit.")),
    "checkins.declined_mentor": Told(_("To a mentor, when the time they proposed does not suit.")),
    "checkins.cancelled_mentee": Told(_("To a mentee, when the other cancels the meeting.")),
    "checkins.cancelled_mentor": Told(_("To a mentor, when the other cancels the meeting.")),
    "checkins.reminder_mentee": Told(_("To a mentee, a day before a meeting."), may_stop=True),
    "checkins.reminder_mentor": Told(_("To a mentor, a day before a meeting."), may_stop=True),
    "checkins.did_you_meet_mentee": Told(
        _("To a mentee, the morning after a meeting or after the day by which they wanted to meet."), may_stop=True
    ),
    "checkins.did_you_meet_mentor": Told(
        _("To a mentor, the morning after a meeting or after the day by which they wanted to meet."), may_stop=True
    ),
    "council.nudge_mentee": Told(_("To a mentee, when a pair has been quiet for longer than its rhythm allows.")),
    "council.nudge_mentor": Told(_("To a mentor, when pairs of theirs have been quiet; one line for each.")),
}
HOW_IT_GOES = {
    "surveys.pulse_mentee": Told(_("To a mentee, on the days the program asks how it goes."), may_stop=True),
    "surveys.pulse_mentor": Told(_("To a mentor, on the days the program asks how it goes."), may_stop=True),
}
REQUESTS = {
    "council.asked": Told(_("To whoever asks for help or a change, at once: who reads it, and by when they hear.")),
    "council.asked_apart": Told(_("The same to whoever asks the council.")),
    "council.settled": Told(_("To whoever asked for something, when it is decided.")),
    "council.settled_apart": Told(_("The same to whoever asked the council.")),
    "council.mentee_asked": Told(_("To a mentor who cannot reach their mentee, at once.")),
    "council.ask_there": Told(_("To a mentee whose mentor cannot reach them, at once and after a week.")),
    "council.mentee_is_there": Told(_("To a mentor, when the mentee has answered.")),
    "council.easier_mentee": Told(_("To a mentee, when you make it easier for a pair.")),
    "council.easier_mentor": Told(_("To a mentor, when you make it easier for a pair.")),
    "council.paused_mentee": Told(_("To a mentee, when their pair pauses or goes on.")),
    "council.paused_mentor": Told(_("To a mentor, when their pair pauses or goes on.")),
}
AWAY = {
    "council.leave_said": Told(_("To whoever takes a leave, at once.")),
    "council.leave_told_mentee": Told(_("To a mentee, when their mentor takes a leave or is back sooner.")),
    "council.leave_told_mentor": Told(_("To a mentor, when their mentee takes a leave or is back sooner.")),
    "council.ask_away": Told(_("To a mentee whose mentor is away for longer: wait, a stand-in, or somebody new?")),
    "council.leave_asks": Told(_("To whoever is on leave, the day before they said they are back."), may_stop=True),
    "council.leave_back": Told(_("To whoever is back from a leave.")),
    "council.left": Told(_("To whoever leaves the program or is removed from it.")),
}
BY_YOU = {
    "programs.notice": Told(_("What you write to participants yourself, under “Write to people”.")),
    "programs.notice_any_hour": Told(_("The same, where you said that it may arrive at night.")),
}
STAFF = {
    "mentorship.morning": Told(
        _("To coordinators and council, on working mornings on which something waits for them.")
    ),
    "council.follow_up": Told(_("To whoever answers for a follow-up, when it cannot wait for the morning.")),
    "council.follow_up_apart": Told(_("To a council member, the same.")),
}
SAFETY = {
    "council.concern_received": Told(_("To whoever tells the safeguarding contact something, at once, at any hour.")),
    "council.concern_told": Told(_("To the safeguarding contact it was told to, at once, at any hour.")),
    "council.concern_unread": Told(_("To the third named person, when it has lain unread for too long.")),
}
GROUPS = [
    (_("Finding somebody"), FINDING),
    (_("Meetings and being in touch"), TOUCH),
    (_("How it goes"), HOW_IT_GOES),
    (_("Requests and what comes of them"), REQUESTS),
    (_("Leaves and goodbyes"), AWAY),
    (_("Written by you"), BY_YOU),
    (_("To those who run the program"), STAFF),
    (_("About safety"), SAFETY),
]


def register() -> None:
    """Called once, when the roof starts."""
    kinds.tell(GROUPS)

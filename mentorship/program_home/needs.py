"""What waits for whoever runs a program, the first thing first; the homes and the morning email read it, too."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from council import promise
from matching.models import OfferState, RoundState
from mentorship.program_home.figures import Figures, count_follow_ups, figures_of
from mentorship.program_home.path import EMAILS, PEOPLE
from outbox import kinds, texts
from outbox.models import LetterState
from programs import reach
from programs.actions import missing_to_open
from programs.actions.opening import reachable
from programs.models import Duty, ImportState, Membership, MembershipState, Program, ProgramState, Role
from programs.navigation import list_url, words_url

S = MembershipState
INTRODUCTIONS = "admin:matching_introduction_changelist"


@dataclass(frozen=True)
class Need:
    """One thing that waits for the coordinator: what, why, and the one button for it."""

    title: str
    why: str
    action: str
    url: str


def needs_of(program, figures, lost=()) -> list[Need]:
    """What waits for the coordinator, the first thing first; `lost` are mentees without a next date."""
    first = [_to_open(program, figures), _to_find_again(lost)]
    asked = [
        _to_follow_up, _to_look_after, _to_call, _to_hear, _to_reach, _to_send, _to_import, _to_rules, _to_round,
        _to_match, _to_fill, _to_find_mentors, _to_deliver, _to_let_go, _to_mend, _to_end,
    ]  # fmt: skip
    return [need for need in (*first, *(ask(program, figures) for ask in asked)) if need]


def lost_of(program, user, now) -> list[promise.Lost]:
    """Mentees of an open program for whom no next date stands, as far as this person may see them."""
    if program.state != ProgramState.OPEN:
        return []
    lost = promise.lost(now, program)
    seen = Membership.objects.visible_to(user).filter(pk__in=[one.membership.pk for one in lost])
    seen = set(seen.values_list("pk", flat=True))
    return [one for one in lost if one.membership.pk in seen]


def _to_open(program, figures):
    if program.state != ProgramState.SETUP:
        return _to_name(program, figures)
    missing = missing_to_open(program, figures.contacts)
    url = reverse("programs:open", args=[program.slug])
    if not missing:
        return Need(
            _("Everything is there: open the program"),
            _("Until then no email leaves, whatever you import or match."),
            _("Open the program"),
            url,
        )
    title = ngettext(
        "One thing is missing before the program opens",
        "%(number)s things are missing before the program opens",
        len(missing),
    ) % {"number": len(missing)}
    return Need(title, "; ".join(one.words for one in missing) + ".", _("See what is missing"), url)


def _to_name(program, figures):
    """Whoever hears of concerns about safety has to be somebody who can be reached."""
    rows = [row for row in figures.contacts if row.duty == Duty.SAFEGUARDING]
    lost = [person for row in rows for person in (row.person, row.deputy) if person and not reachable(person)]
    if not lost or program.state != ProgramState.OPEN:
        return None
    return Need(
        _("Nobody can reach %(name)s about safety") % {"name": lost[0]},
        _("They answer for concerns here and cannot sign in any more. Name somebody else."),
        _("Name somebody"),
        reverse("programs:section", args=[program.slug, "help"]),
    )


def _to_find_again(lost):
    if not lost:
        return None
    first = lost[0].membership.user
    title = ngettext("One mentee has no next date", "%(number)s mentees have no next date", len(lost))
    why = ngettext(
        "Nothing happens for %(name)s by itself.", "Nothing happens for them by itself, %(name)s first.", len(lost)
    )
    return Need(
        title % {"number": len(lost)},
        f"{why % {'name': first}} {lost[0].hole.do}",
        _("See who it is"),
        reverse("person", args=[first.public_id]),
    )


def _to_follow_up(program, figures):
    if not figures.follow_ups:
        return None
    words = ngettext(
        "One follow-up waits for a decision", "%(number)s follow-ups wait for a decision", figures.follow_ups
    )
    why = _("Somebody has fallen silent, cannot be reached, or has asked for help.")
    if figures.overdue:
        late = ngettext("The day of one has passed.", "The day of %(number)s has passed.", figures.overdue)
        why = f"{late % {'number': figures.overdue}} {why}"
    return Need(
        words % {"number": figures.follow_ups},
        why,
        _("Look at the follow-ups"),
        reverse("council:board", args=[program.slug]),
    )


def _to_look_after(program, figures):
    if not figures.low:
        return None
    words = ngettext(
        "One person says it is going badly and asked for nothing",
        "%(number)s people say it is going badly and asked for nothing",
        figures.low,
    )
    return Need(
        words % {"number": figures.low},
        _("Nothing happens by itself. A friendly question from you is often enough."),
        _("See who"),
        reverse("surveys:results", args=[program.slug]),
    )


def _to_call(program, figures):
    if not figures.asks:
        return None
    first = figures.asks[0]
    since = program.today(first.asked_at)
    title = ngettext(
        "One mentee has not answered a question of ours",
        "%(number)s mentees have not answered a question of ours",
        len(figures.asks),
    )
    words = _("%(name)s was asked on %(date)s: %(what)s. A call often helps.")
    said = {"name": first.membership.user, "date": date_format(since, "j F"), "what": first.get_kind_display()}
    return Need(
        title % {"number": len(figures.asks)},
        words % said,
        _("See how to reach them"),
        reverse("person", args=[first.membership.user.public_id]),
    )


def _to_hear(program, figures):
    """Pairs of which somebody has not answered, reminder and all."""
    if not figures.unanswered:
        return None
    first = figures.unanswered[0]
    title = ngettext("One pair waits for an answer", "%(number)s pairs wait for an answer", len(figures.unanswered)) % {
        "number": len(figures.unanswered)
    }
    silent = [str(member.user) for member in first.sides if not first.yes_of(member.role)]
    words = _("%(names)s can answer until %(date)s. A call often helps, and you can note what they say.")
    said = {"names": _(" and ").join(silent), "date": date_format(first.answer_by, "j F")}
    return Need(
        title, words % said, _("See who has answered"), list_url(INTRODUCTIONS, program, state__exact=OfferState.OPEN)
    )


def _to_send(program, figures):
    if program.state != ProgramState.OPEN or not figures.late:
        return None
    return Need(
        _("Emails do not leave"),
        _("The oldest should have gone half an hour ago or more. Tell whoever looks after this installation."),
        _("See what waits"),
        list_url(EMAILS, program, state__exact=LetterState.WAITING),
    )


def _to_mend(program, figures):
    if not figures.broken:
        return None
    text = figures.broken[0]
    page, kind, title = "automatic_text", text.kind, kinds.title(text.kind)
    if text.kind == texts.AROUND.name:
        page, kind, title = "automatic_around", "", texts.AROUND.title
    return Need(
        _("Your words for “%(kind)s” cannot be used") % {"kind": title},
        _("People get the email in our words instead: %(why)s") % {"why": text.failure},
        _("Look at the words"),
        words_url(page, program, kind, text.language),
    )


def _to_import(program, figures):
    url = reverse("programs:import", args=[program.slug])
    if any(figures.imports.get(state) for state in (ImportState.MAPPING, ImportState.PREVIEW, ImportState.FAILED)):
        return Need(
            _("An import is not finished"),
            _("Name its columns, answer its questions, and look at who would be added. Nobody is added before that."),
            _("Go on with the import"),
            url,
        )
    if figures.imports or figures.count(Role.MENTEE) or figures.count(Role.MENTOR):
        return None
    return Need(
        _("Bring in the people"),
        _("Mentors and mentees come from two spreadsheets. Importing sends nobody an email."),
        _("Import people"),
        url,
    )


def _to_rules(program, figures):
    if figures.has_rules or not (figures.count(Role.MENTEE) and figures.count(Role.MENTOR)):
        return None
    return Need(
        _("Say what makes a good match"),
        _("The matching rules weigh the answers people gave."),
        _("Set the matching rules"),
        reverse("matching:home", args=[program.slug]),
    )


def _to_round(program, figures):
    if RoundState.DRAFT in figures.rounds:
        return Need(
            _("A round of matching waits for your decision"),
            _("Look at the pairs, change what you know better, and publish. Until then nobody hears of it."),
            _("Look at the draft"),
            reverse("matching:home", args=[program.slug]),
        )
    return None


def _to_match(program, figures):
    unmatched, beside = figures.count(Role.MENTEE, S.READY, S.WAITING) - figures.introduced, figures.beside
    number = unmatched + beside
    if figures.rounds or not figures.has_rules or not number or not figures.free or _is_over(program):
        return None
    if unmatched:
        title = ngettext("One mentee has no mentor yet", "%(number)s mentees have no mentor yet", unmatched)
    else:
        title = ngettext("One mentee waits for one more mentor", "%(number)s mentees wait for one more mentor", beside)
    also = ngettext(
        "One mentee has a mentor and waits for one more, for something else.",
        "%(number)s mentees have a mentor and wait for one more, for something else.",
        beside,
    )
    why = [
        also % {"number": beside} if unmatched and beside else "",
        _("A round of matching finds the best pairs and says why."),
        _soon(figures),
    ]
    return Need(
        title % {"number": unmatched or beside},
        " ".join(filter(None, why)),
        _("Start a round"),
        reverse("matching:home", args=[program.slug]),
    )


def _to_fill(program, figures):
    if not figures.small_circles or _is_over(program):
        return None
    small = figures.small_circles[0]
    title = ngettext("One circle has become small", "%(number)s circles have become small", len(figures.small_circles))
    why = ngettext(
        "%(name)s has one person left; the fewest was %(least)s. Whoever you give %(name)s now joins it.",
        "%(name)s has %(people)s people left; the fewest was %(least)s. Whoever you give %(name)s now joins them.",
        small.people,
    )
    return Need(
        title % {"number": len(figures.small_circles)},
        why % {"name": small.mentor.user, "people": small.people, "least": small.least},
        _("See the circle"),
        reverse("person", args=[small.mentor.user.public_id]),
    )


def _soon(figures) -> str:
    """Whoever waits is written to again, sooner or later: a place is the better news."""
    words = ngettext(
        "One of those who wait hears from us again within three days.",
        "%(number)s of those who wait hear from us again within three days.",
        figures.soon,
    )
    return words % {"number": figures.soon} if figures.soon else ""


def _to_find_mentors(program, figures):
    unmatched = figures.count(Role.MENTEE, S.READY, S.WAITING) - figures.introduced + figures.beside
    if figures.rounds or not unmatched or figures.free or _is_over(program):
        return None
    title = ngettext(
        "One mentee waits and no mentor has a free place",
        "%(number)s mentees wait and no mentor has a free place",
        unmatched,
    )
    mentors = figures.count(Role.MENTOR)
    return Need(
        title % {"number": unmatched},
        " ".join(filter(None, [_("Bring in more mentors, or ask one for another place."), _soon(figures)])),
        _("See the mentors") if mentors else _("Import mentors"),
        list_url(PEOPLE, program, role__exact=Role.MENTOR)
        if mentors
        else reverse("programs:import", args=[program.slug]),
    )


def _is_over(program) -> bool:
    return program.state == ProgramState.ENDED


def _to_reach(program, figures):
    if not figures.unreached:
        return None
    member, why = figures.unreached[0]
    number = len(figures.unreached)
    title = ngettext(
        "Agree with one person on another way to reach them",
        "Agree with %(number)s people on another way to reach them",
        number,
    )
    return Need(
        title % {"number": number},
        reach.words(member, why) + " " + _("Nobody is called silent for that."),
        _("Note another way"),
        reverse("programs:reach", args=[program.slug, member.public_id]),
    )


def _to_deliver(program, figures):
    if not (dead := figures.delivery.mendable):
        return None
    title = ngettext("One email was not delivered", "%(number)s emails were not delivered", dead) % {"number": dead}
    return Need(
        title,
        _("See why, put the address right, and try again."),
        _("See them"),
        list_url(EMAILS, program, state__exact=LetterState.DEAD),
    )


def _to_let_go(program, figures):
    if not (held := figures.delivery.held):
        return None
    title = ngettext("One email is held back", "%(number)s emails are held back", held) % {"number": held}
    return Need(
        title,
        _("By somebody, or because the data came back from a backup. Let go, or cancel."),
        _("Look at them"),
        list_url(EMAILS, program, state__exact=LetterState.HELD),
    )


def _to_end(program, figures):
    last = program.ends_on
    if program.state != ProgramState.OPEN or last is None or last >= program.today(figures.now):
        return None
    return Need(
        _("The program is past its last day"),
        _("It was on %(date)s. Until you end it, everybody is asked and reminded as before.")
        % {"date": date_format(last, "j F Y")},
        _("End the program"),
        reverse("programs:end", args=[program.slug]),
    )


def lines(user, now) -> list[dict]:
    """One line a program for the first page: its status, its figures, and what waits first."""
    programs = list(Program.objects.visible_to(user).order_by("name", "pk"))
    runs = set(Program.objects.coordinated_by(user).values_list("pk", flat=True))
    figures = figures_of([program for program in programs if program.pk in runs], user, now)
    sits = {program.pk: Figures(now) for program in programs if program.pk not in runs}
    count_follow_ups(sits, user, now)
    found = []
    for program in programs:
        its = figures.get(program.pk)
        needs = needs_of(program, its) if its else list(filter(None, [_to_follow_up(program, sits[program.pk])]))
        found.append(
            {
                "program": program,
                "runs": its is not None,
                "mentees": its.count(Role.MENTEE) if its else 0,
                "mentors": its.count(Role.MENTOR) if its else 0,
                "pairs": its.pairs if its else 0,
                "needs": needs,
                "need": needs[0] if needs else None,
                "more": max(len(needs) - 1, 0),
            }
        )
    return found

"""The page that is a program's home."""

from django.utils import timezone

from matching.models import RoundState
from mentorship import follow_ups
from mentorship.program_home.figures import figures_of, sent_since
from mentorship.program_home.goals import courses_of
from mentorship.program_home.needs import lost_of, needs_of
from mentorship.program_home.path import EMAILS, PAIRS, funnel, pairs_by_standing
from outbox.models import LetterState
from programs.models import ImportState
from programs.navigation import list_url
from programs.permissions import can_coordinate
from programs.views.pages import coordinator_page, render


@coordinator_page("home", council=True)
def page(request, program):
    """The program's home; council members who do not run it see its name and whom to ask."""
    now = timezone.now()
    if not can_coordinate(request.user, program):
        contacts = program.points_of_contact.select_related("person", "deputy")
        context = {"contacts": contacts, "follow_ups": follow_ups.of(request.user, now, program)}
        return render(request, "programs/home_council.html", program, "home", context)
    figures = figures_of([program], request.user, now)[program.pk]
    needs = needs_of(program, figures, lost_of(program, request.user, now))
    context = {
        "title": program.name,
        "next": needs[0] if needs else None,
        "then": needs[1:],
        "in_work": figures.rounds & {RoundState.ASKED, RoundState.WORKING},
        "importing": any(figures.imports.get(state) for state in (ImportState.ASKED, ImportState.WORKING)),
        "figures": figures,
        "funnel": funnel(program, figures),
        "goals": courses_of(program, request.user, now),
        "pairs_url": list_url(PAIRS, program, state__exact="open"),
        "standings": pairs_by_standing(program, figures),
        "waiting_url": list_url(EMAILS, program, state__exact=LetterState.WAITING),
        "dead_url": list_url(EMAILS, program, state__exact=LetterState.DEAD),
        "held_url": list_url(EMAILS, program, state__exact=LetterState.HELD),
        "sent_url": list_url(EMAILS, program, state__exact=LetterState.SENT, sent_at__gte=sent_since(now).isoformat()),
        "today": program.today(now),
    }
    return render(request, "programs/home.html", program, "home", context)

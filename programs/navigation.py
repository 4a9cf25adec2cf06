"""The frame around a program's pages: its navigation and the addresses of its lists."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from outbox import texts
from programs.permissions import can_coordinate

# section, words, URL name, whether it is a list of the admin (then narrowed to the program by ?program=).
SECTIONS = [
    ("home", _("Home"), "program_home", False),
    ("people", _("Participants"), "admin:programs_membership_changelist", True),
    ("import", _("Import"), "programs:import", False),
    ("matching", _("Matching"), "matching:home", False),
    ("pairs", _("Pairs"), "admin:matching_pairing_changelist", True),
    ("follow-ups", _("Follow-ups"), "council:board", False),
    ("pulse", _("Pulse"), "surveys:results", False),
    ("emails", _("Emails"), "admin:outbox_letter_changelist", True),
    ("history", _("History"), "admin:journal_entry_changelist", True),
    ("settings", _("Settings"), "programs:settings", False),
]
# What a council member who does not run the program is shown of it.
OF_THE_COUNCIL = ("home", "follow-ups")
WORDS = {key: words for key, words, _name, _is_list in SECTIONS}


def list_url(name: str, program, **filters) -> str:
    """The address of an admin list narrowed to a program."""
    return f"{reverse(name)}?{urlencode({'program': program.slug, **filters})}"


def navigation(program, section: str, only=None) -> list[dict]:
    """The program's pages, in order, the current one marked; `only` some of them."""
    items = []
    for key, words, name, is_list in SECTIONS:
        if only is not None and key not in only:
            continue
        try:
            url = list_url(name, program) if is_list else reverse(name, args=[program.slug])
        except NoReverseMatch:
            continue
        items.append({"key": key, "words": words, "url": url, "current": key == section})
    return items


# The pages below "Emails": section, words, URL name.
EMAIL_PAGES = [
    ("letters", _("What was sent, and what waits"), "admin:outbox_letter_changelist"),
    ("automatic", _("Automatic emails"), "programs:automatic"),
    ("write", _("Write to people"), "programs:written"),
]


def email_pages(program, current: str) -> list[dict]:
    """The pages about a program's emails, in order, the current one marked."""
    return [
        {
            "words": words,
            "url": list_url(name, program) if name.startswith("admin:") else reverse(name, args=[program.slug]),
            "current": key == current,
        }
        for key, words, name in EMAIL_PAGES
    ]


def words_url(name: str, program, kind: str, language: str) -> str:
    """A page about the words of an email, in one language; our own goes without saying."""
    url = reverse(f"programs:{name}", args=[program.slug, *([kind] if kind else [])])
    return url if language == texts.ENGLISH else f"{url}?{urlencode({'language': language})}"


def page_context(request, program, section: str) -> dict:
    """What every page of a program needs: the admin's frame and the program's navigation.

    `title` is the page's heading and the window's title; give your own in the context of `pages.render`.
    """
    runs = can_coordinate(request.user, program)
    return {
        **admin.site.each_context(request),
        "program": program,
        "section": section,
        "navigation": navigation(program, section, None if runs else OF_THE_COUNCIL),
        "title": WORDS.get(section, program.name),
    }

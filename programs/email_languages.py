"""In which languages a program's emails are written, and which its people speak."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outbox import texts
from profiles import languages
from programs.models import Membership, MembershipState

GONE = [MembershipState.LEFT, MembershipState.DECLINED]


def named(code: str) -> str:
    """A language as coordinators read it."""
    return _("English") if code == texts.ENGLISH else languages.name(code)


def chosen(data) -> str:
    """The language a page is about: one of those people may say they speak, else our own."""
    code = data.get("language", "")
    return code if code in languages.NAMES and not texts.is_english(code) else texts.ENGLISH


def in_order(codes) -> list[str]:
    """English first, the others by name."""
    return [texts.ENGLISH, *sorted({*codes} - {texts.ENGLISH}, key=named)]


def to_add(program, user, written) -> list[tuple[str, str]]:
    """The languages somebody may write in next, those first that most people here speak best."""
    rows = Membership.objects.visible_to(user).of(program).participants().exclude(state__in=GONE)
    first = Counter(spoken[0] for spoken in rows.values_list("user__languages", flat=True) if spoken)
    left = [code for code in languages.NAMES if code not in written and not texts.is_english(code)]
    words = []
    for code in sorted(left, key=lambda code: (-first[code], named(code))):
        number = first[code]
        here = ngettext("%(name)s (%(number)d person here)", "%(name)s (%(number)d people here)", number)
        words.append((code, here % {"name": named(code), "number": number} if number else named(code)))
    return words

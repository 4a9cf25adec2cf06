"""Days as people say them, in the language of the email or page that they end up in."""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import lazy

# Where no comma stands between the day of the week and the date.
WITHOUT_COMMA = {"en", "fr", "it"}
COMMA = {"ar": "،", "fa": "،", "ur": "،", "zh-hans": "", "zh-hant": "", "ja": ""}


def _day(value: date) -> str:
    language = translation.get_language() or ""
    base = language if language in COMMA else language.partition("-")[0]
    if base == "en":
        return date_format(value, "l j F Y")
    comma = "" if base in WITHOUT_COMMA else COMMA.get(base, ",")
    return f"{date_format(value, 'l')}{comma} {date_format(value, 'DATE_FORMAT')}"


# Read only where the email is put together.
day = lazy(_day, str)


def known(language: str) -> str:
    """A language in which days and numbers can be said, for one of an email."""
    return language if translation.check_for_language(language) else settings.LANGUAGE_CODE


def right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    try:
        return bool(translation.get_language_info(language)["bidi"])
    except KeyError:
        return False

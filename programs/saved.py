"""Filters of the list of participants as addresses."""

from django.http import QueryDict

PEOPLE = "admin:programs_membership_changelist"
# What of a list's address is no filter.
NO_FILTER = {"program", "p", "o", "e", "all", "_export"}
LONGEST = 500


def filter_of(address: str) -> str:
    """What of a list's address says which rows it shows."""
    try:
        found = QueryDict(address[:LONGEST], mutable=True)
    except ValueError:
        return ""
    for key in list(found):
        value = found[key]
        if key in NO_FILTER or not value or "\x00" in key + value:
            del found[key]
    words = found.urlencode()
    return words if len(words) <= LONGEST else ""

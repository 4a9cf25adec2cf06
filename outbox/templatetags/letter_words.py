"""What the texts of emails are written with, beside Django's own filters."""

from django import template

from outbox import sayings

register = template.Library()


@register.filter
def listed(names) -> str:
    """Names in a sentence, the last after the language's own "and"."""
    return sayings.listed(names)

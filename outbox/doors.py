"""The two ways to a participant's page about one thing: signed in, and by the link of an email."""

import uuid
from collections.abc import Callable

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods


def row_of(rows, public_id):
    """The row of this public id, in whatever shape it came, or 404."""
    try:
        return get_object_or_404(rows, public_id=uuid.UUID(str(public_id)))
    except ValueError:
        raise Http404 from None


def doors(rows_of: Callable, page: Callable, name: str) -> tuple[Callable, Callable]:
    """Two views: of the address `name`, whose one argument is the public id, and of the signed link.

    `rows_of(person)` are the rows this person may open; `page(request, row, url)` shows one and takes what is posted.
    """

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def own(request, **public_id):
        """For whoever is signed in."""
        row = row_of(rows_of(request.user), *public_id.values())
        return page(request, row, reverse(name, args=[row.public_id]))

    def signed(request, signed, person, token):
        """Behind the link of the email."""
        return page(request, row_of(rows_of(person), signed.thing), reverse("outbox:link", args=[token]))

    return own, signed

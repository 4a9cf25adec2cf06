"""The two ways to a participant's page about one thing: signed in, and by the link of an email."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from profiles import civil


def row_of(rows, public_id):
    """The row of this public id, in whatever shape it came, or 404."""
    try:
        return get_object_or_404(rows, public_id=uuid.UUID(str(public_id)))
    except ValueError:
        raise Http404 from None


@dataclass(frozen=True)
class Door:
    """Who is at it, the address of the page, and whether they came by the link of an email."""

    person: Any
    url: str
    signed: bool = False

    def show(self, request, template, context, status=200):
        """A page with times on the clock of whoever it is for, also where nobody is signed in."""
        with timezone.override(civil.zone(self.person.time_zone)):
            return render(request, template, {"door": self, "person": self.person, **context}, status=status)


def doors(rows_of: Callable, page: Callable, name: str) -> tuple[Callable, Callable]:
    """Two views: of the address `name`, whose one argument is the public id, and of the signed link.

    `rows_of(person)` are the rows this person may open; `page(request, row, url)` shows one and takes what is posted.
    """
    return doors_of_two(rows_of, lambda request, door, row: page(request, row, door.url), name)


def doors_of_two(rows_of: Callable, page: Callable, name: str) -> tuple[Callable, Callable]:
    """The same for what belongs to two people: `page(request, door, row)` is told which of them is at the door."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def own(request, **public_id):
        """For whoever is signed in."""
        row = row_of(rows_of(request.user), *public_id.values())
        return page(request, Door(request.user, reverse(name, args=[row.public_id])), row)

    def signed(request, signed, person, token):
        """Behind the link of the email."""
        door = Door(person, reverse("outbox:link", args=[token]), signed=True)
        return page(request, door, row_of(rows_of(person), signed.thing))

    return own, signed

"""The checks of tests/test_access.py see what they are for: pages broken on purpose."""

from types import ModuleType

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path

from outbox import links
from outbox.models import Letter
from programs.models import Program
from tests import surface
from tests import world as w
from tests.test_access import HIDDEN, WHOLE_TABLE, Line, built, coordinators, differences, of_program, signed_in, world

__all__ = ["built", "world"]
pytestmark = pytest.mark.django_db


def leaking(request, slug):
    """Forgets to ask whose program it is, and shows somebody's link."""
    letter = Letter.objects.filter(topic=slug).earliest("pk")
    return HttpResponse(links.address(letter, "unsubscribe", w.NOW.replace(year=2090)))


def writing(request, slug):
    """Acts on being looked at."""
    Program.objects.filter(slug=slug).update(name="Changed by a look")
    return HttpResponse("")


def careless(request, slug):
    """Turns people away from looking, not from acting."""
    if request.method == "GET":
        return HttpResponse(status=404)
    return HttpResponse("Done.")


@pytest.fixture
def broken(settings):
    """The application with three broken pages beside it."""
    urls = ModuleType("broken_urls")
    urls.urlpatterns = [
        path("leaking/<slug:slug>/", leaking, name="leaking"),
        path("open/<slug:slug>/", login_not_required(leaking), name="open"),
        path("writing/<slug:slug>/", writing, name="writing"),
        path("careless/<slug:slug>/", careless, name="careless"),
        path("", include("mentorship.urls")),
    ]
    settings.ROOT_URLCONF = urls
    return urls


def test_an_address_without_a_line_is_seen(broken):
    assert {"leaking", "writing"} <= set(surface.url_names()) - set(WHOLE_TABLE)


def test_a_page_open_to_all_is_seen(world, broken):
    seen = differences("leaking", Line(coordinators(), of_program), world)
    assert {"GET by mentee: 200, not 404", "GET by other_coordinator: 200, not 404"} <= set(seen)
    assert "POST by mentee: 200, GET 404" in seen
    assert "GET by anonymous: 200, not sign in" in differences("open", Line(coordinators(), of_program), world)


def test_somebody_elses_link_on_a_page_is_seen(world, broken):
    seen = differences("leaking", Line(signed_in(), of_program), world)
    assert "coordinator sees a signed link of somebody else" in seen
    assert "mentee sees a signed link of somebody else" not in seen


def test_a_page_that_writes_when_looked_at_is_seen(world, broken):
    assert "GET writes programs.program" in differences("writing", Line(signed_in(), of_program), world)


def test_a_page_that_lets_everybody_act_is_seen(world, broken):
    seen = differences("careless", Line(signed_in(HIDDEN), of_program), world)
    assert "POST by mentee: 200, GET 404" in seen

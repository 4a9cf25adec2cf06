"""Every page of the access table in a real browser, as each persona that may see it: axe, phone width, console."""

import pytest
from django.core import mail

from tests import test_access
from tests import world as w

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]
# Each sees pages of a kind of their own; the other personas differ in what is hidden, not in what is shown.
PERSONAS = ["anonymous", "mentee", "mentor", "council", "coordinator", "safeguarding"]
# Wide by day and narrow by night; the walks of the other tests look at all four.
LOOKS = [(1280, "light"), (360, "dark")]
# Files and parts of pages, what machines ask, and the page that is only seen in a frame.
NO_PAGES = (
    "healthz",
    "readyz",
    "calendar",
    "rules_file",
    "mailbox_html",
    "progress",
    "jsi18n",
    "qr_code",
    "download_recovery_codes",
)


def pages(world, persona):
    """(name, path) of every page this persona may open."""
    for name, line in test_access.WHOLE_TABLE.items():
        if line.answers[persona] == test_access.OK and not name.endswith(NO_PAGES):
            yield name, line.url(name, world)


def look_at(page, axe, name: str) -> list[str]:
    complaints = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        complaints += [f"{name} {width} {scheme}: {line}" for line in axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            complaints.append(f"{name}: {wide} px wide in a window of {width}")
    return complaints


@pytest.fixture
def world(settings, tmp_path):
    settings.EMBEDDED, settings.REQUIRE_SECOND_FACTOR = True, False
    settings.EMAIL_BACKEND, settings.MAILBOX_DIR = "outbox.mailbox.MailboxBackend", tmp_path
    mail.send_mail("About your mentoring", "Hello.", None, ["mentee@example.org"])
    return w.build()


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_page_can_be_used_by_everybody(persona, world, page, axe, live_server):
    if session := world.client(persona).cookies.get("sessionid"):
        page.context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
    complaints, seen = [], 0
    for name, path in pages(world, persona):
        response = page.goto(live_server.url + path)
        assert response.status == 200, f"{persona} {path}: {response.status}"
        complaints += look_at(page, axe, f"{persona} {name}")
        seen += 1
    assert seen > 5 and not complaints, "\n".join(complaints)
    print(f"{persona}: {seen} pages")

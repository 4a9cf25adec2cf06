"""The pages behind links and the mailbox, in a real browser with axe."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from outbox import links, mailbox
from outbox.models import Choice, Letter
from tests.world import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def link(live_server, person, days):
    token = links.sign("unsubscribe", person.public_id, "north", timezone.now() + timedelta(days=days))
    return f"{live_server.url}/e/{token}/"


def test_reminders_stop_and_come_again_with_one_button(live_server, page, axe):
    page.goto(link(live_server, make_person(), 1))
    assert axe(page) == []
    page.get_by_role("button", name="Turn them all off").click()
    page.get_by_role("heading", name="They are off").wait_for()
    assert Choice.objects.count() == 1 and axe(page) == []
    page.get_by_role("button", name="Let them come again").click()
    page.get_by_role("button", name="Turn them all off").wait_for()
    assert not Choice.objects.exists()


def test_a_fresh_link_is_one_button_away(live_server, page, axe):
    page.goto(link(live_server, make_person(), -1))
    assert axe(page) == []
    page.get_by_role("button", name="Send me a fresh link").click()
    page.get_by_role("heading", name="A fresh link is on its way").wait_for()
    assert Letter.objects.count() == 1


def test_the_mailbox_reads_like_a_mailbox(live_server, page, axe, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAILBOX_DIR = mailbox.BACKEND, tmp_path
    settings.EMBEDDED = True
    page.goto(f"{live_server.url}/mailbox/")
    assert axe(page) == []
    message = EmailMultiAlternatives("Hello", f"See {live_server.url}/mailbox/", None, ["ada@example.org"])
    message.attach_alternative(
        f'<html><head></head><body><a href="{live_server.url}/mailbox/">See</a></body></html>', "text/html"
    )
    message.send()
    page.reload()
    assert axe(page) == []
    page.get_by_role("link", name="Hello").click()
    assert axe(page) == []
    with page.expect_popup() as popup:
        page.frame_locator("iframe").get_by_role("link", name="See").click()
    assert popup.value.url == f"{live_server.url}/mailbox/"

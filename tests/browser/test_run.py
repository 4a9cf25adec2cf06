"""The front page in a real browser."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_front_page_opens_without_a_complaint(live_server, page, axe):
    page.goto(live_server.url)
    assert page.title()
    assert axe(page) == []

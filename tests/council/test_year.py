"""A year of 200 pairs in four time zones: silences, leaves, withdrawals, bounces; every week nobody is lost."""

import logging

import pytest
from django.core.management import call_command

from checkins import actions as checkins
from council import promise
from council.models import Case, Step
from tests.council.year import Mail, Year

pytestmark = pytest.mark.django_db
DAYS, PAIRS = 365, 200


def test_a_simulated_year_loses_nobody(settings, caplog, capsys):
    settings.EMAIL_BACKEND = "tests.council.year.Mail"
    year = Year(7, pairs=PAIRS)
    for number in range(DAYS):
        year.live()
        year.sweep()
        if number % 7 == 0 or number == DAYS - 1:
            lost = promise.lost(year.now)
            assert not lost, "\n".join([f"day {number}", *promise.sentences(lost)])
    print(year.counts)

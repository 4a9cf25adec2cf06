"""Something is not safe: told from an email to the one they choose, and to the other when it lies unopened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from council.models import Concern, ConcernReading
from tests.stories.living import Harbour, browser, buttons, link, words

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "He waits for me at the station, though I asked him not to."


def tell(town, letter, **choice):
    """Behind the link of any email: something is not safe; the numbers stand first, one button sends it."""
    page = browser()
    page.open(link(letter, "wrong"))
    (way,) = [value for value in buttons(page, "way") if value.startswith("unsafe")]
    page.open(f"{page.url}?way={way}")
    assert page.status == 200 and words(page.text).index("+44 20 7946 0000") < words(page.text).index("What happened")
    page.submit("words", words=SAID, told=str(town.joana.public_id), **choice)
    assert "We have received it" in page.text
    return page


def test_it_is_seen_by_the_chosen_contact_alone_and_each_reading_is_logged(days):
    town = Harbour()
    town.pair("chitra", "amara")
    days.sweep()
    tell(town, days.last(town.amara), about=[str(town.chitra.public_id)])
    days.sweep()
    (receipt,) = days.letters(town.amara, 1)
    assert "Joana Prado reads it" in receipt.text and SAID not in receipt.text
    (told,) = days.letters(town.joana)
    assert SAID not in told.text and days.letters(town.kofi) == [] and "concern" not in told.subject.lower()

    concern = Concern.objects.get()
    url = f"/concerns/{concern.public_id}/"
    for person in (town.kofi, town.farida, town.elif_, town.chitra, town.amara):
        page = browser(person)
        page.open(url)
        assert page.status == (200 if person == town.kofi else 404)
        assert SAID not in page.text
    joana = browser(town.joana)
    joana.open(url)
    joana.submit_last() if "Open and read" in joana.text else pytest.fail(joana.text)
    assert SAID in words(joana.text).replace("&#x27;", "'")
    assert [reading.reader for reading in ConcernReading.objects.all()] == [town.joana]
    assert "Joana Prado, read" in words(browser(town.kofi).open(url))
    days.to(4)
    assert days.letters(town.kofi) == []


def test_unopened_it_goes_to_the_other_and_nobody_else(days):
    town = Harbour()
    town.pair("chitra", "amara")
    days.sweep()
    tell(town, days.last(town.amara))
    days.sweep()
    kofi = browser(town.kofi)
    url = f"/concerns/{Concern.objects.get().public_id}/"
    assert "Open and read" not in kofi.open(url)
    days.traveller.move_to(timezone.now() + timedelta(hours=24, minutes=1))
    days.sweep()
    (told,) = days.letters(town.kofi)
    assert SAID not in told.text
    kofi.open(url)
    kofi.submit_last()
    assert SAID in words(kofi.text)
    # The one it was told to sees that the other has read it.
    assert "Kofi Asante, read" in words(browser(town.joana).open(url))
    assert ConcernReading.objects.count() == 1
    days.to(6)
    assert len(days.letters(town.kofi)) == 1

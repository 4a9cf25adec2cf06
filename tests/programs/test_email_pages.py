"""The pages about a program's emails: few queries, and two people at once."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outbox import kinds, own_words
from outbox.models import Letter, LetterText
from programs import actions
from programs.errors import Refused
from programs.fates import fate
from programs.models import Mailing
from tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def queries(client, url):
    with CaptureQueriesContext(connection) as context:
        assert client.get(url).status_code == 200
    return len(context)


def mailing_to(world, number):
    members = [w.add_member(world.program, "mentee") for _ in range(number)]
    draft = actions.draft_mailing(world.program, members, by=world.coordinator, now=w.NOW)
    return actions.word_mailing(draft, subject="We meet", text="Come, {name}.")


def test_pages_take_the_same_queries_for_one_and_for_many(world):
    client = world.client("coordinator")
    written, automatic, around = (
        reverse(f"programs:{name}", args=["harbour"]) for name in ("written", "automatic", "automatic_around")
    )
    single = reverse("programs:automatic_one", args=["harbour", "council.left"])
    small, big = mailing_to(world, 1), mailing_to(world, 30)
    pages = [
        [reverse(f"programs:{name}", args=["harbour", one.public_id]) for one in (small, big)]
        for name in ("mailing", "mailing_check")
    ]
    # What sessions and content types ask once is asked before.
    client.get(written)
    fixed = [written, automatic, f"{automatic}?language=de", around, single]
    few = [*(queries(client, url) for url in fixed), *(queries(client, small) for small, _big in pages)]
    for number in range(30):
        mailing = mailing_to(world, 1)
        if number % 2:
            actions.send_mailing(mailing, by=world.coordinator, now=w.NOW)
        for language in ("en-gb", "de", "fr"):
            LetterText.objects.create(
                topic="harbour", kind="council.left", language=language, version=number + 1, text="t", at=w.NOW
            )
    many = [*(queries(client, url) for url in fixed), *(queries(client, big) for _small, big in pages)]
    assert many == few
    for one in (small, big):
        actions.send_mailing(one, by=world.coordinator, now=w.NOW)
    logs = [queries(client, reverse("programs:mailing", args=["harbour", one.public_id])) for one in (small, big)]
    assert logs[0] == logs[1]


def test_writing_to_thirty_takes_the_queries_of_writing_to_one(world):
    counts = []
    for number in (1, 30):
        mailing = mailing_to(world, number)
        with CaptureQueriesContext(connection) as context:
            assert actions.send_mailing(mailing, by=world.coordinator, now=w.NOW) == number
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_a_mailing_is_sent_once_whoever_presses(world):
    mailing = mailing_to(world, 2)
    # Two people have the same page open.
    seen_by = [Mailing.objects.get(pk=mailing.pk), Mailing.objects.get(pk=mailing.pk)]
    assert actions.send_mailing(seen_by[0], by=world.coordinator, now=w.NOW) == 2
    with pytest.raises(Refused, match="sent already"):
        actions.send_mailing(seen_by[1], by=world.second_coordinator, now=w.NOW)
    with pytest.raises(Refused, match="sent already"):
        actions.word_mailing(seen_by[1], subject="Other", text="Other")
    assert not actions.discard_mailing(seen_by[1])
    assert Mailing.objects.get(pk=mailing.pk).subject == "We meet"


def test_what_goes_together_says_so_and_names_the_other_where_it_may_be_read(world):
    seen, about_mateo = world.letters["sent"], world.letters["about_mateo"]
    client = world.client("coordinator_mentee")
    for state, words in (("sending", "being sent, together with"), ("waiting", "goes together with another email,")):
        Letter.objects.filter(pk=about_mateo.pk).update(state=state)
        Letter.objects.filter(pk=seen.pk).update(state="joined", joined_into=about_mateo)
        letter = Letter.objects.select_related("joined_into").get(pk=seen.pk)
        assert fate(letter, False, w.NOW).startswith(words)
    Letter.objects.filter(pk__in=[seen.pk, about_mateo.pk]).update(state="sent", sent_at=w.NOW)
    page = reverse("programs:email", args=["harbour", seen.public_id])
    link = reverse("programs:email", args=["harbour", about_mateo.public_id])
    # Mateo reads nothing that is about himself, and no more of it by what it went with.
    text = client.get(page).content.decode()
    assert "together with another email" in text and link not in text
    text = world.client("coordinator").get(page).content.decode()
    assert f'Together with</dt><dd><a href="{link}"' in text
    assert page in world.client("coordinator").get(link).content.decode()


def test_of_two_who_change_a_text_at_once_one_is_told(world):
    kind = kinds.get("council.left")
    step = {"subject": "Hi", "text": "Hello", "by": world.coordinator, "now": w.NOW}
    assert own_words.save_text(kind, "harbour", "en-gb", after=0, **step)
    assert own_words.save_text(kind, "harbour", "en-gb", after=0, **step) is None
    # Both looked before either wrote: the database lets one of them through.
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterText.objects.create(
            topic="harbour", kind="council.left", language="en-gb", version=1, subject="s", text="t", at=w.NOW
        )
    assert LetterText.objects.count() == 1

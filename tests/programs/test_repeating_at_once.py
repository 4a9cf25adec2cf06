"""Two coordinators press "Send it once more" at the same instant: its reader gets it once more, not twice."""

import uuid

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from outbox import letters
from outbox.models import Letter, LetterState
from tests import world as w
from tests.matching.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
COORDINATORS = 6


@pytest.fixture
def pressed():
    """Six coordinators have the page of an email open that has left, and press."""
    program = w.make_program()
    bosses = [w.make_person() for _ in range(COORDINATORS)]
    for boss in bosses:
        w.add_member(program, "coordinator", boss)
    mentee = w.add_member(program, "mentee", w.make_person())
    letter = w.make_letter(mentee.user, topic=program.slug, state=LetterState.SENT, sent_at=w.NOW)
    url = reverse("programs:email_change", args=[program.slug, letter.public_id, "repeat"])
    clients = [w.signed_in(boss) for boss in bosses]

    def press():
        answers = at_once(
            [
                lambda client=client: client.post(url, {"turn": 0, "why": "She asked.", "anyway": "on"})
                for client in clients
            ]
        )
        assert [answer.status_code for answer in answers] == [302] * COORDINATORS
        said = [str(message) for answer in answers for message in get_messages(answer.wsgi_request)]
        return Letter.objects.exclude(pk=letter.pk).count(), said

    return press


def test_at_the_same_instant_it_goes_once_more(pressed):
    copies, said = pressed()
    assert copies == 1
    assert sum("is sent once more" in words for words in said) == 1
    assert sum("somebody was quicker" in words for words in said) == COORDINATORS - 1


def test_without_the_guard_it_goes_several_times(pressed, monkeypatch):
    """The control: each copy has a key of its own, as with one made of the moment."""
    monkeypatch.setattr(letters, "fitted", lambda whole: f"{whole}:{uuid.uuid4()}"[-200:])
    assert pressed()[0] > 1

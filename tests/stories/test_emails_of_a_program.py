"""Emails in a coordinator's hands: seen, held, sent once more, said in other words, switched off, tried on oneself."""

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Entry
from outbox import kinds
from outbox.models import Letter, LetterState, LetterText
from tests import world as w
from tests.stories import living

pytestmark = [pytest.mark.parts, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def harbour(days):
    world = w.build()
    Letter.objects.all().delete()
    return world


def letter_to(world, person, kind="matching.need_not_answer", key="one", **fields):
    from outbox import actions, letters

    written = letters.write(
        kind,
        person,
        key=key,
        context=kinds.get(kind).sample(world.program.slug),
        topic=world.program.slug,
        now=timezone.now(),
        about={"people": [str(person.public_id)]},
        **fields,
    )
    actions.post([written])
    return Letter.objects.get(public_id=written.public_id)


def tried_on(days, person):
    return [letter for letter in days.letters(person) if letter.subject.startswith("A test: ")]


def test_an_email_is_held_back_let_go_and_sent_once_more(harbour, days):
    boss = living.browser(harbour.coordinator)
    letter = letter_to(harbour, harbour.other_mentor)
    page = reverse("programs:email", args=["harbour", letter.public_id])
    assert "Will be sent in a moment" in living.words(boss.open(page))
    boss.open(reverse("programs:email_change", args=["harbour", letter.public_id, "hold"]))
    assert "The email is held back." in boss.submit("why", why="The date is wrong.")
    days.sweep()
    assert not days.letters(harbour.other_mentor)
    assert "Held back by hand. It stays here until somebody lets it go." in living.words(boss.open(page))
    boss.open(reverse("programs:email_change", args=["harbour", letter.public_id, "release"]))
    boss.submit("why")
    days.sweep()
    assert len(days.letters(harbour.other_mentor)) == 1
    assert "Sent 16 Nov 2026" in living.words(boss.open(page))
    # Pressed twice is once; another look and another press is once more.
    again = reverse("programs:email_change", args=["harbour", letter.public_id, "repeat"])
    boss.open(again)
    boss.submit("why")
    boss.client.post(again, {"turn": 0})
    days.sweep()
    assert len(days.letters(harbour.other_mentor)) == 2
    verbs = Entry.objects.concerning(harbour.other_mentor).filter(app="outbox").order_by("pk")
    assert [entry.verb for entry in verbs] == ["held", "released", "sent once more"]
    listed = boss.open(
        f"{reverse('admin:outbox_letter_changelist')}?program=harbour&to={harbour.other_mentor.public_id}"
    )
    assert listed.count("You need not answer any more") >= 2


def test_what_went_in_the_same_email_for_another_program_is_not_shown(harbour, days):
    boss, letter = living.browser(harbour.coordinator), letter_to(harbour, harbour.other_mentor)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.SENT, sent_at=timezone.now())
    letter.refresh_from_db()
    for topic, words in (("elsewhere", "Nobody here may read this."), ("harbour", "Of the same program.")):
        fields = {"state": "sent", "sent_at": letter.sent_at, "joined_into": letter}
        w.make_letter(harbour.other_mentor, topic=topic, body=f"Hello,\n\n{words}\n", **fields)
    page = boss.open(reverse("programs:email", args=["harbour", letter.public_id]))
    assert "Of the same program." in page and "Nobody here may read this." not in page


def test_what_is_no_longer_needed_goes_again_only_with_a_tick(harbour, days):
    boss = living.browser(harbour.coordinator)
    person = harbour.other_mentee
    letter = letter_to(harbour, person, "matching.still_looking")
    days.sweep()
    letter.refresh_from_db()
    assert letter.state == LetterState.DROPPED
    again = reverse("programs:email_change", args=["harbour", letter.public_id, "repeat"])
    assert "no longer on the waiting list" in living.words(boss.open(again))
    assert "Tick this if it is to be sent all the same" in boss.submit("why")
    assert not days.letters(person)
    boss.submit("why", anyway="on")
    days.sweep()
    assert len(days.letters(person)) == 1


def test_a_program_says_it_in_its_own_words(harbour, days):
    boss = living.browser(harbour.coordinator)
    assert "To a mentor who was asked" in living.words(boss.open(reverse("programs:automatic", args=["harbour"])))
    page = reverse("programs:automatic_text", args=["harbour", "matching.need_not_answer"])
    shown = living.words(boss.open(page))
    assert "{mentee} had asked for you as their mentor in {program}" in shown
    wrong = boss.submit("text", subject="News", text="Dear {name},\n\nthank {you}.")
    assert "Line 3, character 7: There is no {you} in this email." in living.words(wrong)
    assert not LetterText.objects.exists()
    words = "Dear {name},\n\n{mentee} has found somebody. Thank you from the harbour."
    tried = boss.client.post(page, {"after": 0, "subject": "News", "text": words, "look": "1"}).content.decode()
    assert "has found somebody. Thank you from the harbour." in tried and not LetterText.objects.exists()
    boss.client.post(page, {"after": 0, "subject": "News", "text": words, "test": "1"})
    days.sweep()
    (test,) = tried_on(days, harbour.coordinator)
    assert test.subject == "A test: News" and "Dear " in test.text
    boss.open(page)
    assert "Saved." in boss.submit("text", subject="News", text=words)
    # Somebody who still looks at the page from before is told so.
    stale = boss.client.post(page, {"after": 0, "subject": "Other", "text": words})
    assert "Somebody else changed this text" in stale.content.decode()
    letter_to(harbour, harbour.other_mentor)
    days.sweep()
    sent = days.last(harbour.other_mentor)
    assert sent.subject == "News" and "Sam Example has found somebody. Thank you from the harbour." in sent.text
    assert "You get this email because you take part in Harbour volunteers." in sent.text
    boss.open(reverse("programs:automatic_back", args=["harbour", "matching.need_not_answer"]))
    boss.submit_last()
    letter_to(harbour, harbour.other_mentor, key="two")
    days.sweep()
    assert "had asked for you as their mentor" in days.last(harbour.other_mentor).text
    versions = LetterText.objects.order_by("version").values_list("version", "subject", "by")
    assert list(versions) == [(1, "News", harbour.coordinator.pk), (2, "", harbour.coordinator.pk)]
    assert {"text.changed", "text.reset"} <= set(Entry.objects.filter(topic="harbour").values_list("verb", flat=True))


def test_no_one_link_of_a_test_works_and_the_preview_names_real_people(harbour, days):
    boss = living.browser(harbour.coordinator)
    page = reverse("programs:automatic_one", args=["harbour", "matching.matched_mentee"])
    member = harbour.memberships["other_mentee"]
    shown = living.words(boss.open(f"{page}?to={member.public_id}"))
    assert f"Hello {harbour.other_mentee}," in shown and "Open your page a page of this site" in shown
    assert "Always on: people count on it." in shown
    boss.client.post(reverse("programs:automatic_test", args=["harbour", "matching.matched_mentee"]))
    days.sweep()
    (test,) = tried_on(days, harbour.coordinator)
    assert "[Open your page]" in test.text
    assert [address for address in living.ADDRESS.findall(test.text) if "/e/" in address] == []


def test_an_email_a_program_does_without(harbour, days):
    boss = living.browser(harbour.coordinator)
    switch = reverse("programs:automatic_switch", args=["harbour", "checkins.reminder_mentor"])
    boss.client.post(switch, {"switch": "off"})
    letter = letter_to(harbour, harbour.other_mentor, "checkins.reminder_mentor")
    days.sweep()
    letter.refresh_from_db()
    assert (letter.state, letter.outcome) == ("dropped", "This program has switched this email off.")
    boss.client.post(switch, {"switch": "on"})
    needed = reverse("programs:automatic_switch", args=["harbour", "matching.matched_mentee"])
    assert boss.client.post(needed, {"switch": "off"}).status_code == 403

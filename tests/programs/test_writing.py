"""Writing to thousands: cut off at any place it goes on, at once it is written once, and taken back it stops."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from mentorship import restored
from outbox.models import Letter, LetterState
from outbox.sweeping import never
from programs import actions, letters
from programs.actions import mailing as mailing_module
from programs.actions import writing
from programs.models import Addressee, Mailing
from tests import world as w
from tests.matching.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, LATER = 23, w.NOW + timedelta(hours=1)


@pytest.fixture
def asked(monkeypatch):
    """A mailing to many whose button was pressed; nothing of it is written yet."""
    monkeypatch.setattr(mailing_module, "AT_ONCE", 0)
    monkeypatch.setattr(writing, "BATCH", 5)
    program, boss = w.make_program(), w.make_person("Boss")
    w.add_member(program, "coordinator", boss)
    people = [w.make_person(f"Mentee {number}", password=None) for number in range(PEOPLE)]
    members = [w.add_member(program, "mentee", person) for person in people]
    draft = actions.draft_mailing(program, members, by=boss, now=w.NOW)
    actions.word_mailing(draft, subject="For {name}", text="Come.")
    assert actions.send_mailing(draft, by=boss, now=w.NOW) == PEOPLE and not Letter.objects.exists()
    return Mailing.objects.select_related("program", "by").get(pk=draft.pk)


def after(batches):
    """A stop that comes after so many batches."""
    turns = iter([False] * batches)
    return lambda: next(turns, True)


def written_once(mailing) -> bool:
    recipients = list(Letter.objects.values_list("recipient", flat=True))
    linked = mailing.addressees.filter(letter__recipient=F("membership__user")).count()
    return len(recipients) == len(set(recipients)) == linked == mailing.addressees.count()


def test_cut_off_between_batches_it_goes_on(asked):
    client = w.signed_in(asked.by)
    assert writing.write_mailings(w.NOW, after(2)) == 10
    url = reverse("programs:mailing", args=[asked.program.slug, asked.public_id])
    page = client.get(url).content.decode()
    assert "10 of 23 emails are written" in page and page.count("Will be written in a moment") == 13
    newest = actions.draft_mailing(asked.program, [asked.addressees.first().membership], by=asked.by, now=LATER)
    actions.word_mailing(newest, subject="Newest", text="Come.")
    listed = client.get(reverse("programs:written", args=[asked.program.slug])).content.decode()
    assert "10 of 23 written" in listed and listed.index("Newest") < listed.index("10 of 23 written")
    part = client.get(reverse("programs:mailing_progress", args=[asked.program.slug, asked.public_id]))
    assert "10 of 23" in part.content.decode() and "HX-Refresh" not in part.headers
    assert writing.write_mailings(w.NOW, never) == 13 and writing.write_mailings(w.NOW, never) == 0
    assert written_once(asked) and Mailing.objects.get(pk=asked.pk).state == "sent"
    part = client.get(reverse("programs:mailing_progress", args=[asked.program.slug, asked.public_id]))
    assert part.headers["HX-Refresh"] == "true" and "emails are written" not in client.get(url).content.decode()


@pytest.mark.parametrize("place", ["notice", "post"])
def test_killed_in_the_middle_of_a_batch_nothing_of_it_is_there(asked, monkeypatch, place):
    where = letters if place == "notice" else writing.outbox_actions
    whole, turns = getattr(where, place), iter(range(100))

    def killed(*args, **kwargs):
        if next(turns) == (7 if place == "notice" else 1):
            whole(*args, **kwargs)
            raise SystemExit
        return whole(*args, **kwargs)

    monkeypatch.setattr(where, place, killed)
    with pytest.raises(SystemExit):
        writing.write_mailings(w.NOW, never)
    assert Letter.objects.count() == Addressee.objects.exclude(letter=None).count() == 5
    monkeypatch.setattr(where, place, whole)
    writing.write_mailings(w.NOW, never)
    assert written_once(asked)


def test_two_workers_at_once_write_each_email_once(asked):
    answers = at_once([lambda: writing.write_mailings(w.NOW, never)] * 4)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert written_once(asked) and Mailing.objects.get().state == "sent"


def test_without_its_key_an_email_is_written_more_than_once(asked, monkeypatch):
    """The control: two workers with the same batch, and nothing that says that they are the same emails."""
    batch = list(asked.addressees.select_related("membership__user"))
    both = [writing._render(asked, batch, w.NOW)[0] for _worker in range(2)]
    for number, (_row, letter) in enumerate(both[1]):
        letter.key = f"{letter.key}:{number}"
    for written in both:
        assert writing._put_down(asked, written, [])
    assert Letter.objects.count() == 2 * PEOPLE


def test_taken_back_in_the_middle_nothing_more_is_written(asked):
    writing.write_mailings(w.NOW, after(1))
    # A worker has put the next batch together already.
    batch = list(asked.addressees.unwritten().select_related("membership__user")[:5])
    written, _unusable = writing._render(asked, batch, w.NOW)
    assert actions.take_back_mailing(asked, by=asked.by, now=w.NOW, why="Wrong day.") == PEOPLE
    assert not writing._put_down(asked, written, []) and writing.write_mailings(w.NOW, never) == 0
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.DROPPED}
    assert Letter.objects.count() == 5 and asked.addressees.filter(why_not="Wrong day.").count() == 18
    assert Mailing.objects.get().state == "sent"
    # Those who got nothing may be written to after all, in the same words or others.
    page = w.signed_in(asked.by).get(reverse("programs:mailing", args=[asked.program.slug, asked.public_id]))
    assert "18 people did not get it and can be written to now" in page.content.decode()
    draft = actions.draft_for_the_rest(asked, by=asked.by, now=w.NOW)
    assert draft.addressees.count() == 18 and draft.subject == "For {name}"


def test_taken_back_while_workers_write_nobody_is_left_between(asked):
    jobs = [lambda: writing.write_mailings(w.NOW, never)] * 2

    def take_back():
        mailing = Mailing.objects.select_related("program").get()
        return actions.take_back_mailing(mailing, by=asked.by, now=w.NOW)

    answers = at_once([*jobs, take_back])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert set(Letter.objects.values_list("state", flat=True)) <= {LetterState.DROPPED}
    assert not asked.addressees.unwritten().exists()
    assert Letter.objects.count() + asked.addressees.exclude(why_not="").count() == PEOPLE


def test_a_backup_of_a_mailing_half_written_writes_no_more_of_it(asked):
    writing.write_mailings(w.NOW, after(2))
    with transaction.atomic():
        restored.hold_everything(w.NOW, w.NOW)
    assert writing.write_mailings(w.NOW, never) == 0 and Letter.objects.count() == 10
    assert asked.addressees.filter(why_not__startswith="Held: the data came back").count() == 13


def test_one_that_cannot_be_put_together_stops_no_other(asked, monkeypatch):
    whole = letters.notice

    def spoilt(mailing, member, **step):
        if member.user.name == "Mentee 3":
            raise LookupError("no such row")
        return whole(mailing, member, **step)

    monkeypatch.setattr(letters, "notice", spoilt)
    writing.write_mailings(w.NOW, never)
    row = asked.addressees.get(letter=None)
    assert "an error of ours" in row.why_not and Letter.objects.count() == PEOPLE - 1
    assert Mailing.objects.get().state == "sent"
    page = w.signed_in(asked.by).get(reverse("programs:mailing", args=[asked.program.slug, asked.public_id]))
    assert re.search("An error of ours", page.content.decode())
    assert "1 person did not get it and can be written to now" in page.content.decode()

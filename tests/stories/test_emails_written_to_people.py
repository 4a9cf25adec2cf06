"""A coordinator writes to people: chosen from the list, looked at, sent now or later, taken back, and who got it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Entry
from outbox import actions as outbox_actions
from outbox.models import Letter
from profiles.models import User
from programs.models import Addressee, Mailing, Membership, SavedFilter
from tests import world as w
from tests.stories import living

pytestmark = [pytest.mark.parts, pytest.mark.django_db(transaction=True)]
PEOPLE = reverse("admin:programs_membership_changelist")


@pytest.fixture
def harbour(days):
    world = w.build()
    Letter.objects.all().delete()
    return world


def begin(boss, world, query, *people):
    """Ticks people in the narrowed list and takes "Write to these"."""
    boss.open(f"{PEOPLE}?program=harbour&{query}")
    ticked = [world.memberships[name].pk for name in people]
    response = boss.client.post(
        f"{PEOPLE}?program=harbour&{query}", {"action": "write_to", "_selected_action": ticked}, follow=True
    )
    return boss._show(response, "")


def write(boss, **fields):
    return boss.submit("text", **{"subject": "We meet in May", "text": "Dear {name},\n\ncome to {program}.", **fields})


def test_written_to_a_filtered_list_at_once(harbour, days):
    boss = living.browser(harbour.coordinator)
    outbox_actions.mute(harbour.other_mentee, "harbour", now=timezone.now())
    User.objects.filter(pk=harbour.mentor.pk).update(address_bounced_at=timezone.now())
    page = living.words(begin(boss, harbour, "q=", "mentee", "other_mentee", "mentor"))
    assert "1 person gets it." in page
    assert "wants no news of the program" in page and "emails to the address come back" in page
    assert "Line 1, character 1: There is no {nam} in this email." in living.words(write(boss, text="{nam}"))
    checked = living.words(write(boss))
    assert (
        "Dear Amara Okafor," in checked
        and "Hello Amara Okafor" not in checked
        and "come to Harbour volunteers." in checked
    )
    assert not Letter.objects.exists()
    boss.submit_last()
    days.sweep()
    (letter,) = days.letters(harbour.mentee)
    assert letter.subject == "We meet in May" and "come to Harbour volunteers." in letter.text
    assert harbour.coordinator.email in letter.message["Reply-To"]
    assert not days.letters(harbour.other_mentee) and not days.letters(harbour.mentor)
    log = living.words(boss.open(boss.url))
    assert "Sent 16 Nov 2026" in log and "Wants no news of the program" in log
    sent = Mailing.objects.get(subject="We meet in May")
    assert boss.client.post(reverse("programs:mailing_check", args=["harbour", sent.public_id])).status_code == 302
    assert Letter.objects.filter(kind="programs.notice").count() == 1
    assert Entry.objects.filter(verb="mailing.sent", concerned=harbour.mentee).exists()


def test_written_for_a_later_time_and_taken_back(harbour, days):
    boss = living.browser(harbour.coordinator)
    begin(boss, harbour, "role__exact=mentee", "mentee", "other_mentee")
    past = write(boss, when="later", day="2026-11-01", time="09:00")
    assert "This has passed already." in living.words(past)
    assert "18 November 2026, 10:00" in write(boss, when="later", day="2026-11-18", time="10:00")
    boss.submit_last()
    days.sweep()
    assert not days.letters(harbour.mentee)
    assert "Will be sent 18 Nov 2026, 10:00" in living.words(boss.open(boss.url))
    mailing = Mailing.objects.get(subject="We meet in May")
    boss.open(reverse("programs:mailing_take_back", args=["harbour", mailing.public_id]))
    assert "2 emails are not sent." in living.words(boss.submit("why", why="Wrong day."))
    days.traveller.move_to(timezone.now() + timedelta(days=2))
    days.sweep()
    assert not [letter for letter in days.letters(harbour.mentee) if letter.subject == "We meet in May"]
    states = Addressee.objects.filter(mailing=mailing).values_list("letter__state", flat=True)
    assert set(states) == {"dropped"}


def test_whoever_has_left_meanwhile_gets_nothing(harbour, days):
    boss = living.browser(harbour.coordinator)
    begin(boss, harbour, "", "mentee", "other_mentee")
    write(boss, when="later", day="2026-11-17", time="10:00")
    boss.submit_last()
    Membership.objects.filter(pk=harbour.memberships["other_mentee"].pk).update(state="left")
    days.traveller.move_to(timezone.now() + timedelta(days=1))
    days.sweep()
    assert [letter.subject for letter in days.letters(harbour.mentee)].count("We meet in May") == 1
    assert not [letter for letter in days.letters(harbour.other_mentee) if letter.subject == "We meet in May"]


def test_at_night_it_waits_unless_said(harbour, days):
    boss = living.browser(harbour.coordinator)
    for at_night in (False, True):
        begin(boss, harbour, "", "mentee")
        write(boss, when="later", day="2026-11-17", time="02:00", **({"at_night": "on"} if at_night else {}))
        boss.submit_last()
    days.traveller.move_to(timezone.now() + timedelta(hours=15))
    days.sweep()
    assert len(days.letters(harbour.mentee)) == 1


def test_nobody_sees_what_is_written_to_themselves(harbour, days):
    boss, mateo = living.browser(harbour.coordinator), living.browser(harbour.coordinator_mentee)
    written = reverse("programs:written", args=["harbour"])
    assert "A meeting" in boss.open(written) and "A meeting" not in mateo.open(written)
    mateo.open(reverse("programs:mailing", args=["harbour", harbour.mailing.public_id]))
    assert mateo.status == 404


def test_a_filter_is_kept_under_a_name(harbour, days):
    boss = living.browser(harbour.coordinator)
    boss.open(f"{PEOPLE}?program=harbour&role__exact=mentor&p=0")
    assert "The filter “All mentors” is saved." in boss.submit("name", name="All mentors")
    row = SavedFilter.objects.get(name="All mentors")
    assert row.query == "role__exact=mentor"
    assert boss.open(f"{PEOPLE}?program=harbour").count("All mentors") >= 1
    assert "All mentors" in boss.open(reverse("programs:written", args=["harbour"]))
    boss.client.post(reverse("programs:filter_remove", args=["harbour", row.pk]))
    assert not SavedFilter.objects.filter(name="All mentors").exists()
    elsewhere = reverse("programs:filter_remove", args=["harbour", 10**30])
    assert boss.client.post(elsewhere).status_code == 404

"""Concerns: told to one named person, passed on when they lie unopened, and without a trace anywhere else."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from council.actions import concerns
from council.models import Concern, ConcernReading
from journal.models import Entry
from outbox import links
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Duty, PointOfContact
from tests import world as w

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CANARY = "heron-on-the-quay"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(w.NOW, tick=False):
        yield


@pytest.fixture
def contact():
    return w.make_person("Joana Prado")


@pytest.fixture
def deputy():
    return w.make_person("Kofi Asante")


@pytest.fixture
def third():
    return w.make_person("Vera Lund")


@pytest.fixture
def program(contact, deputy, third):
    program = w.make_program("Harbour", safeguarding=contact, deputy=deputy)
    PointOfContact.objects.create(program=program, duty=Duty.THIRD, person=third)
    return program


@pytest.fixture
def mentee(program):
    return w.add_member(program, "mentee", state="active")


def tell(program, mentee, **fields):
    return concerns.receive(program, words=f"It was {CANARY}.", by=mentee.user, now=w.NOW, **fields)


def watch(hours) -> int:
    return concerns.watch_concerns(w.NOW + hours * HOUR, never)


def kinds_to(person) -> list[str]:
    return list(Letter.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def test_the_one_chosen_is_told_at_once_and_whoever_told_it_hears_by_when(program, mentee, contact, deputy, third):
    concern = tell(program, mentee, to=deputy)
    assert (concern.told, concern.other, concern.third) == (deputy, contact, third)
    assert kinds_to(deputy) == ["council.concern_told"] and kinds_to(contact) == [] and kinds_to(third) == []
    receipt = Letter.objects.get(recipient=mentee.user)
    assert "Kofi Asante reads it, and gets in touch with you within 24 hours" in receipt.body
    assert program.emergency_number in receipt.body
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("template", "first", "second"), [("community", 24, 48), ("career", 24, 48), ("youth", 4, 24)])
def test_unopened_it_goes_to_the_other_and_then_to_the_third(contact, deputy, third, template, first, second):
    program = w.make_program(safeguarding=contact, deputy=deputy, template=template)
    PointOfContact.objects.create(program=program, duty=Duty.THIRD, person=third)
    concern = tell(program, w.add_member(program, "mentee"), to=contact)
    assert watch(first - 0.1) == 0 and kinds_to(deputy) == []
    assert not Concern.objects.readable_by(deputy).exists()
    assert watch(first) == 1 and watch(first) == 0
    assert kinds_to(deputy) == ["council.concern_told"] and Concern.objects.readable_by(deputy).exists()
    assert watch(second - 0.1) == 0 and kinds_to(third) == []
    assert watch(second) == 1 and watch(second + 100) == 0
    assert kinds_to(third) == ["council.concern_unread"]
    assert not Concern.objects.readable_by(third).exists() and not Concern.objects.log_visible_to(third).exists()
    concern.refresh_from_db()
    assert concern.look_at is None and concern.third_told_at


def test_a_reading_ends_the_climb(program, mentee, contact, deputy):
    concern = tell(program, mentee, to=contact)
    concerns.read(concern, by=contact, now=w.NOW + HOUR)
    assert watch(500) == 0 and kinds_to(deputy) == []
    assert list(ConcernReading.objects.values_list("reader", flat=True)) == [contact.pk]


def test_where_the_email_comes_back_nobody_waits_for_the_hours(program, mentee, contact, deputy):
    tell(program, mentee, to=contact)
    type(contact).objects.filter(pk=contact.pk).update(address_bounced_at=w.NOW)
    assert watch(0.1) == 1 and kinds_to(deputy) == ["council.concern_told"]


def test_it_never_goes_to_anybody_it_is_about(program, mentee, contact, deputy, third):
    with pytest.raises(concerns.AboutReader):
        tell(program, mentee, to=contact, about=[contact])
    concern = tell(program, mentee, to=deputy, about=[contact])
    assert concern.other is None
    # Nobody stands in: the third hears of it when the other would have.
    assert watch(24) == 1
    assert kinds_to(contact) == [] and kinds_to(third) == ["council.concern_unread"]
    assert tell(program, mentee, about=[contact, deputy]).told == third
    with pytest.raises(concerns.NoReader, match="ring one of the numbers"):
        tell(program, mentee, about=[contact, deputy, third])
    assert kinds_to(contact) == []


def test_whom_it_is_about_finds_no_trace(program, mentee, contact, deputy):
    concern = tell(program, mentee, to=deputy, about=[contact])
    for name, args in [("concern", [concern.public_id]), ("concern_close", [concern.public_id])]:
        url = reverse(f"council:{name}", args=args)
        assert w.signed_in(contact).post(url, {"words": "x"}).status_code == 404
    assert w.signed_in(contact).get(reverse("council:concern", args=[concern.public_id])).status_code == 404
    listed = w.signed_in(contact).get(reverse("council:concerns"))
    assert listed.status_code == 200 and str(concern.public_id) not in listed.content.decode()
    home = w.signed_in(contact).get(reverse("home")).content.decode()
    assert "not opened yet" not in home
    assert "1 not opened yet" in w.signed_in(deputy).get(reverse("home")).content.decode()


def test_each_display_is_one_reading_and_a_look_is_none(program, mentee, contact, deputy):
    concern = tell(program, mentee, to=contact)
    url = reverse("council:concern", args=[concern.public_id])
    page = w.signed_in(contact)
    assert CANARY not in page.get(url).content.decode() and not ConcernReading.objects.exists()
    assert CANARY in page.post(url).content.decode()
    assert CANARY in page.post(url).content.decode()
    assert ConcernReading.objects.filter(concern=concern, reader=contact).count() == 2
    # The other one sees who read it, and cannot read it.
    other = w.signed_in(deputy)
    seen = other.get(url).content.decode()
    assert "Joana Prado" in seen and CANARY not in seen
    assert other.post(url).status_code == 404
    with pytest.raises(Refused):
        concerns.read(concern, by=deputy, now=w.NOW)
    assert ConcernReading.objects.count() == 2


def test_it_is_settled_with_words_once_it_was_read(program, mentee, contact, deputy):
    concern = tell(program, mentee, to=contact)
    with pytest.raises(Refused, match="read first"):
        concerns.close(concern, words="Done.", by=contact, now=w.NOW)
    concerns.read(concern, by=contact, now=w.NOW)
    with pytest.raises(Refused):
        concerns.close(concern, words=" ", by=contact, now=w.NOW)
    with pytest.raises(Refused):
        concerns.close(concern, words="Done.", by=deputy, now=w.NOW)
    page = w.signed_in(contact)
    page.post(reverse("council:concern_close", args=[concern.public_id]), {"words": "We talked, all is arranged."})
    concern.refresh_from_db()
    assert concern.closed_by == contact and list(concern.readings.order_by("pk").values_list("what", flat=True)) == [
        "read",
        "closed",
    ]


def test_readings_are_append_only(program, mentee, contact):
    concern = tell(program, mentee, to=contact)
    concerns.read(concern, by=contact, now=w.NOW)
    with pytest.raises(TypeError):
        ConcernReading.objects.get().save()


def fill_in(client, url, **fields):
    return client.post(url, {"words": f"It was {CANARY}.", **fields})


def test_the_form_opens_with_the_numbers_and_loses_nothing(program, mentee, contact, deputy):
    url = reverse("council:concern_new", args=[program.slug])
    page = w.signed_in(mentee.user)
    opened = page.get(url).content.decode()
    assert opened.index(program.emergency_number) < opened.index("What happened")
    assert "Nobody watches this page at night" in opened
    refused = fill_in(page, url, told=str(contact.public_id), about=[str(contact.public_id)])
    said = refused.content.decode()
    assert refused.status_code == 400 and CANARY in said and "Kofi Asante can read it" in said
    assert not Concern.objects.exists()
    done = fill_in(page, url, told=str(deputy.public_id), about=[str(contact.public_id)]).content.decode()
    assert "We have received it" in done and "Kofi Asante" in done and CANARY not in done
    assert [person.pk for person in Concern.objects.get().about.all()] == [contact.pk]


def test_both_named_people_it_is_about_leave_the_third(program, mentee, contact, deputy, third):
    url = reverse("council:concern_new", args=[program.slug])
    about = [str(contact.public_id), str(deputy.public_id)]
    fill_in(w.signed_in(mentee.user), url, told=str(contact.public_id), about=about)
    assert Concern.objects.get().told == third


def test_it_can_be_told_from_an_email_without_signing_in(program, mentee, contact):
    token = links.sign("concern", mentee.user.public_id, program.slug, w.NOW + 24 * HOUR)
    url = reverse("outbox:link", args=[token])
    assert Client().get(url).status_code == 200 and not Concern.objects.exists()
    assert fill_in(Client(), url, told=str(contact.public_id)).status_code == 200
    assert Concern.objects.get().by == mentee.user


def test_strangers_cannot_tell_one(program):
    url = reverse("council:concern_new", args=[program.slug])
    assert w.signed_in(w.make_person()).get(url).status_code == 404


def text_of_the_rest() -> str:
    """Every row of every other table, as text."""
    models = [model for model in apps.get_models() if model is not Concern]
    return "\n".join(str(row) for model in models for row in model.objects.values_list())


def test_its_words_stand_in_its_own_table_and_nowhere_else(program, mentee, contact, deputy):
    concern = tell(program, mentee, to=contact, about_words=f"somebody at the {CANARY}")
    concerns.read(concern, by=contact, now=w.NOW)
    watch(24), watch(48)
    assert CANARY not in text_of_the_rest()


def test_no_list_search_or_export_of_anybody_else_knows_of_it(program, mentee, contact):
    coordinator = w.add_member(program, "coordinator").user
    council = w.add_member(program, "council").user
    root = w.make_person("Iris Root", is_superuser=True)
    concern = tell(program, mentee, to=contact)
    watch(24), watch(48)
    for person in (coordinator, council, root):
        page = w.signed_in(person)
        assert page.get(reverse("council:concerns")).status_code == 404
        url = reverse("council:concern", args=[concern.public_id])
        assert page.get(url).status_code == 404 and page.post(url).status_code == 404
    for person in (coordinator, root):
        page = w.signed_in(person)
        lists = [reverse(f"admin:{name}_changelist") for name in ("outbox_letter", "journal_entry")]
        for url in [*lists, *(f"{each}?_export=csv" for each in lists)]:
            shown = page.get(url).content.decode()
            assert "safeguarding contact" not in shown and CANARY not in shown and "Joana" not in shown
        letter = Letter.objects.filter(kind="council.concern_told").first()
        assert page.get(reverse("programs:email", args=[program.slug, letter.public_id])).status_code == 404

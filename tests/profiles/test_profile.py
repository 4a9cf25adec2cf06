"""A person's own page: it changes what it asks about and nothing else, for nobody else."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from profiles import actions
from profiles.models import User
from tests.world import NOW, make_person, signed_in

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "Łucja Wójcik",
    "pronouns": "she/her",
    "time_zone": "Europe/Warsaw",
    "language_1": "pl",
    "language_2": "en",
}


def test_a_person_says_who_they_are():
    person = make_person("Lucja")
    response = signed_in(person).post(reverse("profile"), GIVEN, follow=True)
    assert "Saved." in response.content.decode()
    person.refresh_from_db()
    assert (person.name, person.pronouns, person.time_zone) == ("Łucja Wójcik", "she/her", "Europe/Warsaw")
    assert person.languages == ["pl", "en"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 151}, {"time_zone": "Mars/Olympus"}, {"pronouns": "x" * 41}, {"language_1": "xx"}],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(wrong):
    person = make_person("Lucja")
    response = signed_in(person).post(reverse("profile"), {**GIVEN, **wrong})
    page = response.content.decode()
    assert response.status_code == 422 and "data-error-summary" in page
    assert "she/her" in page or "pronouns" in wrong
    person.refresh_from_db()
    assert person.name == "Lucja"


def test_languages_beyond_those_asked_for_and_ones_we_do_not_know_are_kept():
    person = make_person("Polyglot", languages=["xx-klingon", "de", "fr", "it", "es"])
    page = signed_in(person).get(reverse("profile")).content.decode()
    assert '<option value="xx-klingon" selected>' in page
    data = {**GIVEN, "language_1": "xx-klingon", "language_2": "es", "language_3": ""}
    signed_in(person).post(reverse("profile"), data)
    person.refresh_from_db()
    assert person.languages == ["xx-klingon", "es", "it"]


def test_a_form_changes_neither_address_nor_rights():
    person = make_person("Eve")
    before = User.objects.filter(pk=person.pk).values("email", "is_superuser", "is_active").get()
    signed_in(person).post(
        reverse("profile"), {**GIVEN, "email": "x@example.org", "is_superuser": "1", "is_active": ""}
    )
    assert User.objects.filter(pk=person.pk).values("email", "is_superuser", "is_active").get() == before


def test_nobody_changes_another():
    person, other = make_person("One"), make_person("Two")
    said = {"name": "X", "pronouns": "", "time_zone": "UTC", "languages": []}
    with pytest.raises(PermissionDenied):
        actions.change_profile(person, by=other, now=NOW, **said)

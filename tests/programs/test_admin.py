"""The lists in the admin: scoped, read-only, searched, exported, in few queries; and who may enter at all."""

import csv
import io

import openpyxl
import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.models import Entry
from outbox.models import Letter
from profiles.models import User
from programs.models import Membership, Program
from tests import world as w

pytestmark = pytest.mark.django_db
PEOPLE, EMAILS = reverse("admin:programs_membership_changelist"), reverse("admin:outbox_letter_changelist")
HISTORY, USERS = reverse("admin:journal_entry_changelist"), reverse("admin:profiles_user_changelist")
PROGRAMS = reverse("admin:programs_program_changelist")
OURS = {"profiles", "journal", "outbox", "questions", "programs", "matching"}


@pytest.fixture
def world():
    return w.build()


def text_of(response):
    return response.content.decode()


def test_strangers_are_asked_to_sign_in_and_participants_are_refused(world):
    anonymous = w.signed_in(None)
    assert "/accounts/login/" in anonymous.get(reverse("admin:index"), follow=True).redirect_chain[-1][0]
    assert anonymous.get(reverse("admin:login") + "?next=//evil.example").url.endswith("next=%2Fadmin%2F")
    for persona in ("mentee", "mentor", "former", "safeguarding", "deputy"):
        for url in (reverse("admin:index"), reverse("admin:login"), PEOPLE, EMAILS, HISTORY, USERS, PROGRAMS):
            assert world.client(persona).get(url).status_code == 403, (persona, url)


def test_sign_in_leads_back_to_where_one_wanted_to_be(world):
    assert world.client("coordinator").get(reverse("admin:login"), {"next": PEOPLE}).url == PEOPLE
    assert world.client("coordinator").get(reverse("admin:logout")).url == reverse("account_logout")
    assert world.client("coordinator").get(reverse("admin:password_change")).url == reverse("account_change_password")


def test_lists_show_one_s_own_programs_only(world):
    client = world.client("coordinator")
    for url in (PEOPLE, EMAILS, HISTORY, USERS, PROGRAMS):
        text = text_of(client.get(url))
        assert "Tomas Novak" not in text, url
        assert "Riverside" not in text, url
    assert client.get(PEOPLE, {"program": "riverside"}).context["cl"].result_count == 0
    assert "Tomas Novak" in text_of(world.client("other_coordinator").get(PEOPLE))


def test_one_s_own_row_is_in_no_list_count_or_search(world):
    client, boss = world.client("coordinator_mentee"), world.client("coordinator")
    whole = boss.get(PEOPLE, {"program": "harbour"}).context["cl"].result_count
    mine = client.get(PEOPLE, {"program": "harbour"}).context["cl"]
    assert mine.result_count == whole - 1
    assert client.get(PEOPLE, {"q": "Mateo"}).context["cl"].result_count == 0
    assert boss.get(PEOPLE, {"q": "Mateo"}).context["cl"].result_count == 1
    assert "Mateo Cruz was matched" not in text_of(client.get(HISTORY))
    assert "Mateo Cruz was matched" in text_of(boss.get(HISTORY))
    assert "Mateo" not in client.get(PEOPLE, {"_export": "csv"}).content.decode("utf-8-sig")
    row = world.memberships["coordinator_mentee"]
    assert client.get(reverse("admin:programs_membership_change", args=[row.pk])).status_code == 404


def test_rows_lead_to_pages_and_no_list_can_be_edited(world):
    client = world.client("superuser")
    member = world.memberships["mentor"]
    change = client.get(reverse("admin:programs_membership_change", args=[member.pk]))
    assert change.url == reverse("person", args=[world.mentor.public_id]) + "?program=harbour"
    letter = world.letters["sent"]
    assert client.get(reverse("admin:outbox_letter_change", args=[letter.pk])).status_code == 302
    for model, registered in admin.site._registry.items():
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        if model._meta.app_label not in OURS or model is User:
            continue
        assert client.get(reverse(f"admin:{label}_add")).status_code == 403, label
        row = registered.get_queryset(_request(world.superuser)).first()
        if row is not None:
            assert client.post(reverse(f"admin:{label}_delete", args=[row.pk])).status_code == 403, label
            assert client.post(reverse(f"admin:{label}_change", args=[row.pk])).status_code in (302, 404), label


def _request(user):
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


def test_columns_that_no_filter_offers_cannot_be_probed(world):
    client = world.client("coordinator")
    for url, probe in ((USERS, "password__startswith"), (EMAILS, "body__contains"), (PEOPLE, "sheet__answers__value")):
        assert client.get(url, {probe: "a"}).status_code == 400


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_exports_what_it_shows_now(world, kind):
    w.add_member(world.program, "mentee", w.make_person("=cmd()", "cmd@example.org"))
    query = {"program": "harbour", "role__exact": "mentee", "_export": kind}
    response = world.client("coordinator").get(PEOPLE, query)
    assert response["Content-Disposition"] == f'attachment; filename="harbour-participants.{kind}"'
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert "f" not in {cell.data_type for row in sheet.rows for cell in row}
        rows = [list(row) for row in sheet.values]
    assert rows[0][:3] == ["name", "email address", "role"]
    assert {row[2] for row in rows[1:]} == {"mentee"}
    assert kind == "xlsx" or "=cmd()" not in {row[0] for row in rows}
    assert len(rows) - 1 == Membership.objects.filter(program=world.program, role="mentee").count()
    assert world.client("coordinator").get(PEOPLE, {"_export": "exe"}).status_code == 404


def test_emails_say_what_became_of_them_and_can_be_tried_again_or_cancelled(world):
    client = world.client("coordinator")
    text = text_of(client.get(EMAILS))
    for words in ("The mail server says there is no such mailbox.", "Will be sent", "Not sent: "):
        assert words in text
    Program.objects.filter(pk=world.program.pk).update(state="setup")
    assert "Waits until the program is opened" in text_of(client.get(EMAILS))
    chosen = [letter.pk for letter in world.letters.values()] + [world.other_letter.pk]
    client.post(EMAILS, {"action": "send_again", "_selected_action": chosen})
    assert Letter.objects.get(pk=world.letters["dead"].pk).state == "waiting"
    client.post(EMAILS, {"action": "cancel", "_selected_action": chosen})
    states = {key: Letter.objects.get(pk=letter.pk).state for key, letter in world.letters.items()}
    # A letter to the coordinator themselves is not theirs to cancel.
    expected = {"waiting": "dropped", "sent": "sent", "dead": "dropped", "to_coordinator": "waiting"}
    assert states | expected == states
    assert Letter.objects.get(pk=world.other_letter.pk).state == "waiting"


def test_people_are_corrected_by_superusers_alone(world):
    person = world.people["free_mentor"]
    change, add = reverse("admin:profiles_user_change", args=[person.pk]), reverse("admin:profiles_user_add")
    coordinator, boss = world.client("coordinator"), world.client("superuser")
    assert coordinator.get(change).status_code == 302
    assert coordinator.get(add).status_code == 403
    data = {"email": "Rosa.New@example.org", "name": "Rosa B", "pronouns": "she", "time_zone": "Europe/Rome",
            "is_active": "on"}  # fmt: skip
    assert boss.get(change).status_code == 200
    assert boss.post(change, data).status_code == 302
    person.refresh_from_db()
    assert (person.email, person.name) == ("rosa.new@example.org", "Rosa B")
    assert Entry.objects.filter(verb="person.changed", concerned=person, by=world.superuser).exists()
    assert boss.post(add, data | {"email": "zoe@example.org", "name": "Zoe"}).status_code == 302
    assert not User.objects.get(email="zoe@example.org").has_usable_password()
    for junk in ("x" * 10_000, "\x00", "nonsense"):
        for name in data:
            assert boss.post(change, data | {name: junk}).status_code < 500


def test_models_of_others_are_for_superusers_alone(world):
    client = world.client("coordinator")
    for model in admin.site._registry:
        if model._meta.app_label not in OURS:
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            assert client.get(url).status_code == 403, url
            assert world.client("superuser").get(url).status_code == 200, url
    assert client.get(reverse("admin:app_list", args=["programs"])).status_code == 404


def test_lists_take_the_same_queries_with_one_row_and_with_thirty(world):
    client = world.client("other_coordinator")

    def queries(url):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url, {"program": "riverside"}).status_code == 200
        return len(captured)

    urls = [PEOPLE, EMAILS, HISTORY]
    few = {url: queries(url) for url in urls}
    for _n in range(30):
        member = w.add_member(world.other_program, "mentee")
        w.make_letter(member.user, topic="riverside")
        w.make_entry(world.other_program, member, world.other_coordinator, concerns=[member.user])
    assert {url: queries(url) for url in urls} == few
    assert max(few.values()) <= 14


def test_whoever_sees_others_answers_sets_up_a_second_factor_where_it_is_required(world, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    setup = reverse("mfa_activate_totp")
    for persona in ("coordinator", "council", "safeguarding", "deputy", "superuser"):
        client = world.client(persona)
        for url in (reverse("admin:index"), reverse("home"), reverse("programs:settings", args=["harbour"])):
            assert client.get(url).url == setup, (persona, url)
            assert client.post(url).url == setup
        # What has to be reached to do so is not closed.
        assert client.get(reverse("account_logout")).status_code == 200
        assert client.get(setup).url != setup
    assert world.client("mentee").get(reverse("home")).status_code == 200
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(world.coordinator, generate_totp_secret())
    assert world.client("coordinator").get(reverse("admin:index")).status_code == 200
    settings.REQUIRE_SECOND_FACTOR = False
    assert world.client("council").get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "state__regex=(",
        "role__regex=(",
        "asked_at__year=99999",
        "state__exact__x=1",
        "began_at__gte=junk",
        "began_at__range=1",
        "role__contains=x",
        "state__exact=junk",
    ],
)
@pytest.mark.parametrize("export", ["", "&_export=csv"])
def test_no_address_of_a_list_is_an_error_of_ours(world, query, export):
    client = world.client("coordinator")
    client.raise_request_exception = False
    for model in ("programs_membership", "matching_pairing", "matching_round", "outbox_letter", "journal_entry"):
        answer = client.get(reverse(f"admin:{model}_changelist") + f"?{query}{export}")
        assert answer.status_code in (200, 302, 400, 404), (model, query, answer.status_code)


def test_the_safeguarding_contact_of_an_open_program_keeps_their_account(world):
    contact = world.people["safeguarding"] if hasattr(world, "people") else world.safeguarding
    page = reverse("admin:profiles_user_change", args=[contact.pk])
    fields = {"email": contact.email, "name": contact.name, "pronouns": "", "time_zone": contact.time_zone}
    answer = world.client("superuser").post(page, fields)
    assert "counts on this person" in text_of(answer)
    contact.refresh_from_db()
    assert contact.is_active

"""Anybody tries the matching with two spreadsheets: pairs with reasons, rules to change, nothing kept."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import surface
from tests.matching.civil_service import FOLDER

pytestmark = pytest.mark.django_db
MENTEES = "name,team,wants\nAda Quay,Harbour,baking\nBo Hill,Market,rowing\nCy West,Market,singing\n"
MENTORS = "name,team,places,wants\nXan Moor,Market,1,baking\nYu Lane,Harbour,1,rowing\n"


def files(mentees=MENTEES, mentors=MENTORS):
    return {
        role: SimpleUploadedFile(f"{role}.csv", text.encode())
        for role, text in (("mentee", mentees), ("mentor", mentors))
    }


def post(client, data):
    response = client.post(reverse("try"), data)
    return response, response.content.decode()


def carried(html) -> dict:
    """The second form of the page as a browser would send it back."""
    (form,) = [form for form in surface.forms(html) if "rules-TOTAL_FORMS" in form.values]
    return form.data()


def test_two_files_become_pairs_with_reasons_and_the_rest_read_why(client):
    response, html = post(client, files())
    assert response.status_code == 200
    assert "2 of 3 mentees have a mentor; there are 2 places." in html
    assert "The mentor has a different team." in html and "Same wants: baking." in html
    assert "Cy West" in html and "1 mentee without" not in html and "One mentee without a mentor" in html


def test_rules_may_be_changed_and_the_pairs_follow(client):
    _response, html = post(client, files())
    data = carried(html)
    data.update({"rules-0-kind": "", "rules-1-kind": "must_differ"})
    response, html = post(client, data)
    assert response.status_code == 200 and "Same wants" not in html
    assert "The mentor has a different wants." in html


def test_the_real_files_match_as_many_as_can_be(client):
    texts = {role: (FOLDER / f"{role}s.csv").read_text(encoding="utf-8-sig") for role in ("mentee", "mentor")}
    response, html = post(client, files(texts["mentee"], texts["mentor"]))
    assert response.status_code == 200 and "50 of 50 mentees have a mentor" in html


def test_the_pairs_can_be_taken_along(client):
    _response, html = post(client, files())
    response = client.post(reverse("try"), {**carried(html), "download": "csv"})
    lines = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert response.headers["Content-Disposition"] == 'attachment; filename="pairs.csv"'
    assert {line["Mentee"]: line["Mentor"] for line in lines}["Ada Quay"] == "Xan Moor"
    assert [line["Mentee"] for line in lines if line["Why nobody"]] == ["Cy West"]


def test_nothing_is_kept(client):
    """No row, no session: all that is read or written is the count of how often somebody tried."""
    with CaptureQueriesContext(connection) as queries:
        post(client, files())
    assert all("cache" in query["sql"] or "SAVEPOINT" in query["sql"] for query in queries), queries.captured_queries
    assert not client.cookies.get("sessionid")


@pytest.mark.parametrize(
    ("mentees", "mentors", "said"),
    [
        ("", MENTORS, "empty"),
        ("name\n", MENTORS, "has column names but nobody"),
        (MENTEES, "team\nHarbour\n", "Nobody in it has a name"),
        (MENTEES, "name,places\nXan,700\n", "Line 2: “700” is not a number of places"),
        ("name\n" + "Ada\n" * 501, MENTORS, "takes 500 people a side, and this file has 501"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_at_its_field(client, mentees, mentors, said):
    response, html = post(client, files(mentees, mentors))
    assert response.status_code == 400 and said in html and "data-error-summary" in html


def test_one_file_is_not_enough(client):
    response, html = post(client, {"mentee": files()["mentee"]})
    assert response.status_code == 400 and "File of mentors" in html


def test_a_rule_without_its_columns_says_so_and_keeps_the_files(client):
    _response, html = post(client, files())
    response, html = post(client, {**carried(html), "rules-2-kind": "same_value"})
    assert response.status_code == 400 and html.count("Choose a column.") == 2
    assert "Ada Quay" in carried(html)["mentee"][0]


def test_what_was_carried_and_came_back_broken_is_refused(client):
    _response, html = post(client, files())
    data = carried(html)
    for broken in ("", "name\n", "name\nA\x00\n", "x" * 1_100_000):
        response, html = post(client, {**data, "mentee": broken})
        assert response.status_code == 400 and "Choose them again" in html


def test_what_people_write_is_shown_as_text(client):
    _response, html = post(client, files(MENTEES.replace("Ada Quay", "<script>alert(1)</script>")))
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html


def test_whoever_tries_without_end_is_asked_to_wait(client):
    for _ in range(30):
        assert client.post(reverse("try"), {}).status_code == 400
    response, html = post(client, files())
    assert response.status_code == 429 and "Wait ten minutes" in html
    assert client.get(reverse("try")).status_code == 200

"""The import in the browser, over HTTP."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from outbox.sweeping import never
from programs.forms.imports import ColumnsForm
from programs.imports import actions
from programs.imports.sweep import run_imports
from programs.models import Import, Membership
from tests.programs.test_imports import REAL
from tests.world import COORDINATOR, MENTEE, MENTOR, NOW, add_member, make_person, make_program, signed_in


@pytest.fixture
def program(db):
    return make_program(state="setup")


@pytest.fixture
def client(program):
    person = make_person("Farida Haddad")
    add_member(program, COORDINATOR, person)
    return signed_in(person)


def url(name, program, draft=None):
    return reverse(f"programs:{name}", args=[program.slug, *([draft.public_id] if draft else [])])


def upload(client, program, **contents):
    files = {role: SimpleUploadedFile(f"{role}s.csv", content) for role, content in contents.items()}
    return client.post(url("import", program), files)


def guessed(response):
    """The columns form as the browser would send it back."""
    form = response.context["form"]
    return {name: form[name].value() for name in form.fields}


def test_the_way_of_the_real_files(client, program):
    response = upload(client, program, mentor=REAL[MENTOR], mentee=REAL[MENTEE])
    draft = Import.objects.get()
    assert response.status_code == 302 and response.url == url("import_columns", program, draft)
    page = client.get(response.url)
    assert "match with similar identity" in page.content.decode()
    response = client.post(response.url, guessed(page))
    assert response.url == url("import_preview", program, draft)
    page = client.get(response.url).content.decode()
    assert "<strong>100</strong>" in page
    assert not Membership.objects.participants().exists()
    response = client.post(url("import_start", program, draft))
    assert response.url == url("import_one", program, draft)
    assert "every 1s" in client.get(response.url).content.decode()
    run_imports(NOW, never)
    assert client.get(url("import_progress", program, draft))["HX-Refresh"] == "true"
    page = client.get(response.url).content.decode()
    assert "<strong>100</strong>" in page and "every 1s" not in page
    assert Membership.objects.participants().count() == 100
    assert client.get(url("import", program)).status_code == 200


def draft_of(client, program, **contents):
    assert upload(client, program, **contents).status_code == 302
    return Import.objects.first()


def previewed(client, program, draft, **changes):
    """The columns sent as guessed, with these fields changed."""
    page = client.get(url("import_columns", program, draft))
    return client.post(url("import_columns", program, draft), guessed(page) | changes)


SMALL = b"name,email,grade\nAnn,a@x.org,AO\nBo,b@x.org,EO\n"
BAD = {
    "empty": b"",
    "header only": b"name,email\n",
    "junk": bytes(range(256)) * 50,
    "zip": b"PK\x03\x04" + b"\x00" * 50,
    "quotes": b'name,email\n"Ann,a@x.org\n',
    "NUL": b"\x00" * 100,
    "too many columns": b"," * 200 + b"x\n1",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_file_that_is_none_is_told_at_its_field(client, program, content):
    response = upload(client, program, mentee=content)
    assert response.status_code == 400
    assert response.context["form"].errors["mentee"]
    assert not Import.objects.exists()


def test_no_file_is_told(client, program):
    assert client.post(url("import", program)).status_code == 400


def test_nothing_in_the_way_of_odd_names_and_values(client, program):
    rows = b"name,email,<b>x</b>,=1+1\n" + "“<script>”,a@x.org,\x00x,\"=cmd|' /C'!A0\"\n".encode()
    draft = draft_of(client, program, mentee=rows)
    assert previewed(client, program, draft).status_code == 302
    page = client.get(url("import_preview", program, draft)).content.decode()
    assert "<script>”" not in page and "&lt;script&gt;" in page
    client.post(url("import_start", program, draft))
    run_imports(NOW, never)
    draft.refresh_from_db()
    assert draft.state == "done"


def test_a_scale_is_put_in_order(client, program):
    draft = draft_of(client, program, mentee=SMALL)
    response = previewed(client, program, draft, **{"mentee-2-kind": "scale"})
    assert response.status_code == 400
    again = guessed(response)
    assert again["mentee-2-options"] == "AO\nEO"
    again["mentee-2-options"] = "EO\nAO\n\n"
    assert client.post(url("import_columns", program, draft), again).status_code == 302
    assert draft.files.get().mapping[2]["options"] == ["EO", "AO"]
    draft = draft_of(client, program, mentee=SMALL + b"Cy,c@x.org,SCS1\n")
    page = client.get(url("import_columns", program, draft)).content.decode()
    assert "not in this order yet: SCS1" in page
    emptied = client.post(url("import_columns", program, draft), again | {"mentee-2-options": " "})
    assert emptied.status_code == 400 and "mentee-2-options" in emptied.context["form"].errors


def test_missing_columns_are_told(client, program):
    draft = draft_of(client, program, mentee=b"a,b\n1,2\n")
    response = previewed(client, program, draft)
    assert response.status_code == 400
    assert "Say which column is the email address" in response.content.decode()
    twice = {"mentee-0-target": "email", "mentee-1-target": "email"}
    assert "Two columns are both" in previewed(client, program, draft, **twice).content.decode()


JUNK = ["", "x", "\x00", "-1", "9" * 400, "<script>", "é" * 10_000, "2.5"]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_in_any_field_is_never_an_error_of_ours(client, program, junk):
    draft = draft_of(client, program, mentor=SMALL)
    fields = guessed(client.get(url("import_columns", program, draft)))
    for name in fields:
        response = client.post(url("import_columns", program, draft), fields | {name: junk})
        assert response.status_code in (302, 400), name
    assert previewed(client, program, draft).status_code == 302
    for data in ({f"who:{junk}": junk}, {"who:a@x.org": junk}, {junk: junk}):
        assert client.post(url("import_preview", program, draft), data).status_code in (302, 400)
    for query in ({"list": junk}, {"page": junk}, {"list": "refused", "page": junk}):
        assert client.get(url("import_preview", program, draft), query).status_code == 200
    assert client.get(url("import", program), {"page": junk}).status_code == 200


def test_names_are_asked_about_on_the_page(client, program):
    draft = draft_of(client, program, mentee=b"name,email\nAnn Lee,a@x.org\nBo Ray,a@x.org\n")
    previewed(client, program, draft)
    page = client.get(url("import_preview", program, draft)).content.decode()
    assert "One address has two names" in page and url("import_start", program, draft) not in page
    client.post(url("import_start", program, draft))
    draft.refresh_from_db()
    assert draft.state == "preview"
    client.post(url("import_preview", program, draft), {"who:a@x.org": "name:Ann Lee"})
    assert url("import_start", program, draft) in client.get(url("import_preview", program, draft)).content.decode()


def test_a_stranger_is_not_named(client, program):
    add_member(make_program(), MENTEE, make_person("Secret Name", "a@x.org"))
    draft = draft_of(client, program, mentee=b"name,email\nAnn,a@x.org\nBo,b@x.org\n")
    previewed(client, program, draft)
    for shown in ("asked", "added", "refused"):
        page = client.get(url("import_preview", program, draft), {"list": shown}).content.decode()
        assert "Secret" not in page
    assert "somebody has an account with this address" in page


def test_what_only_the_matching_uses_is_shown_to_whoever_uploaded_it(client, program):
    draft = draft_of(client, program, mentee=b"name,email,gender\nAnn,a@x.org,woman\n")
    other = make_person()
    add_member(program, COORDINATOR, other)
    page = url("import_columns", program, draft)
    assert "woman" in client.get(page).content.decode()
    assert "woman" not in signed_in(other).get(page).content.decode()


def test_a_changed_answer_for_the_matching_is_named_and_not_shown(client, program):
    for value in (b"woman", b"man"):
        draft = draft_of(client, program, mentee=b"name,email,gender,grade\nAnn,a@x.org,%s,x%s\n" % (value, value))
        previewed(client, program, draft)
        page = client.get(url("import_preview", program, draft), {"list": "updated"}).content.decode()
        client.post(url("import_start", program, draft))
        run_imports(NOW, never)
    assert "gender changes" in page and "grade: xwoman becomes xman" in page and "gender: woman" not in page


PAGES = ["import_one", "import_columns", "import_preview", "import_progress"]
POSTS = ["import_start", "import_again", "import_discard"]


@pytest.mark.parametrize("name", PAGES + POSTS)
def test_an_import_belongs_to_its_program(client, program, name):
    other = make_program()
    add_member(other, COORDINATOR, make_person())
    theirs = Import.objects.create(program=other, created_at=NOW, state="preview")
    mine = Import.objects.create(program=program, created_at=NOW, state="preview")
    send = client.get if name in PAGES else client.post
    assert send(url(name, other, theirs)).status_code == 404
    assert send(reverse(f"programs:{name}", args=[program.slug, theirs.public_id])).status_code == 404
    assert send(url(name, program, mine)).status_code in (200, 302)
    if name in POSTS:
        assert client.get(url(name, program, mine)).status_code == 405


def test_whoever_does_not_coordinate_the_program_imports_nothing(client, program):
    for role, status in (("council", 403), (MENTEE, 404), (MENTOR, 404)):
        person = make_person()
        add_member(program, role, person)
        assert signed_in(person).get(url("import", program)).status_code == status


@pytest.mark.parametrize("state", ["asked", "working", "done", "failed", "discarded"])
def test_every_state_has_its_page(client, program, state):
    result = {"failure": "Something."} if state == "failed" else {}
    draft = Import.objects.create(program=program, created_at=NOW, state=state, result=result)
    assert client.get(url("import_one", program, draft)).status_code == 200
    assert client.get(url("import_progress", program, draft)).status_code == 200
    assert client.get(url("import_preview", program, draft)).status_code == 302


def test_the_list_asks_the_same_whether_short_or_long(client, program, django_assert_max_num_queries):
    counts = []
    for number in (1, 29):
        for _ in range(number):
            Import.objects.create(program=program, created_at=NOW, state="done", created_by=make_person())
        with django_assert_max_num_queries(30) as queries:
            client.get(url("import", program))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_import_without_javascript(client, program):
    """Every step is a page and a button; the state shows on plain reload."""
    draft = draft_of(client, program, mentee=SMALL)
    previewed(client, program, draft)
    client.post(url("import_start", program, draft))
    assert "next in turn" in client.get(url("import_one", program, draft)).content.decode()
    run_imports(NOW, never)
    page = client.get(url("import_one", program, draft)).content.decode()
    assert "Your people are here" in page
    again = draft_of(client, program, mentee=SMALL)
    assert "as last time" in client.get(url("import_columns", program, again)).content.decode()
    assert client.post(url("import_discard", program, again)).status_code == 302
    assert Membership.objects.participants().count() == 2


def test_a_column_for_the_matching_alone_is_changed_only_by_whoever_uploaded_it(program):
    table = actions.read(b"name,email address,faith\nAnn Lee,ann@example.org,Quaker\n", "mentees.csv")
    draft = actions.upload(program, {MENTEE: ("mentees.csv", table)}, by=make_person(), now=NOW)
    asked = {"mentee-2-target": "answer", "mentee-2-kind": "scale", "mentee-2-readers": "other_side"}
    form = ColumnsForm(asked, draft=draft, may_see_all=False)
    form.is_valid()
    assert "mentee-2-options" not in form.fields
    assert form.cleaned_data["mentee-2-readers"] == "matcher" and form.cleaned_data["mentee-2-kind"] != "scale"
    assert "Quaker" not in str(form.sections())

"""Bad input: every field of every form with junk, and every list's address with junk; never an error of ours.

Forms are found on the pages themselves, as whoever may see them; a new page or field is tested by being there.
"""

import logging
import uuid
from types import ModuleType
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.urls import include, path

from matching.models import Pairing, Proposal, Round
from outbox.models import Letter
from programs.models import Import, Membership, Program
from tests import surface
from tests.test_access import OK, WHOLE_TABLE, built, world

__all__ = ["built", "world"]
pytestmark = pytest.mark.django_db

# Whose pages are looked at: the first of them who may see a page.
READERS = ["anonymous", "mentee", "coordinator", "superuser"]
LONG = "x" * 10_000
UNICODE = "Zoë \u202e\U0001f9ed ﷽ %s {{ 7*7 }} <script>x</script> '; DROP TABLE x; --"
JUNK = ["", LONG, "a\x00b", "9" * 40, "-1", "1e400", "[]", "0000-00-00", UNICODE]
# A field that is alone in being wrong gets as far as the code behind the form.
ALONE = [LONG, "a\x00b", "9" * 40, UNICODE, [LONG, UNICODE, "1"]]
FILES = {
    "empty": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "broken zip": b"PK\x03\x04" + b"\x00" * 400,
    "no header": b"\n\n\n",
    "one cell": b"a",
    "NUL": b"name,email\n\x00,\x00\n",
    "wide": b"a," * 5000 + b"a\n" + b"b," * 5000 + b"b\n",
    "quotes": b'"name,email\n"""""",\n',
    "utf-16": "name,email\nA,a@example.org\n".encode("utf-16"),
}


@pytest.fixture(autouse=True)
def _quiet():
    """What is refused is logged, and here nearly everything is."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _pages():
    for name, line in WHOLE_TABLE.items():
        persona = next((persona for persona in READERS if line.answers[persona] == OK), None)
        if persona:
            yield pytest.param(name, persona, id=f"{name}-{persona}")


# Every page, with somebody who may see it.
PAGES = list(_pages())


# The same form on many pages (a search, say) leads to the same code: it is tried where it is met first.
TRIED: dict[tuple, str] = {}


def forms_of(world, name, persona, test):
    """The page's address, and its forms that are neither on every page nor tried elsewhere by this test."""
    url = WHOLE_TABLE[name].url(name, world)
    response = world.client(persona).get(url)
    html = response.content.decode(errors="replace") if "html" in response.headers.get("Content-Type", "") else ""
    everywhere = {form.signature for form in surface.forms(_plain_page(world, persona))}
    forms = [form for form in surface.forms(html) if form.signature not in everywhere]
    return url, [form for form in forms if first_met(form, name, persona, test)]


def first_met(form, name, persona, test) -> bool:
    """Whether a form that names its address was met on no other page before."""
    if not form.action.startswith("/"):
        return True
    return TRIED.setdefault((test, persona, form.signature), name) == name


def _plain_page(world, persona) -> str:
    """A page on which stands only what stands on every page."""
    if not hasattr(world, "plain"):
        world.plain = {}
    if persona not in world.plain:
        world.plain[persona] = world.client(persona).get("/no-such-page/").content.decode()
    return world.plain[persona]


def send(world, persona, url, form, data) -> int:
    """What the application answers to a form; the world is checked, and put back as it was."""
    action = form.action.split("#")[0]
    action = action if action.startswith("/") else url.split("?")[0] + action
    client = world.client(persona)
    with transaction.atomic():
        if form.method == "post":
            status = client.post(action, data).status_code
        else:
            status = client.get(action.split("?")[0], data).status_code
        # That GET writes nothing is what the access table shows.
        wrong = form.method == "post" and trespasses(world)
        transaction.set_rollback(True)
    assert not wrong, (action, data.keys())
    return status


def trespasses(world) -> bool:
    """Whether a pair or a line of a draft stands between two programs, or the other program is not as it was."""
    pairs = Pairing.objects.values_list("program", "mentor__program", "mentee__program")
    lines = Proposal.objects.filter(mentor__isnull=False).values_list(
        "round__program", "mentor__program", "mentee__program"
    )
    return any(len(set(row)) > 1 for row in [*pairs, *lines]) or world.strangers != strangers(world)


def strangers(world) -> list:
    """Everything of the other program."""
    program = world.other_program
    rows = [Program.objects.filter(pk=program.pk), Letter.objects.filter(topic=program.slug)]
    rows += [model.objects.filter(program=program) for model in (Membership, Pairing, Round, Import)]
    return [list(found.order_by("pk").values()) for found in rows]


@pytest.fixture(autouse=True)
def _strangers(request):
    if "world" in request.fixturenames:
        there = request.getfixturevalue("world")
        there.strangers = strangers(there)


def others(world) -> list[str]:
    """What names things of the other program, and nothing at all."""
    members = [world.memberships["stranger_mentee"], world.memberships["stranger_mentor"]]
    things = [*members, world.other_pairing, world.other_round, world.other_upload, world.other_letter]
    found = [str(thing.public_id if place % 2 else thing.pk) for place, thing in enumerate(things)]
    return [*found, world.other_program.slug, str(uuid.uuid4())]


def could_name(form, field: str, theirs: str) -> bool:
    """Whether a field takes what names a thing in this way: a number is asked for a number, a UUID for a UUID."""
    now = "".join(form.values.get(field, []))
    if now.isdecimal():
        return theirs.isdecimal()
    return not (is_uuid(now) and theirs.isdecimal())


def is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def fields_of(form) -> list[str]:
    names = dict.fromkeys([*form.values, *(name for name, _value in form.buttons)])
    return [name for name in names if name != "csrfmiddlewaretoken"]


def junk_data(form):
    """What is sent: all fields full of junk, and each field alone missing or with junk of one kind, in turn."""
    fields = fields_of(form)
    for junk in JUNK:
        yield form.data(**dict.fromkeys(fields, junk))
    first = crc32(repr(form.signature).encode())
    for place, field in enumerate(fields):
        yield {key: value for key, value in form.data().items() if key != field}
        yield form.data(**{field: ALONE[(first + place) % len(ALONE)]})


# NUL bytes, numbers out of range and words too long for their column are faults on PostgreSQL, and pass on SQLite.
@pytest.mark.strict
@pytest.mark.parametrize(("name", "persona"), PAGES)
def test_junk_in_any_field_is_no_error(name, persona, world):
    url, forms = forms_of(world, name, persona, "junk")
    for form in forms:
        for data in junk_data(form):
            assert send(world, persona, url, form, data) < 500


# Whose a thing is, our code decides, not the database.
@pytest.mark.once
@pytest.mark.parametrize(("name", "persona"), [page for page in PAGES if page.values[1] in ("mentee", "coordinator")])
def test_what_belongs_to_another_program_is_never_taken(name, persona, world):
    url, forms = forms_of(world, name, persona, "theirs")
    for form in forms:
        for theirs in others(world):
            for field in (one for one in fields_of(form) if one not in form.plain and could_name(form, one, theirs)):
                assert send(world, persona, url, form, form.data(**{field: theirs})) < 500, field
            for action in form.options.get("action", []):
                data = form.data(action=action, _selected_action=theirs)
                assert send(world, persona, url, form, data) < 500, action


@pytest.mark.parametrize(("name", "persona"), PAGES)
def test_any_file_is_no_error(name, persona, world):
    url, forms = forms_of(world, name, persona, "files")
    for form in forms:
        for field in form.files:
            for what, content in FILES.items():
                for ending in ("csv", "xlsx", "exe"):
                    file = SimpleUploadedFile(f"{UNICODE[:20]}.{ending}", content)
                    assert send(world, persona, url, form, {**form.data(), field: file}) < 500, (what, ending)


QUERIES = ["page", "per_page", "sort", "q", "o", "p", "all", "program", "list", "_export", "mentor", "role", "state",
           "state__exact", "role__exact", "next", "e", "at__gte", "user__email", "program__id__exact",
           "days", "state__in", "_to_field", "since__gte"]  # fmt: skip

# What reads them one by one.
LISTS = ("_changelist", "matching:round", "programs:import", "import_preview", "by_hand", "mailbox")


@pytest.mark.strict
@pytest.mark.parametrize(("name", "persona"), PAGES)
def test_junk_in_the_address_is_no_error(name, persona, world):
    url = WHOLE_TABLE[name].url(name, world)
    get = world.client(persona).get
    is_list = name.endswith(LISTS)
    for junk in ("a\x00b", "-1", "9" * 40, "x" * 2000):
        for keys in [[key] for key in QUERIES] if is_list else [QUERIES]:
            assert get(url, dict.fromkeys(keys, junk)).status_code < 500, (keys, junk[:10])


ARGUMENTS = ["0", "9" * 40, "nothing", "-", "a%00b", "x" * 500, "%C3%A9%F0%9F%A7%AD", str(uuid.UUID(int=0))]


@pytest.mark.strict
@pytest.mark.parametrize("name", [name for name, line in WHOLE_TABLE.items() if line.arguments])
def test_junk_for_what_an_address_names_is_not_found(name, world):
    """Each part of an address that names a thing, in turn, names nothing."""
    line = WHOLE_TABLE[name]
    url = line.url(name, world)
    for argument in map(str, line.arguments(world)):
        before, _found, after = url.rpartition(f"/{argument}/")
        for junk in ARGUMENTS:
            for ask in (world.client("superuser").get, world.client("superuser").post):
                assert ask(f"{before}/{junk}/{after}").status_code < 500, junk


def test_a_form_that_falls_over_is_seen(world, settings):
    """The check itself: a page whose form reads a number without care."""
    urls = ModuleType("broken_urls")
    urls.urlpatterns = [path("broken/", broken, name="broken"), path("", include("mentorship.urls"))]
    settings.ROOT_URLCONF = urls
    client = world.client("coordinator")
    (form,) = (form for form in surface.forms(client.get("/broken/").content.decode()) if "count" in form.values)
    assert send(world, "coordinator", "/broken/", form, form.data()) == 200
    with pytest.raises(ValueError, match="invalid literal"):
        send(world, "coordinator", "/broken/", form, form.data(count=""))
    with pytest.raises(AssertionError):
        send(world, "coordinator", "/broken/", form, form.data(pairing=str(world.other_pairing.pk)))


def broken(request):
    """Reads a number and ends a pair without asking whose they are."""
    if request.method == "POST":
        int(request.POST["count"])
        Pairing.objects.filter(pk=request.POST["pairing"] or 0).update(rhythm_days=1)
    return HttpResponse('<form method="post"><input name="count" value="1"><input name="pairing"></form>')

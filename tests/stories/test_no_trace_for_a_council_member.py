"""A mentee tells the council that they cannot reach a mentor who sits in it: for that member nothing changed."""

import re

import pytest
from django.urls import reverse

from council.models import Case
from journal.models import Entry, EntryConcerns
from outbox.models import Letter
from tests import world as w
from tests.stories.living import Harbour, browser, words
from tests.stories.test_somebody_asks_for_help import tell

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "Lena has not answered since October."
FRESH = re.compile(r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": *"[^"]*"|csrftoken[^"]*')


def pages(town) -> dict[str, str]:
    """Everything where a trace might stand: boards with filters and search, lists, exports, counts, history, home."""
    slug = town.program.slug
    board = town.url("board")
    found = {
        "home": reverse("home"),
        "requests": reverse("council:requests"),
        "help": reverse("council:help"),
        "program": reverse("program_home", args=[slug]),
        "board": board,
        **{f"board {show}": f"{board}?show={show}" for show in ("mine", "council", "overdue", "closed")},
        "search mentee": f"{board}?q=Nadia",
        "search mentor": f"{board}?q=Lena",
        "export": f"{board}?format=csv",
        "index": reverse("admin:index"),
    }
    lists = ("outbox_letter", "journal_entry", "programs_membership", "matching_pairing")
    for name in lists:
        found[name] = f"{reverse(f'admin:{name}_changelist')}?program={slug}"
        found[f"{name} export"] = f"{found[name]}&_export=csv"
    return found


def seen(person, town) -> dict[str, tuple]:
    """What every page answers, without what is new each time."""
    client = w.signed_in(person)
    answers = {}
    for name, url in pages(town).items():
        response = client.get(url, follow=True)
        answers[name] = (response.status_code, FRESH.sub("", response.content.decode()))
    return answers


@pytest.fixture
def town(days):
    """Lena sits in the council, and is the mentor of Nadia; she coordinates, too, so that she sees every list."""
    town = Harbour()
    town.members["lena as mentor"] = town.join("mentor", town.lena)
    town.join("coordinator", town.lena)
    town.pair("lena as mentor", "nadia")
    days.sweep()
    days.to(1)
    return town


def test_a_matter_about_a_council_member_leaves_no_trace_for_them(days, town):
    before = {person: seen(person, town) for person in (town.lena, town.farida)}
    letters = len(days.letters(town.lena)), len(days.letters(town.farida))
    page = tell(days.last(town.nadia), "no_mentor", addressed="council", words=SAID)
    assert "Elif Kaya" in words(page.text)
    days.sweep()

    case = Case.objects.get()
    assert (case.tier, case.addressed, case.owner) == ("council", "council", town.elif_)
    elif_ = browser(town.elif_)
    assert SAID in words(elif_.open(town.url("case", case.public_id)))
    assert "Nadia Petrova" in elif_.open(town.url("board"))
    no_trace(days, town, case, before, letters)

    # Elif decides; still nothing, for Lena as for the coordinators to whom it was not told.
    elif_.open(town.url("case", case.public_id))
    elif_.submit(town.url("answered", case.public_id))
    elif_.open(town.url("case", case.public_id))
    elif_.submit(town.url("note", case.public_id), words="Rang Nadia.")
    elif_.open(town.url("decide", case.public_id, "answered"))
    elif_.submit("words", words="Nadia has her number now.")
    days.sweep()
    case.refresh_from_db()
    assert (case.state, case.decided_by) == ("closed", town.elif_)
    no_trace(days, town, case, before, letters)
    for letter in days.sink.received:
        assert SAID not in letter.text and "Rang Nadia" not in letter.text


def no_trace(days, town, case, before, letters):
    for person, number in zip((town.lena, town.farida), letters, strict=True):
        after = seen(person, town)
        differ = [name for name in after if after[name] != before[person][name]]
        assert not differ, (person.name, differ)
        assert len(days.letters(person)) == number
        client = w.signed_in(person)
        verbs = ["case", "note", "answered", "snooze", "hand_on", "reassign"]
        urls = [town.url(verb, case.public_id) for verb in verbs]
        urls += [town.url("decide", case.public_id, "talk")]
        assert {client.get(url).status_code for url in urls} <= {404, 405}
        assert {client.post(url).status_code for url in urls} == {404}
    assert not Letter.objects.filter(recipient=town.lena, kind__startswith="council.").exists()
    shown = Entry.objects.filter(pk__in=EntryConcerns.objects.filter(person=town.lena).values("entry"))
    assert not shown.filter(model="case", topic=town.program.slug).exists()


def test_what_was_told_to_the_coordinators_about_one_of_them_goes_to_another(days, town):
    """The same where it was told to the coordinators: Lena, who coordinates, sees nothing; Farida does."""
    before = seen(town.lena, town)
    tell(days.last(town.nadia), "no_mentor", addressed="coordinator", words=SAID)
    days.sweep()
    case = Case.objects.get()
    assert case.owner == town.farida
    assert SAID in words(browser(town.farida).open(town.url("case", case.public_id)))
    after = seen(town.lena, town)
    assert [name for name in after if after[name] != before[name]] == []
    assert w.signed_in(town.lena).get(town.url("case", case.public_id)).status_code == 404
    # A week later it is the council's, and still not Lena's.
    days.to(9)
    case.refresh_from_db()
    assert (case.tier, case.owner) == ("council", town.elif_)
    assert w.signed_in(town.lena).get(town.url("case", case.public_id)).status_code == 404
    assert "Nadia Petrova" not in words(w.signed_in(town.lena).get(town.url("board")).content.decode())

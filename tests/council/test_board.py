"""The board of follow-ups and the page of one: first things first, found, exported, decided."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from checkins.models import Pause
from council.models import Case, CaseLine
from matching.models import Pairing
from programs.models import Membership
from tests import world as w

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Town:
    """A program with a coordinator and a council member signed in, and pairs to follow up."""

    def __init__(self):
        self.program = w.make_program("Harbour", slug="harbour", opened_at=w.NOW)
        self.farida = w.make_person("Farida Haddad")
        self.elif_ = w.make_person("Elif Kaya")
        w.add_member(self.program, w.COORDINATOR, self.farida)
        w.add_member(self.program, w.COUNCIL, self.elif_)
        self.coordinator, self.council = w.signed_in(self.farida), w.signed_in(self.elif_)

    def member(self, role, name, **fields):
        return w.add_member(self.program, role, w.make_person(name), **{"state": "active", **fields})

    def pair(self, mentor="Chitra Menon", mentee="Amara Okafor"):
        if isinstance(mentor, str):
            mentor = self.member(w.MENTOR, mentor, places=2)
        pair = w.make_pairing(mentor, self.member(w.MENTEE, mentee))
        w.make_watch(pair, standing="quiet", last_contact=self.program.today(w.NOW), sureness="both")
        return pair

    def case(self, pair=None, **fields):
        return w.make_case(pair or self.pair(), **{"owner": self.farida, **fields})

    def url(self, name="board", *args):
        return reverse(f"council:{name}", args=[self.program.slug, *args])

    def board(self, query="", client=None) -> str:
        found = (client or self.coordinator).get(self.url() + query)
        assert found.status_code == 200
        return found.content.decode()

    def post(self, name, case, *args, client=None, **data):
        return (client or self.coordinator).post(self.url(name, case.public_id, *args), data, follow=True)


@pytest.fixture
def town():
    with time_machine.travel(w.NOW + DAY, tick=False):
        yield Town()


def names(page: str) -> list[str]:
    """For whom the rows are, in their order."""
    return re.findall(r'<span class="visually-hidden">: ([^<]+)</span></a></td>', page)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def three(town):
    """One that is late, one soon, one with the council."""
    town.case(town.pair("Mo One", "Late Person"), due_at=w.NOW)
    town.case(town.pair("Mo Two", "Soon Person"), due_at=w.NOW + 3 * DAY, kind="no_mentor", owner=None)
    town.case(town.pair("Mo Three", "Council Person"), due_at=w.NOW + 9 * DAY, tier="council", owner=town.elif_)


def test_what_is_due_first_comes_first_and_what_is_late_says_so(town):
    three(town)
    page = town.board()
    assert names(page) == ["Late Person", "Soon Person", "Council Person"]
    late = page[page.index(": Late Person<") : page.index(": Soon Person<")]
    assert "overdue" in late and "<svg" in late and "Mo One" in late and "Farida Haddad" in late
    assert "overdue" not in page[page.index(": Soon Person<") :] and "first answer by 19 Nov" in page
    assert "nobody yet" in page and "the council" in page


def test_the_council_sees_what_has_come_to_it(town):
    three(town)
    page = town.board(client=town.council)
    assert names(page) == ["Council Person"] and "Participants" not in page
    assert town.council.get(town.url("case", Case.objects.first().public_id)).status_code == 404


@pytest.mark.parametrize(
    "query, expected",
    [
        ("?show=mine", ["Late Person"]),
        ("?show=council", ["Council Person"]),
        ("?show=overdue", ["Late Person"]),
        ("?show=closed", []),
        ("?kind=no_mentor", ["Soon Person"]),
        ("?q=mo+three", ["Council Person"]),
        ("?q=person&sort=name", ["Council Person", "Late Person", "Soon Person"]),
        ("?q=nobody", []),
        ("?q=%00", ["Late Person", "Soon Person", "Council Person"]),
        ("?show=x&kind=x&sort=x&page=x", ["Late Person", "Soon Person", "Council Person"]),
        ("?page=99", ["Late Person", "Soon Person", "Council Person"]),
    ],
)
def test_the_board_filters_searches_and_sorts(town, query, expected):
    three(town)
    page = town.board(query)
    assert names(page) == expected
    assert expected or "Nothing here" in page


def test_an_empty_board_says_what_will_stand_there(town):
    assert "with a day and somebody who answers for it" in town.board()


def test_a_name_is_text_on_the_board_and_in_its_file(town):
    town.case(town.pair("=1+1", "<b>Bold</b>"))
    assert "<b>Bold</b>" not in town.board() and "&lt;b&gt;Bold" in town.board("?q=<b>")
    assert "'=1+1" in town.coordinator.get(town.url() + "?format=csv").content.decode("utf-8-sig")


def test_the_file_has_the_rows_of_the_list(town):
    three(town)
    found = town.coordinator.get(town.url() + "?format=csv&kind=quiet&sort=name")
    rows = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))
    assert [row["For"] for row in rows] == ["Council Person", "Late Person"] and rows[0]["With"] == "with the council"
    assert found["Content-Disposition"] == 'attachment; filename="harbour-follow-ups.csv"'
    book = openpyxl.load_workbook(io.BytesIO(town.coordinator.get(town.url() + "?format=xlsx").content))
    assert book.active.max_row == 4
    assert town.coordinator.get(town.url() + "?format=exe").status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "council"])
def test_queries_do_not_grow_with_the_board(town, who, django_assert_max_num_queries):
    client = getattr(town, who)
    for number in range(30):
        town.case(town.pair(f"Mo {number}", f"Mia {number}"), tier="council", owner=town.elif_)
        if number == 0:
            client.get(town.url())
            with django_assert_max_num_queries(18) as one:
                town.board(client=client)
    with django_assert_max_num_queries(len(one)):
        assert len(names(town.board(client=client))) == 30


def test_a_second_page(town):
    mentor = town.member(w.MENTOR, "Mo", places=99)
    for number in range(51):
        town.case(town.pair(mentor, f"Mia {number}"), due_at=w.NOW + number * DAY)
    assert len(names(town.board())) == 50 and names(town.board("?page=2")) == ["Mia 50"]


def test_the_page_proposes_in_the_order_from_light_to_heavy(town):
    case = town.case()
    CaseLine.objects.create(case=case, at=w.NOW, words="Both were written to on 2 November.")
    text = words(town.coordinator.get(town.url("case", case.public_id)).content.decode())
    order = ["I talked with them", "Make it easier", "Pause, as the mentee agreed", "Another mentor", "End the pair",
             "It is settled"]  # fmt: skip
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    assert "Both were written to on 2 November." in text and "confirmed by both" in text and "quiet" in text
    assert "Farida Haddad answers for it." in text


@pytest.mark.parametrize(
    "decision, data",
    [
        ("talk", {}),
        ("easier", {"places": "1", "rhythm_days": "60"}),
        ("pause", {"until": "2026-12-20", "agreed": "on"}),
        ("waiting", {}),
        ("answered", {}),
    ],
)
def test_each_decision_has_a_page_and_one_button(town, decision, data):
    case = town.case()
    page = town.coordinator.get(town.url("decide", case.public_id, decision))
    assert page.status_code == 200 and Case.objects.get().state == "open"
    done = town.post("decide", case, decision, words="They agreed.", **data)
    case.refresh_from_db()
    assert (case.decision, case.decision_words, case.decided_by) == (decision, "They agreed.", town.farida)
    assert done.redirect_chain == [(town.url(), 302)] and "Settled:" in done.content.decode()
    assert "They agreed." in town.coordinator.get(town.url("case", case.public_id)).content.decode()
    assert names(town.board("?show=closed")) == ["Amara Okafor"]


@pytest.mark.parametrize(
    "decision, data, said",
    [
        ("easier", {}, "Say what gets easier"),
        ("easier", {"places": "-1"}, "greater than or equal"),
        ("pause", {"until": "2026-12-20"}, "A pause needs the mentee to agree."),
        ("pause", {"until": "2027-03-01", "agreed": "on"}, "six weeks at most"),
        ("pause", {"until": "2026-11-01", "agreed": "on"}, "Choose a day after today"),
    ],
)
def test_what_does_not_work_says_so_and_keeps_what_was_written(town, decision, data, said):
    case = town.case()
    page = town.post("decide", case, decision, words="My reason", **data).content.decode()
    assert said in page and "My reason" in page
    assert Case.objects.get().state == "open" and not Pause.objects.exists()


def test_another_mentor_is_one_button(town):
    case = town.case(tier="council", owner=town.elif_)
    town.member(w.MENTOR, "Dafydd Rees")
    full = town.member(w.MENTOR, "No Place", places=0)
    url = town.url("reassign", case.public_id)
    page = town.council.get(url).content.decode()
    (mentor,) = re.findall(r'name="mentor"[^>]*value="([^"]+)" checked', page)
    assert "Dafydd Rees" in page and "No Place" not in page and page.count("btn-primary") == 1
    assert "Give Amara Okafor the mentor {mentor}" in page and "nobody new until they ask" in page
    # One whose place is gone, or somebody out of nowhere, is nobody's mentor.
    for value in (full.public_id, "x", ""):
        refused = town.council.post(url, {"mentor": value}, follow=True)
        assert "no free place any more" in refused.content.decode() and Pairing.objects.count() == 1
    done = town.council.post(url, {"mentor": mentor}, follow=True)
    assert "Dafydd Rees is now the mentor of Amara Okafor" in words(done.content.decode())
    assert Pairing.objects.open().get().mentor.user.name == "Dafydd Rees"


def test_nobody_is_free_says_what_else_there_is(town):
    case = town.case(tier="council", owner=town.farida)
    full = town.member(w.MENTOR, "No Place", places=0)
    page = town.coordinator.get(town.url("reassign", case.public_id)).content.decode()
    assert "No mentor who suits Amara Okafor has a free place now." in page and page.count("btn-primary") == 1
    assert reverse("programs:places", args=["harbour", full.public_id]) in page
    assert town.url("decide", case.public_id, "waiting") in page
    # The council does not run the program: it is told who, and that a coordinator notes it.
    page = town.council.get(town.url("reassign", case.public_id)).content.decode()
    assert "No Place" in page and "/places/" not in page and "A coordinator notes" in page


def test_reasons_are_for_coordinators_and_words_for_both_for_the_council(town):
    form = w.make_questionnaire()
    type(town.program).objects.update(mentee_questionnaire=form, mentor_questionnaire=form)
    w.make_policy(town.program, w.RULES, by=town.farida)
    case = town.case(tier="council", owner=town.elif_)
    town.member(w.MENTOR, "Dafydd Rees")
    for member in Membership.objects.filter(role__in=[w.MENTOR, w.MENTEE]):
        sheet = w.make_sheet(form, organisation=member.role, profession="Policy", grade="HEO", identity=w.SECRET)
        Membership.objects.filter(pk=member.pk).update(sheet=sheet)
    url = town.url("reassign", case.public_id)
    to_coordinator, to_council = (client.get(url).content.decode() for client in (town.coordinator, town.council))
    assert 'class="quiet nowrap">+' in to_coordinator and 'class="quiet nowrap">+' not in to_council
    assert "profession: Policy" in to_council
    assert w.SECRET not in to_coordinator + to_council and "personal wish" not in to_council


def test_too_much_is_decided_for_each_of_a_mentors_pairs(town):
    first = town.pair()
    second = town.pair(first.mentor, "Nadia Petrova")
    case = town.case(first, kind="too_much", membership=first.mentor, asked_by=first.mentor.user)
    Case.objects.update(pairing=None)
    town.member(w.MENTOR, "Dafydd Rees")
    page = town.coordinator.get(town.url("case", case.public_id)).content.decode()
    for pair in (first, second):
        assert town.url("reassign_pair", case.public_id, pair.public_id) in page
        assert town.url("end_pair", case.public_id, pair.public_id) in page
    assert town.coordinator.get(town.url("reassign", case.public_id)).status_code == 404
    assert town.coordinator.get(town.url("decide", case.public_id, "waiting")).status_code == 404
    done = town.post("end_pair", case, first.public_id)
    assert "Decide about the others, too." in done.content.decode() and Case.objects.get().state == "open"
    assert town.coordinator.get(town.url("end_pair", case.public_id, first.public_id)).status_code == 404
    page = town.coordinator.get(town.url("reassign_pair", case.public_id, second.public_id)).content.decode()
    mentor = re.search(r'name="mentor"[^>]*value="([^"]+)"', page)[1]
    town.post("reassign_pair", case, second.public_id, mentor=mentor)
    assert Case.objects.get().decision == "reassigned"


def test_what_was_settled_meanwhile_says_so_and_nothing_happens(town):
    case = town.case()
    town.post("decide", case, "talk")
    for name, *more in (("decide", "waiting"), ("reassign",), ("note",), ("answered",), ("snooze",), ("hand_on",)):
        done = town.post(name, case, *more, words="x", days=3)
        assert done.redirect_chain == [(town.url("case", case.public_id), 302)], name
        assert "This has been settled already." in done.content.decode()
    case.refresh_from_db()
    assert case.decision == "talk" and case.lines.count() == 1


def test_notes_for_the_council_and_for_coordinators_alone(town):
    case = town.case(tier="council", owner=town.elif_)
    town.post("note", case, words="Called twice.", for_council="on")
    town.post("note", case, words="She is ill, between us.")
    # What the council writes it reads, whatever is posted.
    town.post("note", case, client=town.council, words="I know her brother.")
    assert list(case.lines.values_list("for_council", flat=True)) == [True, False, True]
    page = town.council.get(town.url("case", case.public_id)).content.decode()
    assert "Called twice." in page and "I know her brother." in page and "between us" not in page
    assert "Write what you want to note." in town.post("note", case, words=" ").content.decode()


def test_an_answer_is_noted_and_a_cry_is_put_off_once_and_only_after_it(town):
    case = town.case(kind="no_mentor", asked_by=town.farida, due_at=w.NOW + 7 * DAY)
    Case.objects.update(asked_by=case.membership.user)
    assert "answer them first" in town.post("snooze", case, days=7).content.decode()
    town.post("answered", case)
    case.refresh_from_db()
    assert case.first_answer_at and "was answered on" in words(
        town.coordinator.get(town.url("case", case.public_id)).content.decode()
    )
    assert (
        Case.objects.get().snoozes == 0
        and "Choose between 1 and 7 days." in town.post("snooze", case, days=8).content.decode()
    )
    assert "Put off." in town.post("snooze", case, days=7).content.decode()
    assert "as often as it may be" in town.post("snooze", case, days=1).content.decode()
    assert "Put it off" not in town.coordinator.get(town.url("case", case.public_id)).content.decode()


def test_put_off_moves_the_day_or_says_why_not(town):
    case = town.case(due_at=w.NOW + 8 * DAY)
    assert "not due before 24 November 2026 anyhow" in town.post("snooze", case, days=7).content.decode()
    assert Case.objects.get().snoozes == 0
    town.post("snooze", case, days=14)
    case.refresh_from_db()
    assert (case.snoozes, case.due_at) == (1, w.NOW + 15 * DAY)


def test_handed_to_the_council_with_a_new_owner(town):
    case = town.case()
    assert town.council.get(town.url("case", case.public_id)).status_code == 404
    town.post("hand_on", case)
    case.refresh_from_db()
    assert (case.tier, case.owner) == ("council", town.elif_)
    page = words(town.council.get(town.url("case", case.public_id)).content.decode())
    assert "Handed on by Farida Haddad." in page and "Hand it to the council" not in page
    assert "It is with the council already." in town.post("hand_on", case).content.decode()


def test_council_and_coordinators_find_their_follow_ups_from_home(town):
    town.case(tier="council", owner=town.elif_, due_at=w.NOW)
    for client in (town.coordinator, town.council):
        home = client.get(reverse("home")).content.decode()
        program = client.get(reverse("program_home", args=["harbour"])).content.decode()
        for page in (home, program):
            assert town.url() in page
        assert "Decide about Chitra Menon and Amara Okafor: a quiet pair" in home
        assert "It was due on Monday 16 November." in home and "overdue" in home
    navigation = re.findall(r"<nav.*?</nav>", program, re.S)
    assert any("Follow-ups" in part and "Participants" not in part for part in navigation)
    Case.objects.all().delete()
    assert "nothing to decide now" in town.council.get(reverse("program_home", args=["harbour"])).content.decode()


def test_get_changes_nothing_and_some_pages_are_posted_only(town):
    case = town.case()
    for name in ("note", "answered"):
        assert town.coordinator.get(town.url(name, case.public_id)).status_code == 405
    for name, *more in (("snooze",), ("hand_on",), ("reassign",), ("decide", "talk"), ("decide", "waiting")):
        assert town.coordinator.get(town.url(name, case.public_id, *more)).status_code == 200
    assert Case.objects.get().state == "open" and not CaseLine.objects.exists()
    assert town.coordinator.get(town.url("decide", case.public_id, "reassigned")).status_code == 404
    assert town.coordinator.get(town.url("decide", case.public_id, "by_itself")).status_code == 404

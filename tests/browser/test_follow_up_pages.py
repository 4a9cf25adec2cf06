"""The pages of follow-ups in their states in a real browser, for coordinators and the council: axe and phone width."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from council.models import Case, CaseLine
from matching.models import Pairing
from programs.models import Membership
from tests import world as w
from tests.browser.test_every_page import look_at

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now().replace(minute=0, second=0, microsecond=0)


class Town:
    """A program with follow-ups of every sort, rules, free mentors, and nobody free."""

    def __init__(self, now):
        self.now = now
        self.form = w.make_questionnaire()
        self.program = w.make_program("Harbour volunteers", slug="harbour", opened_at=now, now=now,
                                      mentor_questionnaire=self.form, mentee_questionnaire=self.form)  # fmt: skip
        self.farida, self.elif_ = w.make_person("Farida Haddad"), w.make_person("Elif Kaya")
        w.add_member(self.program, w.COORDINATOR, self.farida)
        w.add_member(self.program, w.COUNCIL, self.elif_)
        w.make_policy(self.program, w.RULES, by=self.farida, now=now)
        self.chitra = self.member(w.MENTOR, "Chitra Menon", "she/her", places=2)
        self.amara = self.member(w.MENTEE, "Amara Okafor", "she/her")
        self.pair = self.paired(self.chitra, self.amara)
        self.second = self.paired(self.chitra, self.member(w.MENTEE, "Maximiliane von und zu Hohenstein-Altenburg"))
        for name, places in (("Dafydd Rees", 2), ("Rosa Bianchi", 1), ("Oskar Lind", 0)):
            self.member(w.MENTOR, name, places=places)

    def member(self, role, name, pronouns="", **fields):
        sheet = w.make_sheet(self.form, organisation=role, profession="Policy", grade="HEO")
        person = w.make_person(name, pronouns=pronouns)
        return w.add_member(self.program, role, person, state="active", sheet=sheet, now=self.now, **fields)

    def paired(self, mentor, mentee):
        pair = w.make_pairing(mentor, mentee, now=self.now - 90 * DAY)
        last = self.program.today(self.now - 60 * DAY)
        w.make_watch(pair, standing="quiet", last_contact=last, sureness="both", now=self.now)
        for days in (88, 75, 60):
            w.make_contact(pair, self.program.today(self.now - days * DAY), sureness="both" if days > 70 else "one")
        return pair

    def cases(self):
        """By name: quiet, a cry that is late, with the council, too much, settled, and one the council was told."""
        owned = {"owner": self.farida, "now": self.now - 5 * DAY}
        words = "I wrote three times since October.\nI am a little lost with my application."
        found = {
            "quiet": w.make_case(self.pair, **owned),
            "cry": w.make_case(self.pair, kind="no_mentor", asked_by=self.amara.user, addressed="coordinator",
                               words=words, owner=self.farida, now=self.now - 9 * DAY, due_at=self.now - DAY),
            "council": w.make_case(self.pair, kind="missed", tier="council", owner=self.elif_, now=self.now - 3 * DAY),
            "too_much": w.make_case(self.pair, kind="too_much", membership=self.chitra, asked_by=self.chitra.user,
                                    words="Three jobs and a baby.", tier="council", addressed="coordinator", **owned),
            "told": w.make_case(self.pair, kind="no_mentor", tier="council", addressed="council", owner=self.elif_,
                                asked_by=self.amara.user, words=words, now=self.now),
            "settled": w.make_case(self.second, state="closed", decision="talk", closed_at=self.now,
                                   decision_words="They had changed numbers.", decided_by=self.farida, **owned),
        }  # fmt: skip
        Case.objects.filter(pk=found["too_much"].pk).update(pairing=None)
        for case in found.values():
            tried = ["Last in touch on 22 September 2026.", "Both were written to, and asked whether they can reach."]
            CaseLine.objects.bulk_create(CaseLine(case=case, at=case.opened_at, words=words) for words in tried)
            CaseLine.objects.create(case=case, at=self.now, by=self.farida, words="She is ill.", for_council=False)
        return found

    def url(self, name, *args):
        return reverse(f"council:{name}", args=["harbour", *args])

    def pages(self, cases) -> dict:
        """Name, who looks, and path."""
        found = {"board": self.url("board"), "board-settled": self.url("board") + "?show=closed",
                 "board-none": self.url("board") + "?q=nobody"}  # fmt: skip
        found |= {name: self.url("case", case.public_id) for name, case in cases.items() if name != "told"}
        quiet = cases["quiet"].public_id
        for decision in ("talk", "easier", "pause", "waiting", "answered"):
            found[f"decide-{decision}"] = self.url("decide", quiet, decision)
        found |= {name: self.url(name, quiet) for name in ("snooze", "hand_on", "reassign")}
        too_much = cases["too_much"].public_id
        found["reassign_pair"] = self.url("reassign_pair", too_much, self.second.public_id)
        found["end_pair"] = self.url("end_pair", too_much, self.second.public_id)
        return found


def sign_in(page, person, live_server):
    session = w.signed_in(person).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


def test_every_state_of_a_follow_up_can_be_used_by_everybody(now, page, axe, live_server):
    town = Town(now)
    complaints = []
    sign_in(page, town.farida, live_server)
    page.goto(live_server.url + town.url("board"))
    complaints += look_at(page, axe, "board-empty")
    cases = town.cases()
    for name, path in town.pages(cases).items():
        assert page.goto(live_server.url + path).status == 200, name
        complaints += look_at(page, axe, name)
    page.goto(live_server.url + town.url("decide", cases["quiet"].public_id, "easier"))
    page.click("button[type=submit].btn-primary")
    complaints += look_at(page, axe, "decide-error")

    sign_in(page, town.elif_, live_server)
    for name, path in {
        "council-home": reverse("home"),
        "council-program": reverse("program_home", args=["harbour"]),
        "council-board": town.url("board"),
        "council-case": town.url("case", cases["council"].public_id),
        "council-told": town.url("case", cases["told"].public_id),
        "council-reassign": town.url("reassign", cases["council"].public_id),
    }.items():
        assert page.goto(live_server.url + path).status == 200, name
        complaints += look_at(page, axe, name)
    Membership.objects.filter(role="mentor").update(places=0)
    page.goto(live_server.url + town.url("reassign", cases["council"].public_id))
    complaints += look_at(page, axe, "council-nobody-free")
    sign_in(page, town.farida, live_server)
    page.goto(live_server.url + town.url("reassign", cases["council"].public_id))
    complaints += look_at(page, axe, "nobody-free")
    assert not complaints, "\n".join(complaints)


def test_another_mentor_with_one_press(now, page, live_server):
    """The button names whoever is chosen; the best one is, from the start."""
    town = Town(now)
    case = town.cases()["council"]
    sign_in(page, town.elif_, live_server)
    page.goto(live_server.url + town.url("reassign", case.public_id))
    button = page.locator("button.btn-primary")
    assert button.inner_text() == "Give Amara Okafor the mentor Dafydd Rees"
    page.get_by_label("Rosa Bianchi").check()
    assert button.inner_text() == "Give Amara Okafor the mentor Rosa Bianchi"
    button.click()
    assert "Rosa Bianchi is now the mentor of Amara Okafor" in page.locator("main").inner_text()
    assert Pairing.objects.open().get(mentee=town.amara).mentor.user.name == "Rosa Bianchi"

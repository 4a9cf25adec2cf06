"""A mentor falls quiet: a nudge, a private question, a coordinator, the council, and another mentor."""

import pytest
from django.urls import reverse
from django.utils import timezone

from checkins.models import Contact, Watch
from council.models import Case, Step
from matching.models import Pairing
from tests.fire.scene import size
from tests.stories.living import Harbour, browser, buttons, link, words

pytestmark = pytest.mark.django_db(transaction=True)


def say_in_touch(person, pairing, on):
    """On the page of the pair: we were in touch on …"""
    page = browser(person)
    page.open(reverse("checkins:pair", args=[pairing.public_id]))
    page.submit("on", on=on.isoformat())
    assert page.status == 200 and Contact.objects.filter(pairing=pairing, on=on).exists()


def answer(letter, **said):
    """The private question behind the link of a nudge, without signing in."""
    page = browser()
    page.open(link(letter, "reach"))
    before = Contact.objects.count()
    assert page.status == 200 and "Can you reach" in words(page.text) and Contact.objects.count() == before
    page.submit("reach", **said)
    return page


def test_quiet_pair_reaches_the_council(days):
    town = Harbour()
    pairing = town.pair("chitra", "amara")
    days.sweep()
    days.to(3)
    say_in_touch(town.amara, pairing, town.program.today(days.begins))

    # Their rhythm is a month: asked whether they met, and once more; two weeks later a nudge.
    days.to(43)
    asked = [one.subject for one in days.letters(town.amara)]
    assert not Step.objects.exists() and set(asked) == {"About your mentoring"}
    days.to(44)
    assert [step.step for step in Step.objects.all()] == ["nudge"]
    to_amara, to_chitra = days.last(town.amara), days.last(town.chitra)
    assert "have not been in touch since" in words(to_amara.text) and "Amara Okafor" in to_chitra.text

    # Asked privately; that she can reach her mentor stops nothing.
    answer(to_amara, reach="can")
    days.to(57)
    assert not Case.objects.exists()

    # Twice the rhythm: a coordinator, and nobody else.
    days.to(58)
    case = Case.objects.get()
    assert (case.kind, case.tier, case.owner) == ("quiet", "coordinator", town.farida)
    assert "Amara Okafor" in days.last(town.farida).text
    assert not any("Amara Okafor" in one.text for one in days.letters(town.elif_))
    board, page = town.url("board"), town.url("case", case.public_id)
    assert "Amara Okafor" in browser(town.farida).open(board)
    elif_ = browser(town.elif_)
    assert "Amara Okafor" not in elif_.open(board)
    elif_.open(page)
    assert elif_.status == 404
    for person in (town.amara, town.chitra):
        assert len([one for one in days.letters(person) if "follow-up" in one.text]) == 0

    # Nobody decides; two weeks later it is the council's.
    days.to(72)
    case.refresh_from_db()
    assert case.tier == "council" and case.owner in (town.elif_, town.lena)
    assert "Amara Okafor" in days.last(case.owner).text
    member = browser(case.owner)
    assert "Amara Okafor" in member.open(board)
    said = words(member.open(page))
    assert "Last in touch on 16 November 2026" in said and "Both were written to" in said

    another_mentor(days, town, case, member, pairing)


def another_mentor(days, town, case, member, pairing):
    """One page, the best free mentor chosen already, one button; all three are told."""
    before = {person: len(days.letters(person)) for person in (town.amara, town.chitra, town.dafydd)}
    member.open(town.url("reassign", case.public_id))
    assert buttons(member, "mentor") == [str(town.members["dafydd"].public_id)]
    member.submit("mentor", mentor=buttons(member, "mentor")[0], words="Chitra has not answered since November.")
    assert member.url == town.url("board") and "Dafydd Rees is now the mentor of Amara Okafor" in words(member.text)
    days.sweep()
    new = Pairing.objects.open().get()
    pairing.refresh_from_db()
    case.refresh_from_db()
    assert (new.mentor, new.mentee) == (town.members["dafydd"], town.members["amara"])
    assert (pairing.state, case.state, case.decision) == ("ended", "closed", "reassigned")
    assert Watch.objects.get(pairing=new).standing == "new"
    ((amara,), (chitra,), (dafydd,)) = (days.letters(person, number) for person, number in before.items())
    assert "Dafydd Rees" in amara.text and "Amara Okafor" in dafydd.text and "Amara Okafor" in chitra.text
    for letter in (amara, chitra, dafydd):
        assert letter.subject == "About your mentoring" and "has not answered" not in letter.text
    # Chitra gets nobody new until she says so.
    town.members["chitra"].refresh_from_db()
    assert town.members["chitra"].places == 0


STEPS = {"nudge": 4, "nudge-2": 9, "case": 14, "council": 28}


# The whole climb above runs on both databases; more of it would take CI past its time.
@pytest.mark.once
@pytest.mark.parametrize(
    ("step", "who"),
    size([("nudge", "amara"), ("council", "chitra")], [(step, who) for step in STEPS for who in ("amara", "chitra")]),
)
def test_contact_at_each_step_ends_the_climb(days, step, who):
    """Either of the two says so from the letter: what is open settles by itself, and the steps to come do not come."""
    town = Harbour()
    pairing = town.pair("chitra", "amara")
    days.to(STEPS[step])
    taken = list(Step.objects.values_list("step", flat=True))
    assert taken == [one for one in STEPS if one != "council" and STEPS[one] <= STEPS[step]]
    case = Case.objects.filter(state="open").first()
    assert (case.tier if case else "") == {"case": "coordinator", "council": "council"}.get(step, "")
    person = town.people[who]
    nudge = [one for one in days.letters(person) if "Can you reach" in one.text][-1]
    today = town.program.today(timezone.now())
    answer(nudge, reach="touch", on=today.isoformat())
    days.sweep()
    assert not Case.objects.open().exists()
    if case:
        case.refresh_from_db()
        assert (case.state, case.decision) == ("closed", "by_itself")
    watch = Watch.objects.get(pairing=pairing)
    assert (watch.standing, watch.last_contact) == ("in_rhythm", today)
    days.to(STEPS[step] + 43)
    assert list(Step.objects.values_list("step", flat=True)) == taken
    # The next silence is another one.
    days.to(STEPS[step] + 44)
    assert Step.objects.latest("pk").cause == f"quiet:{pairing.pk}:since:{today}"

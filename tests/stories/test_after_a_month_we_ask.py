"""A month after the match both are asked how it goes; what they would like reaches a person, the score does not."""

import pytest
from django.utils import timezone

from council.models import Case
from programs.models import Membership
from surveys.models import Invitation
from tests.stories.living import Harbour, browser, link, words
from tests.surface import changed, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def pulses(letters) -> list:
    return [letter for letter in letters if "how is it going" in letter.text.casefold()]


def answer(letter, **said):
    """Behind the link of the email, without signing in: looking writes nothing, one button does."""
    before = snapshot()
    page = browser()
    page.open(link(letter, "pulse"))
    assert page.status == 200 and not changed(before, snapshot())
    page.submit(next(iter(said)), **said)
    assert page.status == 200, words(page.text)
    return page


def test_after_a_month_we_ask(days):
    town = Harbour()
    Membership.objects.filter(pk=town.members["chitra"].pk).update(places=2)
    town.pair("chitra", "amara")
    town.pair("chitra", "nadia")
    days.sweep()
    everybody = (town.amara, town.nadia, town.chitra)
    # In touch every two weeks: nothing else is asked of them.
    for day in (7, 14, 21, 28):
        days.to(day)
        for person in everybody[:2]:
            page = browser(person)
            pairing = Membership.objects.get(user=person).pairings_as_mentee.get()
            page.open(f"/pairs/{pairing.public_id}/")
            page.submit("on", on=timezone.now().date().isoformat())
    days.to(29)
    assert not any(pulses(days.letters(person)) for person in everybody)
    days.to(31)
    asked = {person: pulses(days.letters(person)) for person in everybody}
    assert all(len(letters) == 1 for letters in asked.values())
    (to_amara,), (to_nadia,), (to_chitra,) = asked.values()
    assert to_amara.subject == "About your mentoring" and "wrong" not in to_amara.subject
    assert "Your coordinator reads this; your mentor and the council do not. Not used to evaluate you." in to_amara.text
    assert "- Amara Okafor, since" in to_chitra.text and "- Nadia Petrova, since" in to_chitra.text
    assert not pulses(days.letters(town.farida))

    # Amara says that it goes badly and would like a call; Nadia that it goes badly, and nothing else.
    page = answer(to_amara, going="1", wish="call")
    assert "You get an email that says who it is, and they answer you by" in words(page.text)
    answer(to_nadia, going="2", wish="nothing")
    # Chitra answers for both on one page.
    by_mentee = {row.pairing.mentee.user: row for row in Invitation.objects.filter(membership=town.members["chitra"])}
    said = {
        f"p{row.pk}-{key}": value
        for person, going in ((town.amara, "4"), (town.nadia, "5"))
        for row in [by_mentee[person]]
        for key, value in (("going", going), ("wish", "nothing"))
    }
    assert "there is nothing else to do" in answer(to_chitra, **said).text
    number = len(days.letters(town.amara))
    days.sweep()

    # The wish is with Farida the same day, as a follow-up without the score; Amara is told so.
    case = Case.objects.get()
    assert (case.kind, case.owner, case.asked_by) == ("wish", town.farida, town.amara)
    (told,) = days.letters(town.amara, number)
    assert "Farida Haddad" in told.text and "badly" not in told.text + days.last(town.farida).text
    farida = browser(town.farida)
    follow_up = words(farida.open(town.url("case", case.public_id)))
    assert "I would like somebody to call me." in follow_up and "badly" not in follow_up
    assert [letter for letter in days.letters(town.chitra) if "call" in letter.text] == []

    # Farida reads each answer and the mean of four, and finds Nadia on her home until she has seen to her.
    results = f"/admin/p/{town.program.slug}/pulse/"
    home = f"/admin/p/{town.program.slug}/"
    assert "One person says it is going badly and asked for nothing" in farida.open(home)
    page = words(farida.open(results))
    assert "4 of 4 have answered" in page and "December 2026, 4 answers" in page
    # One, two, four and five.
    assert "December 2026, 4 answers 3.0" in page
    assert town.url("case", case.public_id) in farida.text
    nadias = Invitation.objects.get(membership=town.members["nadia"])
    farida.submit(f"{results}{nadias.public_id}/seen-to/")
    assert "You have seen to what Nadia Petrova answered" in words(farida.text)
    assert "going badly" not in farida.open(home)

    # Neither the council nor the mentor sees any of it.
    for person in (town.elif_, town.chitra, town.amara):
        assert browser(person).open(results).count("badly") == 0

    # Amara changes her mind: the follow-up stays, with a line.
    page = browser()
    page.open(f"{link(to_amara, 'pulse')}?change=1")
    page.submit("going", going="4", wish="nothing")
    days.sweep()
    assert "Would like nothing any more." in words(farida.open(town.url("case", case.public_id)))
    assert Case.objects.open().get() == case

    # Asked once.
    days.to(40)
    assert all(len(pulses(days.letters(person))) == 1 for person in everybody)


@pytest.mark.once
def test_a_pair_at_rest_is_asked_when_the_rest_is_over(days):
    town = Harbour()
    pairing = town.pair("chitra", "amara")
    days.sweep()
    days.to(10)
    amara = browser(town.amara)
    amara.open(f"/pairs/{pairing.public_id}/")
    amara.submit("on", on=timezone.now().date().isoformat())
    amara.open(f"/pairs/{pairing.public_id}/pause/")
    until = (timezone.now().date().replace(day=26)).replace(month=12).isoformat()
    amara.submit("until", until=until)
    assert amara.status == 200, words(amara.text)
    days.to(39)
    assert not pulses(days.letters(town.amara)) and not pulses(days.letters(town.chitra))
    days.to(41)
    assert len(pulses(days.letters(town.amara))) == len(pulses(days.letters(town.chitra))) == 1

"""The pages of the pulse: answered from the email, read by the coordinator alone."""

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from council.actions import hear_pulses
from council.models import Case
from matching.actions import pair_by_hand
from outbox import actions as outbox
from outbox import delivery, links
from outbox.sweeping import never
from surveys.models import Invitation
from tests import surface
from tests import world as w
from tests.surveys.pulses import DAY, ask, emails, of, said, say


@pytest.fixture
def emailed(pairings, clock):
    """The address behind the link of somebody's email."""
    clock.move_to(w.NOW + 30 * DAY)
    ask(30)
    while delivery.deliver_due(timezone.now(), never):
        pass

    def link(person) -> str:
        letter = emails().get(recipient=person)
        assert letter.state == "sent"
        return reverse("outbox:link", args=[links.token_for(letter, "pulse", timezone.now())])

    return link


def answered():
    return Invitation.objects.filter(answered_at__isnull=False)


def test_it_is_answered_from_the_email_without_signing_in_and_never_by_a_look(pairings, emailed):
    url = emailed(pairings[0].mentee.user)
    before = surface.snapshot()
    page = Client().get(url).content.decode()
    assert "Your coordinator reads this; your mentor and the council do not. Not used to evaluate you." in page
    assert "5, very well" in page and "Talk about another mentor" in page
    assert not surface.changed(before, surface.snapshot())
    thanks = Client().post(url, {"going": "4", "wish": "nothing"}, follow=True).content.decode()
    assert "Thank you" in thanks and "there is nothing else to do" in thanks
    thanks = Client().post(url, {"going": "2", "wish": "call"}, follow=True).content.decode()
    assert "they answer you by Saturday 19 December" in thanks
    assert said(of(pairings[0], pairings[0].mentee)) == {"going": "2", "wish": "call"}
    # Opened again, the page says what happens now, and lets them change it.
    assert "Change my answer" in Client().get(url).content.decode()
    change = Client().get(f"{url}?change=1").content.decode()
    assert 'value="2" checked' in change or "checked" in change.partition('value="2"')[2][:120]


@pytest.mark.parametrize(
    "wrong", [{}, {"going": "6", "wish": "nothing"}, {"going": "3"}, {"wish": "call"}, {"going": "3", "wish": "x"}]
)
def test_what_is_missing_is_said_and_nothing_is_lost(pairings, emailed, wrong):
    page = Client().post(emailed(pairings[0].mentee.user), wrong)
    assert page.status_code == 400 and "to put right" in page.content.decode()
    assert not answered().exists()


def test_a_mentor_of_two_answers_for_both_on_one_page_or_for_one(pairings, emailed):
    url = emailed(pairings[0].mentor.user)
    page = Client().get(url).content.decode()
    assert "your mentee and the council do not" in page
    assert "Talk about whether this pair suits" in page and "another mentor" not in page
    first, second = (of(pairing, pairing.mentor) for pairing in pairings)
    assert Client().post(url, {}).status_code == 400
    half = Client().post(url, {f"p{first.pk}-going": "5"})
    assert half.status_code == 400 and half.content.decode().count('class="error-summary"') == 1
    assert "Amara Okafor: choose what you would like" in half.content.decode()
    assert not answered().exists()

    one = {f"p{first.pk}-going": "5", f"p{first.pk}-wish": "nothing"}
    thanks = Client().post(url, one, follow=True).content.decode()
    assert "One is not answered yet: Nadia Petrova." in thanks
    assert answered().get() == first
    both = {**one, f"p{second.pk}-going": "3", f"p{second.pk}-wish": "write"}
    thanks = Client().post(url, both, follow=True).content.decode()
    assert "not answered yet" not in thanks
    assert said(of(pairings[1], pairings[1].mentor)) == {"going": "3", "wish": "write"}


def test_a_link_is_for_its_person_and_thing_alone(pairings, emailed):
    mentee, ends = pairings[0].mentee.user, timezone.now() + DAY
    row = of(pairings[1], pairings[1].mentee)
    for thing in (row.public_id, "no-uuid", ""):
        token = links.sign("pulse", mentee.public_id, str(thing), ends)
        assert Client().get(reverse("outbox:link", args=[token])).status_code == 404
    # One that has run out sends a fresh one.
    row = of(pairings[0], pairings[0].mentee)
    token = links.sign("pulse", mentee.public_id, str(row.public_id), timezone.now())
    ended = Client().post(reverse("outbox:link", args=[token]), {"going": "4", "wish": "nothing"})
    assert ended.status_code == 200 and not answered().exists()


def test_once_it_is_closed_the_page_says_so(pairings, emailed, clock):
    url, row = emailed(pairings[0].mentee.user), of(pairings[0], pairings[0].mentee)
    clock.move_to(w.NOW + 59 * DAY)
    assert "You and Chitra Menon" in Client().get(url).content.decode()
    clock.move_to(w.NOW + 60 * DAY)
    page = w.signed_in(pairings[0].mentee.user).post(
        reverse("surveys:pulse", args=[row.public_id]), {"going": "4", "wish": "nothing"}
    )
    assert "This question is closed" in page.content.decode() and not answered().exists()


def test_nobody_answers_for_somebody_else(pairings):
    ask(30)
    url = reverse("surveys:pulse", args=[of(pairings[0], pairings[0].mentee).public_id])
    assert w.signed_in(pairings[0].mentor.user).get(url).status_code == 404
    w.signed_in(pairings[0].mentor.user).post(url, {"going": "5", "wish": "nothing"})
    assert not answered().exists()


def test_where_the_only_coordinator_is_one_of_the_two_the_page_says_who_reads(pairings, program, coordinator, clock):
    program.memberships.filter(user=coordinator).update(state="left")
    w.add_member(program, "coordinator", pairings[0].mentor.user)
    clock.move_to(w.NOW + 31 * DAY)
    ask(31)
    assert "Your coordinator is one of you, so nobody reads" in emails().get(recipient=pairings[0].mentee.user).body
    row = of(pairings[0], pairings[0].mentee)
    page = w.signed_in(row.membership.user).get(reverse("surveys:pulse", args=[row.public_id])).content.decode()
    assert "Your coordinator is one of you, so nobody reads" in page


def results(person, program, query=""):
    return w.signed_in(person).get(f"{reverse('surveys:results', args=[program.slug])}{query}")


def page_of(person, program, query="") -> str:
    return results(person, program, query).content.decode()


def table(page: str) -> str:
    """The list of answers, without what stands above it."""
    return page.partition('class="list-tools"')[2]


def test_the_coordinator_reads_each_answer_and_the_means_with_their_n(pairings, program, coordinator):
    assert "Nobody has been asked yet" in page_of(coordinator, program)
    ask(30)
    assert "Nobody has answered yet" in page_of(coordinator, program)
    say(pairings[0], pairings[0].mentee, "1", "nothing")
    say(pairings[1], pairings[1].mentee, "4", "write")
    page = page_of(coordinator, program)
    assert "2 of 4 have answered" in page and "December 2026, 2 answers" in page and "2.5" in page
    assert "1, badly" in table(page) and "4, well" in table(page)


def test_the_list_is_filtered_searched_and_sorted(pairings, program, coordinator):
    ask(30)
    say(pairings[0], pairings[0].mentee, "1", "nothing")
    say(pairings[1], pairings[1].mentee, "4", "write", day=32)
    say(pairings[1], pairings[1].mentor, "5", "nothing", day=33)

    def who(query) -> list[str]:
        rows = table(page_of(coordinator, program, query)).split("<tr>")[2:]
        return [row.partition("</a>")[0].rpartition(">")[2] for row in rows]

    assert who("") == ["Chitra Menon", "Nadia Petrova", "Amara Okafor"]
    assert who("?sort=lowest") == ["Amara Okafor", "Nadia Petrova", "Chitra Menon"]
    assert who("?sort=name") == ["Amara Okafor", "Chitra Menon", "Nadia Petrova"]
    assert who("?show=wish") == ["Nadia Petrova"]
    assert who("?show=low") == ["Amara Okafor"]
    assert who("?show=open") == ["Chitra Menon"]
    assert who("?q=petro") == ["Chitra Menon", "Nadia Petrova"]
    assert who("?q=nobody%00") == [] and who("?show=x&sort=y&page=z") == who("")


def test_whom_our_questions_do_not_reach_is_not_called_silent(pairings, program, coordinator):
    ask(30)
    listed = table(page_of(coordinator, program, "?show=open"))
    assert "gets no such email" not in listed
    chitra, amara = pairings[0].mentor.user, pairings[0].mentee.user
    outbox.bounced(chitra, chitra.email, now=w.NOW)
    outbox.mute(amara, program.slug, now=w.NOW)
    listed = table(page_of(coordinator, program, "?show=open"))
    # Chitra is asked about two pairs.
    assert listed.count("gets no such email from us") == 3


def test_an_answer_leads_to_the_follow_up_that_came_of_it(pairings, program, coordinator):
    ask(30)
    say(pairings[0], pairings[0].mentee, "1", "call")
    say(pairings[1], pairings[1].mentee, "5", "nothing")
    hear_pulses(w.NOW + 31 * DAY, never)
    case, page = Case.objects.get(), page_of(coordinator, program)
    url = reverse("council:case", args=[program.slug, case.public_id])
    assert page.count(url) == 1
    assert w.signed_in(coordinator).get(url).status_code == 200


def test_a_low_answer_stands_above_until_it_was_seen_to_and_on_the_home(pairings, program, coordinator):
    ask(30)
    for pairing, wish in zip(pairings, ("nothing", "call"), strict=True):
        say(pairing, pairing.mentee, "2", wish)
        say(pairing, pairing.mentor, "1", "nothing")
    home = reverse("program_home", args=[program.slug])
    # Chitra said so of both.
    assert "2 people say it is going badly and asked for nothing" in w.signed_in(coordinator).get(home).content.decode()
    page = page_of(coordinator, program)
    assert "3 answers say that it goes badly, and ask for nothing" in page
    for row in Invitation.objects.filter(low_at__isnull=False):
        seen = w.signed_in(coordinator).post(reverse("surveys:see_to", args=[program.slug, row.public_id]), follow=True)
        assert "You have seen to what" in seen.content.decode()
    assert "goes badly" not in page_of(coordinator, program)
    assert "going badly" not in w.signed_in(coordinator).get(home).content.decode()


def test_the_export_begins_with_the_sentence_on_evaluation(pairings, program, coordinator):
    ask(30)
    say(pairings[0], pairings[0].mentee, "1", "nothing")
    say(pairings[1], pairings[1].mentee, "4", "write")
    lines = list(csv.reader(io.StringIO(results(coordinator, program, "?format=csv").content.decode("utf-8-sig"))))
    assert lines[0] == ["Not used to evaluate you."] and lines[1][0] == "Name"
    assert [line[0] for line in lines[2:]] == ["Nadia Petrova", "Amara Okafor"]
    assert lines[2][3:6] == ["4", "well", "Write to me"]
    book = openpyxl.load_workbook(io.BytesIO(results(coordinator, program, "?format=xlsx&show=open").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "Not used to evaluate you." and len(rows) == 4
    assert results(coordinator, program, "?format=pdf").status_code == 404


def test_neither_the_council_nor_the_pair_reads_it_and_nobody_what_is_said_of_their_own(pairings, program, coordinator):
    council = w.add_member(program, "council").user
    ask(30)
    row = say(pairings[0], pairings[0].mentee, "1", "nothing")
    assert results(council, program).status_code == 403
    assert results(pairings[0].mentor.user, program).status_code == 404
    # A coordinator who mentors finds nothing of their own pairs: no line, no mean, no count, no file.
    mentor = w.add_member(program, "coordinator", pairings[0].mentor.user).user
    assert "Nobody has been asked yet" in page_of(mentor, program)
    assert "Amara" not in page_of(mentor, program, "?format=csv")
    assert "going badly" not in w.signed_in(mentor).get(reverse("program_home", args=[program.slug])).content.decode()
    assert w.signed_in(mentor).post(reverse("surveys:see_to", args=[program.slug, row.public_id])).status_code == 404
    # Beside the answers about others, theirs are out of the mean, too.
    other = pair_by_hand(
        program, w.add_member(program, "mentor"), w.add_member(program, "mentee"), by=coordinator, now=w.NOW
    )
    ask(30)
    say(other, other.mentee, "5", "nothing")
    assert "1 of 2 have answered" in page_of(mentor, program)
    assert "December 2026, 1 answer<" in page_of(mentor, program) and "2 of 6 have" in page_of(coordinator, program)


def test_the_pages_take_as_many_queries_for_thirty_as_for_one(program, coordinator):
    counts = {}
    urls = [reverse("surveys:results", args=[program.slug]) + query for query in ("", "?show=open", "?format=csv")]
    urls.append(reverse("program_home", args=[program.slug]))
    for number in (1, 29):
        for _each in range(number):
            mentor, mentee = w.add_member(program, "mentor"), w.add_member(program, "mentee")
            pairing = pair_by_hand(program, mentor, mentee, by=coordinator, now=w.NOW)
            ask(30)
            say(pairing, mentee, "1", "nothing")
            say(pairing, mentor, "3", "call")
        hear_pulses(w.NOW + 31 * DAY, never)
        for url in urls:
            client = w.signed_in(coordinator)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(url).status_code == 200
            counts.setdefault(url, []).append(len(seen))
    assert all(few == many for few, many in counts.values()), counts

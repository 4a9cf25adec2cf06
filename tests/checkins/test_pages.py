"""The pages of a pair: proposing, accepting and answering, signed in and from an email without signing in."""

from datetime import date, datetime
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkins import actions
from checkins.models import CheckIn, CheckInAnswer, Contact, Meeting
from matching.actions import end_pairing
from outbox import links
from outbox.models import Letter
from tests import surface
from tests.checkins.pairs import DAY, HOUR, THURSDAY, a_pair, agreed, asked, kinds_to, proposed, run
from tests.checkins.test_asking import FRIDAY_MORNING, THE_DAY, several
from tests.world import NOW, make_meeting, make_person, signed_in

pytestmark = pytest.mark.django_db


class Clock:
    """The clock that pages read, which stands still until it is moved."""

    def move_to(self, moment) -> None:
        self.stop()
        self.traveller = time_machine.travel(moment, tick=False)
        self.traveller.start()

    def stop(self) -> None:
        if traveller := self.__dict__.pop("traveller", None):
            traveller.stop()


@pytest.fixture(autouse=True)
def clock():
    clock = Clock()
    clock.move_to(NOW)
    yield clock
    clock.stop()


@pytest.fixture
def pairing():
    return a_pair()


def page(person, name, *args, **query) -> str:
    response = signed_in(person).get(reverse(name, args=args), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def link_of(letter, purpose) -> str:
    return reverse("outbox:link", args=[links.token_for(letter, purpose, NOW)])


def letter_to(person, kind) -> Letter:
    return Letter.objects.filter(recipient=person, kind__startswith=f"checkins.{kind}").latest("pk")


def test_the_page_of_a_pair_asks_for_a_time_and_says_by_when(pairing):
    text = page(pairing.mentee.user, "checkins:pair", pairing.public_id)
    for words in ("You and Chitra Menon", "Be in touch by Monday 30 November.", "Not yet, as far as we know", "London"):
        assert words in text, words
    assert text.count("btn-primary") == 1 and "No meeting yet" in text


def test_a_proposal_is_made_on_the_proposers_clock(pairing):
    client = signed_in(pairing.mentee.user)
    url = reverse("checkins:propose", args=[pairing.public_id])
    assert "On your clock: Tokyo time." in client.get(url).content.decode()
    response = client.post(url, {"on": "2026-11-20", "at": "03:00", "minutes": "60", "place": "Here"}, follow=True)
    meeting = Meeting.objects.get()
    assert meeting.starts_at == THURSDAY and meeting.place == "Here"
    assert "Proposed. Chitra Menon gets an email" in response.content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"on": "2026-11-15"}, {"on": "9999-12-31"}, {"on": "0001-01-01"}, {"at": ""}, {"minutes": "7"},
     {"place": "x" * 501}, {"on": "2028-01-01"}, {"on": "junk"}],
)  # fmt: skip
def test_a_proposal_that_cannot_be_loses_nothing_typed(pairing, changes):
    fields = {"on": "2026-11-20", "at": "03:00", "minutes": "60", "place": "Here", **changes}
    response = signed_in(pairing.mentee.user).post(reverse("checkins:propose", args=[pairing.public_id]), fields)
    assert response.status_code == 400 and not Meeting.objects.exists()
    assert "error-summary" in response.content.decode()


def test_a_proposal_is_accepted_from_the_email_without_signing_in(pairing):
    meeting = proposed(pairing)
    url = link_of(letter_to(pairing.mentee.user, "proposed"), "meeting")
    client = Client()
    text = unescape(client.get(url).content.decode())
    assert "Friday 20 November 2026, 03:00 (Tokyo time)" in text and "18:00 (London time)" in text
    before = surface.snapshot()
    for query in ("", "?do=accept", "?do=decline", "?do=cancel", "?do=calendar", "?do=move"):
        assert client.get(url + query).status_code == 200
    assert not surface.changed(before, surface.snapshot())
    text = client.post(url, {"do": "accept"}, follow=True).content.decode()
    assert Meeting.objects.get().state == "accepted" and "Put it into my calendar" in text
    # A second time says that it is done.
    assert "Not done" in client.post(url, {"do": "accept"}, follow=True).content.decode()
    file = client.get(url + "?do=calendar")
    assert file["Content-Type"].startswith("text/calendar") and b"DTSTART:20261119T180000Z" in file.content
    assert client.get(reverse("checkins:meeting", args=[meeting.public_id])).status_code == 302


def test_another_time_is_proposed_from_the_email(pairing):
    proposed(pairing)
    url = link_of(letter_to(pairing.mentee.user, "proposed"), "meeting")
    fields = {"on": "2026-11-21", "at": "09:00", "minutes": "30", "place": ""}
    response = Client().post(f"{url}?do=move", fields, follow=True)
    first, second = Meeting.objects.order_by("pk")
    assert (first.state, second.state) == ("cancelled", "proposed") and second.instead_of == first
    assert second.proposed_by == pairing.mentee.user and "Proposed." in response.content.decode()


def test_the_proposers_own_link_cannot_accept(pairing):
    agreed(pairing)
    meeting = actions.move(
        Meeting.objects.get(), starts_at=THURSDAY + DAY, minutes=60, by=pairing.mentee.user, now=NOW
    )  # fmt: skip
    token = links.sign("meeting", pairing.mentee.user.public_id, meeting.public_id, NOW + DAY)
    url = reverse("outbox:link", args=[token])
    assert "Accept" not in Client().get(url).content.decode()
    assert "Not done" in Client().post(url, {"do": "accept"}, follow=True).content.decode()
    assert Meeting.objects.get(pk=meeting.pk).state == "proposed"


@pytest.mark.parametrize("thing", ["", "junk", "6b1a1a7e-0000-4000-8000-000000000000", "of:careers"])
@pytest.mark.parametrize("purpose", ["meeting", "did_you_meet"])
def test_a_link_to_nothing_is_not_found(pairing, purpose, thing):
    token = links.sign(purpose, pairing.mentee.user.public_id, thing, NOW + DAY)
    status = Client().get(reverse("outbox:link", args=[token])).status_code
    # The list of a program's questions may be empty.
    assert status == (200 if (purpose, thing) == ("did_you_meet", "of:careers") else 404)


def test_a_link_of_somebody_else_shows_nothing(pairing):
    meeting, other = agreed(pairing), a_pair()
    run(FRIDAY_MORNING)
    check_in = CheckIn.objects.get()
    for purpose, thing in (("meeting", meeting.public_id), ("did_you_meet", check_in.public_id)):
        token = links.sign(purpose, other.mentee.user.public_id, thing, NOW + DAY)
        assert Client().get(reverse("outbox:link", args=[token])).status_code == 404
    token = links.sign("did_you_meet", other.mentor.user.public_id, f"of:{other.program.slug}", NOW + DAY)
    url = reverse("outbox:link", args=[token])
    assert Client().get(f"{url}?which={check_in.public_id}").status_code == 404
    assert Client().get(f"{url}?which=junk").status_code == 404


def test_declining_and_cancelling_are_posted_and_told(pairing):
    meeting = proposed(pairing)
    url = reverse("checkins:meeting", args=[meeting.public_id])
    assert (
        "does not suit you" in signed_in(pairing.mentee.user).post(url, {"do": "decline"}, follow=True).content.decode()
    )
    second = agreed(pairing, THURSDAY + DAY)
    url = reverse("checkins:meeting", args=[second.public_id])
    client = signed_in(pairing.mentor.user)
    assert "Cancel this meeting?" in client.get(url, {"do": "cancel"}).content.decode()
    client.post(url, {"do": "cancel"})
    second.refresh_from_db()
    assert second.state == "cancelled" and kinds_to(pairing.mentee.user)[-1] == "cancelled_mentee"
    client.post(url, {"do": "juggle"})


def test_did_you_meet_is_answered_from_the_email(pairing, clock):
    agreed(pairing)
    run(FRIDAY_MORNING)
    clock.move_to(FRIDAY_MORNING + HOUR)
    client, url = Client(), link_of(asked(pairing.mentee.user)[0], "did_you_meet")
    text = unescape(client.get(url).content.decode())
    for words in (
        "Did you and Chitra Menon meet on Thursday 19 November 2026?",
        "Not used to evaluate you.",
        f"The coordinators of {pairing.program} read this. Chitra Menon does not.",
        'value="2026-11-19"',
    ):
        assert words in text, words
    assert not CheckInAnswer.objects.exists()
    fields = {
        "met": "yes",
        "met_on": "2026-11-19",
        "how": "Good <b>talk</b>.",
        "next_on": "2026-12-03",
        "next_at": "19:00",
    }
    text = unescape(client.post(url, fields, follow=True).content.decode())
    assert "Thank you" in text and "on Thursday 19 November 2026" in text and "Proposed." in text
    assert Contact.objects.get().on == THE_DAY
    meeting = Meeting.objects.get(state="proposed")
    assert meeting.starts_at == datetime(2026, 12, 3, 10, 0, tzinfo=NOW.tzinfo) and meeting.minutes == 60
    # Until the next one is asked it may be changed.
    text = client.get(f"{url}?change=1").content.decode()
    assert "Good &lt;b&gt;talk&lt;/b&gt;." in text
    text = unescape(client.post(url, {"met": "no", "met_on": "2026-11-19", "how": ""}, follow=True).content.decode())
    assert "did not meet" in text and not Contact.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{}, {"met": "yes", "met_on": ""}, {"met": "yes", "met_on": "2026-11-25"}, {"met": "yes", "met_on": "2026-11-01"},
     {"met": "no", "next_on": "2026-12-01"}, {"met": "no", "next_at": "10:00"}, {"met": "perhaps"},
     {"met": "no", "next_on": "2026-11-01", "next_at": "10:00"}],
)  # fmt: skip
def test_an_answer_that_cannot_be_says_what_to_do(pairing, clock, fields):
    agreed(pairing)
    run(FRIDAY_MORNING)
    clock.move_to(FRIDAY_MORNING)
    response = signed_in(pairing.mentor.user).post(
        reverse("checkins:check_in", args=[CheckIn.objects.get().public_id]), fields
    )
    assert response.status_code == 400 and not CheckInAnswer.objects.exists()


def test_a_mentor_answers_for_several_pairs_on_one_page(clock):
    pairs = several(3)
    for pairing in pairs:
        agreed(pairing)
    run(FRIDAY_MORNING)
    clock.move_to(FRIDAY_MORNING)
    url = link_of(asked(pairs[0].mentor.user)[0], "did_you_meet")
    client = Client()
    first = CheckIn.objects.get(pairing=pairs[0])
    assert client.get(url).content.decode().count("?which=") == 3
    text = client.post(
        f"{url}?which={first.public_id}", {"met": "yes", "met_on": "2026-11-19"}, follow=True
    ).content.decode()
    assert "Thank you" in text and "All your pairs" in text
    assert "You said yes" in client.get(url).content.decode()
    # One of them cannot be answered through somebody else's link.
    mentee_url = link_of(asked(pairs[1].mentee.user)[0], "did_you_meet")
    assert unescape(client.get(f"{mentee_url}?which={first.public_id}").content.decode()).count("Amara") == 0


def test_a_question_that_is_closed_says_so_and_nothing_is_written(pairing, clock):
    agreed(pairing)
    run(FRIDAY_MORNING)
    url = link_of(asked(pairing.mentee.user)[0], "did_you_meet")
    end_pairing(pairing, by=None, now=FRIDAY_MORNING, why="They agreed to.")
    clock.move_to(FRIDAY_MORNING + DAY)
    assert "This question is closed" in Client().get(url).content.decode()
    response = Client().post(url, {"met": "yes", "met_on": "2026-11-19"})
    assert response.status_code == 200 and not CheckInAnswer.objects.exists()


def test_we_were_in_touch_is_noted_any_time(pairing, clock):
    clock.move_to(THURSDAY)
    url = reverse("checkins:pair", args=[pairing.public_id])
    client = signed_in(pairing.mentor.user)
    text = client.post(url, {"on": "2026-11-18"}, follow=True).content.decode()
    assert "Noted. Thank you." in text and "18 November 2026" in text and "confirmed by one" in text
    signed_in(pairing.mentee.user).post(url, {"on": "2026-11-18"})
    assert "confirmed by both" in client.get(url).content.decode()
    assert client.post(url, {"on": "2026-11-20"}).status_code == 400
    assert client.post(url, {"on": "2026-11-01"}).status_code == 400


def test_what_one_says_of_how_it_was_the_other_never_sees(pairing, clock):
    agreed(pairing)
    run(FRIDAY_MORNING)
    clock.move_to(FRIDAY_MORNING)
    check_in = CheckIn.objects.get()
    actions.answer_check_in(check_in, met=False, how="He was unkind.", by=pairing.mentee.user, now=FRIDAY_MORNING)
    for name, thing in (("pair", pairing), ("check_in", check_in), ("meeting", Meeting.objects.get())):
        text = page(pairing.mentor.user, f"checkins:{name}", thing.public_id)
        assert "unkind" not in text and "did not meet" not in text


def test_the_page_of_an_ended_pair_keeps_what_has_been(pairing):
    agreed(pairing)
    end_pairing(pairing, by=None, now=NOW + HOUR, why="They agreed to.")
    text = page(pairing.mentee.user, "checkins:pair", pairing.public_id)
    assert "This pair ended on" in text and "They agreed to" not in text and "btn-primary" not in text
    client = signed_in(pairing.mentee.user)
    url = reverse("checkins:propose", args=[pairing.public_id])
    assert "has ended" in client.get(url, follow=True).content.decode()
    assert client.post(reverse("checkins:pair", args=[pairing.public_id]), {"on": "2026-11-16"}).status_code == 400


def test_nobody_else_finds_a_pairs_pages(pairing, clock):
    meeting = agreed(pairing)
    run(FRIDAY_MORNING)
    other = signed_in(a_pair().mentor.user)
    check_in = CheckIn.objects.get()
    things = {"pair": pairing, "propose": pairing, "meeting": meeting, "calendar": meeting, "check_in": check_in}
    for name, thing in things.items():
        assert other.get(reverse(f"checkins:{name}", args=[thing.public_id])).status_code == 404


def test_markup_in_names_and_places_stays_text(pairing):
    type(pairing.mentor.user).objects.filter(pk=pairing.mentor.user_id).update(name="<img src=x>")
    meeting = make_meeting(pairing, THURSDAY, state="proposed", place="<script>x</script> javascript:alert(1)")
    for name, thing in (("pair", pairing), ("meeting", meeting)):
        text = signed_in(pairing.mentee.user).get(reverse(f"checkins:{name}", args=[thing.public_id])).content.decode()
        assert "<img src=x>" not in text and "<script>x" not in text and 'href="javascript' not in text


def test_the_home_asks_first_for_what_the_other_waits_for(pairing, clock):
    proposed(pairing, THURSDAY + 8 * DAY, by=pairing.mentor.user)
    text = page(pairing.mentee.user, "home")
    assert "Chitra proposes Saturday 28 November, 03:00 (Tokyo time): does it suit?" in text
    assert text.count("btn-primary") == 1 and "You proposed to meet Amara" in page(pairing.mentor.user, "home")
    actions.accept(Meeting.objects.get(), by=pairing.mentee.user, now=NOW)
    text = page(pairing.mentor.user, "home")
    assert "You meet Amara Okafor" in text and "Friday 27 November, 18:00 (London time)" in text
    agreed(pairing)
    run(FRIDAY_MORNING)
    clock.move_to(FRIDAY_MORNING)
    text = page(pairing.mentor.user, "home")
    assert "Did you and Amara Okafor meet on Thursday 19 November?" in text
    actions.answer_check_in(CheckIn.objects.get(), met=True, on=THE_DAY, by=pairing.mentor.user, now=FRIDAY_MORNING)
    text = page(pairing.mentor.user, "home")
    assert "Did you and" not in text and "confirmed by one" in text


def test_the_home_asks_the_database_no_more_for_thirty_pairs(clock):
    def queries(number):
        pairs = several(number)
        for pairing in pairs:
            agreed(pairing)
            proposed(pairing, THURSDAY + 9 * DAY, by=pairing.mentee.user)
        run(FRIDAY_MORNING)
        clock.move_to(FRIDAY_MORNING)
        client = signed_in(pairs[0].mentor.user)
        client.get(reverse("home"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("home"))
        clock.move_to(NOW)
        return len(captured)

    assert queries(30) == queries(1)


def test_the_mentors_list_asks_the_database_no_more_for_thirty_pairs(clock):
    def queries(number):
        pairs = several(number)
        for pairing in pairs:
            agreed(pairing)
        run(FRIDAY_MORNING)
        token = links.sign("did_you_meet", pairs[0].mentor.user.public_id, f"of:{pairs[0].program.slug}", NOW + DAY)
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(reverse("outbox:link", args=[token])).status_code == 200
        return len(captured)

    assert queries(30) == queries(1)


def test_a_person_without_part_in_it_has_no_home_of_it():
    text = page(make_person("Nobody"), "home")
    assert "does it suit" not in text and date(2026, 11, 19).isoformat() not in text

"""Delivery over a real mail server: what leaves, what waits, what dies, and what it says."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import get_connection

from outbox import actions, delivery, kinds, transport
from outbox.delivery import BACKOFF, TRIES, Sweep
from outbox.models import Choice, Letter, LetterState
from outbox.sweeping import never
from tests.outbox.conftest import NOW
from tests.world import make_person

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NIGHT = datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)


def deliver(now=NOW):
    return delivery.deliver_due(now, never)


def state(letter):
    letter.refresh_from_db()
    return letter.state


# What leaves


def test_what_is_due_leaves_once(kind, post, smtp_sink):
    letter, later = post(kind()), post("tests.news", due=NOW + DAY)
    assert deliver() == 1 and deliver() == 0
    assert state(letter) == LetterState.SENT and state(later) == LetterState.WAITING
    assert letter.sent_at and not letter.claimed_by and letter.lease_until is None
    (got,) = smtp_sink.received
    assert got.recipients == (letter.recipient.email,) and got.message_id == letter.message_id


def test_the_headers_of_an_email(kind, post, smtp_sink, client, settings):
    letter = post(kind(optional=True), reply_to="Cora Coordinator <cora@example.org>")
    deliver()
    message = smtp_sink.received[0].message
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "Cora Coordinator <cora@example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["From"] == settings.DEFAULT_FROM_EMAIL and message["To"] == letter.recipient.email
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    address = message["List-Unsubscribe"].strip(" <>")
    # Folded, but never encoded: mail programs read the bytes.
    assert address.encode() in smtp_sink.received[0].data and address.startswith(settings.PUBLIC_URL)
    client.post(address.removeprefix(settings.PUBLIC_URL), {"List-Unsubscribe": "One-Click"})
    assert Choice.objects.get().person == letter.recipient


def test_links_are_signed_at_the_moment_of_sending_and_not_stored(kind, post, smtp_sink, settings):
    letter = post(kind(optional=True))
    deliver()
    got = smtp_sink.received[0]
    assert f"Open your page:\n{settings.PUBLIC_URL}/home/" in got.text.replace("\r", "")
    assert f'href="{settings.PUBLIC_URL}/home/"' in got.html and f"{settings.PUBLIC_URL}/e/" in got.html
    assert state(letter) and "http" not in letter.body


def test_words_in_any_script_arrive(kind, post, smtp_sink):
    words = "Grüße, 你好, שלום <b>&amp;</b>\n.\nFrom here on"
    deliver_one = post(kind(), make_person("Zoë Ångström", "zoe@example.org"), context={"words": words})
    deliver()
    assert words in smtp_sink.received[0].text.replace("\r\n", "\n")
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in smtp_sink.received[0].html
    assert state(deliver_one) == LetterState.SENT


def test_a_sweep_uses_one_connection(kind, post, smtp_sink, monkeypatch):
    news, opened = kind(), []
    for _ in range(5):
        post(news)
    monkeypatch.setattr(transport, "get_connection", lambda: opened.append(1) or get_connection())
    assert deliver() == 5 and len(opened) == 1


def test_a_sweep_stops_between_two_letters(kind, post, smtp_sink):
    news, asked = kind(), []
    for _ in range(5):
        post(news)

    def stop():
        asked.append(1)
        return len(asked) > 3

    assert 0 < delivery.deliver_due(NOW, stop) < 5
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.SENT, LetterState.WAITING}


# What waits, and what is dropped


def test_a_letter_whose_reason_is_gone_is_dropped(kind, post, smtp_sink):
    letter = post(kind(still_needed=lambda letter, now: "They have met."))
    assert deliver() == 0 and state(letter) == LetterState.DROPPED and letter.outcome == "They have met."


def test_a_letter_that_may_not_leave_is_held_and_leaves_once_it_may(kind, post, smtp_sink):
    allowed = []
    letter = post(kind(may_leave=lambda letter, now: bool(allowed)), make_person(email="x@example.org"))
    assert deliver() == 0 and state(letter) == LetterState.WAITING and letter.due_at > NOW and letter.tries == 0
    allowed.append(1)
    assert deliver(NOW + timedelta(hours=1)) == 1


def test_nothing_arrives_at_night_by_the_readers_clock(kind, post, smtp_sink):
    london, tokyo = make_person(time_zone="Europe/London"), make_person(time_zone="Asia/Tokyo")
    here, there = post(kind(), london, now=NIGHT), post("tests.news", tokyo, now=NIGHT)
    assert deliver(NIGHT) == 1
    assert state(there) == LetterState.SENT
    assert state(here) == LetterState.WAITING and here.due_at == MORNING
    assert deliver(MORNING - MINUTE) == 0 and deliver(MORNING) == 1


def test_some_letters_arrive_at_any_hour(kind, post, smtp_sink):
    post(kind(any_hour=True), now=NIGHT)
    assert deliver(NIGHT) == 1


def test_what_is_useless_by_then_is_dropped(kind, post, smtp_sink):
    late, by_night = post(kind(), cut_off=NOW), post("tests.news", now=NIGHT, cut_off=NIGHT + timedelta(hours=2))
    assert deliver(NOW) == 0 and state(late) == LetterState.DROPPED
    assert deliver(NIGHT) == 0 and state(by_night) == LetterState.DROPPED and "too late" in by_night.outcome


def test_who_wants_no_reminders_gets_none_and_everything_else(kind, post, smtp_sink):
    ada = make_person()
    news, nudge = kind(), kind(name="tests.nudge", optional=True)
    actions.mute(ada, "north", now=NOW)
    letters = [post(news, ada), post(nudge, ada), post(nudge, ada, topic="south"), post(nudge)]
    assert deliver() == 3
    assert [state(letter) for letter in letters] == ["sent", "dropped", "sent", "sent"]


def test_three_reminders_a_week_over_all_programs(kind, post, smtp_sink):
    ada, news, nudge = make_person(), kind(), kind(name="tests.nudge", optional=True)
    for number in range(3):
        post(nudge, ada, key=str(number), topic=f"program-{number}")
        assert deliver() == 1
    waits = [post(nudge, ada, key=f"more {number}") for number in range(3)]
    post(news, ada)
    useless = post(nudge, ada, key="useless", cut_off=NOW + DAY)
    assert deliver() == 1
    assert {state(letter) for letter in waits} == {LetterState.WAITING} and state(useless) == LetterState.DROPPED
    assert deliver(NOW + 6 * DAY) == 0
    # At that moment three have gone within seven days; a moment later none has, and what waited is one email.
    assert deliver(NOW + 7 * DAY + MINUTE) == 1
    assert {state(letter) for letter in waits} == {LetterState.SENT}


# What dies


def test_the_backoff_and_the_sixth_try(kind, post, smtp_sink):
    letter, now = post(kind(any_hour=True)), NOW
    smtp_sink.refuse_data = "451 4.3.0 Try again"
    for number, wait in enumerate([*BACKOFF, None], 1):
        deliver(now)
        assert state(letter) == (LetterState.WAITING if wait else LetterState.DEAD)
        assert letter.tries == number
        if wait:
            assert wait <= letter.due_at - now < wait + MINUTE
            assert deliver(letter.due_at - MINUTE / 2) == 0 and letter.tries == number
            now = letter.due_at
    assert [wait // MINUTE for wait in BACKOFF] == [1, 5, 15, 60, 240] and TRIES == 6
    assert "Tried 6 times" in letter.outcome and "Try again" in letter.outcome
    assert deliver(now + 30 * DAY) == 0


def test_a_refused_address_is_marked_and_stops_no_other(kind, post, smtp_sink):
    gone, ada = make_person(email="gone@example.org"), make_person()
    smtp_sink.refuse_recipients = {"gone@example.org": "550 5.1.1 No such person"}
    letters = [post(kind(), gone), post("tests.news", ada), post("tests.news", gone, key="next")]
    assert deliver() == 1
    assert [state(letter) for letter in letters] == ["dead", "sent", "dead"]
    gone.refresh_from_db()
    assert gone.address_bounced_at and letters[0].tries == 0
    assert {"refused" in letter.outcome or "come back" in letter.outcome for letter in (letters[0], letters[2])} == {
        True
    }
    # Somebody has asked them: the address is right after all.
    smtp_sink.refuse_recipients = {}
    assert actions.send_again([letters[0]], by=ada, now=NOW) == 1
    assert deliver() == 1 and state(letters[0]) == LetterState.SENT


@pytest.mark.parametrize("answer", ["550 5.7.1 Relaying denied", "552 5.2.2 Mailbox full", "450 4.2.1 Greylisted"])
def test_a_refusal_for_another_reason_marks_no_address(kind, post, smtp_sink, answer):
    ada = make_person(email="ada@example.org")
    letter = post(kind(), ada)
    smtp_sink.refuse_recipients = {"ada@example.org": answer}
    deliver()
    ada.refresh_from_db()
    assert state(letter) == LetterState.WAITING and letter.tries == 1 and ada.address_bounced_at is None


def test_somebody_without_an_address_leaves_a_dead_letter_that_says_so(kind, post, smtp_sink):
    sam = make_person("Sam Young")
    type(sam).objects.filter(pk=sam.pk).update(email=None)
    letter = post(kind(), sam)
    assert deliver() == 0 and state(letter) == LetterState.DEAD
    assert "Sam Young has no email address" in letter.outcome


def test_an_address_nobody_can_write_to_stops_no_other(kind, post, smtp_sink):
    odd, ada = make_person(email="ödd@example.org"), make_person()
    letters = [post(kind(), odd), post("tests.news", ada)]
    assert deliver() == 1
    assert [state(letter) for letter in letters] == ["dead", "sent"]


def test_a_letter_that_cannot_be_made_ready_stops_no_other(kind, post, smtp_sink):
    def broken(letter, now):
        raise KeyError("a mistake of ours")

    bad, good = post(kind(name="tests.bad", still_needed=broken)), post(kind())
    unknown = post("tests.news")
    Letter.objects.filter(pk=unknown.pk).update(kind="gone.kind")
    assert deliver() == 1
    assert [state(letter) for letter in (bad, good, unknown)] == ["waiting", "sent", "dead"]
    assert bad.tries == 1 and bad.due_at > NOW


# The server


def test_an_unreachable_server_is_no_letters_try(kind, post, smtp_sink, settings):
    letters, right = [post(kind()), post("tests.news")], settings.EMAIL_PORT
    settings.EMAIL_PORT = 1
    assert deliver() == 0
    assert {(state(letter), letter.tries) for letter in letters} == {("waiting", 0)}
    # It is left alone for a while, longer each time, whatever is due.
    settings.EMAIL_PORT = right
    assert deliver() == 0
    pauses = []
    for _ in range(8):
        transport.rest.longer()
        pauses.append(transport.rest.pause)
    assert pauses == [4, 8, 16, 32, 60, 60, 60, 60]
    transport.rest.until = 0.0
    assert deliver() == 2 and not transport.rest.pause


def test_a_server_that_shuts_the_line_in_the_middle(kind, post, smtp_sink):
    letter = post(kind(any_hour=True))
    smtp_sink.refuse_data = "421 4.3.2 Shutting down"
    deliver()
    assert state(letter) == LetterState.WAITING
    smtp_sink.refuse_data = ""
    transport.rest.over()
    assert deliver(NOW + timedelta(hours=1)) == 1


class _Broken:
    """A backend whose line breaks after the letter went out, and whose server answers again or not."""

    def __init__(self, answers):
        self.answers, self.opened = answers, 0

    def open(self):
        self.opened += 1
        if self.opened > 1 and not self.answers:
            raise ConnectionRefusedError("nobody there")

    def close(self):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


@pytest.mark.parametrize("answers, tries", [(True, 1), (False, 0)])
def test_a_line_that_breaks_counts_only_if_the_server_still_answers(kind, post, monkeypatch, answers, tries):
    letter, backend = post(kind()), _Broken(answers)
    monkeypatch.setattr(transport, "get_connection", lambda: backend)
    assert deliver() == 0
    assert state(letter) == LetterState.WAITING and letter.tries == tries
    # No try, and not put off: an email that waits for a server is seen to be late.
    assert (letter.due_at >= NOW + MINUTE) is answers
    assert transport.rest.resting() is not answers


class _RefusesUs:
    """A server that opens its door and takes nothing: a wrong key, a sender it does not know."""

    def open(self):
        pass

    close = open

    def send_messages(self, messages):
        raise smtplib.SMTPSenderRefused(530, b"5.7.0 Authentication required", "us@example.org")


def test_a_server_that_refuses_us_each_time_is_left_alone_longer_and_the_email_is_late(kind, post, monkeypatch):
    letter, pauses = post(kind()), []
    monkeypatch.setattr(transport, "get_connection", _RefusesUs)
    for minutes in range(0, 20, 4):
        transport.rest.until = 0.0
        assert deliver(NOW + minutes * MINUTE) == 0
        pauses.append(transport.rest.pause)
    assert pauses == [2, 4, 8, 16, 32]
    assert state(letter) == LetterState.WAITING and letter.tries == 0
    assert list(Letter.objects.late(NOW + 16 * MINUTE)) == [letter]


# Claims


def test_one_claim_and_one_fence_per_letter(kind, post):
    letter = post(kind())
    first, second = Sweep(NOW), Sweep(NOW)
    mine = first.claim(letter.pk)
    assert mine and second.claim(letter.pk) is None
    assert not second.fence(mine)
    assert first.fence(mine) and not first.fence(mine)
    assert second.claim(letter.pk) is None and state(letter) == LetterState.SENDING


@pytest.mark.parametrize("left, tries", [("claimed", 0), ("sending", 1)])
def test_a_letter_whose_worker_died_is_taken_over_after_its_lease(kind, post, smtp_sink, left, tries):
    letter, dead = post(kind(any_hour=True)), Sweep(NOW)
    dead.claim(letter.pk)
    if left == "sending":
        dead.fence(letter)
    assert deliver(NOW + delivery.LEASE / 2) == 0
    assert deliver(NOW + delivery.LEASE + MINUTE) == 1
    assert state(letter) == LetterState.SENT and letter.tries == tries
    assert smtp_sink.received[0].message_id == letter.message_id
    # The dead one comes back to life: nothing of it counts any more.
    assert not dead.fence(letter)
    dead.settle(letter)
    assert dead.sent == 0 and state(letter) == LetterState.SENT


def test_a_letter_that_kills_its_worker_each_time_ends_as_dead(kind, post, smtp_sink):
    letter, now = post(kind(any_hour=True)), NOW
    for _ in range(TRIES + 1):
        sweep = Sweep(now)
        sweep.fence(sweep.claim(letter.pk))
        now += delivery.LEASE + MINUTE
    assert deliver(now) == 0 and state(letter) == LetterState.DEAD and not smtp_sink.received


def test_one_run_a_process_at_a_time(kind, post, smtp_sink):
    post(kind())
    with delivery._one_at_a_time:
        assert deliver() == 0
    assert deliver() == 1


def test_the_lease_outlasts_the_slowest_server(settings):
    assert delivery.LEASE.total_seconds() > 20 * settings.EMAIL_TIMEOUT


def test_every_move_is_one_of_the_table(kind, post):
    sweep, letter = Sweep(NOW), post(kind())
    with pytest.raises(AssertionError):
        sweep.move(letter, LetterState.SENT, LetterState.WAITING)
    assert {new for _old, new in Letter.MOVES} == set(LetterState)


def test_the_log_has_one_line_a_letter_and_nothing_of_it(kind, post, smtp_sink, caplog):
    caplog.set_level("INFO", logger="outbox.delivery")
    sent, dropped = post(kind(any_hour=True)), post(kind(name="tests.gone", still_needed=lambda *_: "Answered."))
    deliver()
    said = sorted(record.getMessage() for record in caplog.records)
    assert said == sorted(
        [
            f"letter={sent.public_id} kind=tests.news program={sent.topic or '-'} state=sent",
            f"letter={dropped.public_id} kind=tests.gone program={dropped.topic or '-'} state=dropped",
        ]
    )
    assert not any(word in line for line in said for word in (sent.recipient.email, sent.recipient.name, sent.subject))


def test_late_letters_are_known(kind, post):
    post(kind())
    assert not Letter.objects.late(NOW + 10 * MINUTE).exists()
    assert Letter.objects.late(NOW + 20 * MINUTE).exists()
    assert kinds.title("tests.news") == "News" and kinds.title("gone") == "An email of an earlier time"

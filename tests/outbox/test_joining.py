"""What is due to one reader goes as one email, which is sent, lost and repeated as a whole."""

import re
import smtplib
from datetime import timedelta

import pytest

from outbox import actions, delivery, joining, preview, transport
from outbox.delivery import LEASE, TRIES, Sweep
from outbox.models import Choice, How, Letter, LetterState
from outbox.sweeping import never
from tests.outbox.conftest import NOW
from tests.outbox.test_delivery import MORNING, NIGHT, deliver, state
from tests.world import make_person

pytestmark = pytest.mark.django_db
MINUTE, DAY, HOUR = timedelta(minutes=1), timedelta(days=1), timedelta(hours=1)
HELLO = "About your mentoring\n\nHello {{ person }},\n\n"
ASKS = HELLO + "did you meet {{ words }}?\n\n[link: home]\n\nThank you for saying.\n"


@pytest.fixture
def nudge(kind):
    return kind(name="tests.nudge", words=ASKS, optional=True)


@pytest.fixture
def three(nudge, post):
    ada = make_person("Ada")
    return [post(nudge, ada, key=who, context={"words": who}) for who in ("Ben", "Cora", "Dan")]


def states(letters):
    return [state(letter) for letter in letters]


def test_what_waits_for_the_morning_is_one_email(nudge, post, smtp_sink, settings):
    ada = make_person("Ada")
    letters = [post(nudge, ada, key=who, now=NIGHT, context={"words": who}) for who in ("Ben", "Cora", "Dan")]
    other = post(nudge, make_person(), now=NIGHT)
    assert deliver(NIGHT) == 0 and deliver(MORNING) == 2
    assert set(states(letters)) == {LetterState.SENT} and state(other) == LetterState.SENT
    (got,) = smtp_sink.to(ada.email)
    text = got.text.replace("\r\n", "\n")
    assert got.message["Subject"] == "Three things about your mentoring"
    for number, who in enumerate(("Ben", "Cora", "Dan"), 1):
        assert f"{number} of 3\n------\nDid you meet {who}?" in text
    # A greeting, a foot and what they all say stand there once; each has links of its own.
    assert text.count("Hello Ada,") == text.count("Thank you for saying.") == text.count("You get this email") == 1
    assert text.count(f"Open your page:\n{settings.PUBLIC_URL}/home/") == 3
    assert got.html.count("<h2") == 3 and got.html.count(f"{settings.PUBLIC_URL}/home/") == 3
    first = Letter.objects.get(recipient=ada, joined_into=None)
    assert got.message_id == first.message_id
    assert set(first.joined.values_list("sent_at", flat=True)) == {first.sent_at}
    shown = preview.show(first, among=Letter.objects.all())
    assert "2 of 3" in shown.text and "http" not in shown.html
    # Whoever may not see the others reads this one alone.
    assert "Cora" not in preview.show(first, among=Letter.objects.filter(pk=first.pk)).text + preview.show(first).text


def test_emails_of_two_programs_name_them(nudge, post, smtp_sink, monkeypatch, client, settings):
    from outbox import kinds

    monkeypatch.setattr(kinds, "_name_of_topic", [str.title])
    ada = make_person()
    for topic in ("north", "south"):
        post(nudge, ada, topic=topic, reply_to=f"{topic.title()} <{topic}@example.org>")
    assert deliver() == 1
    (got,) = smtp_sink.received
    assert "1 of 2: North" in got.text and "2 of 2: South" in got.text
    # An answer reaches somebody of each; the button of the mail program stands for both.
    assert got.message["Reply-To"] == "North <north@example.org>, South <south@example.org>"
    button = got.message["List-Unsubscribe"].strip(" <>").removeprefix(settings.PUBLIC_URL)
    assert "from all programs, and nothing else" in client.get(button, follow=True).content.decode()
    client.post(button, {"List-Unsubscribe": "One-Click"})
    assert [(row.topic, row.group, row.how) for row in Choice.objects.all()] == [("", "", How.NEVER)]


def test_what_never_goes_together(kind, nudge, post, smtp_sink):
    ada, safety = make_person(), kind(name="tests.safety", apart=True, any_hour=True)
    letters = [post(nudge, ada), post(safety, ada), post(kind(), ada)]
    assert deliver() == 3 and set(states(letters)) == {LetterState.SENT}
    assert not Letter.objects.exclude(joined_into=None).exists()


def test_of_two_about_one_situation_the_later_step_is_enough(kind, post, smtp_sink):
    def about(letter):
        return frozenset(letter.about["pairs"])

    ask, nudge = (kind(name=f"tests.{step}", optional=True, situation=about, step=step) for step in (0, 1))
    ada = make_person()
    weaker, stays = post(ask, ada, about={"pairs": ["a"]}), post(ask, ada, key="more", about={"pairs": ["a", "b"]})
    stronger = post(nudge, ada, about={"pairs": ["a", "c"]})
    assert deliver() == 1
    assert states([weaker, stays, stronger]) == ["dropped", "sent", "sent"] and "about the same" in weaker.outcome


def test_one_that_is_no_longer_needed_is_left_out(kind, post, smtp_sink):
    gone = kind(name="tests.gone", optional=True, still_needed=lambda letter, now: "They met.")
    ada, nudge = make_person(), kind(name="tests.nudge", words=ASKS, optional=True)
    letters = [post(gone, ada), post(nudge, ada, context={"words": "Ben"})]
    assert deliver() == 1 and states(letters) == ["dropped", "sent"]
    assert smtp_sink.received[0].message["Subject"] == "About your mentoring"


def test_one_that_cannot_be_made_ready_stops_no_other(kind, nudge, post, smtp_sink):
    ada = make_person()
    good, bad = post(nudge, ada), post(nudge, ada, key="bad")
    Letter.objects.filter(pk=bad.pk).update(body="Hello,\n\n[link: never_registered]\n")
    assert deliver() == 1 and states([good, bad]) == ["sent", "waiting"]
    assert bad.tries == 1 and bad.joined_into is None


def test_what_cannot_be_compared_goes_all_the_same(kind, nudge, post, smtp_sink):
    odd = kind(name="tests.odd", optional=True, situation=lambda letter: letter.about["pairs"])
    ada, ben = make_person(), make_person()
    letters = [post(odd, ada), post(nudge, ada), post(nudge, ben)]
    assert deliver() == 2 and set(states(letters)) == {LetterState.SENT}


def test_a_text_that_the_server_refuses_spoils_no_other_for_ever(kind, nudge, post, smtp_sink, monkeypatch):
    ada, now = make_person(), NOW
    bad, *good = [post(nudge, ada, key=who, context={"words": who}) for who in ("viagra", "Ben", "Cora")]

    class Filters(type(transport.get_connection())):
        def send_messages(self, messages):
            if "viagra" in messages[0].body:
                raise smtplib.SMTPDataError(554, b"5.7.1 Spam")
            return super().send_messages(messages)

    monkeypatch.setattr(transport, "get_connection", Filters)
    for _try in range(3 * TRIES):
        deliver(now)
        now += 5 * HOUR
    assert states([bad, *good]) == ["dead", "sent", "sent"] and len(smtp_sink.received) == 1


# Killed in the middle


def test_a_process_that_dies_before_the_fence_leaves_them_free(three, smtp_sink):
    assert len(Sweep(NOW).claim_all(three[0].recipient_id)) == 3
    assert deliver(NOW + MINUTE) == 0
    # They are taken over together: none had been sent, and none is lost.
    assert deliver(NOW + LEASE + MINUTE) == 1
    assert set(states(three)) == {LetterState.SENT} and not Letter.objects.exclude(claimed_by="").exists()


def test_a_process_that_dies_after_the_fence_has_all_of_them_sent_again_as_one(three, smtp_sink):
    dead = Sweep(NOW)
    first, *others = dead.claim_all(three[0].recipient_id)
    message = delivery.message_of(first, NOW, others)
    assert dead.fence(first, others)
    assert states(three) == ["sending", "joined", "joined"]
    dead.line.ready()
    dead.line.send(message)
    dead.line.close()
    assert deliver(NOW + LEASE / 2) == 0
    assert deliver(NOW + LEASE + MINUTE) == 1
    assert set(states(three)) == {LetterState.SENT}
    assert [got.message_id for got in smtp_sink.received] == [first.message_id] * 2
    said = [re.sub(r"http\S+", "", got.text) for got in smtp_sink.received]
    assert said[0] == said[1] and "3 of 3" in said[0]
    # It comes back to life: nothing of it counts any more.
    dead.settle(first)
    assert dead.sent == 0


def test_sent_again_as_one_while_one_of_them_is_needed(kind, post, smtp_sink):
    over = set()
    ada = make_person()
    nudge = kind(
        name="tests.nudge", optional=True, still_needed=lambda letter, now: "Met." if letter.pk in over else ""
    )
    letters = [post(nudge, ada, key=str(number)) for number in range(3)]
    for needed, then in ((True, "sent"), (False, "dropped")):
        Letter.objects.update(state=LetterState.WAITING, joined_into=None, sent_at=None)
        dead = Sweep(NOW)
        first, *others = dead.claim_all(ada.pk)
        assert dead.fence(first, others)
        over.update(letter.pk for letter in letters[: 2 if needed else 3])
        assert deliver(NOW + LEASE + MINUTE) == int(needed)
        assert set(states(letters)) == {then}


def test_two_processes_never_share_what_is_due_to_one_reader(three):
    first, second = Sweep(NOW), Sweep(NOW)
    assert len(first.claim_all(three[0].recipient_id)) == 3
    assert second.claim_all(three[0].recipient_id) == []
    mine = first.claim_all(three[0].recipient_id)
    # Its lease has run out and somebody has taken one over: nothing of it leaves.
    Letter.objects.filter(pk=three[2].pk).update(claimed_by=second.me)
    assert not first.fence(mine[0], mine[1:])
    assert set(states(three)) == {LetterState.CLAIMED}


def test_a_refused_address_and_a_busy_server(three, smtp_sink):
    smtp_sink.refuse_data = "451 4.3.0 Try again"
    assert deliver() == 0 and set(states(three)) == {LetterState.WAITING}
    assert not Letter.objects.exclude(joined_into=None).exists()
    smtp_sink.refuse_data = ""
    smtp_sink.refuse_recipients = {three[0].recipient.email: "550 5.1.1 No such person"}
    assert deliver(NOW + HOUR) == 0 and set(states(three)) == {LetterState.DEAD}
    assert actions.send_again(three, by=make_person(), now=NOW + HOUR) == 3
    smtp_sink.refuse_recipients = {}
    assert deliver(NOW + 2 * HOUR) == 1 and set(states(three)) == {LetterState.SENT}


def test_what_goes_with_an_email_that_is_held_is_free_again(three):
    dead = Sweep(NOW)
    first, *others = dead.claim_all(three[0].recipient_id)
    dead.fence(first, others)
    # The line broke: whether it arrived is not known.
    dead.move(first, LetterState.SENDING, LetterState.WAITING)
    assert states(three) == ["waiting", "joined", "joined"]
    assert actions.cancel([three[2]], by=make_person(), now=NOW) == 1
    assert actions.hold([three[0]], by=make_person(), now=NOW) == 1
    assert states(three) == ["held", "waiting", "dropped"]


def test_all_of_one_email_cancelled_at_once_are_cancelled(three):
    dead = Sweep(NOW)
    first, *others = dead.claim_all(three[0].recipient_id)
    dead.fence(first, others)
    dead.move(first, LetterState.SENDING, LetterState.WAITING)
    assert actions.cancel(three, by=make_person(), now=NOW) == 3
    assert set(states(three)) == {LetterState.DROPPED}


def test_what_is_on_its_way_cannot_be_cancelled_and_what_is_cancelled_does_not_leave(three, smtp_sink):
    coordinator, dead = make_person(), Sweep(NOW)
    first, *others = dead.claim_all(three[0].recipient_id)
    dead.fence(first, others)
    # It stands in an email that is being sent: nobody may say that it was not.
    assert actions.cancel([others[0]], by=coordinator, now=NOW) == 0 and state(others[0]) == LetterState.JOINED
    dead.move(first, LetterState.SENDING, LetterState.WAITING)
    again = Sweep(NOW)
    (first,) = again.claim_all(first.recipient_id)
    with_it = joining.companions(first)
    assert actions.cancel([others[0]], by=coordinator, now=NOW) == 1
    # Its text was made before that: it does not leave with what was cancelled in it.
    assert not again.fence(first, with_it) and state(first) == LetterState.CLAIMED
    assert deliver(NOW + LEASE + MINUTE) == 1
    assert states(three) == ["sent", "dropped", "sent"] and "1 of 2" in smtp_sink.received[0].text


# Once a week


def weekly(person, topic="", group=""):
    Choice.objects.create(person=person, topic=topic, group=group, how=How.WEEKLY, since=NOW)


def test_once_a_week_is_monday_morning_by_the_readers_clock(kind, nudge, post, smtp_sink):
    ada = make_person("Ada", time_zone="America/New_York")
    weekly(ada)
    tuesday, monday = NOW + DAY, NOW + 7 * DAY
    letters = [post(nudge, ada, key=str(day), now=tuesday + day * DAY) for day in range(4)]
    matched = post(kind(), ada, now=tuesday + 4 * HOUR)
    for hour in range(6 * 24):
        deliver(tuesday + hour * HOUR)
    assert state(matched) == LetterState.SENT and set(states(letters)) == {LetterState.WAITING}
    assert "one email a week" in letters[0].outcome
    assert {letter.due_at for letter in letters} == {monday.replace(hour=12, minute=30)}
    assert deliver(monday.replace(hour=12, minute=29)) == 0 and deliver(monday.replace(hour=12, minute=30)) == 1
    assert set(states(letters)) == {LetterState.SENT}
    # What is asked on Monday later on waits for the next.
    late = post(nudge, ada, key="late", now=monday + 6 * HOUR)
    assert deliver(monday + 6 * HOUR) == 0 and state(late) == LetterState.WAITING


def test_what_the_server_did_not_take_on_monday_is_tried_again_the_same_day(nudge, post, smtp_sink):
    person = make_person()
    weekly(person)
    letter = post(nudge, person)
    assert deliver() == 0 and state(letter) == LetterState.WAITING
    monday = letter.due_at
    smtp_sink.refuse_data = "451 4.7.1 Greylisted, try again in five minutes"
    assert deliver(monday) == 0 and state(letter) == LetterState.WAITING and letter.tries == 1
    smtp_sink.refuse_data = ""
    assert deliver(monday + 2 * MINUTE) == 1 and state(letter) == LetterState.SENT


def test_what_cannot_wait_for_monday_comes_by_itself(nudge, post, smtp_sink):
    ada = make_person()
    weekly(ada, "north", "reminders")
    soon = post(nudge, ada, now=NOW + DAY, cut_off=NOW + 3 * DAY)
    later = post(nudge, ada, key="later", now=NOW + DAY, cut_off=NOW + 8 * DAY)
    assert deliver(NOW + DAY) == 1 and states([soon, later]) == ["sent", "waiting"]


@pytest.mark.parametrize(
    "rows, how",
    [
        ([], "sent"),
        ([("", "", "never")], "dropped"),
        ([("", "", "never"), ("north", "", "at_once")], "sent"),
        ([("", "reminders", "never"), ("north", "", "weekly")], "waiting"),
        ([("north", "", "at_once"), ("north", "reminders", "never")], "dropped"),
        ([("south", "", "never"), ("north", "news", "never")], "sent"),
    ],
)
def test_the_choice_closest_to_a_letter_counts(nudge, post, smtp_sink, rows, how):
    ada = make_person()
    for topic, group, chosen in rows:
        Choice.objects.create(person=ada, topic=topic, group=group, how=chosen, since=NOW)
    letter = post(nudge, ada)
    deliver()
    assert state(letter) == how


# The cap


def test_no_more_leave_in_a_minute_than_the_server_takes(kind, post, smtp_sink, settings):
    settings.EMAILS_A_MINUTE = 3
    news = kind()
    for _ in range(8):
        post(news)
    assert [deliver(NOW + turn * timedelta(seconds=21)) for turn in range(7)] == [3, 0, 0, 3, 0, 0, 2]


def test_a_run_asks_when_to_stop_between_two_readers(nudge, post, smtp_sink):
    for _ in range(3):
        post(nudge)
    asked = []
    assert delivery.deliver_due(NOW, lambda: asked.append(1) or len(asked) > 2) == 1
    assert delivery.deliver_due(NOW, never) == 2

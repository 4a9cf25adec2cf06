"""Writing and posting: once per key, times in the reader's zone, links only of ours."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from outbox import actions, kinds, letters, preview
from outbox.models import Letter, LetterConcerns, LetterState
from tests.outbox.conftest import NOW
from tests.world import make_person

pytestmark = pytest.mark.django_db


def write(kind, to, key="matter", **fields):
    return letters.write(kind, to, **{"key": key, "context": {}, "topic": "north", "now": NOW, **fields})


def test_twice_is_once(kind):
    news, ada = kind(), make_person("Ada")
    assert actions.post([write(news, ada)]) == 1
    assert actions.post([write(news, ada)]) == 0
    assert actions.post([write(news, ada), write(news, ada, key="other"), write(news, make_person())]) == 2
    assert Letter.objects.count() == 3


def test_a_letter_is_written_in_the_transaction_of_its_sender(kind):
    news, ada = kind(), make_person("Ada")
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.post([write(news, ada)])
        raise RuntimeError
    assert not Letter.objects.exists()


def test_posting_takes_the_same_queries_for_one_and_for_many(kind, django_assert_max_num_queries):
    news = kind()
    many = [write(news, make_person()) for _ in range(30)]
    with django_assert_max_num_queries(6):
        assert actions.post(many) == 30


def test_a_long_key_stays_a_key_of_its_own(kind):
    news, ada = kind(), make_person("Ada")
    one, other = (write(news, ada, key="x" * 300 + end) for end in "ab")
    assert len(one.key) <= letters.KEY_LENGTH and one.key != other.key
    assert actions.post([one, other]) == 2


def test_the_subject_is_the_first_line_and_one_line(kind):
    news = kind(words="Hello {{ name }}\n\nText\n")
    letter = write(news, make_person(), context={"name": "Ada\nBcc: all@example.org"})
    assert letter.subject == "Hello Ada Bcc: all@example.org"
    assert letter.body.startswith("Text\n")


def test_times_are_the_readers(kind):
    news = kind(words='Soon\n\nAt {{ at|date:"H:i" }}.\n')
    letter = write(
        news, make_person(time_zone="America/New_York"), context={"at": datetime(2026, 7, 1, 12, tzinfo=UTC)}
    )
    assert "At 08:00." in letter.body


def test_every_letter_says_why_it_came_and_whom_an_answer_reaches(kind):
    news = kind()
    letter = write(news, make_person(), reply_to="Cora Coordinator <cora@example.org>", context={"program": "North"})
    assert "You get this email because you take part in North." in letter.body
    assert "it reaches Cora Coordinator." in letter.body
    assert "Which emails you get, and how often: [link: unsubscribe]" in letter.body
    assert "unsubscribe" not in write("tests.news", make_person(), topic="").body


def test_mentees_are_told_how_to_say_that_they_cannot_reach_their_mentor(kind):
    letter = write(kind(to_mentees=True), make_person(), reply_to="Cora <cora@example.org>")
    assert "You can answer this email: it reaches Cora." in letter.body
    assert "Something is wrong, or you cannot reach your mentor? [link: wrong]" in letter.body


def test_a_reminder_says_how_to_stop_reminders(kind):
    assert "once a week, or not at all: [link: unsubscribe]" in write(kind(optional=True), make_person()).body


@pytest.mark.parametrize("where", ["name", "words", "contact", "why", "program"])
def test_no_words_of_a_person_become_a_link(kind, where):
    planted = "[link: profile]"
    person = make_person(planted if where == "name" else "Ada")
    letter = write(kind(), person, context={} if where == "name" else {where: planted})
    assert "(link: profile)" in letter.body
    assert "[link: profile]" not in letter.body and "[link: home]" in letter.body


def test_words_of_a_person_are_text_in_the_html_and_untouched_in_the_text(kind):
    words = '<script>alert("1")</script> & {{ x }} {% now "Y" %} [link: nothing]'
    shown = preview.show(write(kind(), make_person(), context={"words": words}))
    assert '<script>alert("1")</script> & {{ x }}' in shown.text
    assert "<script>" not in shown.html and "&lt;script&gt;" in shown.html


def test_a_preview_shows_links_as_words(kind):
    shown = preview.show(write(kind(optional=True), make_person()))
    assert "[Open your page]" in shown.text and "Open your page" in shown.html
    assert "http" not in shown.text and "href" not in shown.html


def test_showing_asks_the_database_nothing(kind, django_assert_num_queries):
    letter = write(kind(), make_person())
    with django_assert_num_queries(0):
        preview.show(letter)


@pytest.mark.parametrize("name", [kind.name for kind in kinds.every()])
def test_every_kind_of_email_renders(name):
    shown = preview.sample(name, "no-such-program")
    assert 0 < len(shown.subject) < 60 and "\n" not in shown.subject
    assert "You get this email because" in shown.text and "Hello" in shown.text
    for sign in ("{{", "{%", "[link:", "!", "None", "\n\n\n"):
        assert sign not in shown.text, sign
    assert "<style>" in shown.html and "http" not in shown.html


def test_what_is_useless_in_the_morning_goes_the_evening_before(kind):
    news, night = kind(), datetime(2026, 11, 17, 2, 0, tzinfo=UTC)
    morning = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
    assert write(news, make_person(), due=night).due_at == night
    assert write(news, make_person(), due=night, cut_off=morning).due_at == night
    assert write(news, make_person(), due=night, cut_off=night + timedelta(hours=1)).due_at == datetime(
        2026, 11, 16, 20, 30, tzinfo=UTC
    )
    # No evening is left: it is tried, and delivery drops it.
    assert write(news, make_person(), now=night, cut_off=night + timedelta(hours=1)).due_at == night


def test_a_letter_knows_whom_it_is_about(kind):
    ada, ben, cora = make_person(), make_person(), make_person()
    about = {"people": [str(ada.public_id), str(ben.public_id), str(ben.public_id)]}
    actions.post([write(kind(), ada, about=about)])
    actions.post([write("tests.news", ada, about={"people": [str(cora.public_id)]})])
    assert set(LetterConcerns.objects.values_list("person", flat=True)) == {ada.pk, ben.pk}
    assert not Letter.objects.not_about(ada).exists() and not Letter.objects.not_about(ben).exists()
    assert Letter.objects.not_about(cora).exists()


def test_hands_hold_release_cancel_and_send_again(kind, post):
    from journal.models import Entry

    news, boss = kind(), make_person("Cora")
    letter = post(news)
    assert actions.release([letter], by=boss, now=NOW) == 0
    assert actions.hold([letter], by=boss, now=NOW, why="Wait for the date") == 1
    assert actions.hold([letter], by=boss, now=NOW) == 0
    assert not Letter.objects.due(NOW).exists()
    assert actions.release([letter], by=boss, now=NOW) == 1
    assert Letter.objects.due(NOW).count() == 1
    assert actions.cancel([letter], by=boss, now=NOW, why="Wrong date") == 1
    assert actions.cancel([letter], by=boss, now=NOW) == actions.send_again([letter], by=boss, now=NOW) == 0
    letter.refresh_from_db()
    assert (letter.state, letter.outcome) == (LetterState.DROPPED, "Wrong date")
    assert list(Entry.objects.of(letter).order_by("pk").values_list("verb", flat=True)) == [
        "held",
        "released",
        "cancelled",
    ]
    assert Entry.objects.concerning(letter.recipient).count() == 3


@pytest.mark.once
@pytest.mark.parametrize("name", [kind.name for kind in kinds.every()])
def test_every_email_keeps_to_what_mail_programs_can_show(name):
    shown = preview.sample(name, "no-such-program")
    html = shown.html
    for never in ("<img", "<script", "url(", "<link", "position:", "display:flex", "display:grid", "<svg", " onclick"):
        assert never not in html, never
    assert len(html) < 60_000, "Gmail cuts emails off at 102 kB."
    assert 'dir="ltr"' in html and '<meta name="color-scheme" content="light dark">' in html
    # Outlook has no max-width: a table of its own holds the lines.
    assert '<!--[if mso]><table role="presentation" width="560"' in html and html.count("<table") == html.count(
        "</table"
    )
    assert all(len(line) < 900 for line in shown.text.splitlines()), "A line of an email has at most 998 bytes."
    # Read on locked screens: nothing in a subject tells of silence, trouble or health.
    assert not re.search(r"reach|silent|quiet|urgent|problem|concern|warning|missed|overdue", shown.subject, re.I)


@pytest.mark.once
def test_an_email_in_a_language_from_right_to_left():
    letter = preview.example(kinds.get("matching.pair_ended"), "no-such-program", preview.made_up())
    letter.language = "ar"
    shown = preview.show(letter)
    assert 'lang="ar" dir="rtl"' in shown.html and "padding-right:20px" in shown.html and 'align="right"' in shown.html


def test_a_line_of_ours_in_an_email_from_right_to_left_keeps_its_order():
    body = "مرحبا\n\nHow often: [link: home]\n\nمرحبا Ada [link: home]\n"
    letter = Letter(subject="", body=body, language="ar")
    theirs, ours, mixed = (["".join(one.text for one in block.lines[0])] for block in preview.show(letter).blocks)
    assert ours == ["\u2066How often: Open your page\u2069"] and theirs == ["مرحبا"]
    assert mixed == ["مرحبا Ada \u2066Open your page\u2069"]

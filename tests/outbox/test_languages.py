"""Which language a reader gets, and what becomes of it: stored with the letter, joined with others, never guessed."""

import pytest

from outbox import letters, preview, texts
from outbox.models import Letter, LetterState, LetterText
from outbox.texts import Words, language_of
from profiles.models import User
from tests.outbox.conftest import NOW
from tests.outbox.test_delivery import MORNING, NIGHT, deliver
from tests.world import make_person

pytestmark = pytest.mark.django_db
HELLO = "About your mentoring\n\nHello {{ person }},\n\n"
ASKS = HELLO + "{% if words %}did you meet {{ words }}?{% endif %}\n\n[link: home]\n\nThank you for saying.\n"
ARABIC = {
    "subject": "تذكير",
    "text": "مرحبا {name}،\n\n{part_words}\n\n{link_home}\n",
    "phrases": {"did you meet {words}?": "هل التقيت {words}؟"},
}
AROUND = {
    "Here are {number} things at once, so that you get one email instead of {number}.": "إليك {number} رسائل معا.",
    "{number} things about your mentoring": "{number} رسائل",
    "Hello {name},": "مرحبا {name}،",
    "{number} of {all}": "{number} من {all}",
    "Open your page": "افتح صفحتك",
}


@pytest.mark.once
@pytest.mark.parametrize(
    ("speaks", "written", "got"),
    [
        (["de", "en"], ["de"], "de"),
        (["en", "de"], ["de"], texts.ENGLISH),
        (["fr", "ar", "de"], ["de", "ar"], "ar"),
        (["pt-br"], ["pt"], "pt"),
        (["fr"], ["de"], texts.ENGLISH),
        (["zh-hant"], ["zh-hans"], texts.ENGLISH),
        ([], ["de"], texts.ENGLISH),
    ],
)
def test_the_first_language_it_is_written_in_else_english(speaks, written, got):
    assert language_of(User(languages=speaks), written) == got


@pytest.fixture
def nudge(kind):
    made = kind(name="tests.nudge", words=ASKS, optional=True)
    LetterText.objects.create(topic="north", kind=made.name, language="ar", version=1, at=NOW, **ARABIC)
    return made


@pytest.fixture
def amal():
    return make_person("Amal", languages=["ar", "en"])


def put_around(language="ar"):
    row = {"topic": "north", "kind": texts.AROUND.name, "language": language, "version": 1, "at": NOW}
    return LetterText.objects.create(phrases=AROUND, **row)


def test_many_are_written_with_what_was_read_once(nudge, amal, django_assert_num_queries):
    put_around()
    context = {"words": "Ben", "program": "North"}
    with django_assert_num_queries(1):
        own = texts.own_words("north")
    with django_assert_num_queries(0):
        written = [
            letters.write(nudge, amal, key=str(n), context=context, topic="north", now=NOW, own_words=own)
            for n in range(3)
        ]
    assert {letter.language for letter in written} == {"ar"}
    assert "هل التقيت Ben؟" in written[0].body and "[link: home|افتح صفحتك]" in written[0].body
    with django_assert_num_queries(1):
        letters.write(nudge, amal, key="x", context=context, topic="north", now=NOW)


def test_what_goes_together_in_one_language_is_framed_in_it(nudge, amal, post, smtp_sink):
    put_around()
    for who in ("Ben", "Cora"):
        post(nudge, amal, key=who, now=NIGHT, context={"words": who})
    assert deliver(MORNING) == 1
    (got,) = smtp_sink.to(amal.email)
    assert "رسائل" in got.message["Subject"] and '<html lang="ar" dir="rtl">' in got.html
    assert got.text.count("مرحبا Amal،") == 1 and "1 من 2" in got.text and "2 من 2" in got.text
    assert "Hello" not in got.text and got.html.count("افتح صفحتك") == 2


def test_languages_that_go_together_keep_their_own_direction(nudge, amal, kind, post, smtp_sink):
    put_around()
    other = kind(name="tests.other", words=ASKS, optional=True)
    post(nudge, amal, key="Ben", now=NIGHT, context={"words": "Ben"})
    post(other, amal, key="Cora", now=NIGHT, context={"words": "Cora"})
    assert deliver(MORNING) == 1
    (got,) = smtp_sink.to(amal.email)
    assert '<html lang="en-gb" dir="ltr">' in got.html and '<p lang="ar" dir="rtl"' in got.html
    assert "Two things about your mentoring" in got.message["Subject"] and "Did you meet Cora?" in got.text
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.SENT}


def test_without_words_around_what_goes_together_is_framed_in_ours(nudge, amal, post, smtp_sink):
    for who in ("Ben", "Cora"):
        post(nudge, amal, key=who, now=NIGHT, context={"words": who})
    assert deliver(MORNING) == 1
    (got,) = smtp_sink.to(amal.email)
    assert '<html lang="en-gb" dir="ltr">' in got.html and '<p lang="ar" dir="rtl"' in got.html
    assert "Two things about your mentoring" in got.message["Subject"] and "هل التقيت Cora؟" in got.text


def test_a_line_in_our_language_stays_whole_inside_one_from_right_to_left(nudge, amal):
    letter = letters.write(nudge, amal, key="x", context={"words": "Ben"}, topic="north", now=NOW)
    foot = [[piece.text for piece in line] for block in preview.show(letter).foot for line in block.lines]
    last = foot[-1]
    assert last[0].startswith("\u2066If you would rather") and last[-1] == "Choose what you get\u2069"
    assert "\u2066" not in preview.show(letter).text


@pytest.mark.parametrize(
    "planted", ["[link: home|x]", "[link: home|", "[link: [link: home]]", "[link: home|[link: home]]", "[link:home|a]"]
)
def test_nobodys_words_become_a_link_with_words(nudge, post, planted):
    put_around()
    person = make_person(f"A {planted}", languages=["ar"])
    body = letters.write(
        nudge, person, key="x", context={"words": planted}, topic="north", now=NOW, reply_to=f"{planted} <a@b.example>"
    ).body
    assert body.count("[link: home") == body.count("[link: home|افتح صفحتك]") == 1
    own = LetterText(subject="A", text=f"{{name}} {{part_words}} {{link_home}} {planted}")
    around = LetterText(
        phrases={**AROUND, "You can answer this email: it reaches {contact}.": f"{planted} {{contact}}"}
    )
    words = Words("ar", own, around)
    said = letters.text_of(nudge, person, context={"words": "Ben"}, topic="north", words=words)
    assert said.body.count("[link: home") == 1

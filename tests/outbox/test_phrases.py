"""Sentences cut out of what hangs on a condition, and put back in other words: nothing is lost, nothing compiled."""

import re

import pytest
from django.template import Context, engines
from hypothesis import given, settings
from hypothesis import strategies as st

from outbox import kinds, sayings, texts
from outbox.fragments import OURS, PLACEHOLDER, TOKEN
from outbox.loading import settle_links
from outbox.phrases import NOTHING, Phrase, cut, phrases_in, respoken
from outbox.preview import made_up
from outbox.wording import problems_of_phrases, render_in, source_of

pytestmark = pytest.mark.once
EDITABLE = [kind.name for kind in kinds.every() if texts.may_be_said_otherwise(kind)]
TEMPLATES = sorted({kinds.get(name).template for name in EDITABLE} | {texts.FRAME, texts.JOINED})
MARKER = "§"


def sources(template) -> list[str]:
    """What is cut: the parts of a text, or the whole of what stands around."""
    if template in (texts.FRAME, texts.JOINED):
        return [source_of(template)]
    kind = next(kind for kind in kinds.every() if kind.template == template)
    return [one.source for one in texts.original(kind).fragments.values() if one.shape == "part"]


def together(pieces) -> str:
    return "".join(piece.source if isinstance(piece, Phrase) else piece for piece in pieces)


def marked(phrases) -> dict[str, str]:
    """Other words for each phrase: a marker, with every placeholder it has."""
    return {english: MARKER + "".join(f" {{{name}}}" for name in one.fragments) for english, one in phrases.items()}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_cut_is_whole_again_and_no_english_is_left_in_other_words(template):
    for source in sources(template):
        assert together(cut(source)) == source
        phrases = phrases_in(source)
        same = {english: english for english in phrases}
        assert not problems_of_phrases(phrases, same, {})
        own, values = respoken(source, marked(phrases), {})
        # Between the tags nothing is left but signs, white space and what was put in.
        plain = OURS.sub("", TOKEN.sub("", own))
        assert not any(sign.isalpha() for sign in plain), plain
        assert all(run.strip() in ("", MARKER) for run in values.values())


@pytest.mark.parametrize("name", EDITABLE)
@pytest.mark.django_db
def test_our_own_sentences_put_in_as_other_words_are_the_same_email(name):
    kind = kinds.get(name)
    ours = texts.original(kind)
    context = {"person": made_up(), "topic": "", **kind.sample("")}
    same = {english: english for english in ours.phrases()}
    as_ours = settle_links(ours.render(ours.subject, ours.text, context))
    assert settle_links(ours.render(ours.subject, ours.text, context, same)) == as_ours


PIECES = [
    "{% if a %}",
    "{% else %}",
    "{% endif %}",
    "{{ b }}",
    "{{ c.d|e }}",
    "\n",
    "- ",
    " ",
    "word",
    ", two words.",
    "é",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_source_is_whole_again(pieces):
    source = "".join(pieces)
    assert together(cut(source)) == source
    for phrase in phrases_in(source).values():
        # Every second one is the name of a placeholder.
        runs = PLACEHOLDER.split(phrase.english)
        put_back = [phrase.fragments[run].source if number % 2 else run for number, run in enumerate(runs)]
        assert "".join(put_back) == phrase.source and "\n" not in phrase.english


PART = "{% if again %}- {{ other }} waits for you, {{ person }}.{% else %}{{ other }} asks.{% endif %}"


@pytest.mark.parametrize("typed", ["{% now 'Y' %}", "{{ person.password }}", "{# x #}", "[link: home]", "{nothing}"])
def test_nothing_that_people_type_is_compiled(typed):
    english = "{other} asks."
    own = {english: typed}
    phrases = phrases_in(PART)
    if typed.startswith(("{%", "{{", "{#")):
        assert "on its own" in problems_of_phrases(phrases, own, {})[0].words
    # Even if it came so far, it would stand there as it was typed.
    source, values = respoken(PART, own, {})
    said = engines["letters"].engine.from_string(source).render(Context({"other": "Ada", **values}, autoescape=False))
    assert said == {"[link: home]": "(link: home)", "{nothing}": ""}.get(typed, typed)


def test_a_phrase_needs_its_link_and_knows_only_its_own_placeholders():
    phrases = {english: one for _title, found in texts.around() for english, one in found.items()}
    english = "Something is wrong? {link_wrong}"
    (lost,) = problems_of_phrases(phrases, {english: "Stimmt etwas nicht?"}, {})
    assert (lost.where, lost.column) == (english, 0) and "{link_wrong} is missing" in lost.words
    (unknown,) = problems_of_phrases(phrases, {english: "Hm {nobody}? {link_wrong}"}, {})
    assert (unknown.column, "no {nobody}" in unknown.words) == (4, True)
    assert not problems_of_phrases(phrases, {english: "{nothing} {link_wrong}"}, {})


def test_a_sentence_put_together_by_code_is_said_in_the_words_around():
    said = sayings.as_said("We like {you}.")
    assert str(said) == "We like {you}."
    with sayings.in_words({"and": "und", "We like {you}.": "Wir mögen Sie. [link: home]"}):
        assert sayings.listed(["Ada", "Ben", "Cora"]) == "Ada, Ben und Cora"
        assert str(said) == "Wir mögen Sie. (link: home)"
    assert sayings.listed(["Ada", "Ben"]) == "Ada and Ben" and sayings.listed(["Ada"]) == "Ada"


def test_every_english_sentence_of_the_texts_around_stands_once():
    english = [one for _title, phrases in texts.around() for one in phrases]
    assert len(english) == len(set(english)) and not re.search(r"[{]%|\[link:", " ".join(english))
    assert NOTHING not in {
        name for _title, phrases in texts.around() for one in phrases.values() for name in one.fragments
    }


def test_words_inside_a_loop_are_put_in_for_each():
    source = "{% for one in names %}- {{ one }} is here\n{% endfor %}"
    (english,) = phrases_in(source)
    assert english == "{one} is here"
    assert render_in(source, {"names": ["A", "B"]}, {english: "da: {one}"}, {}) == "- da: A\n- da: B\n"

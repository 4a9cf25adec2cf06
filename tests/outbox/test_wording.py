"""Our texts taken apart: nothing is lost, nothing can be broken, and an error has its place."""

import pytest
from django.template import engines

from outbox import kinds, preview, texts
from outbox.letters import text_of
from outbox.loading import settle_links
from outbox.models import LetterText
from outbox.texts import Words
from outbox.wording import Unusable, take_apart
from tests.outbox.conftest import NOW
from tests.world import make_person

EDITABLE = [kind.name for kind in kinds.every() if texts.may_be_said_otherwise(kind)]


@pytest.mark.once
@pytest.mark.parametrize("name", EDITABLE)
@pytest.mark.django_db
def test_our_words_put_together_again_are_our_email(name):
    kind = kinds.get(name)
    ours = texts.original(kind)
    assert not ours.problems(ours.subject, ours.text)
    context = {"person": preview.made_up(), "topic": "", **kind.sample("")}
    original = engines["letters"].get_template(kind.template).render(context)
    assert _even(ours.render(ours.subject, ours.text, context)) == _even(original)


def _even(words):
    """As a letter ends up: blank lines as the frame leaves them."""
    head, _blank, body = settle_links(words).strip().partition("\n\n")
    return " ".join(head.split()), [line for line in body.split("\n") if line]


WORDS = take_apart("About it\n\nHello {{ person }},\n\n{% if helper %}Ask {{ helper.name }}.{% endif %}\n\n{{ day }}\n")


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("Hello {name},\n\nand {nobody}", 3, 5, "no {nobody}"),
        ("Hello {", 1, 7, "on its own"),
        ("{{ person.password }}", 1, 1, "on its own"),
        ("{% load x %}", 1, 1, "on its own"),
        ("{name.email}", 1, 1, "on its own"),
    ],
)
def test_what_cannot_stay_is_named_with_its_place(text, line, column, said):
    first = WORDS.problems("About it", text)[0]
    assert (first.line, first.column) == (line, column) and said in first.words
    with pytest.raises(Unusable):
        WORDS.render("About it", text, {})


@pytest.mark.django_db
def test_links_the_sentence_and_the_list_cannot_be_lost():
    ours = texts.original(kinds.get("council.nudge_mentor"))
    missing = {one.words.split()[0] for one in ours.problems("Hello", "Hello {name}")}
    assert {"{link_reach}", "{evaluation}", "{part_pairs}"} <= missing
    assert "holds a link" in ours.problems("{link_reach}", ours.text)[0].words


@pytest.mark.django_db
def test_what_coordinators_write_is_text_and_never_a_template_or_a_link():
    kind = kinds.get("matching.need_not_answer")
    own = LetterText(subject="Hello {name}", text="[link: home] http://x.example {mentee} <b>bold</b>")
    person = make_person("{program} {% now 'Y' %}")
    subject, body, _language = text_of(kind, person, context=kind.sample(""), topic="", words=Words(own=own))
    assert subject == "Hello {program} {% now 'Y' %}"
    assert body.startswith("(link: home) http://x.example Sam Example <b>bold</b>")


@pytest.mark.django_db
def test_a_text_that_cannot_be_used_any_more_is_replaced_by_ours_and_remembered():
    from outbox import letters

    row = LetterText.objects.create(
        topic="north", kind="matching.need_not_answer", language="en-gb", version=1, subject="Hi", text="{gone}", at=NOW
    )
    kind = kinds.get("matching.need_not_answer")
    letter = letters.write(kind, make_person("Ada"), key="x", context=kind.sample(""), topic="north", now=NOW)
    assert "Sam Example had asked for you" in letter.body
    row.refresh_from_db()
    assert row.failed_at == NOW and "{gone}" in row.failure
    assert [text.pk for text in texts.broken(["north"])] == [row.pk]


@pytest.mark.once
def test_every_kind_is_told_to_whoever_runs_a_program():
    told = {name for _title, lines in kinds.told() for name in lines}
    ours = {kind.name for kind in kinds.every() if not kind.name.startswith(("outbox.", "tests."))}
    assert ours == told & ours and told <= {kind.name for kind in kinds.every()}, ours ^ told


@pytest.mark.once
def test_what_people_count_on_is_never_switched_off():
    stoppable = {name for _title, lines in kinds.told() for name, told in lines.items() if told.may_stop}
    for name in stoppable:
        kind = kinds.get(name)
        assert not kind.apart and not kind.to_staff
        assert not name.startswith(("matching.", "council.nudge", "council.concern"))

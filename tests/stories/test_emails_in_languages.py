"""A coordinator words an email in German and Arabic: each reader gets theirs, whole, the right way round."""

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.actions import pair_by_hand
from outbox import actions, kinds, letters
from outbox.models import Letter, LetterText
from profiles.models import User
from programs.forms.words import name_of
from tests import world as w
from tests.stories import living

pytestmark = [pytest.mark.parts, pytest.mark.django_db(transaction=True)]
KIND = "matching.matched_mentee"
GERMAN = {
    "You have a mentor": "Sie haben eine Mentorin oder einen Mentor",
    "in {program}:": "in {program}:",
    "Why the two of you:": "Warum Sie beide:",
    "Write to {mentor_name} and say hello: {mentor_address}. They have your address, too, and may write first.": (
        "Schreiben Sie {mentor_name} ein paar Zeilen: {mentor_address}."
    ),
}
ARABIC = {"You have a mentor": "لديك مرشد", "in {program}:": "في {program}:"}
PARTS = "{part_before} {mentor_name}.\n\n- {part_address}"
REST = "{link_home}\n\n{evaluation}\n\n{part_emergency_number}"


def text(hello, first):
    """A greeting, what hangs on conditions, a sentence with a date, and what no email may lose."""
    return f"{hello}\n\n{PARTS}\n\n{first} {{first_contact_by}}.\n\n{REST}"


def write_in(boss, language, subject, words, phrases):
    page = reverse("programs:automatic_text", args=["harbour", KIND]) + f"?language={language}"
    boss.open(page)
    return boss.submit("text", subject=subject, text=words, **{name_of(one): said for one, said in phrases.items()})


@pytest.fixture
def harbour(days):
    world = w.build()
    Letter.objects.all().delete()
    return world


def a_mentee(world, name, *languages):
    person = w.make_person(name, f"{name.split()[0].lower()}@example.org", languages=list(languages))
    return w.add_member(world.program, "mentee", person)


def matched(world, mentee):
    mentor = w.add_member(world.program, "mentor", w.make_person(f"Mentor of {mentee.user.name}"))
    return pair_by_hand(world.program, mentor, mentee, by=world.coordinator, now=timezone.now())


def test_each_reader_is_written_to_in_a_language_of_theirs(harbour, days):
    boss = living.browser(harbour.coordinator)
    german = text("Guten Tag {name},", "Melden Sie sich bis")
    saved = write_in(boss, "de", "Ihr Mentoring", german, GERMAN)
    assert "Saved." in saved and "sentences of it are still in English" in living.words(saved)
    assert "Saved." in write_in(boss, "ar", "الإرشاد", text("مرحبا {name}،", "تواصلا قبل"), ARABIC)
    assert LetterText.objects.get(language="de").phrases["Why the two of you:"] == "Warum Sie beide:"
    # What stands around: the words on a link, and the sentence under it.
    around = reverse("programs:automatic_around", args=["harbour"])
    boss.open(f"{around}?language=ar")
    said = {
        "Open your page": "افتح صفحتك",
        "You get this email because you take part in {program}.": "أنت في {program}.",
    }
    page = boss.submit("after", **{name_of(one): words for one, words in said.items()})
    assert "Saved. Every email written from now on has these words around it." in living.words(page)
    people = [
        a_mentee(harbour, "Greta Grün", "de", "en"),
        a_mentee(harbour, "Amal Amin", "fr", "ar", "en"),
        a_mentee(harbour, "Edda Engel", "en", "de"),
        a_mentee(harbour, "Nobody Said"),
    ]
    for mentee in people:
        matched(harbour, mentee)
    days.sweep()
    greta, amal, edda, nobody = (days.last(mentee.user) for mentee in people)
    assert greta.message["Subject"] == "Ihr Mentoring" and 'lang="de" dir="ltr"' in greta.html
    text_of_greta = greta.text.replace("\r\n", "\n")
    assert "Guten Tag Greta Grün," in text_of_greta
    assert "Sie haben eine Mentorin oder einen Mentor" in text_of_greta
    assert "You have a mentor" not in text_of_greta and "November 2026." in text_of_greta
    assert "Melden Sie sich bis Montag, 30. November 2026." in text_of_greta
    assert amal.message["Subject"] == "الإرشاد" and '<html lang="ar" dir="rtl">' in amal.html
    assert "لديك مرشد في Harbour volunteers:" in amal.text and "افتح صفحتك:" in amal.text.replace("\r\n", "\n")
    assert "أنت في Harbour volunteers." in amal.text and "نوفمبر" in amal.text
    assert ">افتح صفحتك</a>" in amal.html
    for other in (edda, nobody):
        assert "You have a mentor" in other.text and 'dir="ltr"' in other.html and 'lang="en-gb"' in other.html
    kept = Letter.objects.get(recipient=people[1].user, kind=KIND)
    assert kept.language == "ar" and "[link: home|افتح صفحتك]" in kept.body
    assert "Language Arabic" in living.words(boss.open(reverse("programs:email", args=["harbour", kept.public_id])))


def test_a_sentence_with_an_unknown_placeholder_is_an_error_at_its_place(harbour, days):
    boss = living.browser(harbour.coordinator)
    wrong = write_in(boss, "de", "Hallo", text("Hallo {name},", "Bis"), {"You have a mentor": "Für {you} ein Mensch"})
    assert "At character 5: There is no {you} in this email." in living.words(wrong)
    assert not LetterText.objects.exists() and 'lang="de" dir="ltr"' in wrong


def test_the_pages_say_what_is_missing_and_a_language_can_be_removed(harbour, days):
    boss = living.browser(harbour.coordinator)
    a_mentee(harbour, "Greta Grün", "de")
    page = reverse("programs:automatic_one", args=["harbour", "matching.need_not_answer"])
    assert "German (1 person here)" in living.words(boss.open(page))
    boss.open(reverse("programs:automatic_text", args=["harbour", "matching.need_not_answer"]) + "?language=de")
    boss.submit("text", subject="Erledigt", text="Guten Tag {name},\n\n{mentee} hat jemanden gefunden.")
    shown = living.words(boss.open(f"{page}?language=de"))
    assert "hat jemanden gefunden" in shown and "Each reader gets it in the first language" in shown
    assert "So is what stands under it" in shown
    test = reverse("programs:automatic_test", args=["harbour", "matching.need_not_answer"])
    boss.client.post(test, {"language": "de"})
    days.sweep()
    tests = [one for one in days.letters(harbour.coordinator) if one.subject == "A test: Erledigt"]
    assert len(tests) == 1 and "hat jemanden gefunden" in tests[0].text and 'lang="de"' in tests[0].html
    every = reverse("programs:automatic", args=["harbour"])
    assert "Written in English · German" in living.words(boss.open(every))
    missing = living.words(boss.open(f"{every}?language=de"))
    assert "1 of" in missing and "whoever speaks German gets them in English" in missing
    assert "You need not answer any more" not in missing
    boss.open(reverse("programs:automatic_back", args=["harbour", "matching.need_not_answer"]) + "?language=de")
    assert "Nobody is written to in German with this email any more." in living.words(boss.submit_last())
    assert "Ours. You can put them in your own." in living.words(boss.open(page))


def test_what_cannot_be_said_any_more_is_said_in_our_words(harbour, days):
    row = {"topic": "harbour", "version": 1, "at": timezone.now(), "language": "de"}
    LetterText.objects.create(kind="matching.need_not_answer", subject="Gut", text="Hallo {name}", **row)
    phrases = {"{number} of {all}": "x", "You can answer this email: it reaches {contact}.": "{gone}"}
    broken = LetterText.objects.create(kind="outbox.around", phrases=phrases, **row)
    reader = harbour.other_mentor
    User.objects.filter(pk=reader.pk).update(languages=["de"])
    reader.refresh_from_db()
    kind = kinds.get("matching.need_not_answer")
    letter = letters.write(kind, reader, key="x", context=kind.sample("harbour"), topic="harbour", now=timezone.now())
    actions.post([letter])
    days.sweep()
    assert "had asked for you as their mentor" in days.last(reader).text and letter.language == ""
    broken.refresh_from_db()
    assert "{gone}" in broken.failure
    boss = living.browser(harbour.coordinator)
    home = living.words(boss.open(reverse("program_home", args=["harbour"])))
    assert "“Words around every email” cannot be used" in home

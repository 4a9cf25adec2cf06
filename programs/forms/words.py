"""A program's own words for its emails, in one language: a whole text, and the sentences inside its parts."""

from collections.abc import Mapping
from zlib import crc32

from django import forms
from django.utils.translation import gettext as _

from outbox import days, texts
from outbox.models import LetterText
from outbox.phrases import Phrase
from outbox.wording import Wording, problems_of_phrases
from programs.forms.emails import WordsForm, placed

LONG = 70


def name_of(english: str) -> str:
    """The field of a phrase: the same for as long as our sentence is."""
    return f"phrase_{crc32(english.encode()):08x}"


class PhrasesForm(forms.Form):
    """Sentences in other words; what is left empty stays as it is."""

    # The version somebody was looking at, so that two people cannot undo each other unseen.
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def offer(self, phrases: Mapping[str, Phrase], own: Mapping[str, str], language: str, also: Mapping) -> None:
        """Makes a field for each phrase; `also` are the placeholders that may stand in any of them."""
        self.phrases, self.also = phrases, also
        for english in phrases:
            widget = forms.Textarea(attrs={"rows": 2}) if len(english) > LONG else forms.TextInput()
            field = forms.CharField(label=english, required=False, max_length=1000, widget=widget)
            # The page says once that any may be left empty.
            field.optional_said = True
            self.fields[name_of(english)] = field
            self.initial[name_of(english)] = own.get(english, "")
        self.write_in(language, [name_of(english) for english in phrases])

    def write_in(self, language: str, names) -> None:
        """Tells browsers and readers aloud in which language something is written, and which way it runs."""
        for name in names:
            if not texts.is_english(language):
                direction = "rtl" if days.right_to_left(language) else "ltr"
                self.fields[name].widget.attrs.update({"lang": language, "dir": direction})

    def fields_of(self, phrases: Mapping[str, Phrase]) -> list:
        return [self[name_of(english)] for english in phrases]

    def tried(self) -> LetterText:
        """What is filled in, not saved yet."""
        return LetterText(**{name: value for name, value in self.words().items() if name != "after"})

    def words(self) -> dict:
        """What is kept."""
        return {name: self.cleaned_data[name] for name in ("phrases", "after")}

    def clean(self):
        data = super().clean()
        own = {english: " ".join((data.get(name_of(english)) or "").split()) for english in self.phrases}
        data["phrases"] = {english: words for english, words in own.items() if words}
        for one in problems_of_phrases(self.phrases, data["phrases"], self.also):
            self.add_error(name_of(one.where), placed(one))
        return data


class TextForm(PhrasesForm, WordsForm):
    """A program's own words for one kind of email."""

    field_order = ("subject", "text")

    def __init__(self, *args, wording: Wording, language: str, phrases: Mapping[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.wording = wording
        self.write_in(language, ("subject", "text"))
        self.offer(wording.phrases(), phrases, language, wording.values)

    def words(self) -> dict:
        """What is kept."""
        return {name: self.cleaned_data[name] for name in ("subject", "text", "phrases", "after")}

    def whole(self) -> list:
        """The questions about the text as a whole."""
        return [self["subject"], self["text"]]

    def parts(self) -> list[tuple[str, list]]:
        """By the placeholder of a part, the questions about what it says; each sentence once."""
        seen: set[str] = set()
        found = []
        for fragment in self.wording.parts():
            phrases = {english: one for english, one in fragment.phrases.items() if english not in seen}
            seen |= phrases.keys()
            if phrases:
                found.append((fragment.placeholder, self.fields_of(phrases)))
        return found


class AroundForm(PhrasesForm):
    """What stands around every email of a program."""

    def __init__(self, *args, groups: list[tuple[str, dict[str, Phrase]]], language: str, own, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts_of = groups
        every = {english: phrase for _title, phrases in groups for english, phrase in phrases.items()}
        self.offer(every, own, language, {})

    def groups(self) -> list[tuple[str, list]]:
        return [(title, self.fields_of(phrases)) for title, phrases in self.parts_of if phrases]

    def clean(self):
        data = super().clean()
        if not data["phrases"] and not self.errors:
            self.add_error(None, _("Nothing is filled in yet. Put at least one of the sentences in your words."))
        return data

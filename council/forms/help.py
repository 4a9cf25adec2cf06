"""What somebody says when something is wrong."""

from django import forms
from django.utils.translation import gettext_lazy as _

from council.actions.requests import LONGEST_WORDS


class WaysForm(forms.Form):
    """What is it? One of the ways this person has."""

    way = forms.ChoiceField(label=_("What is it?"), widget=forms.RadioSelect)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = choices


class WordsForm(forms.Form):
    """A few words, where somebody has them."""

    words = forms.CharField(
        label=_("Is there anything you would like to say?"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, readers="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = readers


class TellForm(WordsForm):
    """Whom should we tell?"""

    addressed = forms.ChoiceField(label=_("Who should hear of it?"), widget=forms.RadioSelect)
    field_order = ["addressed", "how", "words"]

    def __init__(self, *args, told, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["addressed"].choices = told
        if len(told) == 1:
            self.fields["addressed"].initial = told[0][0]


class TalkForm(TellForm):
    """How should we get in touch?"""

    how = forms.ChoiceField(
        label=_("How should we get in touch?"),
        choices=[
            ("write", _("Write to me")),
            ("call", _("Call me (say below on which number, and when it suits you)")),
        ],
        widget=forms.RadioSelect,
        initial="write",
    )


class ReachForm(forms.Form):
    """Can you reach them?"""

    reach = forms.ChoiceField(label="", widget=forms.RadioSelect)
    on = forms.DateField(
        label=_("When were you in touch?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If you were: a day is enough, it need not be exact."),
    )

    def __init__(self, *args, question, choices, today, since, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.since = today, since
        self.fields["reach"].label = question
        self.fields["reach"].choices = choices
        self.fields["on"].widget.attrs |= {"max": today.isoformat(), "min": since.isoformat()}

    def clean(self):
        cleaned = super().clean()
        day = cleaned.get("on")
        if cleaned.get("reach") == "touch" and "on" not in self.errors:
            if day is None:
                self.add_error("on", _("Say on which day, as well as you know."))
            elif not self.since <= day <= self.today:
                self.add_error("on", _("Choose a day since you were matched, today at the latest."))
        return cleaned

"""The goals of a program, each in words and perhaps with what shows it and a target."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.forms.sections import SettingsForm
from programs.goals import LONGEST, MEASURES, Aim, plain, problems

# Empty rows to write more into, and as many rows as anybody may send.
SPARE, MOST = 2, 40
PARTS = ["text", "measure", "target", "within"]


class GoalsForm(SettingsForm):
    """One goal after another; one without words is taken away."""

    def __init__(self, *args, program, **kwargs):
        super().__init__(*args, **kwargs)
        sent = sum(1 for number in range(MOST) if f"goal_{number}_text" in self.data)
        self.rows = min(max(program.goals.count() + SPARE, sent), MOST)
        for number in range(self.rows):
            self._add_row(number)

    def _add_row(self, number):
        words_alone = ("", gettext_lazy("Words alone: nothing that is counted here"))
        self.fields[f"goal_{number}_text"] = forms.CharField(
            label=gettext_lazy("What will be true?"),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields[f"goal_{number}_measure"] = forms.ChoiceField(
            label=gettext_lazy("What shows it?"),
            required=False,
            choices=[words_alone, *((key, one.choice) for key, one in MEASURES.items())],
        )
        self.fields[f"goal_{number}_target"] = forms.DecimalField(
            label=gettext_lazy("Target"), required=False, max_digits=4, decimal_places=1
        )
        self.fields[f"goal_{number}_within"] = forms.IntegerField(
            label=gettext_lazy("How many days or months"), required=False, min_value=1, max_value=366
        )

    def groups(self):
        """The fields as the page draws them: (title, help, fields)."""
        for number in range(self.rows):
            help_text = _("A goal may be words alone. To see how far it is, choose what shows it, and a target.")
            title = _("Goal %(number)s") % {"number": number + 1}
            yield title, help_text if number == 0 else "", [self[f"goal_{number}_{part}"] for part in PARTS]

    def clean(self):
        data = super().clean()
        aims = [self._aim(number, data) for number in range(self.rows)]
        for number, aim in enumerate(aims):
            for part, words in problems(aim).items():
                name = f"goal_{number}_{part}"
                if name not in self.errors:
                    self.add_error(name, words)
            if aim.text and aim.text in [other.text for other in aims[:number]]:
                self.add_error(f"goal_{number}_text", _("This goal stands above already."))
        self.cleaned_data["goals"] = [aim for aim in aims if aim.text]
        return self.cleaned_data

    @staticmethod
    def _aim(number, data) -> Aim:
        given = {part: data.get(f"goal_{number}_{part}") for part in PARTS}
        # A goal is one line, however it was written.
        return Aim(" ".join((given["text"] or "").split()), given["measure"] or "", given["target"], given["within"])

    @staticmethod
    def initial_of(program):
        found = {"edition": program.edition}
        for number, goal in enumerate(program.goals.all()):
            found |= {f"goal_{number}_{part}": getattr(goal, part) for part in PARTS}
            if goal.target is not None:
                found[f"goal_{number}_target"] = plain(goal.target)
        return found

"""Days away, and leaving."""

from django import forms
from django.utils.translation import gettext_lazy as _

from council.actions.leaving import LONGEST_REASON


def day(label, **options):
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class LeaveForm(forms.Form):
    """From when to when somebody is away."""

    starts_on = day(_("First day away"))
    returns_on = day(_("Back on"), help_text=_("If you do not know, guess: we ask you the day before."))

    def clean(self):
        cleaned = super().clean()
        starts, returns = cleaned.get("starts_on"), cleaned.get("returns_on")
        if starts and returns and returns <= starts:
            self.add_error("returns_on", _("The day you are back is after the first day away."))
        return cleaned


class ReturnForm(forms.Form):
    """Another day of return."""

    returns_on = day(_("Back on"))


class PauseForm(forms.Form):
    """Until when a pair rests."""

    until = day(_("Until when?"))

    def __init__(self, *args, today, last, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.last = today, last
        self.fields["until"].widget.attrs |= {"min": today.isoformat(), "max": last.isoformat()}

    def clean_until(self):
        until = self.cleaned_data["until"]
        if not self.today < until <= self.last:
            raise forms.ValidationError(_("Choose a day from tomorrow on, at most six weeks from now."))
        return until


class WhyForm(forms.Form):
    """Why somebody leaves, if they want to say so."""

    words = forms.CharField(
        label=_("Would you like to say why?"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the coordinators read this."),
    )


class RemoveForm(WhyForm):
    """Why a coordinator removes somebody."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("Why?")
        self.fields["words"].help_text = _("Stands in the history, which other coordinators read.")

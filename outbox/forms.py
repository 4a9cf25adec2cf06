"""What somebody wants to be emailed, and how often."""

from django import forms
from django.utils.translation import gettext_lazy as _

from outbox import choices, kinds
from outbox.models import Choice, How

HELP = {
    kinds.REMINDERS: _("Did you meet? You have not been in touch for a while. Are you back tomorrow?"),
    kinds.QUESTIONS: _("How is it going? Would you take somebody this time?"),
    kinds.NEWS: _("What those who run the program write to everybody."),
}
AS_ABOVE = ("", _("As in all my programs"))


class ChoicesForm(forms.Form):
    """A question for each group of emails; with several programs, perhaps another answer for one of them."""

    def __init__(self, *args, person, topics, everywhere=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.topics = person, ["", *topics] if everywhere else list(topics)
        rows = Choice.objects.filter(person=person, topic__in=["", *topics])
        self.stored = {(row.topic, row.group): row.how for row in rows}
        self.sections = [self._section(topic, everywhere) for topic in self.topics]

    def _section(self, topic, everywhere) -> dict:
        one_of_several = bool(topic) and everywhere
        fields = []
        for group, label in kinds.GROUPS.items():
            if kinds.names_of(group):
                name = f"{topic or '.'}-{group}"
                self.fields[name] = forms.ChoiceField(
                    label=label,
                    help_text="" if one_of_several else HELP[group],
                    choices=[*([AS_ABOVE] if one_of_several else []), *How.choices],
                    required=not one_of_several,
                    initial=self._now(topic, group, one_of_several),
                )
                fields.append(name)
        differs = any(self.fields[name].initial for name in fields) if one_of_several else False
        return {"topic": topic, "title": kinds.topic_name(topic), "fields": [self[name] for name in fields],
                "differs": differs}  # fmt: skip

    def _now(self, topic, group, one_of_several) -> str:
        if one_of_several:
            return self.stored.get((topic, group)) or self.stored.get((topic, "")) or ""
        return choices.closest(self.stored, topic, group)

    @property
    def chosen(self) -> dict[tuple[str, str], str]:
        """By topic and group, what is to be stored; what nobody chose to change is not."""
        found = {}
        for name, how in self.cleaned_data.items():
            topic, _dash, group = name.rpartition("-")
            topic = "" if topic == "." else topic
            if how and how != self._without_saying(topic, group):
                found[topic, group] = how
        return found

    def _without_saying(self, topic, group) -> str:
        """What holds where nothing is stored for this program; a program among several says it all the same."""
        if not topic:
            return How.AT_ONCE
        if "" in self.topics:
            return ""
        return choices.closest({key: how for key, how in self.stored.items() if key[0] == ""}, topic, group)

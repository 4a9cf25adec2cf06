"""Invented people and rows for the living page of the design; nothing here is stored."""

import uuid
from datetime import UTC, date, datetime

import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig

from mentorship import statuses
from mentorship.person import search
from profiles.models import User

PEOPLE = [
    ("Amina Diallo", "she/her", "Africa/Dakar"),
    ("Tom Whitfield", "he/him", "Europe/London"),
    ("Jun Nakamura", "they/them", "Asia/Tokyo"),
    ("Łucja Wójcik", "", "Europe/Warsaw"),
    ("Mateus Oliveira", "he/him", "America/Sao_Paulo"),
    ("Þóra Jónsdóttir", "she/her", "Atlantic/Reykjavik"),
    ("Ravi", "", "Asia/Kolkata"),
    ("Christabel Featherstonehaugh-Montgomery", "she/her", "Europe/London"),
]


def person(number: int) -> User:
    """An invented person, never saved."""
    name, pronouns, zone = PEOPLE[number % len(PEOPLE)]
    public_id = uuid.UUID(int=number + 4)
    return User(name=name, pronouns=pronouns, time_zone=zone, public_id=public_id, email=f"{number}@example.org")


def sample_pair() -> dict:
    """Two people for the front page."""
    return {"mentor": person(0), "mentee": person(1)}


class SampleTable(tables.Table):
    """A table as lists have it."""

    name = tables.Column(_("name"))
    status = tables.TemplateColumn("{% load pieces %}{% status value %}", verbose_name=_("status"))
    places = tables.Column(_("places"), attrs={"td": {"class": "number"}, "th": {"class": "number"}})
    score = tables.Column(_("points"), attrs={"td": {"class": "number"}, "th": {"class": "number"}})

    class Meta:
        attrs = {"caption": _("Participants, an example")}
        empty_text = _("Nobody here yet. People appear when you import them.")


class SampleForm(forms.Form):
    """A form as pages ask it."""

    name = forms.CharField(label=_("What should we call you?"), help_text=_("The name others see."))
    zone = forms.ChoiceField(
        label=_("Where are you?"), choices=[("", ""), ("l", "Europe/London"), ("d", "Africa/Dakar")]
    )
    about = forms.CharField(label=_("What would you like to talk about?"), widget=forms.Textarea, required=False)
    often = forms.ChoiceField(
        label=_("How often would you like to meet?"),
        choices=[("w", _("every week")), ("f", _("every two weeks")), ("m", _("once a month"))],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label=_("On which days?"),
        choices=[("mo", _("Monday")), ("tu", _("Tuesday")), ("we", _("Wednesday"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label=_("My coordinator may read this"), help_text=_("Nobody else may."))


def context(request) -> dict:
    """Everything the living page shows."""
    people = [person(number) for number in range(12)]
    states = list(statuses.LOOKS)
    rows = [
        {
            "name": people[number % 12].name,
            "status": states[number % 9],
            "places": number % 4,
            "score": 750 - 9 * number,
        }
        for number in range(60)
    ]
    table = SampleTable(rows)
    RequestConfig(request, paginate=False).configure(table)
    size = int(asked) if (asked := request.GET.get("per_page")) in ("25", "50", "100") else 10
    # get_page() never fails: whatever is asked for, there is a page.
    table.paginate(page=Paginator(rows, size).get_page(request.GET.get("page")).number, per_page=size)
    return {
        "people": people,
        "search": search.Search("a", [search.Found(person) for person in people[:3]]),
        "table": table,
        "no_table": SampleTable([]),
        "form": SampleForm(),
        "wrong_form": SampleForm({"name": "", "zone": "", "often": "x"}, prefix="wrong"),
        "standings": statuses.STANDINGS,
        "other_statuses": [key for key in states if key not in statuses.STANDINGS],
        "tones": ["good", "wait", "new", "alert", "rest", "plain"],
        "hues": range(12),
        "steps": [
            {"words": _("Say what the program is for"), "done": True},
            {"words": _("Name who answers for safety"), "done": True},
            {"words": _("Import the people"), "now": True, "url": "#steps", "help": _("Two spreadsheets are enough.")},
            {"words": _("Say what makes a good match")},
        ],
        "dates": [
            {
                "day": date(2026, 11, 19),
                "time": "17:30",
                "title": _("You meet Tom Whitfield"),
                "url": "#diary",
                "note": _("Where: the reading room"),
            },
            {"day": date(2026, 11, 24), "by": True, "title": _("Keep in touch with Jun Nakamura"), "url": "#diary"},
            {
                "day": date(2026, 11, 12),
                "by": True,
                "late": True,
                "title": _("Amina Diallo and Łucja Wójcik"),
                "url": "#diary",
                "note": _("a quiet pair: you answer for it"),
            },
        ],
        "then": [
            {"title": _("Did you and Jun meet on Monday 16 November?"), "url": "#diary"},
            {"title": _("Say hello to Łucja Wójcik"), "url": "#diary", "by": _("By Tuesday 24 November.")},
        ],
        "entries": [
            {"at": datetime(2026, 5, 12, 9, 30, tzinfo=UTC), "words": _("The pairs were published."), "by": people[3]},
            {
                "at": datetime(2026, 5, 11, 16, 2, tzinfo=UTC),
                "words": _("A mentor was changed by hand."),
                "by": people[3],
                "why": _("They know each other from work."),
            },
            {"at": datetime(2026, 5, 11, 15, 40, tzinfo=UTC), "words": _("A round of matching was drafted.")},
        ],
        "bars": [(_("Ready"), 35), (_("On the waiting list"), 7), (_("Active"), 28), (_("On leave"), 2)],
        "months": [
            {"label": words, "value": value, "words": f"{value} %", "note": 40}
            for words, value in (("Jul 2026", 52), ("Aug 2026", 61), ("Sep 2026", 58), ("Oct 2026", 74))
        ],
        "chips": [{"words": _("Status: quiet"), "url": "#lists"}, {"words": _("Role: mentee"), "url": "#lists"}],
        "trouble": {"words": _("No emails have gone out since 14:05: the worker does not run.")},
        "bulk": [("remind", _("Write a reminder")), ("pause", _("Pause"))],
    }

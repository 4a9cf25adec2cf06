"""The shape of the house: who may import whom, what is pure, and what no module or template may hold.

Every rule is a check in tests/house.py; every check is shown to fail on a violation planted in a small house.
"""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests import house

ROOT = Path(__file__).resolve().parent.parent

CHECKS = [
    house.import_order,
    house.string_references,
    house.signals,
    house.layering,
    house.purity,
    house.names,
    house.unknown_apps,
    house.bare_saves,
    house.clock,
    house.lengths,
    house.inline,
    house.unescaped,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps_the_rule(check):
    assert check(ROOT) == []


def test_no_foreign_key_points_upward():
    assert house.relations(apps.get_models()) == []


def test_every_app_of_ours_is_installed_in_its_order():
    installed = [config.label for config in apps.get_app_configs() if config.label in house.RANKS]
    lower = [label for label in installed if label != "mentorship"]
    assert lower == sorted(lower, key=house.RANKS.get)
    assert {path.parent.name for path in ROOT.glob("*/apps.py")} == set(installed)


def test_pure_modules_are_found():
    found = {str(path.relative_to(ROOT)) for path in house.pure_modules(ROOT)}
    assert {"matching/solver/solve.py", "programs/figures.py"} <= found


PLANTED = {
    "an import at the head": (house.import_order, "journal/models.py", "from programs.models import Program"),
    "an import of a module": (house.import_order, "journal/models.py", "import matching.models"),
    "an import in a function": (house.import_order, "outbox/actions.py", "def f():\n    from programs import models"),
    "an import of a neighbour": (house.import_order, "surveys/models.py", "from checkins.models import Watch"),
    "an import of the roof": (house.import_order, "council/views.py", "from mentorship.settings import DEBUG"),
    "an import by name": (house.import_order, "profiles/a.py", "import_module('outbox.models')"),
    "an import in a migration": (house.import_order, "profiles/migrations/0001.py", "import journal"),
    "a model named by a string": (house.string_references, "profiles/models.py", "x = 'programs.Program'"),
    "a template of an app above": (house.string_references, "outbox/views.py", "x = 'matching/round.html'"),
    "a model fetched by name": (house.string_references, "profiles/a.py", "apps.get_model('journal', 'Entry')"),
    "a row signal": (house.signals, "journal/apps.py", "from django.db.models.signals import post_save"),
    "a whole signal module": (house.signals, "journal/apps.py", "from django.db.models import signals"),
    "a signal of our own": (house.signals, "outbox/models.py", "from django.dispatch import Signal"),
    "models that use actions": (house.layering, "matching/models.py", "def f():\n    from matching import actions"),
    "a form that uses a view": (house.layering, "matching/forms.py", "from matching.views import home"),
    "letters that use actions, relatively": (house.layering, "matching/letters.py", "from .actions import publish"),
    "Django in pure arithmetic": (house.purity, "matching/solver/solve.py", "from django.db import models"),
    "our models in pure arithmetic": (house.purity, "matching/scoring.py", "from programs.models import Role"),
    "Django in what calls itself pure": (house.purity, "programs/sums.py", '"""Sums (pure)."""\nimport django'),
    "a folder of everything": (house.names, "common/__init__.py", ""),
    "a module of everything": (house.names, "matching/utils.py", ""),
    "an app without a place": (house.unknown_apps, "extras/apps.py", ""),
    "a bare save": (house.bare_saves, "matching/actions.py", "def f(pairing):\n    pairing.save()"),
    "a clock read in an action": (house.clock, "matching/actions.py", "def f():\n    return timezone.now()"),
    "a module too long": (house.lengths, "matching/actions.py", "\n" * 401),
    "a template too long": (house.lengths, "templates/home.html", "\n" * 401),
    "a style attribute": (house.inline, "templates/home.html", '<p class="a"\n style="color: red">'),
    "a style sheet": (house.inline, "templates/home.html", "<style>p {}</style>"),
    "a script": (house.inline, "templates/home.html", "<script>go()</script>"),
    "an event": (house.inline, "templates/home.html", '<a href="x" onclick="go()">'),
    "a script as an address": (house.inline, "templates/home.html", '<a href="javascript:go()">'),
    "an outside file": (house.inline, "templates/home.html", '<script src="https://cdn.example/x.js"></script>'),
    "an unescaped variable": (house.inline, "templates/home.html", "{{ person.name|safe }}"),
    "mark_safe": (house.unescaped, "matching/views.py", "from django.utils.safestring import mark_safe"),
}


@pytest.mark.parametrize("planted", PLANTED, ids=lambda name: name.replace(" ", "_"))
def test_the_check_sees_what_is_planted(planted, tmp_path):
    check, name, text = PLANTED[planted]
    for app in ("matching", "programs"):
        for module in ("__init__", "models", "actions", "views"):
            put(tmp_path, f"{app}/{module}.py", "")
    assert check(tmp_path) == []
    put(tmp_path, name, text)
    assert check(tmp_path) != []


def test_the_check_sees_a_layer_reached_through_an_unnamed_module(tmp_path):
    put(tmp_path, "matching/__init__.py", "")
    put(tmp_path, "matching/actions.py", "")
    put(tmp_path, "matching/rounds.py", "from matching import actions")
    assert house.layering(tmp_path) == []
    put(tmp_path, "matching/models.py", "from matching.rounds import begin")
    assert house.layering(tmp_path) == ["matching.models reaches matching.actions through matching.rounds"]


def test_the_checks_let_good_things_through(tmp_path):
    put(tmp_path, "matching/actions.py", "def f(row):\n    row.save(update_fields=['state'])\n    super().save()")
    put(tmp_path, "matching/views.py", "def f():\n    return timezone.now()")
    put(tmp_path, "templates/a.html", '<script src="/static/a.js" type="module"></script>{# style="x" #}')
    put(tmp_path, "journal/models.py", 'class Entry:\n    "See matching.rounds and programs.Program."')
    for check in CHECKS:
        assert check(tmp_path) == []


@isolate_apps("profiles")
def test_the_check_sees_a_foreign_key_upward():
    class Badge(models.Model):
        program = models.ForeignKey("programs.Program", models.CASCADE)

        class Meta:
            app_label = "profiles"

    assert house.relations([Badge]) != []


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

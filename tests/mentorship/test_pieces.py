"""The pieces: every status has word, shape and colour; nothing inline; people's words are escaped."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from matching.models import PairingState, RoundState
from mentorship import charts, living, statuses
from outbox.models import LetterState
from profiles.models import User
from programs.models import ImportState, MembershipState, ProgramState

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
STYLES = sorted((settings.BASE_DIR / "static" / "css").glob("*.css"))


def draw(source, **context) -> str:
    return Template("{% load pieces %}" + source).render(Context({"request": RequestFactory().get("/"), **context}))


@pytest.mark.parametrize(
    "states",
    [MembershipState, ProgramState, RoundState, PairingState, LetterState, ImportState],
    ids=lambda s: s.__name__,
)
def test_every_state_of_every_model_has_a_look(states):
    assert not set(states.values) - set(statuses.LOOKS)


def test_every_tone_is_drawn_and_every_shape_is_a_drawing_of_its_own():
    css = "".join(path.read_text() for path in STYLES)
    drawings = {}
    for look in statuses.LOOKS.values():
        assert f".tone-{look.tone} " in css
        drawings[look.shape] = draw('{% include "components/shape.html" with shape=shape %}', shape=look.shape)
    assert len(set(drawings.values())) == len(drawings)


def test_no_two_standings_look_the_same_without_colour():
    looks = [(statuses.look(key).shape, str(statuses.look(key).word)) for key in statuses.STANDINGS]
    assert len(set(looks)) == len(looks)
    assert len({shape for shape, _word in looks}) == len(looks)


def test_a_person_keeps_their_colour_and_their_name_is_escaped():
    person = User(name="<b>Eve</b> & Co", pronouns="<i>", time_zone="Asia/Kathmandu")
    page = draw("{% person_chip person time=True note=note %}", person=person, note="<script>")
    assert "<b>" not in page and "<i>" not in page and "<script>" not in page
    assert "in Kathmandu" in page
    assert re.search(r"hue-(\d+)", page).group(1) == str(person.public_id.int % 12)
    css = (settings.BASE_DIR / "static/css/components.css").read_text()
    assert all(f".hue-{hue} " in css for hue in range(12))


def test_block_pieces_escape_what_is_given_to_them():
    for piece in ("next_step", "empty", "confirm"):
        source = f"{{% {piece} title action='Go' url='/x/' %}}<p>{{{{ title }}}}</p>{{% end{piece} %}}"
        page = draw(source, title="<b>x</b>")
        assert "<b>" not in page and page.count("&lt;b&gt;x&lt;/b&gt;") == 2, piece


@pytest.mark.parametrize(
    ("value", "out_of", "share"), [(0, 0, 0), (5, 10, 50), (12, 10, 100), (-1, 10, 0), (None, 3, 0)]
)
def test_a_share_stays_within_its_bar(value, out_of, share):
    assert charts.share(value, out_of) == share


def test_bars_of_nothing_have_no_width():
    assert charts.bars([]) == []
    assert [bar["width"] for bar in charts.bars([("a", 0), ("b", None)])] == [0, 0]


def test_figures_are_drawn_with_points_whatever_the_language():
    page = draw("{% meter 1 3 'Done' target=2 %}{% bar_chart 'T' rows %}", rows=[("a", 1), ("b", 3)])
    assert 'width="33.33"' in page and "M66.67 0v8" in page


def test_an_error_summary_leads_to_its_fields():
    form = living.SampleForm({"name": ""})
    page = draw("{% error_summary form %}{% fields form %}", form=form)
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page, target
    assert 'aria-describedby="id_name_helptext id_name_error"' in page


@pytest.mark.django_db
def test_the_living_page_is_for_developers(client, settings):
    assert client.get(reverse("design")).status_code == 200
    for junk in ("?page=zero", "?page=99999999999", "?per_page=x", "?per_page=-1", "?per_page=1e9", "?sort=nothing"):
        assert client.get(reverse("design") + junk).status_code == 200, junk
    settings.EMBEDDED = False
    assert client.get(reverse("design")).status_code == 404


def test_no_template_has_anything_inline():
    # An email is drawn by mail programs, which know no style sheets.
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.I)
    found = [
        f"{path}: {match.group()}"
        for path in TEMPLATES
        if "letters" not in path.parts
        for match in inline.finditer(path.read_text())
    ]
    assert not found, found


def test_no_style_sheet_leads_elsewhere():
    for path in [*STYLES, settings.BASE_DIR / "static/vendor/bootstrap/bootstrap.css"]:
        for url in re.findall(r"url\(\"?([^\")]+)", path.read_text()):
            assert not url.startswith(("data:", "http", "//")), (path, url)
            assert (path.parent / url).resolve().is_file(), (path, url)


def test_what_is_vendored_is_what_is_pinned():
    import json

    pinned = json.loads((settings.BASE_DIR / "package.json").read_text())
    versions = {**pinned["dependencies"], **pinned["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
    root = Path(settings.BASE_DIR)
    assert f"v{versions['bootstrap']} " in (root / "static/vendor/bootstrap/bootstrap.css").read_text()[:200]
    assert f'version:"{versions["htmx.org"]}"' in (root / "static/vendor/htmx/htmx.min.js").read_text()
    assert f"axe v{versions['axe-core']}" in (root / "tests/browser/vendor/axe.min.js").read_text()[:100]

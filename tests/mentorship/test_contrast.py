"""The tokens can be read in both lights: AAA for text, AA for the rest, 3 to 1 for the edges of controls."""

import re

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {name: colours for name, *colours in PAIR.findall((CSS / "tokens.css").read_text())}
GROUNDS = ["paper", "sheet"]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("light", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("inks", "grounds", "least"),
    [
        (["ink", "ink-2"], [*GROUNDS, "sheet-2", "accent-wash"], 7),
        (["ink-3", "link", "accent", "alert-ink"], GROUNDS, 4.5),
        (["on-accent"], ["accent", "accent-strong"], 4.5),
        (["line-strong", "margin-line", "focus"], GROUNDS, 3),
        *(([f"{tone}-ink"], [f"{tone}-wash"], 4.5) for tone in ("good", "wait", "new", "alert", "rest", "plain")),
    ],
)
def test_tokens_can_be_read(inks, grounds, least, light):
    for ink in inks:
        for ground in grounds:
            found = contrast(TOKENS[ink][light], TOKENS[ground][light])
            assert found >= least, (ink, ground, round(found, 2))


@pytest.mark.parametrize("light", [0, 1], ids=["light", "dark"])
def test_initials_can_be_read_on_every_colour(light):
    text = (CSS / "components.css").read_text()
    hues = re.findall(
        r"\.hue-\d+ \{ --disc: light-dark\((.+?), (.+?)\); --disc-ink: light-dark\((.+?), (.+?)\); \}", text
    )
    assert len(hues) == 12
    for grounds, inks in ((hue[:2], hue[2:]) for hue in hues):
        assert contrast(grounds[light], inks[light]) >= 4.5

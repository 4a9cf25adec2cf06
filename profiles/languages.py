"""The languages people may say they speak (pure data: Django's own list)."""

from django.conf.locale import LANG_INFO

# One entry a language: regional variants of the same one are left out, but for two that differ in writing.
NAMES = {
    code: info["name"]
    for code, info in LANG_INFO.items()
    if "name" in info and ("-" not in code or code in ("zh-hans", "zh-hant"))
}


def name(code: str) -> str:
    """The language's name; a code we do not know stands for itself."""
    return NAMES.get(code, code)


def choices(also=()) -> list[tuple[str, str]]:
    """Code and name by name, with the codes somebody already has."""
    return sorted({**NAMES, **{code: name(code) for code in also}}.items(), key=lambda pair: pair[1])

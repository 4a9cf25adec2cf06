"""Typed values of answers: raw text or a form's value in, a JSON value out (pure)."""

import math
import re
from collections.abc import Sequence
from typing import Any

MAX_TEXT = 500
MAX_LONG_TEXT = 10_000
YES = {"yes", "y", "true", "1", "x", "on"}
NO = {"no", "n", "false", "0", "off"}
NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,6})?")


class BadValue(ValueError):
    """A value its question does not take; `code` and `params` are put into words by whoever shows them."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def typed(kind: str, options: Sequence[str], raw: Any) -> Any:
    """The JSON value of a raw answer, None where it is empty; raises BadValue."""
    if raw is None or raw == "" or raw == [] or (isinstance(raw, str) and not raw.strip()):
        return None
    if kind == "several":
        return _several(options, raw)
    if kind == "yes_no":
        return _yes_no(raw)
    if kind == "number":
        return _number(raw)
    if not isinstance(raw, str):
        raise BadValue("not_text")
    text = raw.replace("\x00", "").strip()
    if kind in ("choice", "scale"):
        if text not in options:
            raise BadValue("not_an_option", value=short(text))
        return text
    most = MAX_TEXT if kind == "text" else MAX_LONG_TEXT
    if len(text) > most:
        raise BadValue("too_long", most=most)
    return text


def split(raw: str) -> list[str]:
    """The parts of "Gay, Non-binary", each once, in order."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[,;\n]", raw) if part.strip()))


def short(text: str, most: int = 60) -> str:
    """A value as a sentence may quote it."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _several(options: Sequence[str], raw: Any) -> list[str] | None:
    if not isinstance(raw, str | list | tuple) or any(not isinstance(part, str) for part in raw):
        raise BadValue("not_text")
    # An option may itself hold a comma, where a form sends the list ready-made.
    parts = split(raw) if isinstance(raw, str) else list(dict.fromkeys(part.strip() for part in raw if part.strip()))
    for part in parts:
        if part not in options:
            raise BadValue("not_an_option", value=short(part))
    return parts or None


def _yes_no(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadValue("not_yes_no", value=short(str(raw)))


def _number(raw: Any) -> int | float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if not math.isfinite(raw) or abs(raw) >= 1e15:
            raise BadValue("not_a_number", value=short(str(raw)))
        return raw
    text = str(raw).strip().replace(" ", "")
    if not NUMBER.fullmatch(text):
        raise BadValue("not_a_number", value=short(str(raw)))
    text = text.replace(",", ".")
    return float(text) if "." in text else int(text)

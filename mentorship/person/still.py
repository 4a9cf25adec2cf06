"""A page made still: nothing in it leads anywhere, is sent anywhere or can be filled in; fields are empty."""

import re
from html import escape
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FIELDS = {"input", "select", "textarea", "button"}
# What stands in another element: nothing to follow, nothing to send.
INSTEAD = {"a": "span", "form": "div"}
# Left out with all they hold.
DROPPED = {"script", "style", "iframe", "object", "embed", "template", "base", "link", "meta"}
# What an element may keep; whatever is not here (addresses, names of fields, what was filled in) is left out.
KEPT = {
    "class", "id", "role", "for", "type", "lang", "dir", "title", "hidden", "open", "datetime", "colspan", "rowspan",
    "scope", "multiple", "rows", "cols", "viewbox", "d", "fill", "stroke", "stroke-width", "stroke-linecap", "x", "y",
    "stroke-linejoin", "width", "height", "cx", "cy", "r", "rx", "x1", "x2", "y1", "y2", "points", "transform",
    "focusable",
}  # fmt: skip


# An element's name; what only looks like one is left out.
NAME = re.compile(r"[a-z][a-z0-9]*")


class _Still(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.inside_dropped = 0
        self.in_textarea = False

    def handle_starttag(self, tag, attrs):
        if tag in DROPPED:
            self.inside_dropped += tag not in VOID
        if tag in DROPPED or not NAME.fullmatch(tag):
            return
        has = dict(attrs)
        if self.inside_dropped or (tag == "input" and (has.get("type") or "").lower() == "hidden"):
            return
        self.in_textarea = tag == "textarea"
        kept = [(key, value) for key, value in attrs if key in KEPT or key.startswith("aria-")]
        if tag == "a" and "class" not in has:
            kept.append(("class", "seen-link"))
        words = "".join(f' {key}="{escape(value or "")}"' for key, value in kept)
        disabled = " disabled" if tag in FIELDS else ""
        self.out.append(f"<{INSTEAD.get(tag, tag)}{words}{disabled}>")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in DROPPED:
            self.inside_dropped = max(0, self.inside_dropped - (tag not in VOID))
            return
        self.in_textarea = False
        if not self.inside_dropped and tag not in VOID and NAME.fullmatch(tag):
            self.out.append(f"</{INSTEAD.get(tag, tag)}>")

    def handle_data(self, data):
        if not self.inside_dropped and not self.in_textarea:
            self.out.append(escape(data, quote=False))


def still(html: str) -> str:
    """The same words and shapes, without anything that does something."""
    parser = _Still()
    parser.feed(html)
    parser.close()
    return "".join(parser.out)

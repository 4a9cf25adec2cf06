"""The application from outside: its addresses, its forms, its rows, and the links it must not show."""

import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from outbox import links

# Rows that a page may write by being looked at: a session, its end, a rate limit.
NOT_OURS = {"sessions", "contenttypes", "auth", "admin", "mfa"}
NOT_COUNTED = {("profiles", "user"): {"last_login"}}


def url_names(resolver=None, namespace="") -> list[str]:
    """The name of every address, with its namespace; an address without a name is told by its pattern."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace) if part)
            found += url_names(entry, inner)
        elif isinstance(entry, URLPattern):
            own = entry.name or f"<{entry.pattern}>"
            found.append(":".join(part for part in (namespace, own) if part))
    return sorted(set(found))


def snapshot() -> dict[str, str]:
    """A fingerprint of every row of every table, by table."""
    prints = {}
    for model in apps.get_models():
        label = (model._meta.app_label, model._meta.model_name)
        if label[0] in NOT_OURS:
            continue
        left_out = NOT_COUNTED.get(label, set())
        fields = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out]
        rows = list(model._base_manager.order_by("pk").values_list(*fields))
        prints[".".join(label)] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return prints


def changed(before: dict, after: dict) -> list[str]:
    return sorted(label for label in before if before[label] != after.get(label))


TOKEN = re.compile(r"[A-Za-z0-9_\-=.]{8,}:[A-Za-z0-9_-]{4,10}:[A-Za-z0-9_-]{27,60}")


def signed_links(text: str, *, besides=None) -> list[links.Signed]:
    """The valid signed links in a page, without those of the person given."""
    found = []
    for candidate in TOKEN.findall(text):
        try:
            signed = links.read(candidate, timezone.now())
        except links.LinkEnded as ended:
            signed = ended.signed
        except links.BadLink:
            continue
        if besides is None or signed.person != str(besides.public_id):
            found.append(signed)
    return found


PLAIN = ("number", "password", "date", "time", "range")


@dataclass
class Form:
    """A form of a page, with what its fields hold as it comes."""

    action: str = ""
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    # Fields for numbers, dates, passwords and long text: none of them names a thing.
    plain: set[str] = field(default_factory=set)
    # Named buttons: a browser sends the one that was pressed.
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def signature(self):
        return (self.action.split("?")[0], self.method, tuple(sorted([*self.values, *self.files])), tuple(self.buttons))

    def data(self, **changes) -> dict:
        """What a browser would send, with some fields changed."""
        return {name: list(values) for name, values in self.values.items()} | {
            name: value if isinstance(value, list) else [value] for name, value in changes.items()
        }


class _Forms(HTMLParser):
    """Collects forms and their fields, those outside a form that name it by `form` included."""

    def __init__(self):
        super().__init__()
        self.forms, self.by_id, self.outside = [], {}, []
        self.form = self.select = self.textarea = None

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "form":
            self.form = Form(has.get("action") or "", (has.get("method") or "get").lower())
            self.forms.append(self.form)
            if has.get("id"):
                self.by_id[has["id"]] = self.form
        elif tag in ("input", "button"):
            self._input(tag, has)
        elif tag == "select":
            self.select = (has, [])
        elif tag == "option" and self.select:
            self.select[1].append((has.get("value", ""), "selected" in has))
        elif tag == "textarea":
            self.textarea = (has, [])

    def _input(self, tag, has):
        kind = (has.get("type") or ("submit" if tag == "button" else "text")).lower()
        if kind == "file":
            self._put(has, None)
        elif kind in ("checkbox", "radio"):
            self._put(has, [has.get("value") or "on"] if "checked" in has else [])
        elif kind == "submit" and has.get("name") and self.form is not None:
            self.form.buttons.append((has["name"], has.get("value") or ""))
        elif kind not in ("submit", "button", "reset", "image"):
            self._put(has, [has.get("value") or ""], plain=kind in PLAIN)

    def _put(self, has, values, plain=False):
        name = has.get("name")
        if not name:
            return
        if self.form is None or has.get("form"):
            self.outside.append((has.get("form"), name, values))
        else:
            _enter(self.form, name, values)
            self.form.plain |= {name} if plain else set()

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select:
            has, options = self.select
            chosen = [value for value, is_chosen in options if is_chosen]
            if not chosen and options and "multiple" not in has:
                chosen = [options[0][0]]
            self._put(has, chosen)
            if self.form is not None and has.get("name"):
                self.form.options[has["name"]] = [value for value, _chosen in options if value]
            self.select = None
        elif tag == "textarea" and self.textarea:
            has, words = self.textarea
            self._put(has, ["".join(words)], plain=True)
            self.textarea = None


def _enter(form, name, values):
    if values is None:
        form.files.append(name)
    else:
        form.values.setdefault(name, []).extend(values)


def forms(html: str) -> list[Form]:
    """The forms of a page."""
    parser = _Forms()
    parser.feed(html)
    for form_id, name, values in parser.outside:
        if form_id in parser.by_id:
            _enter(parser.by_id[form_id], name, values)
    return parser.forms

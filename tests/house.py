"""The rules of the house as checks: each takes a root folder and answers with the violations found, as lines."""

import ast
import re
from functools import cache
from pathlib import Path

RANKS = {
    "profiles": 0,
    "journal": 1,
    "outbox": 2,
    "questions": 3,
    "programs": 4,
    "matching": 5,
    "checkins": 6,
    "surveys": 6,
    "community": 6,
    "council": 7,
    "reports": 8,
    "mentorship": 9,
}
# Inside an app a module imports only from lower layers; a module not named here stands as high as what it imports.
LAYERS = {
    "models": 1,
    "permissions": 2,
    "letters": 3,
    "actions": 4,
    "forms": 5,
    "tasks": 5,
    "exports": 5,
    "views": 6,
    "admin": 6,
    "management": 6,
    "templatetags": 6,
    "urls": 7,
}
# Arithmetic without Django, and without anything of ours that is not itself pure.
PURE = [
    "profiles/civil.py",
    "profiles/free.py",
    "questions/cells.py",
    "questions/typed.py",
    "programs/imports/columns.py",
    "programs/imports/plan.py",
    "programs/imports/reading.py",
    "programs/errors.py",
    "programs/figures.py",
    "checkins/standing.py",
    "checkins/rhythm.py",
    "council/ladder.py",
    "mentorship/program_home/course.py",
    "matching/solver/*.py",
    "matching/scoring*",
    "matching/scoring/*.py",
    "matching/spreadsheets.py",
]
OUTSIDE_PURE = {"django", "allauth", "celery", "crispy_forms", "django_filters", "django_tables2"}
ROW_SIGNALS = {
    "pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "class_prepared",
    "Signal", "ModelSignal",
}  # fmt: skip
# Who may read the clock; everybody else is given `now`.
CLOCK_READERS = {"views", "tasks", "admin", "management", "middleware"}
LONGEST = 400
# Things with a save() that are no rows: openpyxl's workbooks.
NO_ROWS = {"workbook", "book"}


@cache
def _parse(path: Path, _changed: float):
    return ast.parse(path.read_text(), str(path))


def tree(path: Path):
    return _parse(path, path.stat().st_mtime)


def modules(root: Path, *, migrations=False):
    """Every Python file of our apps, with its app."""
    for app in RANKS:
        for path in sorted((root / app).rglob("*.py")):
            if migrations or "migrations" not in path.parts:
                yield app, path


def dotted(root: Path, path: Path) -> str:
    parts = list(path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path, path: Path):
    """(line, dotted name) of everything a file imports, at its head or inside a function; names imported included."""
    package = list(path.relative_to(root).parts[:-1])
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{source}.{alias.name}"
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "import_string", "__import__"}:
            if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _may_use(app: str, other: str) -> bool:
    return app == other or RANKS[other] < RANKS[app]


def import_order(root: Path) -> list[str]:
    """Imports from an app that stands above, or beside."""
    return [
        f"{path.relative_to(root)}:{line} imports {name}"
        for app, path in modules(root, migrations=True)
        for line, name in imports(root, path)
        if (other := name.split(".")[0]) in RANKS and not _may_use(app, other)
    ]


def string_references(root: Path) -> list[str]:
    """Strings that name a model, function or template folder of an app above: "programs.Program" in profiles."""
    found = []
    for app, path in modules(root, migrations=True):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(r"([a-z]+)[./][A-Za-z_][\w./]*", node.value)
                if match and match[1] in RANKS and not _may_use(app, match[1]):
                    found.append(f"{path.relative_to(root)}:{node.lineno} names {node.value}")
            elif isinstance(node, ast.Call) and _called(node) == "get_model":
                first = node.args[0] if node.args else None
                label = first.value if isinstance(first, ast.Constant) else ""
                if label in RANKS and not _may_use(app, label):
                    found.append(f"{path.relative_to(root)}:{node.lineno} fetches a model of {label}")
    return found


def relations(models) -> list[str]:
    """Foreign keys, one-to-ones and many-to-manys that point to an app above."""
    found = []
    for model in models:
        app = model._meta.app_label
        if app not in RANKS:
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            remote = field.remote_field.model if field.remote_field else None
            other = remote if remote is None or isinstance(remote, str) else remote._meta.app_label
            other = other.split(".")[0] if other else None
            if other in RANKS and not _may_use(app, other):
                found.append(f"{app}.{model.__name__}.{field.name} points to {remote}")
    return found


def signals(root: Path) -> list[str]:
    """Signals of rows, and signals of our own: an upper app registers a function instead."""
    found = []
    for _app, path in modules(root):
        for line, name in imports(root, path):
            source, _, last = name.rpartition(".")
            if source.startswith(("django.db.models.signals", "django.dispatch")) and last in ROW_SIGNALS:
                found.append(f"{path.relative_to(root)}:{line} uses {name}")
            elif name in {"django.db.models.signals", "django.db.models.signals.*"}:
                found.append(f"{path.relative_to(root)}:{line} uses {name}")
    return found


def _inner(app: str, module: str) -> str:
    """The part of a dotted name that says its layer: "views" of programs.views.pages."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == app else ""


def _graph(root: Path, app: str) -> dict[str, set[str]]:
    """Which modules of an app import which; a package's name stands for its __init__."""
    files = {dotted(root, path): path for name, path in modules(root) if name == app}
    graph = {}
    for module, path in files.items():
        wanted = set()
        for _line, name in imports(root, path):
            while name and name not in files:
                name = name.rpartition(".")[0]
            if name and name not in (app, module):
                wanted.add(name)
        graph[module] = wanted
    return graph


def layering(root: Path) -> list[str]:
    """Modules that reach, straight or through unnamed modules, what does not stand left of them."""
    found = []
    for app in RANKS:
        graph = _graph(root, app)
        for module in graph:
            layer = LAYERS.get(_inner(app, module))
            if layer is None:
                continue
            for reached, way in _reach(app, graph, module).items():
                same = _inner(app, reached) == _inner(app, module)
                if not same and LAYERS[_inner(app, reached)] >= layer:
                    found.append(f"{module} reaches {reached}{f' through {way}' if way else ''}")
    return found


def _reach(app: str, graph: dict, module: str) -> dict[str, str]:
    """Every module with a layer that this one reaches through modules without one, and the way there."""
    reached, seen, todo = {}, {module}, [(name, "") for name in graph[module]]
    while todo:
        name, way = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if LAYERS.get(_inner(app, name)) is not None:
            reached[name] = way
        elif _inner(app, name) != "apps":
            todo += [(next_name, name) for next_name in graph.get(name, ())]
    return reached


def pure_modules(root: Path) -> list[Path]:
    """Those named above, and every module that says of itself that it is pure."""
    files = {path for pattern in PURE for path in root.glob(pattern) if path.suffix == ".py"}
    said = {path for _app, path in modules(root) if "(pure)" in (ast.get_docstring(tree(path)) or "")}
    return sorted(files | said)


def purity(root: Path) -> list[str]:
    """Pure modules that import Django, or something of ours that is not pure."""
    pure = {dotted(root, path) for path in pure_modules(root)}
    packages = {name.rpartition(".")[0] for name in pure}
    found = []
    for path in pure_modules(root):
        for line, name in imports(root, path):
            top = name.split(".")[0]
            ours = top in RANKS and not any(name == p or name.startswith(p + ".") for p in pure | (packages - {top}))
            if top in OUTSIDE_PURE or ours:
                found.append(f"{path.relative_to(root)}:{line} imports {name}")
    return found


def names(root: Path) -> list[str]:
    """Folders and modules that say nothing: core, common, utils."""
    empty = {"core", "common", "utils", "util", "helpers", "misc"}
    folders = [path.name for path in root.iterdir() if (path / "__init__.py").exists()]
    found = [name for name in folders if name in empty]
    return found + [str(path.relative_to(root)) for _app, path in modules(root) if path.stem in empty]


def unknown_apps(root: Path) -> list[str]:
    """Apps that nobody has given a place in the order."""
    return [path.parent.name for path in root.glob("*/apps.py") if path.parent.name not in RANKS]


def bare_saves(root: Path) -> list[str]:
    """save() without update_fields or force_insert: it writes back what somebody else has changed meanwhile."""
    found = []
    for _app, path in modules(root):
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"):
                continue
            receiver = node.func.value
            is_super = isinstance(receiver, ast.Call) and _called(receiver) == "super"
            careful = any(word.arg in {"update_fields", "force_insert"} for word in node.keywords)
            if not is_super and not careful and getattr(receiver, "id", "") not in NO_ROWS:
                found.append(f"{path.relative_to(root)}:{node.lineno} {ast.unparse(node)}")
    return found


def clock(root: Path) -> list[str]:
    """Calls that read the clock outside views, tasks, commands and the roof."""
    reads = {"timezone.now", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.localdate",
             "datetime.datetime.now", "datetime.date.today", "timezone.localtime", "time.time"}  # fmt: skip
    found = []
    for app, path in modules(root):
        if app == "mentorship" or _inner(app, dotted(root, path)) in CLOCK_READERS:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in reads:
                takes = ast.unparse(node.func) == "timezone.localtime" and node.args
                if not takes:
                    found.append(f"{path.relative_to(root)}:{node.lineno} reads the clock")
    return found


def lengths(root: Path) -> list[str]:
    """Modules and templates past the length at which they ask to become a package."""
    files = [path for _app, path in modules(root)] + templates(root)
    found = []
    for path in files:
        lines = len(path.read_text().splitlines())
        if lines > LONGEST:
            found.append(f"{path.relative_to(root)} has {lines} lines")
    return found


def templates(root: Path) -> list[Path]:
    return sorted(p for p in (root / "templates").rglob("*") if p.suffix in {".html", ".txt", ".svg"})


INLINE = {
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "an outside file": re.compile(r"<(?:script|link|img|iframe)\b[^>]*\s(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
    "text let through unescaped": re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off", re.I),
}


def inline(root: Path) -> list[str]:
    """Templates with what the content security policy refuses, or with unescaped text."""
    found = []
    for path in templates(root):
        # Emails have no policy and need their styles inline; no page of ours is among them.
        if path.suffix == ".txt" or path.is_relative_to(root / "templates" / "letters"):
            continue
        text = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", _blank, path.read_text(), flags=re.S)
        for words, pattern in INLINE.items():
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(root)}:{line} has {words}")
    return found


def _blank(match) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def unescaped(root: Path) -> list[str]:
    """mark_safe and its kind in Python: markup is made by templates and format_html."""
    return [
        f"{path.relative_to(root)}:{line} uses {name}"
        for _app, path in modules(root)
        for line, name in imports(root, path)
        if name in {"django.utils.safestring.mark_safe", "django.utils.safestring.SafeString"}
    ]

"""Takes the made-up spreadsheets in as a coordinator would: upload, name the columns, import."""

from dataclasses import replace

from mentorship.demo.schemes import Scheme
from programs.imports import actions
from programs.imports.columns import Meaning
from programs.imports.sweep import run_imports
from programs.models import ImportState


def import_files(program, scheme: Scheme, contents: dict[str, bytes], *, by, now):
    """Files by role into a program; the scheme says which columns are a scale and who reads what."""
    names = {role: f"{role}s.csv" for role in contents}
    tables = {role: (names[role], actions.read(content, names[role])) for role, content in contents.items()}
    draft = actions.upload(program, tables, by=by, now=now)
    meanings = {file.role: named(scheme, file) for file in draft.files.all()}
    actions.name_columns(draft, meanings, places=1, show_addresses=True, by=by, now=now)
    actions.ask_import(draft, by=by, now=now)
    run_imports(now, lambda: False)
    draft.refresh_from_db()
    if draft.state != ImportState.DONE or draft.result["counts"]["refused"]:
        raise RuntimeError(f"The import came to nothing: {draft.result}")
    return draft


def named(scheme: Scheme, file) -> list[Meaning]:
    """What was recognised, put right where the scheme knows better."""
    meanings = [Meaning.from_json(meaning) for meaning in file.mapping]
    return [corrected(scheme, name, meaning) for name, meaning in zip(file.header, meanings, strict=True)]


def corrected(scheme: Scheme, column: str, meaning: Meaning) -> Meaning:
    if not meaning.is_answer:
        return meaning
    if column in scheme.scales:
        meaning = replace(meaning, kind="scale", options=scheme.scales[column])
    elif column in scheme.lists:
        meaning = replace(meaning, kind=scheme.lists[column])
    return replace(meaning, readers=scheme.readers.get(column, meaning.readers))

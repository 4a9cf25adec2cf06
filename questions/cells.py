"""Tables of text in and out: CSV and XLSX as people really have them (pure)."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 100
MAX_CELL = 10_000
MAX_COLUMN_NAME = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Zero-width marks that pasted addresses carry; they are no whitespace to strip().
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


class Unreadable(ValueError):
    """A file that is no table; `code` and `params` are put into words by whoever shows them."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Row:
    """One line of a table, numbered as a spreadsheet program numbers it."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Problem:
    """A line that cannot be read, or something to know of the whole table (line 0)."""

    line: int
    code: str
    column: str = ""
    params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A header, the rows that fit under it, and what does not fit."""

    header: list[str]
    rows: list[Row]
    problems: list[Problem]


def read_table(content: bytes, filename: str = "") -> Table:
    """Reads CSV or XLSX, told apart by their content; raises Unreadable where it is neither."""
    if len(content) > MAX_BYTES:
        raise Unreadable("too_big", megabytes=MAX_BYTES // (1024 * 1024))
    if not content.strip():
        raise Unreadable("empty")
    if content.startswith(b"PK\x03\x04"):
        return _table(_xlsx_lines(content), pad=True)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("old_excel")
    return _table(_csv_lines(_text(content)), pad=False)


def clean(value: str) -> str:
    """A cell without what no database keeps and no reader sees: control characters, outer blanks."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c for c in value if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in INVISIBLE)
    )
    return unicodedata.normalize("NFC", kept).strip()


# A cell on the way in: its text, and the code of what is wrong with it.
Cell = tuple[str, str]


def _table(lines: Iterator[tuple[int, list[Cell]]], *, pad: bool) -> Table:
    """The first line that is not blank is the header."""
    problems: list[Problem] = []
    rows: list[Row] = []
    names: list[str] | None = None
    for line, cells in lines:
        if not any(text or code for text, code in cells):
            continue
        if names is None:
            names = _names([text for text, _code in cells], line)
            continue
        if len(rows) + len(problems) >= MAX_ROWS:
            raise Unreadable("too_many_rows", most=MAX_ROWS)
        row = _row(line, cells, names, pad)
        if isinstance(row, Row):
            rows.append(row)
        else:
            problems.append(row)
    if names is None:
        raise Unreadable("empty")
    if not rows and not problems:
        raise Unreadable("header_only")
    return _without_nameless(names, rows, problems)


def _row(line: int, cells: list[Cell], names: list[str], pad: bool) -> Row | Problem:
    """A row under the header, or what keeps it from being one."""
    while len(cells) > len(names) and cells[-1] == ("", ""):
        cells.pop()
    if len(cells) > len(names) or (len(cells) < len(names) and not pad):
        return Problem(line, "cells", params={"cells": len(cells), "columns": len(names)})
    cells += [("", "")] * (len(names) - len(cells))
    for place, ((text, code), name) in enumerate(zip(cells, names, strict=True), 1):
        if code or len(text) > MAX_CELL:
            column = name or str(place)
            return Problem(line, code or "long_cell", column, {} if code else {"most": MAX_CELL})
    return Row(line, [text for text, _code in cells])


def _names(cells: list[str], line: int) -> list[str]:
    """The column names, each once; a second "grade" is "grade (2)"."""
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", most=MAX_COLUMNS)
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split())
        if len(name) > MAX_COLUMN_NAME - 6:
            raise Unreadable("long_column_name", column=place, line=line, most=MAX_COLUMN_NAME - 6)
        unique, count = name, 1
        while name and unique.casefold() in taken:
            count += 1
            unique = f"{name} ({count})"
        taken.add(unique.casefold())
        names.append(unique)
    return names


def _without_nameless(names: list[str], rows: list[Row], problems: list[Problem]) -> Table:
    """Drops columns with neither name nor values; those with values are called by their place."""
    used = [bool(name) or any(row.cells[place] for row in rows) for place, name in enumerate(names)]
    header = [name or f"#{place}" for place, name in enumerate(names, 1)]
    keep = [place for place, use in enumerate(used) if use]
    return Table(
        [header[place] for place in keep],
        [Row(row.line, [row.cells[place] for place in keep]) for row in rows],
        problems,
    )


def _text(content: bytes) -> str:
    """Decodes by byte order mark, then UTF-8, then UTF-16 without a mark, then Windows' own."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content[1:200:2].count(0) > len(content[1:200:2]) * 0.4:
        encodings = ["utf-16-le"]
    elif content[0:200:2].count(0) > len(content[0:200:2]) * 0.4:
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("not_a_table")
    odd = sum(1 for c in text[:20_000] if unicodedata.category(c) == "Cc" and c not in "\r\n\t\x00")
    if odd > max(2, len(text[:20_000]) // 100):
        raise Unreadable("not_a_table")
    return text


def _csv_lines(text: str) -> Iterator[tuple[int, list[Cell]]]:
    """The lines of a CSV text; its separator is the one its first line has most of."""
    text = text.replace("\x00", "").lstrip("\ufeff")
    line = 0
    first, _end, rest = text.partition("\n")
    if re.fullmatch(r"sep=[,;\t]\r?", first, re.IGNORECASE):
        delimiter, text, line = first.rstrip("\r")[-1], rest, 1
    else:
        heads = re.sub(r'"[^"]*"', "", next((part for part in text.splitlines() if part.strip()), ""))
        delimiter = max(",;\t", key=heads.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            line += 1
            yield line, [(_unguarded(clean(cell)), "") for cell in cells]
    except csv.Error as error:
        # The reader's own count is of lines of text, which is where to look in an editor.
        raise Unreadable("quotes", line=line + 1) from error


def _xlsx_lines(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The lines of the first sheet: results of formulas, and where a formula has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
                raise Unreadable("too_big_unpacked")
            formulas = any(b"<f" in parts.read(name) for name in parts.namelist() if "worksheets/" in name)
        values = _sheet(content, data_only=True)
        written = _sheet(content, data_only=False) if formulas else None
        for line, cells in enumerate(values, 1):
            texts: list[Cell] = [(clean(_words(cell)), "") for cell in cells]
            if written is not None:
                formula_cells = next(written)
                texts += [("", "")] * (len(formula_cells) - len(texts))
                for place, cell in enumerate(formula_cells):
                    if isinstance(cell, str) and cell.startswith("=") and texts[place] == ("", ""):
                        texts[place] = ("", "formula")
            yield line, texts
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises almost anything on a damaged file
        raise Unreadable("damaged_xlsx") from error


def _sheet(content: bytes, *, data_only: bool) -> Iterator[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    if not book.worksheets:
        raise Unreadable("empty")
    sheet = book.worksheets[0]
    # The stated dimensions are often wrong; read what is there.
    sheet.reset_dimensions()
    for cells in sheet.iter_rows(values_only=True):
        last = max((place for place, cell in enumerate(cells, 1) if cell is not None), default=0)
        yield cells[:last]


def _words(value: object) -> str:
    """A spreadsheet's typed cell as the text a person would write."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def guard(value: Any) -> Any:
    """A cell no spreadsheet program takes for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(value):
        return "'" + value
    return value


def _unguarded(text: str) -> str:
    """Takes off the mark that guard() put before a formula, so that an export comes back as it was."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _plain(value: Any) -> Any:
    """What a written cell may be: a number as it is, anything else as clean text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return clean(_words(value))


def write_csv(header: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """A CSV any spreadsheet program opens: UTF-8 with its mark, formulas disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in [header, *rows]:
        writer.writerow([guard(_plain(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence], title: str = "Sheet") -> bytes:
    """An XLSX whose text cells are text, whatever they begin with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "Sheet")
    for row in [header, *rows]:
        cells = []
        for value in row:
            plain = _plain(value)
            cell = WriteOnlyCell(sheet, value=plain[:32_767] if isinstance(plain, str) else plain)
            if isinstance(plain, str):
                cell.data_type = "s"
                cell.quotePrefix = plain.startswith(FORMULA_STARTS)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

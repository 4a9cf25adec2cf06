"""Tables in and out: files as people really have them, and files that are none."""

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import cells
from questions.cells import Unreadable, read_table, write_csv, write_xlsx

PLAIN = "name,email\nÅsa,a@x.org\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("cp1252"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        b"\n\n" + PLAIN.encode(),
        PLAIN.replace("Å", "\x00Å\x07\u200b").encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        PLAIN.replace("Åsa", '"Åsa"').encode(),
    ],
)
def test_every_usual_way_of_writing_a_csv_is_read(content):
    table = read_table(content)
    assert table.header == ["name", "email"]
    assert [row.cells for row in table.rows] == [["Åsa", "a@x.org"]] and not table.problems


def workbook(*rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_excel_file_is_read_as_text():
    from datetime import date, datetime

    content = workbook(
        ["name", "n", "day", "at", "yes", "half"],
        ["Åsa", 3.0, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30), True, 2.5],
        ["Bo"],
    )
    table = read_table(content, "x.xlsx")
    assert table.rows[0].cells == ["Åsa", "3", "2026-03-01", "2026-03-01 09:30", "yes", "2.5"]
    assert table.rows[1].cells == ["Bo", "", "", "", "", ""]


def test_a_formula_without_a_result_is_told_with_its_line_and_column():
    table = read_table(workbook(["name", "sum"], ["Ann", 1], ["Bo", "=1+1"]))
    assert [row.line for row in table.rows] == [2]
    assert (table.problems[0].line, table.problems[0].code, table.problems[0].column) == (3, "formula", "sum")


def test_a_far_away_cell_is_no_reason_to_wait():
    def far(sheet):
        sheet.cell(row=1_000_000, column=2, value="b@x.org")

    table = read_table(workbook(["name", "email"], ["Ann", "a@x.org"], change=far))
    assert [row.line for row in table.rows] == [2, 1_000_000]
    with pytest.raises(Unreadable, match="too_many_columns"):
        read_table(workbook(["name", "email"], change=lambda sheet: sheet.cell(row=1, column=16_000, value="x")))


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (cells.MAX_UNPACKED + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b",,,\n,,", "empty"),
        (b"name,email\n", "header_only"),
        (b"name,email\n,\n", "header_only"),
        (bytes(range(256)) * 20, "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(30)) * 9, "not_a_table"),
        (b"\xff\xfe\x00", "not_a_table"),
        (b"PK\x03\x04 and no more", "damaged_xlsx"),
        (b"\xd0\xcf\x11\xe0 old", "old_excel"),
        (b'name,email\n"Ann,a@x.org\nBo,b@x.org\n', "quotes"),
        (b"a" * (cells.MAX_BYTES + 1), "too_big"),
        (b"name,email\n" + b"a,b\n" * 5001, "too_many_rows"),
        (b",".join(b"c%d" % n for n in range(101)) + b"\n1", "too_many_columns"),
        (b"x" * 300 + b",email\na,b", "long_column_name"),
        (b"name,email\n" + b"x" * 200_000 + b",b", "quotes"),
        (bomb(), "too_big_unpacked"),
        (workbook(), "empty"),
    ],
)
def test_what_is_no_table_is_told(content, code):
    with pytest.raises(Unreadable) as told:
        read_table(content)
    assert told.value.code == code


def test_lines_that_do_not_fit_are_told_by_line():
    content = 'name,email\nAnn,a@x.org\n\nBo\nCy,c@x.org,extra\nDi,"' + "x" * 10_001 + '"\n"E\nE",e@x.org\n'
    table = read_table(content.encode())
    assert [(p.line, p.code) for p in table.problems] == [(4, "cells"), (5, "cells"), (6, "long_cell")]
    assert [(row.line, row.cells[0]) for row in table.rows] == [(2, "Ann"), (7, "E\nE")]


def test_a_name_that_stands_twice_and_a_column_without_a_name():
    table = read_table(b"grade,Grade,,email,\na,b,c,d,\n")
    assert table.header == ["grade", "Grade (2)", "#3", "email"]


@pytest.mark.parametrize("value", ["=1+1", "+44 20", "-cmd", "@x", "=HYPERLINK(1)", "\t=1"])
def test_no_export_holds_a_formula(value):
    written = list(csv.reader(io.StringIO(write_csv(["a"], [[value]]).decode("utf-8-sig"))))[1][0]
    assert not written.startswith(cells.FORMULA_STARTS)
    cell = openpyxl.load_workbook(io.BytesIO(write_xlsx(["a"], [[value]]))).active["A2"]
    assert cell.data_type == "s"


def test_numbers_stay_numbers():
    assert write_csv(["a"], [[-5], ["-5"], [2.5], [None], [True], [["x", "y"]]]).decode("utf-8-sig").split("\r\n") == [
        "a", "-5", "-5", "2.5", '""', "yes", '"x, y"', "",
    ]  # fmt: skip


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), st.sampled_from([write_csv, write_xlsx]))
def test_what_is_written_is_read_again(rows, write):
    table = read_table(write(["key", "a", "b"], [(f"k{n}", *row) for n, row in enumerate(rows)]))
    expected = [[cells.clean(cell) for cell in row] for row in rows]
    found = [row.cells[1:] + [""] * (3 - len(row.cells)) for row in table.rows]
    assert found == expected


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content):
    try:
        table = read_table(content)
    except Unreadable:
        return
    assert all(len(row.cells) == len(table.header) for row in table.rows)
    assert not any("\x00" in cell for row in table.rows for cell in row.cells)

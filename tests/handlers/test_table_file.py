from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from handlers.files.table_file import read_table
from surveys.source import Problems


def table_of(path, raw: bytes):
    path.write_bytes(raw)
    problems = Problems()
    return read_table(path, problems), [str(problem).removeprefix(f"{path.parent}/") for problem in problems.found]


@pytest.mark.parametrize(
    "raw",
    [
        b"name,email\nJo,jo@example.org\n",
        b"\xef\xbb\xbfname;email\r\nJo;jo@example.org\r\n",
        b"name\temail\nJo\tjo@example.org",
        "name,email\nJo,jo@example.org\n".encode("utf-16"),
        b'"name";"email"\n"Jo";"jo@example.org"\n',
    ],
)
def test_csv_as_programs_write_it(tmp_path, raw):
    table, problems = table_of(tmp_path / "a.csv", raw)
    assert table.header.cells == ("name", "email")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("Jo", "jo@example.org"))]
    assert problems == []


def test_rows_are_numbered_by_the_lines_they_begin_on(tmp_path):
    raw = b'sep=;\r\nname;note\r\n\r\nJo;"two\r\nlines"\r\n;\r\nZed;x\r\n'
    table, _ = table_of(tmp_path / "a.csv", raw)
    assert table.header.number == 2
    assert [(row.number, row.cells[0]) for row in table.rows] == [(4, "Jo"), (7, "Zed")]


def test_western_bytes_are_read_with_a_warning(tmp_path):
    table, problems = table_of(tmp_path / "a.csv", "name,email\nJosé,jo@example.org\n".encode("cp1252"))
    assert table.rows[0].cells[0] == "José"
    assert problems == ["a.csv:2: is not UTF-8; it was read as Windows-1252, so look at letters with accents"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "a.csv:1: is empty"),
        (b"\n\n", "a.csv:1: is empty"),
        (b'name,email\n"Jo,jo@example.org\nZed,z@example.org', "a.csv:2: a quote opened in this row is never closed"),
        (b'name,email\nA,a@b.co\n"J"o,jo@example.org\n', "a.csv:3: a quote stands inside a cell"),
        (b"name\n" + b'"' + b"x" * 200_000 + b'"', "a.csv:2: a cell from here on is longer than 100,000 characters"),
        (b"\x00\x01\x02" * 50, "a.csv:1: is not a text file"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 100, "a.csv:1: is an old or a protected Excel file"),
        (b"PK\x03\x04" + b"\x00" * 100, "a.csv:1: can't be read as an Excel file"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, raw, problem):
    table, problems = table_of(tmp_path / "a.csv", raw)
    assert table is None
    assert problem in problems[0]


def test_excel_cells_become_text(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["id", "name", "when", "at"])
    sheet.append([])
    sheet.append([7, "Jo", date(2025, 3, 1), datetime(2025, 3, 1, 9, 30)])
    sheet.append([7.5, None, True, " x "])
    path = tmp_path / "a.xlsx"
    book.save(path)
    problems = Problems()
    table = read_table(path, problems)
    assert problems.found == []
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, ("7", "Jo", "2025-03-01", "2025-03-01 09:30")),
        (4, ("7.5", "", "True", " x ")),
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, raw):
    table, problems = table_of(tmp_path_factory.getbasetemp() / "any.csv", raw)
    assert table is not None or problems

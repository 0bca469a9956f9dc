"""CSV as Excel and others write it, and .xlsx, as a table that knows its row numbers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from xml.etree.ElementTree import ParseError

from handlers.files.reading import bytes_of, text_of
from surveys.source import Node, Problems
from surveys.table import Row, Table

MOST_BYTES = 50_000_000
MOST_UNPACKED = 500_000_000
MOST_ROWS = 200_000
LONGEST_CELL = 100_000
_SEPARATORS = ",;\t"
_OLE = b"\xd0\xcf\x11\xe0"


def read_table(path: Path, problems: Problems) -> Table | None:
    """The table of a .csv or .xlsx file; None with its problems noted where it can't be read.

    Rows are numbered by the physical line they begin on (CSV) or the sheet's row. Empty rows are left out.
    """
    raw = bytes_of(path, problems, most=MOST_BYTES)
    if raw is None:
        return None
    before = len(problems.errors)
    if raw.startswith(b"PK\x03\x04"):
        rows = next(iter(_sheets(raw, path, problems).values()), [])
    elif raw.startswith(_OLE):
        _refuse(path, 1, "is an old or a protected Excel file; save it as .xlsx or CSV without a password", problems)
        return None
    else:
        text = text_of(raw, path, problems, western=True)
        rows = [] if text is None else _csv_rows(text, path, problems)
    if len(problems.errors) > before:
        return None
    if not rows:
        _refuse(path, 1, "is empty", problems)
        return None
    return Table(file=str(path), header=rows[0], rows=tuple(rows[1:]))


def read_workbook(path: Path, names: Collection[str], problems: Problems) -> Mapping[str, Table] | None:
    """The sheets of an .xlsx file that are called so, in any case, and hold anything; None where it can't be read."""
    raw = bytes_of(path, problems, most=MOST_BYTES)
    if raw is None:
        return None
    before = len(problems.errors)
    found = _sheets(raw, path, problems, names)
    if len(problems.errors) > before:
        return None
    return {name: Table(file=str(path), header=rows[0], rows=tuple(rows[1:])) for name, rows in found.items() if rows}


def _refuse(path: Path, line: int, what: str, problems: Problems) -> None:
    problems.add(Node(value=None, file=str(path), line=line), what)


def _csv_rows(text: str, path: Path, problems: Problems) -> list[Row]:
    lines = io.StringIO(text, newline="")
    skipped = 0
    first = text.partition("\n")[0].strip()
    separator = ""
    # Excel's own first line: it names the separator and is no row.
    if first.lower().startswith("sep=") and len(first) <= len("sep=") + 1:
        separator, skipped = first[4:] or "\t", 1
        lines.readline()
    start = lines.tell()
    header_line = next((line for line in lines if line.strip()), "")
    lines.seek(start)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=separator or _separator(header_line), strict=True)
    rows: list[Row] = []
    begins = skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(number=begins, cells=tuple(cells)))
            if len(rows) > MOST_ROWS:
                _refuse(path, begins, f"has more than {MOST_ROWS:,} rows", problems)
                break
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        _refuse(path, begins, _said(error), problems)
    return rows


def _said(error: csv.Error) -> str:
    words = str(error)
    if "field larger" in words:
        return f"a cell from here on is longer than {LONGEST_CELL:,} characters: is a closing quote missing?"
    if "end of data" in words:
        return "a quote opened in this row is never closed"
    return "a quote stands inside a cell of this row; write it twice, with quotes around the whole cell"


def _separator(header: str) -> str:
    """What parts the header's titles: the separator found most often outside quotes."""
    outside = "".join(header.split('"')[0::2])
    return max(_SEPARATORS, key=outside.count)


def _sheets(raw: bytes, path: Path, problems: Problems, names: Collection[str] = ()) -> dict[str, list[Row]]:
    """The rows of the first sheet, or of those of these names."""
    # Imported here, as it takes long and few commands need it.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    found: dict[str, list[Row]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                _refuse(path, 1, "unpacks into more than is read", problems)
                return {}
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        try:
            wanted = [each for each in book.worksheets if each.title.strip().lower() in names]
            for sheet in wanted if names else book.worksheets[:1]:
                # Some programs write a wrong size of the sheet, and rows would be cut off by it.
                sheet.reset_dimensions()
                found[sheet.title.strip().lower()] = _rows(sheet.iter_rows(values_only=True), path, problems)
        finally:
            book.close()
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        OSError,
        EOFError,
    ):
        _refuse(path, 1, "can't be read as an Excel file; open it and save it as .xlsx or CSV again", problems)
    return found


def _rows(sheet: Iterable[Iterable[object]], path: Path, problems: Problems) -> list[Row]:
    rows: list[Row] = []
    for number, values in enumerate(sheet, start=1):
        cells = tuple(_words(values))
        if any(cells):
            rows.append(Row(number=number, cells=cells))
        if len(rows) > MOST_ROWS:
            _refuse(path, number, f"has more than {MOST_ROWS:,} rows", problems)
            break
    return rows


def _words(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if value is None:
            yield ""
        elif isinstance(value, float) and value.is_integer():
            yield str(int(value))
        elif isinstance(value, datetime):
            yield value.isoformat(sep=" ", timespec="minutes") if value.time() != time(0) else value.date().isoformat()
        elif isinstance(value, date):
            yield value.isoformat()
        elif isinstance(value, time):
            yield value.isoformat(timespec="minutes")
        else:
            yield str(value)

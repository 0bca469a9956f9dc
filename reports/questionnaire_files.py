"""A questionnaire written to a file: as YAML, or as an XLSForm."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from ruamel.yaml import YAML

from surveys.instrument import Instrument
from surveys.instrument_written import written
from surveys.xlsform.writing import sheets_of

_WIDTH = 120
# Of a sheet's column, in characters.
_WIDEST = 60


def as_yaml(instrument: Instrument) -> bytes:
    """The file that `soundings load` reads, in UTF-8."""
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    target = io.BytesIO()
    yaml.dump(written(instrument), target)
    return target.getvalue()


def as_xlsform(instrument: Instrument) -> bytes:
    """A workbook of the sheets survey, choices and settings; every cell is a text, never a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets_of(instrument):
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for column in range(len(sheet.rows[0])):
            longest = max(len(cells[column]) for cells in sheet.rows)
            page.column_dimensions[get_column_letter(column + 1)].width = min(longest, _WIDEST) + 2
        for line, cells in enumerate(sheet.rows, start=1):
            for column, words in enumerate(cells, start=1):
                if words:
                    cell = page.cell(row=line, column=column, value=ILLEGAL_CHARACTERS_RE.sub("", words))
                    cell.data_type = "s"
                    if line == 1:
                        cell.font = Font(bold=True)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# By what a file's name ends in.
WRITERS: Mapping[str, Callable[[Instrument], bytes]] = {
    ".yaml": as_yaml,
    ".yml": as_yaml,
    ".xlsx": as_xlsform,
}

"""The export as a table: one row for each response, one column for each question (CSV and xlsx)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import Cell as OpenpyxlCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from reports.codebook import CodebookEntry
from reports.export import Export, ExportedResponse
from surveys.answer_values import AnswerValue
from surveys.programme import Mode, RoundKind

Cell = str | int | float
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767
# `#` stands in no question's name.
REDACTED = "#redacted"
BYTE_ORDER_MARK = "\ufeff"


def header(export: Export) -> list[str]:
    """The names of the columns, in the order of `row`."""
    names = ["id", "participant"] + (["name"] if export.round.mode is Mode.IDENTIFIED else [])
    names += ["about"] if export.round.kind is RoundKind.INFORMANT else []
    names += ["perspectives", "area", "session", "state", "channel", "mode", "typed_by", "voices"]
    asked = [column for entry in kept(export) for column in _columns(entry)]
    # A question may be called what one of ours is; the question keeps its name.
    return [f"#{name}" if name in asked else name for name in names] + asked + _extra_columns(export)


def rows(export: Export) -> Iterable[list[Cell]]:
    """One row for each response."""
    entries, extras = kept(export), _extra_columns(export)
    for response in export.responses:
        cells: list[Cell] = [response.id, response.participant or ""]
        cells += [response.name] if export.round.mode is Mode.IDENTIFIED else []
        cells += [response.about or ""] if export.round.kind is RoundKind.INFORMANT else []
        cells += [";".join(response.perspectives), response.area or "", response.session or "", response.state]
        cells += [response.channel or "", response.mode, response.typed_by or ""]
        cells.append("; ".join(f"{perspective}: {how}" if how else perspective for perspective, how in response.voices))
        for entry in entries:
            cells += _cells(entry, response.answers.get((entry.id, entry.row)))
        beside = _extra_cells(response)
        yield cells + [beside.get(name, "") for name in extras]


def codebook_header() -> list[str]:
    """The names of the codebook's columns."""
    names = "column number item row section type ask answers values unit required when audience comparable"
    return [*names.split(), "left_out", "redacted"]


def codebook_rows(export: Export) -> Iterable[list[Cell]]:
    """One row for each question, those left out too."""
    for entry in export.entries:
        yield [
            entry.name,
            entry.number,
            entry.id,
            entry.row,
            entry.section,
            entry.type,
            entry.ask,
            entry.shape,
            "; ".join(f"{value} = {label}" if label else value for value, label in entry.values),
            entry.unit,
            "yes" if entry.required else "no",
            entry.when,
            ";".join(entry.audience),
            "yes" if entry.comparable else "no",
            entry.left_out,
            entry.redacted or "",
        ]


def as_csv(names: Sequence[str], table: Iterable[Sequence[Cell]]) -> str:
    """RFC 4180 text with a byte order mark, so that Excel reads it as UTF-8.

    A text that a spreadsheet would take for a formula has an apostrophe put before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in table:
        writer.writerow([_harmless(cell) for cell in row])
    return BYTE_ORDER_MARK + out.getvalue()


def write_xlsx(export: Export, target: IO[bytes]) -> None:
    """A workbook with the sheets `answers` and `codebook`; every text is a text, never a formula."""
    book = Workbook(write_only=True)
    for title, names, table in (
        ("answers", header(export), rows(export)),
        ("codebook", codebook_header(), codebook_rows(export)),
    ):
        sheet = book.create_sheet(title)
        if not isinstance(sheet, WriteOnlyWorksheet):
            raise TypeError("a write-only workbook has write-only sheets")
        sheet.append([_typed(sheet, name) for name in names])
        for row in table:
            sheet.append([_typed(sheet, cell) for cell in row])
    book.save(target)


def kept(export: Export) -> list[CodebookEntry]:
    """The questions whose answers are in the export."""
    return [entry for entry in export.entries if not entry.left_out]


def _columns(entry: CodebookEntry) -> list[str]:
    extra = {"status": "evidence", "contact": "by"}.get(entry.type)
    return [entry.name, f"{entry.name}.{extra}"] if extra else [entry.name]


def _cells(entry: CodebookEntry, value: AnswerValue | None) -> list[Cell]:
    if isinstance(value, dict):
        if entry.type == "contact":
            return ["yes" if value.get("agreed") else "no", str(value.get("by") or "")]
        return [str(value.get("status") or ""), str(value.get("evidence") or "")]
    return [_cell(value)] + [""] * (len(_columns(entry)) - 1)


def _cell(value: AnswerValue | None) -> Cell:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(_consulted(each) if isinstance(each, Mapping) else str(each) for each in value)
    if isinstance(value, dict):
        return str(value.get("status") or "")
    return value


def _consulted(voice: Mapping[str, object]) -> str:
    return f"{voice.get('perspective')}: {voice.get('how')}" if voice.get("how") else str(voice.get("perspective"))


def _extra_columns(export: Export) -> list[str]:
    """Columns that only some exports have: consent to quote, what was said for a consulted perspective, redactions."""
    names = {name for response in export.responses for name in _extra_cells(response)}
    return sorted(names)


def _extra_cells(response: ExportedResponse) -> dict[str, Cell]:
    cells: dict[str, Cell] = {f"{item}#quote": level for item, level in response.quotes}
    for voice, answers in response.by_voice.items():
        for (item, row), value in answers.items():
            cells[f"{item}.{row}@{voice}" if row else f"{item}@{voice}"] = _cell(value)
    if response.redacted:
        cells[REDACTED] = "; ".join(response.redacted)
    return cells


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS) else cell


def _typed(sheet: WriteOnlyWorksheet, cell: Cell) -> OpenpyxlCell:
    if not isinstance(cell, str):
        return WriteOnlyCell(sheet, cell)
    made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", cell)[:_LONGEST_CELL])
    made.data_type = "s"
    return made

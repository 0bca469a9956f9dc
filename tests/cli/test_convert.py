"""`soundings survey convert`, and a programme whose questionnaire is an XLSForm."""

from __future__ import annotations

import shutil

from openpyxl import load_workbook

from tests.cli.conftest import EXAMPLES

TOUR = EXAMPLES / "feature-tour" / "tour.yaml"


def test_there_and_back_the_questionnaire_looks_the_same(shell):
    shell("survey", "convert", TOUR, "tour.xlsx")
    shell("survey", "convert", "tour.xlsx", "back.yaml")
    shown = shell("survey", "preview", TOUR).out
    assert shown == shell("survey", "preview", "tour.xlsx").out == shell("survey", "preview", "back.yaml").out
    assert shell("survey", "check", "back.yaml").out == "back.yaml can be used.\n"
    assert load_workbook(shell.home / "tour.xlsx").sheetnames == ["survey", "choices", "settings"]


def test_a_programme_asks_an_xlsform(shell):
    """It is the same questionnaire as the YAML file it was made from: no new version is needed for it."""
    shutil.copytree(EXAMPLES / "feature-tour", shell.home / "tour")
    programme = shell.home / "tour" / "programme.yaml"
    shell("load", programme)
    shell("survey", "convert", TOUR, shell.home / "tour" / "tour.xlsx")
    programme.write_text(programme.read_text().replace("tour.yaml", "tour.xlsx"))
    assert "tour.xlsx" in programme.read_text()
    before = shell("survey", "preview", TOUR, "--channel", "mail").out
    assert before == shell("survey", "preview", shell.home / "tour" / "tour.xlsx", "--channel", "mail").out
    shell("load", programme)
    assert shell("load", programme).out.strip().endswith("no changes")


def test_problems_name_the_row_and_the_column(shell):
    shell("survey", "convert", TOUR, "tour.xlsx")
    book = load_workbook(shell.home / "tour.xlsx")
    row = next(row for row in book["survey"].iter_rows() if row[0].value == "date")
    row[0].value = "geopoint"
    book.save(shell.home / "bad.xlsx")
    told = shell("survey", "convert", "bad.xlsx", "never.yaml", code=2).err
    assert f"bad.xlsx:{row[0].row}: survey.type: 'geopoint' is nothing that Soundings can ask" in told
    assert not (shell.home / "never.yaml").exists()


def test_what_can_not_be_written_is_refused(shell):
    (shell.home / "mine.yaml").write_bytes(TOUR.read_bytes())
    assert "must end in .docx, .xlsx, .yaml, .yml" in shell("survey", "convert", "mine.yaml", "mine.pdf", code=1).err
    assert "is the file itself" in shell("survey", "convert", "mine.yaml", "mine.yaml", code=1).err
    assert "can't be written" in shell("survey", "convert", "mine.yaml", "nowhere/mine.xlsx", code=1).err
    assert (shell.home / "mine.yaml").read_bytes() == TOUR.read_bytes()

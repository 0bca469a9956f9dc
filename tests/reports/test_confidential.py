"""A confidential round's export, in every format: no name, and nothing of what is marked as personal."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from reports import export_table as tables
from reports.export import as_json, export_of
from schedules.tick import tick
from storage.programmes import programme_by_key
from storage.rounds import find_round
from surveys.authority import CONSOLE
from surveys.pseudonyms import pseudonym
from surveys.replies import QuoteLevel
from tests.reports.test_export import OPENED, SETTINGS, answer

PROGRAMME = """\
programme: {key}
title: Quiet talks
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
perspectives: [{{id: guest, label: Guest}}, {{id: host, label: Host}}]
areas: [{{id: north, name: North}}]
panel: panel.csv
rounds:
  - {{id: {round}, survey: talks.yaml, kind: mid_cycle, opens: 2025-04-28 08:00, closes: 2025-05-09 17:00}}
  - {{id: {round}-again, survey: talks.yaml, kind: mid_cycle, opens: 2025-04-28 08:00, closes: 2025-05-09 17:00}}
"""
SURVEY = """\
survey: talks
version: 1
title: Talks
language: en-GB
sections:
  - title: All
    items:
      - {id: story, ask: What happened to you?, type: long_text, personal: true, quote: ask}
      - id: health
        ask: How are you
        type: grid
        personal: true
        rows: [{id: body, label: In body}, {id: mind, label: In mind}]
        cell: {type: text}
      - {id: kind, ask: What helped?, type: choice, personal: true, options: [{value: pills-canary, label: Pills}, {value: rest, label: Rest}]}
      - {id: number, ask: Your number, type: number, personal: true}
      - {id: voices, ask: Whose voices, type: voices}
      - {id: open, ask: What should change?, type: long_text, quote: ask}
"""
PANEL = "id,name,email,organisation,area,perspectives\nid-canary,Nia Canary,nia@canary.test,Canary Hall,north,guest\nbo,Bo Lund,bo@example.org,,north,host\n"
GIVEN = {
    ("story", ""): "story-canary",
    ("health", "body"): "body-canary",
    ("health", "mind"): "mind-canary",
    ("kind", ""): "pills-canary",
    ("number", ""): "424217",
    ("voices", ""): ["host: by telephone"],
    ("open", ""): "More time",
}


def talks(store, folder, *, key="talks", round_name="first"):
    folder.mkdir(exist_ok=True)
    (folder / "talks.yaml").write_text(SURVEY, encoding="utf-8")
    (folder / "panel.csv").write_text(PANEL, encoding="utf-8")
    (folder / "programme.yaml").write_text(PROGRAMME.format(key=key, round=round_name), encoding="utf-8")
    loaded = load_programme(folder / "programme.yaml", store, OPENED, dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded
    tick(store, {}, SETTINGS, OPENED)
    with store.reading() as tx:
        return [find_round(tx, f"{key}/{name}") for name in (round_name, f"{round_name}-again")]


def everything(store, round_):
    """The export in every format, as one text for each."""
    with store.reading() as tx:
        found = export_of(tx, round_)
    book = io.BytesIO()
    tables.write_xlsx(found, book)
    sheets = load_workbook(io.BytesIO(book.getvalue())).worksheets
    return {
        "json": json.dumps(as_json(found)),
        "csv": tables.as_csv(tables.header(found), tables.rows(found)),
        "csv codebook": tables.as_csv(tables.codebook_header(), tables.codebook_rows(found)),
        "xlsx": repr([[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()]),
    }


@pytest.fixture
def answered(store, tmp_path):
    first, _again = talks(store, tmp_path)
    for_voices = {("host", ("story", "")): "voice-canary", ("host", ("open", "")): "The host agrees"}
    quotes = {"story": QuoteLevel.NAME, "open": QuoteLevel.NAME}
    answer(store, first, "id-canary", GIVEN, quotes=quotes, for_voices=for_voices, typed_by="Aunt Canary")
    return store, first


def test_what_is_personal_is_in_no_format(answered):
    formats = everything(*answered)
    assert set(formats) == {"json", "csv", "csv codebook", "xlsx"}
    for name, text in formats.items():
        # The question itself stands in the codebook, with an option of its own, and that its answers are left out.
        said = text.replace("pills-canary", "") if name != "csv" else text
        assert "canary" not in said.lower(), name
        assert "424217" not in text, name
        assert "personal" in text or name == "csv", name
    given = json.loads(formats["json"])["responses"][0]
    assert set(given["answers"]) == {"voices", "open"}
    assert [each["item"] for each in given["quotes"]] == ["open"]
    assert given["by_voice"] == {"host": {"open": "The host agrees"}}
    header = next(csv.reader(io.StringIO(formats["csv"].removeprefix("\ufeff"))))
    assert not [name for name in header if name.split(".")[0] in {"story", "health", "kind", "number"}]


def test_a_pseudonym_is_the_same_in_every_round_of_a_programme(store, tmp_path):
    rounds = talks(store, tmp_path)
    for round_ in rounds:
        answer(store, round_, "id-canary", {("open", ""): "Once"})
    names = {json.loads(everything(store, each)["json"])["responses"][0]["participant"] for each in rounds}
    assert len(names) == 1
    assert names.pop().startswith("P-")


def test_pseudonyms_are_another_programmes_own(store, tmp_path):
    found = []
    for key in ("talks", "walks"):
        first, _again = talks(store, tmp_path / key, key=key, round_name=f"{key}-first")
        answer(store, first, "id-canary", {("open", ""): "Once"})
        found.append(json.loads(everything(store, first)["json"])["responses"][0])
    assert found[0]["participant"] != found[1]["participant"]
    assert found[0]["id"] != found[1]["id"]
    with store.reading() as tx:
        keys = {programme_by_key(tx, key).pseudonym_key for key in ("talks", "walks")}
    assert len(keys) == 2
    assert len({pseudonym(key, "id-canary") for key in keys}) == 2

"""What leaves of a round, in each mode and each form."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from handlers.replies import Saved, record_reply
from handlers.submitting import Submitted, submit
from reports import export_table as tables
from reports.export import as_json, export_of
from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage.figures import invited
from storage.rounds import find_round
from surveys.authority import CONSOLE
from surveys.replies import IncomingReply, QuoteLevel
from surveys.rounds import Round

TOUR = Path(__file__).resolve().parents[2] / "examples" / "feature-tour"
OPENED = datetime(2025, 4, 28, 8, 0, tzinfo=UTC)
SETTINGS = TickSettings(public_url="http://form.test", secret="secret", holder="test")

GIVEN = {
    ("name", ""): "Ines Calloway",
    ("part", ""): "=Hollow Lane",
    ("years", ""): "12 years",
    ("last_visit", ""): "26 April 2025",
    ("voices", ""): ["school: asked at the gate"],
    ("came", ""): "yes",
    ("parts", ""): ["beds", "pond"],
    ("enjoyed", ""): "2",
    ("pond_safety", ""): "No",
    ("disappointed", ""): "- Benches\n- Shade",
    ("soil", ""): ["behind", "Half is dug"],
    ("projects", "paths"): ["on_target", ""],
    ("share", "beds"): "growers",
    ("matters", "quiet"): "4",
    ("words", "spring"): 'Mud, "lots" of it; really',
    ("plant", ""): "Figs",
    ("plant_why", ""): "They keep",
    ("hours", ""): "2.5",
    ("talk", ""): ["yes", "ines@home.test"],
}


def played(store, tmp_path, mode):
    for name in ("tour.yaml", "panel.csv"):
        (tmp_path / name).write_bytes((TOUR / name).read_bytes())
    text = (TOUR / "programme.yaml").read_text(encoding="utf-8").replace("mode: confidential", f"mode: {mode}")
    (tmp_path / "programme.yaml").write_text(text, encoding="utf-8")
    loaded = load_programme(tmp_path / "programme.yaml", store, OPENED, dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded
    tick(store, {}, SETTINGS, OPENED)
    with store.reading() as tx:
        found = find_round(tx, "tour-2025")
    assert isinstance(found, Round)
    return found


def people(store, round_):
    with store.reading() as tx:
        return {each.key: each.invitation_id for each in invited(tx, round_.id)}


def answer(store, round_, who, given, *, send=True, **more):
    invitation = people(store, round_)[who]
    reply = IncomingReply(channel="web", invitation_id=invitation, given=given, **more)
    saved = record_reply(reply, store, OPENED)
    assert isinstance(saved, Saved), saved
    if send:
        assert isinstance(submit(invitation, store, OPENED, channel="web"), Submitted)


def exported(store, round_):
    with store.reading() as tx:
        return export_of(tx, round_)


@pytest.fixture
def confidential(store, tmp_path):
    round_ = played(store, tmp_path, "confidential")
    answer(store, round_, "t1", GIVEN, quotes={"disappointed": QuoteLevel.PERSPECTIVE}, typed_by="Aunt Joan")
    answer(store, round_, "t3", {("came", ""): "no", ("why_not", ""): "weather"}, send=False)
    return store, round_


def test_values_are_as_the_contract_has_them(confidential):
    found = as_json(exported(*confidential))
    assert {"round", "survey", "version", "items", "responses"} <= set(found)
    assert (found["round"], found["survey"], found["version"]) == ("tour-2025", "tour", 1)
    whole = next(each for each in found["responses"] if each["state"] == "complete")
    keys = [
        "id",
        "participant",
        "perspectives",
        "area",
        "session",
        "state",
        "channel",
        "mode",
        "typed_by",
        "voices",
        "answers",
        "raw",
        "quotes",
    ]
    assert set(keys) <= set(whole)
    answers = whole["answers"]
    assert answers["years"] == 12
    assert answers["last_visit"] == "2025-04-26"
    assert answers["came"] == "yes"
    assert answers["parts"] == ["beds", "pond"]
    assert answers["enjoyed"] == 2
    assert answers["soil"] == {"status": "behind", "evidence": "Half is dug"}
    assert answers["projects"] == {"paths": {"status": "on_target", "evidence": ""}}
    assert answers["share"] == {"beds": "growers"}
    assert answers["matters"] == {"quiet": 4}
    assert answers["hours"] == 2.5
    assert answers["voices"] == [{"perspective": "school", "how": "asked at the gate"}]
    assert whole["voices"] == [{"perspective": "school", "how": "asked at the gate"}]
    assert whole["quotes"] == [{"item": "disappointed", "level": "perspective"}]
    assert (whole["perspectives"], whole["area"], whole["channel"], whole["mode"]) == (
        ["grower"],
        "hollow-lane",
        "web",
        "self",
    )
    assert "why_not" not in answers
    assert "key" not in answers
    numbers = {(item["id"], item["row"]): str(item["number"]) for item in found["items"]}
    assert whole["raw"][numbers["years", None]] == "12 years"
    assert whole["raw"][numbers["words", "spring"]] == 'Mud, "lots" of it; really'
    assert json.loads(json.dumps(found)) == found


def test_the_codebook_numbers_every_question(confidential):
    items = as_json(exported(*confidential))["items"]
    assert [item["number"] for item in items] == list(range(1, len(items) + 1))
    grid = next(item for item in items if item["id"] == "projects")
    assert (grid["row"], grid["type"], grid["cell_type"]) == ("paths", "grid", "status")
    assert grid["ask"] == "And these projects?: Paths for wheelchairs"
    scale = next(item for item in items if item["id"] == "enjoyed")
    assert scale["values"][-1] == {"value": "5", "label": "Very much"}


def test_a_confidential_export_says_who_nobody_is(confidential):
    found = exported(*confidential)
    words = json.dumps(as_json(found)) + tables.as_csv(tables.header(found), tables.rows(found))
    for told in ("Ines", "Calloway", "ines@", "Joan", '"t1"', "Winnie"):
        assert told not in words
    assert {each.participant[:2] for each in found.responses} == {"P-"}
    assert [each.state for each in found.responses].count("partial") == 1


def test_pseudonyms_stay_the_same_and_ids_tell_no_order(confidential):
    first, again = exported(*confidential), exported(*confidential)
    assert [each.participant for each in first.responses] == [each.participant for each in again.responses]
    assert len({each.participant for each in first.responses}) == 2
    assert all(each.id.startswith("R-") for each in first.responses)


def test_an_identified_export_names_people(store, tmp_path):
    round_ = played(store, tmp_path, "identified")
    answer(store, round_, "t1", GIVEN)
    found = as_json(exported(store, round_))["responses"][0]
    assert (found["participant"], found["name"]) == ("t1", "Ines Calloway")
    assert found["answers"]["name"] == "Ines Calloway"
    assert found["answers"]["talk"] == {"agreed": True, "by": "ines@home.test"}


def test_what_routing_hides_now_is_not_exported(confidential):
    store, round_ = confidential
    answer(store, round_, "t1", {("came", ""): "no"}, send=False)
    whole = next(each for each in as_json(exported(store, round_))["responses"] if each["state"] == "complete")
    assert "parts" not in whole["answers"]
    assert "enjoyed" not in whole["answers"]


def test_words_for_a_consulted_perspective_stand_apart(confidential):
    store, round_ = confidential
    more = {("school", ("plant_why", "")): "The children like sweet things"}
    answer(store, round_, "t1", {}, send=False, for_voices=more)
    whole = next(each for each in as_json(exported(store, round_))["responses"] if each["state"] == "complete")
    assert whole["by_voice"] == {"school": {"plant_why": "The children like sweet things"}}
    assert whole["answers"]["plant_why"] == "They keep"


def read_csv(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_a_row_for_each_response_and_no_formula(confidential):
    found = exported(*confidential)
    header = tables.header(found)
    assert len(header) == len(set(header)), "two columns have one name"
    whole = next(row for row in read_csv(tables.as_csv(header, tables.rows(found))) if row["state"] == "complete")
    assert whole["parts"] == "beds;pond"
    assert whole["part"] == "'=Hollow Lane"
    assert whole["disappointed"] == "'- Benches\n- Shade"
    assert whole["words.spring"] == 'Mud, "lots" of it; really'
    assert (whole["soil"], whole["soil.evidence"]) == ("behind", "Half is dug")
    assert whole["voices"] == "school: asked at the gate"
    assert whole["#voices"] == "school: asked at the gate"
    assert whole["disappointed#quote"] == "perspective"
    assert "name" not in whole
    codebook = read_csv(tables.as_csv(tables.codebook_header(), tables.codebook_rows(found)))
    assert {row["column"] for row in codebook if not row["left_out"]} <= set(whole)
    assert next(row for row in codebook if row["column"] == "name")["left_out"] == "personal"


def test_xlsx_holds_texts_and_numbers_but_no_formula(confidential):
    made = io.BytesIO()
    tables.write_xlsx(exported(*confidential), made)
    book = load_workbook(made)
    assert book.sheetnames == ["answers", "codebook"]
    names, *rows = book["answers"].iter_rows()
    column = {cell.value: index for index, cell in enumerate(names)}
    whole = next(row for row in rows if row[column["state"]].value == "complete")
    assert (whole[column["part"]].value, whole[column["part"]].data_type) == ("=Hollow Lane", "s")
    assert (whole[column["hours"]].value, whole[column["hours"]].data_type) == (2.5, "n")


def test_an_unlinked_export_joins_nothing_to_nobody(store, tmp_path):
    round_ = played(store, tmp_path, "unlinked")
    from handlers.unlinked import Returned, record_unlinked

    invitation = people(store, round_)["t1"]
    outcome = record_unlinked(
        invitation,
        lambda _form, _page: IncomingReply(channel="web", invitation_id=invitation, given=GIVEN),
        store,
        OPENED,
    )
    assert isinstance(outcome, Returned), outcome
    found = as_json(exported(store, round_))
    response = found["responses"][0]
    assert (response["participant"], response["session"], response["typed_by"]) == (None, None, None)
    assert (response["area"], response["perspectives"]) == (None, [])
    left_out = {item["id"]: item["left_out"] for item in found["items"] if "left_out" in item}
    assert left_out == {
        "name": "personal",
        "organisation": "personal",
        "mail": "personal",
        "part": "prefilled",
        "talk": "contact",
    }
    assert not set(left_out) & set(response["answers"])
    assert response["answers"]["enjoyed"] == 2
    assert "Calloway" not in json.dumps(found)

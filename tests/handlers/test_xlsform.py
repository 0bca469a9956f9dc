"""XLSForms that others have made: what Soundings asks of them, what it leaves out, and what it refuses with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from handlers.load_files import check_questionnaire
from reports.questionnaire_files import WRITERS
from surveys.instrument import Instrument, ItemType
from surveys.source import Problems
from surveys.text import Text

Sheets = dict[str, str]
YES_NO = "yn | yes | Yes\nyn | no | No"
SETTINGS = "form_title | form_id | version\nThe park | the_park | 3"


def form(folder: Path, survey: str, choices: str = "", settings: str = SETTINGS) -> Path:
    """A workbook; each sheet as lines of cells parted by |. `choices` without its header."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheets = {"survey": survey, "choices": choices and f"list_name | name | label\n{choices}", "settings": settings}
    for name, text in sheets.items():
        if text:
            page = book.create_sheet(name)
            for line in text.strip().splitlines():
                page.append([cell.strip() or None for cell in line.split("|")])
    path = folder / "park.xlsx"
    book.save(path)
    return path


def read(path: Path) -> tuple[Instrument, list[str]]:
    """What the form says, and the warnings without the file's name."""
    problems = Problems()
    found = check_questionnaire(path, problems)
    assert found is not None, [str(each) for each in problems.errors]
    return found.instrument, [f"{each.line}: {each.path}: {each.what}" for each in problems.warnings]


def refused(path: Path) -> list[str]:
    problems = Problems()
    assert check_questionnaire(path, problems) is None
    return [f"{each.line}: {each.path}: {each.what}" for each in problems.errors]


def test_every_kind_of_question(tmp_path: Path) -> None:
    survey = """
type | name | label | hint | required | relevant | appearance | constraint | parameters
begin group | visit | Your visit | | | | | |
text | Where | Where were you? | A few words | yes | | | |
text | story | Tell us | | | | multiline | |
select one yn | again | Would you come again? | | true() | | | |
select_multiple parts | seen | What did you see? | | | | | |
end group | | | | | | | |
begin_group | figures | | | | ${again} = 'yes' | | |
integer | visits | How often? | | | ${Where} != '' and selected(${seen}, 'pond') | | . >= 0 and . <= 50 |
decimal | km | How far? | | | | | . > 2 |
date | last | When last? | | | | | |
range | enjoyed | How was it? | | | | | | start=1 end=5 step=1
range | hours | How many hours? | | | | | | start=0 end=24
select_one rate | paths | The paths | | | | likert | |
note | over | Thank you, you said ${Where} {as it is} | | | | | |
end_group | | | | | | | |
"""
    choices = (
        f"{YES_NO}\nparts | pond | The pond\nparts | trees | The trees\nrate | 1 | Bad\nrate | 2 | 2\nrate | 3 | Good"
    )
    found, warnings = read(form(tmp_path, survey, choices))
    assert (found.survey, found.version, found.title) == ("the_park", 3, Text.plain("The park"))
    assert [(each.title, each.when) for each in found.sections] == [
        (Text.plain("Your visit"), ""),
        (None, "${again} = 'yes'"),
    ]
    items = {each.key: each for each in found.items()}
    assert {key: str(each.type) for key, each in items.items()} == {
        "where": "text",
        "story": "long_text",
        "again": "yes_no",
        "seen": "choices",
        "visits": "number",
        "km": "number",
        "last": "date",
        "enjoyed": "scale",
        "hours": "number",
        "paths": "scale",
        "over": "statement",
    }
    assert [key for key, each in items.items() if each.required] == ["where", "again"]
    assert items["where"].hint == Text.plain("A few words")
    assert items["visits"].when == "${where} != '' and selected(${seen}, 'pond')"
    assert (items["visits"].control.least, items["visits"].control.most) == (0, 50)
    assert (items["hours"].control.least, items["hours"].control.most) == (0, 24)
    assert items["paths"].control.labels == {1: Text.plain("Bad"), 3: Text.plain("Good")}
    assert items["enjoyed"].control.points == 5
    assert items["over"].ask == Text.plain("Thank you, you said {answer.where} {{as it is}}")
    assert warnings == ["10: survey.constraint: '. > 2' isn't taken over: only '. >=' and '. <=' a number are"]


def test_a_table_of_questions_is_a_grid(tmp_path: Path) -> None:
    survey = """
type | name | label | appearance | relevant
begin_group | safety | How safe is it? | table-list |
select_one rate | safety_day | By day | |
select_one rate | night | By night | |
end_group | | | |
text | why | Why? | | ${night} = 'bad'
"""
    found, warnings = read(form(tmp_path, survey, "rate | bad | Not safe\nrate | good | Safe"))
    grid, why = found.items()
    assert (grid.key, grid.ask, grid.type) == ("safety", Text.plain("How safe is it?"), ItemType.GRID)
    assert [(row.key, row.label) for row in grid.rows] == [
        ("day", Text.plain("By day")),
        ("night", Text.plain("By night")),
    ]
    assert grid.cell is not None
    assert [option.value for option in grid.cell.options] == ["bad", "good"]
    assert why.when == "${safety.night} = 'bad'"
    assert warnings == []


def test_words_in_several_languages(tmp_path: Path) -> None:
    survey = """
type | name | label::English (en) | label::Cymraeg (cy) | hint::English (en)
text | name | Your name | Eich enw | As you like
text | code | Code | Code |
"""
    settings = "form_title | form_id | default_language\nPark | park | Cymraeg (cy)"
    found, warnings = read(form(tmp_path, survey, settings=settings))
    assert (found.language, found.version) == ("cy", 1)
    name, code = found.items()
    assert name.ask == Text({"en": "Your name", "cy": "Eich enw"})
    assert code.ask == Text.plain("Code")
    assert warnings == ["2: survey.hint: has no words in cy, the questionnaire's own language"]


def test_what_only_other_programs_need_is_left_out_with_a_warning(tmp_path: Path) -> None:
    survey = """
type | name | label | required | default | media::image | constraint
start | start | | | | |
calculate | twice | | | | |
select_one yn or_other | again | Again? | ${x} = 1 | yes | park.png |
text | why | Why? | | | | regex(., '[a-z]+')
"""
    settings = "form_title | form_id | version\nThe park | The Park! | 2024120601"
    found, warnings = read(form(tmp_path, survey, YES_NO, settings))
    assert [each.key for each in found.items()] == ["again", "why"]
    assert found.survey == "the-park"
    assert sorted(warnings) == [
        "1: survey.default: the column isn't taken over",
        "1: survey.media::image: the column isn't taken over",
        "2: settings.version: '2024120601' is no version of ours (1, 2, 3 and so on): 1 is taken",
        "2: survey.type: 'start' asks nobody anything, and isn't taken over",
        "3: survey.type: 'calculate' asks nobody anything, and isn't taken over",
        "4: survey.required: a condition isn't taken over: the answer may be left out",
        "4: survey.type: 'or_other' isn't taken over; add an option and a question for the words",
        "5: survey.constraint: isn't taken over: only the least and most of a number are",
    ]


def test_every_problem_is_told_with_its_row(tmp_path: Path) -> None:
    survey = """
type | name | label | relevant | appearance | soundings_type
geopoint | where | Where? | | |
select_one missing | a | A? | | |
txt | b | B? | | |
text | | Nameless | | |
text | c | | | |
begin_repeat | child | A child | | |
text | its_name | Its name | | |
end_repeat | | | | |
text | d | D? | string-length(${c}) > 3 | |
begin_group | g | Grid | | table-list |
select_one yn | g1 | One | | |
text | g2 | Two | | |
end_group | | | | |
text | e | E? | ${nowhere} = 'yes' | |
text | f | F? | | | grim
end_group | | | | |
begin_group | last | Last | | |
text | h | H? | | |
"""
    found = refused(form(tmp_path, survey, YES_NO))
    assert found[:11] == [
        "2: survey.type: 'geopoint' is nothing that Soundings can ask",
        "3: survey.type: there is no list 'missing' on the sheet choices",
        "4: survey.type: 'txt' is nothing that Soundings can ask; did you mean 'text'?",
        "5: survey.name: is needed, and is missing",
        "6: survey.label: is needed, and is missing",
        "7: survey.type: questions that repeat can't be asked; a grid asks the same of several rows",
        "13: survey.type: every row of a grid is answered alike; put this one outside its group",
        "16: survey.soundings_type: 'grim' is no type; did you mean 'grid'?",
        "17: survey.type: ends a group where none has begun",
        "18: survey.type: this group is never ended",
        "10: survey.relevant: 'string-length' is not known here; ${string-length} is an item, 'string-length' a word (column 1)",
    ]
    assert found[11:] == ["15: survey.relevant: there is no item 'nowhere' (column 1)"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.xlsx", b"", "can't be read as an Excel file"),
        ("b.xlsx", b"PK\x03\x04 torn", "can't be read as an Excel file"),
        ("c.xlsx", b"type,name\n", "can't be read as an Excel file"),
    ],
)
def test_no_workbook_at_all(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    (tmp_path / name).write_bytes(content)
    (found,) = refused(tmp_path / name)
    assert what in found


def test_a_workbook_that_is_no_form(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "plain.xlsx")
    (found,) = refused(tmp_path / "plain.xlsx")
    assert found.endswith("has no sheet 'survey', so it is no XLSForm")


def test_options_whose_values_hold_spaces_keep_them_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(
        "survey: short\nversion: 1\ntitle: Short\nlanguage: en-GB\nsections:\n  - items:\n"
        "      - {id: how, ask: How?, type: choices, options: [Not at all, Not_at_all, It's fine]}\n"
        "      - {id: why, ask: Why?, type: text, when: \"selected(${how}, 'Not at all') and ${how} != 'Not_at_all'\"}\n"
    )
    instrument, _ = read(path)
    (tmp_path / "short.xlsx").write_bytes(WRITERS[".xlsx"](instrument))
    again, _ = read(tmp_path / "short.xlsx")
    assert again == instrument


def test_what_looks_like_a_formula_is_a_text(tmp_path: Path) -> None:
    path = form(tmp_path, "type | name | label\ntext | sum | What is it?")
    instrument, _ = read(path)
    (tmp_path / "q.yaml").write_bytes(WRITERS[".yaml"](instrument).replace(b"What is it?", b"=1+1"))
    instrument, _ = read(tmp_path / "q.yaml")
    (tmp_path / "out.xlsx").write_bytes(WRITERS[".xlsx"](instrument))
    again, _ = read(tmp_path / "out.xlsx")
    assert next(again.items()).ask == Text.plain("=1+1")

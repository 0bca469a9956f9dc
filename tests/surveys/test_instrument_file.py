import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.instrument import ItemType
from surveys.instrument_file import read_instrument
from surveys.source import Node, Problems
from tests.strategies import PERSPECTIVES, instrument_trees, read_tree


def tree(*items: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {
        "survey": "visit",
        "version": "2",
        "title": "A visit",
        "sections": [{"title": "All", "items": list(items)}],
    } | top


CAME = {"id": "came", "ask": "Did you come?", "type": "yes_no"}
LIKED = {"id": "liked", "ask": "How was it?", "type": "scale", "points": "6", "labels": {"1": "Poor", "6": "Superb"}}
SHARED = {
    "id": "shared",
    "ask": "What did it bring",
    "type": "grid",
    "rows": [{"id": "young", "label": "To the young"}, {"id": "old", "label": "To the old"}],
    "cell": {"type": "long_text"},
}


def found(given_tree: object, perspectives: frozenset[str] | None = None) -> tuple[list[str], list[str]]:
    """(errors, warnings) as `path: what`."""
    problems = Problems()
    instrument = read_instrument(Node.from_plain(given_tree), problems, perspectives=perspectives)
    assert (instrument is None) is bool(problems.errors)
    return [f"{each.path}: {each.what}" for each in problems.errors], [
        f"{each.path}: {each.what}" for each in problems.warnings
    ]


def test_every_key_of_the_format():
    instrument = read_tree(
        tree(
            CAME | {"required": "true"},
            LIKED | {"target": {"top": "2", "share": "70"}, "when": "${came} = 'yes'", "audience": ["host"]},
            SHARED | {"quote": "ask"},
            {"id": "name", "ask": "Name", "type": "text", "prefill": "participant.name", "personal": "true"},
            {
                "id": "years",
                "ask": "Years",
                "type": "number",
                "min": "0",
                "max": "80",
                "unit": {"en-GB": "years", "cy": "mlynedd"},
            },
            {
                "id": "parts",
                "ask": "Parts",
                "type": "choices",
                "options": ["Pond", {"value": "beds", "label": {"en-GB": "Beds", "cy": "Gwelyau"}}],
            },
            {
                "id": "state",
                "ask": "State",
                "type": "status",
                "options": [{"value": "ok", "label": "Fine", "colour": "green"}],
            },
            {"id": "other", "ask": "Other", "type": "status"},
            {"id": "read", "ask": "You said {answer.liked} and {answer.shared.old}", "type": "statement"},
            intro="Dear {participant.greeting} of {area}, {{not piped}}",
            thanks="You said {answer.came}",
            language="en-GB",
        )
    )
    assert (instrument.survey, instrument.version, instrument.language) == ("visit", 2, "en-GB")
    came, liked, shared, name, years, parts, state, other, _ = instrument.items()
    assert came.required
    assert [option.value for option in came.control.options] == ["yes", "no"]
    assert [option.value for option in liked.control.options] == ["1", "2", "3", "4", "5", "6"]
    assert liked.control.labels[6].within("en-GB") == "Superb"
    assert liked.target is not None
    assert (liked.target.top, liked.target.share, liked.audience) == (2, 70.0, {"host"})
    assert shared.cell is not None
    assert (shared.cell.type, shared.row_keys, shared.quote) == (ItemType.LONG_TEXT, ("young", "old"), True)
    assert (name.prefill, name.personal) == ("participant.name", True)
    assert years.control.unit is not None
    assert (years.control.least, years.control.most, years.control.unit.within("cy")) == (0, 80, "mlynedd")
    assert [option.value for option in parts.control.options] == ["Pond", "beds"]
    assert state.control.options[0].colour == "green"
    assert [option.colour for option in other.control.options] == ["green", "amber", "red", "grey"]
    assert [question.number for question in instrument.questions()] == list(range(1, 10))


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([CAME | {"requird": "true"}], "requird: unknown key; did you mean 'required'?"),
        ([CAME | {"id": "_came"}], "id: '_came' is not an id"),
        ([CAME | {"id": "a.b"}], "id: 'a.b' is not an id"),
        ([{"ask": "What?", "type": "text"}], "id: is needed, and is missing"),
        ([CAME | {"id": "go"}], "items[0].id: 'go' is the name of the form's own button"),
        ([CAME, CAME], "items[1].id: the id 'came' is taken by sections[0].items[0], line 1"),
        ([{"id": "x", "type": "text"}], "ask: is needed, and is missing"),
        ([CAME | {"ask": ""}], "ask: has no words"),
        ([CAME | {"ask": ["a"]}], "ask: text is needed here"),
        ([CAME | {"type": "yesno"}], "type: 'yesno' is not one of"),
        ([CAME | {"type": None}], "type: is needed, and is missing"),
        ([CAME | {"required": "yes"}], "required: true or false is needed here"),
        ([CAME | {"type": "choice"}], "options: is needed, and is missing"),
        ([CAME | {"type": "choice", "options": []}], "options: has no options"),
        ([CAME | {"type": "choice", "options": ["a", "b", "a"]}], "options[2]: the value 'a' is given twice"),
        ([CAME | {"type": "choice", "options": [["a"], "b"]}], "options[0]: an option is words"),
        ([CAME | {"type": "choice", "options": [{"label": "A"}, "b"]}], "options[0].value: is needed"),
        ([CAME | {"type": "choice", "options": [" ", "b"]}], "options[0]: an option needs words"),
        ([CAME | {"type": "choice", "options": ["a\nb", "b"]}], "options[0]: an option's value is one line"),
        (
            [CAME | {"type": "choice", "options": [{"value": "a", "colour": "red"}, "b"]}],
            "colour: belongs to the options of a status",
        ),
        (
            [CAME | {"type": "status", "options": [{"value": "a", "colour": "pink"}, "b"]}],
            "colour: 'pink' is not one of",
        ),
        ([CAME | {"options": ["a", "b"]}], "options: belongs to choice or choices or status, not to yes_no"),
        ([LIKED | {"points": "1", "labels": None}], "points: a whole number from 2 to 11"),
        ([LIKED | {"points": "12", "labels": None}], "points: a whole number from 2 to 11"),
        ([LIKED | {"points": "9" * 400, "labels": None}], "points: a whole number from 2 to 11"),
        ([LIKED | {"points": None}], "points: is needed for a scale"),
        ([LIKED | {"labels": {"0": "None", "6": "All"}}], "labels.0: '0' is not a point of this scale: 1 to 6"),
        ([LIKED | {"labels": {"7": "Too much"}}], "labels.7: '7' is not a point"),
        ([LIKED | {"labels": ["Poor", "Good"]}], "labels: labels are given by point"),
        ([CAME | {"points": "5"}], "points: belongs to scale, not to yes_no"),
        ([CAME | {"type": "number", "min": "9", "max": "3"}], "min: min 9 is above max 3"),
        ([CAME | {"type": "number", "min": "three"}], "min: a number is needed here"),
        ([CAME | {"min": "3"}], "min: belongs to number"),
        ([CAME | {"target": {"top": "2", "share": "70"}}], "target: belongs to a scale"),
        ([LIKED | {"target": {"top": "6", "share": "70"}}], "target.top: a whole number from 1 to 5"),
        ([LIKED | {"target": {"top": "2", "share": "170"}}], "target.share: a percentage"),
        ([LIKED | {"target": {"top": "2"}}], "target.share: is needed"),
        ([CAME | {"rows": [{"id": "a", "label": "A"}]}], "rows: belongs to grid, not to yes_no"),
        ([SHARED | {"rows": []}], "rows: has no rows"),
        (
            [SHARED | {"rows": [{"id": "a", "label": "A"}, {"id": "a", "label": "B"}]}],
            "rows[1]: the row 'a' is given twice",
        ),
        ([SHARED | {"rows": [{"id": "a.b", "label": "A"}]}], "rows[0].id: 'a.b' is not an id"),
        ([SHARED | {"rows": ["a"]}], "rows[0]: a mapping of keys is needed here"),
        ([SHARED | {"cell": {"type": "grid"}}], "cell.type: 'grid' is not one of"),
        ([SHARED | {"cell": None}], "cell: is needed for a grid"),
        ([SHARED | {"cell": {"type": "scale", "points": "5", "colour": "red"}}], "cell.colour: unknown key"),
        ([CAME | {"quote": "yes"}], "quote: 'yes' is not one of ask"),
        ([CAME | {"quote": "ask"}], "quote: belongs to text or long_text"),
        ([CAME | {"prefill": "participant.name"}], "prefill: belongs to text or long_text"),
        ([CAME | {"type": "text", "prefill": "participant.role"}], "prefill: 'participant.role' is not one of"),
        (
            [CAME | {"audience": ["hosts"]}],
            "audience: 'hosts' is not a perspective of the programme; did you mean 'host'?",
        ),
        ([CAME | {"audience": []}], "audience: names nobody"),
        ([CAME | {"type": "statement", "required": "true"}], "required: a statement asks nothing"),
        (
            [CAME | {"when": "${came} = 'yes'"}],
            "when: 'came' has not been asked by then; only earlier items can be named (column 1)",
        ),
        ([CAME | {"when": "${liked} = 3"}, LIKED], "when: 'liked' has not been asked by then"),
        ([CAME, LIKED | {"when": "${cane} = 'yes'"}], "when: there is no item 'cane'; did you mean 'came'?"),
        ([CAME | {"type": "statement"}, LIKED | {"when": "${came} = 'yes'"}], "when: 'came' is a statement"),
        (
            [SHARED, LIKED | {"when": "${shared} != ''"}],
            "when: 'shared' is a grid; name one of its rows, such as shared.young",
        ),
        ([SHARED, LIKED | {"when": "${shared.new} != ''"}], "when: 'shared' is a grid"),
        ([CAME, LIKED | {"when": "${came.old} != ''"}], "when: 'came' is no grid"),
        ([CAME, LIKED | {"when": "${came} == 'yes'"}], "when: '==' is not known here; write = (column 9)"),
        ([CAME | {"ask": "Hello {participant.firstname}"}], "ask: {participant.firstname} is not known"),
        (
            [CAME | {"ask": "As you said: {answer.liked}"}, LIKED],
            "ask: {answer.liked}: 'liked' has not been asked by then",
        ),
        ([CAME, LIKED | {"hint": "{answer.nothing}"}], "hint: {answer.nothing}: there is no item 'nothing'"),
        ([SHARED, LIKED | {"ask": "{answer.shared}"}], "ask: {answer.shared}: 'shared' is a grid"),
        ([LIKED | {"labels": {"1": "{x}"}}], "labels: {x} is not known"),
        ([CAME | {"ask": "What {} means"}], "ask: {} is not known"),
        (["came"], "items[0]: a mapping of keys is needed here, not 'came'"),
        ([None], "items[0]: a mapping of keys is needed here, not nothing"),
    ],
)
def test_what_is_wrong_with_an_item(items, expected):
    errors, _ = found(tree(*items), frozenset(PERSPECTIVES))
    assert any(expected in each for each in errors), errors
    assert len(errors) == 1, errors


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"survey": "A Visit"}, "survey: 'A Visit' is not an id"),
        ({"version": None}, "version: is needed"),
        ({"version": "0"}, "version: a whole number from 1"),
        ({"version": "1.5"}, "version: a whole number from 1"),
        ({"title": None}, "title: is needed"),
        ({"title": {"english": "A"}}, "title.english: 'english' is not a language tag"),
        ({"language": "Welsh"}, "language: 'Welsh' is not a language tag"),
        ({"sections": None}, "sections: is needed"),
        ({"sections": []}, "sections: has no sections"),
        ({"sections": [{"title": "None", "items": []}]}, "sections[0].items: has no items"),
        ({"sections": [{"title": "None"}]}, "sections[0].items: is needed"),
        ({"sections": "all"}, "sections: a list is needed here"),
        ({"sections": ["all"]}, "sections[0]: a mapping of keys"),
        (
            {"sections": [{"items": [CAME], "when": "${came} = 'yes'"}]},
            "sections[0].when: 'came' has not been asked by then",
        ),
        ({"thanks": "{answer.gone}"}, "thanks: {answer.gone}: there is no item"),
        ({"intro": "{answer.gone}"}, "intro: {answer.gone}: there is no item"),
        ({"pages": "2"}, "pages: unknown key"),
    ],
)
def test_what_is_wrong_with_a_questionnaire(change, expected):
    errors, _ = found(tree(CAME) | change)
    assert any(expected in each for each in errors), errors
    assert len(errors) == 1, errors


def test_all_problems_come_at_once():
    errors, _ = found(
        tree(CAME | {"type": "maybe"}, LIKED | {"points": "99", "labels": None}, {"ask": "?"}, color="red", version="x")
    )
    assert len(errors) == 6


@pytest.mark.parametrize(
    "broken", [None, "", "text", [], ["a"], {}, {"sections": {"items": []}}, {"sections": [[["a"]]]}]
)
def test_what_is_no_questionnaire_at_all(broken):
    errors, _ = found(broken)
    assert errors


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (
            [CAME, LIKED | {"when": "${came} = 'yes!'"}],
            "'yes!' is not among the options of 'came': yes, no; did you mean 'yes'?",
        ),
        ([CAME, LIKED | {"when": "selected(${came}, 'maybe')"}], "'maybe' is not among"),
        ([LIKED, CAME | {"when": "${liked} = 7"}], "'7' is not among"),
        ([LIKED, CAME | {"when": "'good' <= ${liked}"}], "is compared with the word 'good'"),
        (
            [CAME | {"type": "choices", "options": ["a", "b"]}, LIKED | {"when": "${came} = 'a'"}],
            "selected(${came}, 'a') finds one",
        ),
        ([CAME | {"ask": {"cy": "Ddaethoch chi?"}}], "has no words in en-GB"),
        (
            [CAME | {"type": "choice", "options": [{"value": "a", "label": "Same"}, {"value": "b", "label": "same"}]}],
            "have the same label",
        ),
    ],
)
def test_what_may_be_meant_is_a_warning(items, expected):
    errors, warnings = found(tree(*items))
    assert errors == []
    assert any(expected in each for each in warnings), warnings


def test_an_answer_named_in_the_intro_is_a_warning():
    errors, warnings = found(tree(CAME, intro="Last time you said {answer.came}"))
    assert errors == []
    assert warnings == ["intro: {answer.came} stays empty until that question has been answered"]


def test_other_perspectives_pass_where_the_programme_is_unknown():
    assert found(tree(CAME | {"audience": ["anyone"]})) == ([], [])


def test_places_are_told_after_sections_that_could_not_be_read():
    errors, _ = found(tree(sections=["lost", {"items": [CAME], "when": "${x} = 1"}]))
    assert [each.partition(":")[0] for each in errors] == ["sections[0]", "sections[1].when"]


@given(instrument_trees())
def test_every_questionnaire_of_the_format_is_read_and_numbered(plain):
    instrument = read_tree(plain)
    assert [each.key for each in instrument.items()] == [
        each["id"] for part in plain["sections"] for each in part["items"]
    ]
    assert read_tree(Node.from_plain(plain).plain()) == instrument


JUNK = st.recursive(
    st.none() | st.text(max_size=5) | st.sampled_from(["scale", "grid", "choice", "${a} = 1", "{answer.a}", "a", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "rows", "cell", "labels", "when", "en-GB", "value"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(instrument_trees(), st.data())
def test_nothing_in_a_file_can_crash_the_reader(plain, data):
    broken = copy.deepcopy(plain)
    part = data.draw(st.sampled_from(broken["sections"]))
    item = data.draw(st.sampled_from(part["items"]))
    where = data.draw(st.sampled_from([broken, part, item]))
    where[data.draw(st.sampled_from([*where, *item]))] = data.draw(JUNK)
    problems = Problems()
    assert (read_instrument(Node.from_plain(broken), problems) is None) is bool(problems.errors)

import re
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.answer_messages import MESSAGES
from surveys.answer_text import as_raw, display, options_in_ask, options_line
from surveys.answers import LONGEST_LONG_TEXT, LONGEST_TEXT, Invalid, Valid, check
from surveys.instrument import Item, ItemType
from tests.strategies import ANYTHING, LANGUAGES, VOICES, instruments, read_tree, values_for

TODAY = date(2024, 11, 25)


def item(kind: str, **more: Any) -> Item:
    keys = {"id": "x", "ask": "What?", "type": kind} | more
    return next(read_tree({"survey": "a", "version": 1, "title": "A", "sections": [{"items": [keys]}]}).items())


RATING = item("scale", points=6, labels={"1": "Poorly", "6": {"en-GB": "Very well", "cy": "Yn dda iawn"}})
PICK = item(
    "choice",
    options=[
        {"value": "yes", "label": "Yes"},
        {"value": "nearly", "label": "Nearly everyone"},
        {"value": "no", "label": "No"},
    ],
)
PARTS = item(
    "choices",
    options=[
        {"value": "beds", "label": "The beds"},
        {"value": "pond", "label": {"en-GB": "The pond", "cy": "Y pwll"}},
        {"value": "far", "label": "Paths, gates and walls"},
    ],
)
SURE = item("yes_no")
COUNT = item("number", min=0, max=2000, unit={"en-GB": "years", "cy": "mlynedd"})
SHARE = item("number", unit="%")
COST = item("number", unit="£")
DAY = item("date")
STATE = item(
    "status",
    options=[
        {"value": "late", "label": "Behind", "colour": "amber"},
        {"value": "fine", "label": "As planned", "colour": "green"},
    ],
)
CALL = item("contact")
WHOSE = item("voices")
LINE = item("text")
BOX = item("long_text")


def answer(of: Item, raw: Any) -> Any:
    found = check(of, "", raw, voices=VOICES, today=TODAY)
    return found.value if isinstance(found, Valid) else f"!{found.what}"


@pytest.mark.parametrize(
    ("of", "raw", "value"),
    [
        *[
            (RATING, words, 4)
            for words in (
                "4",
                " 4 ",
                "4.",
                "4 = Good",
                "4 - very well",
                "4: mostly",
                "4/6",
                "4 / 6",
                "4 out of 6",
                "4 of 6",
                "4 (fine)",
                "4, I think",
                "4 well enough",
            )
        ],
        *[
            (RATING, words, 6)
            for words in (
                "6",
                "very well",
                "Very Well.",
                "VERY WELL",
                "6 = Very well",
                "6 – Very well",
                "yn dda iawn",
                "“Very well”",
            )
        ],
        (RATING, ["3"], 3),
        *[(PICK, words, "yes") for words in ("yes", "Yes", "YES!", "y", "ie", "Yes please", "Yes, thank you.", "oes")],
        *[(PICK, words, "nearly") for words in ("nearly", "Nearly everyone", "nearly  everyone.")],
        *[(SURE, words, "no") for words in ("no", "No", "n", "na", "nac oes", "No thanks", "nac ydw")],
        (PARTS, "beds", ["beds"]),
        (PARTS, ["pond", "beds"], ["beds", "pond"]),
        (PARTS, ["pond", "", "pond"], ["pond"]),
        *[
            (PARTS, words, ["beds", "pond"])
            for words in (
                "beds, pond",
                "The pond and the beds",
                "y pwll; beds",
                "- The beds\n- The pond",
                "beds & pond",
                "beds / pond",
            )
        ],
        *[
            (PARTS, words, ["beds", "far"])
            for words in ("Paths, gates and walls, The beds", "the beds and paths, gates and walls", "far\nbeds")
        ],
        *[(COUNT, words, 12) for words in ("12", "12 years", "12.0", " 12 Years.", "12 mlynedd", "+12", "12 year")],
        *[(COUNT, words, 1234) for words in ("1,234", "1234", "1,234.0 years")],
        (COUNT, "2.5", 2.5),
        (COUNT, ".5", 0.5),
        (SHARE, "70 %", 70),
        (SHARE, "70 per cent", 70),
        (COST, "£1,200.50", 1200.5),
        (COST, "-3", -3),
        *[
            (DAY, words, "2024-12-05")
            for words in (
                "2024-12-05",
                "5/12/2024",
                "05.12.2024",
                "5-12-24",
                "5 December 2024",
                "5 Dec",
                "5th Dec. 2024",
                "Thursday 5 December",
                "December 5, 2024",
                "the 5th of December",
                "5 Rhagfyr 2024",
            )
        ],
        (DAY, "3 Jan", "2025-01-03"),
        (STATE, "late", {"status": "late", "evidence": ""}),
        (STATE, ["late", "No pump: still waiting"], {"status": "late", "evidence": "No pump: still waiting"}),
        *[
            (STATE, words, {"status": "late", "evidence": "no pump"})
            for words in (
                "Behind: no pump",
                "behind - no pump",
                "Behind – no pump",
                "Behind, no pump",
                "Behind (no pump)",
                "Behind\nno pump",
            )
        ],
        (CALL, "yes", {"agreed": True, "by": ""}),
        (CALL, ["yes", "01632 960001, mornings"], {"agreed": True, "by": "01632 960001, mornings"}),
        (CALL, "Yes: by mail", {"agreed": True, "by": "by mail"}),
        (CALL, "no", {"agreed": False, "by": ""}),
        (CALL, ["no", "01632 960001"], {"agreed": False, "by": ""}),
        (
            WHOSE,
            "forum: two calls\nSchool or college - at a meeting",
            [{"perspective": "forum", "how": "two calls"}, {"perspective": "school", "how": "at a meeting"}],
        ),
        (
            WHOSE,
            ["forum: a call: long\nvery", "health"],
            [{"perspective": "forum", "how": "a call: long\nvery"}, {"perspective": "health", "how": ""}],
        ),
        (WHOSE, ["Fforwm rhieni: galwad"], [{"perspective": "forum", "how": "galwad"}]),
        (WHOSE, "host\nhost: a call", [{"perspective": "host", "how": "a call"}]),
        (LINE, "  Ana\r\nMaria \r", "Ana\nMaria"),
        (LINE, "x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
        (BOX, "x" * LONGEST_LONG_TEXT, "x" * LONGEST_LONG_TEXT),
        *[
            (each, nothing, None)
            for each in (RATING, PICK, PARTS, COUNT, DAY, STATE, CALL, WHOSE, BOX)
            for nothing in ("", " \n", [], ["", " "])
        ],
    ],
)
def test_what_people_type_is_understood(of, raw, value):
    assert answer(of, raw) == value


@pytest.mark.parametrize(
    ("of", "raw", "message"),
    [
        *[
            (RATING, words, "whole number from 1 to 6")
            for words in (
                "4.5",
                "4 or 5",
                "4-5",
                "4 5",
                "4, maybe 5",
                "four",
                "good",
                "4½",
                "4?",
                "-4",
                "4+",
                "4 or five",
                "4e0",
                "٤",
                "4 not 5",
            )
        ],
        (RATING, "7", "from 1 to 6"),
        (RATING, "0", "from 1 to 6"),
        (RATING, "4/10", "goes to 6, not to 10"),
        (RATING, "1 - very well", "two different answers"),
        (RATING, ["4", "5"], "one answer only"),
        *[
            (PICK, words, "choose from: Yes, Nearly everyone, No")
            for words in ("maybe", "yes and no", "Yes, but not all", "yes/no", "nearl")
        ],
        (PICK, ["yes", "no"], "one answer only"),
        (PARTS, "beds, shed", "'shed' is not one of the answers"),
        (PARTS, ["beds", "shed"], "'shed' is not one of the answers"),
        *[
            (COUNT, words, "such as 12 or 2.5")
            for words in (
                "twelve",
                "12 months",
                "about 12",
                "1,5",
                "1.234,5",
                "12-14",
                "1 2",
                "£12",
                "1e3",
                "nan",
                "--3",
                ".",
            )
        ],
        (PARTS, ", and ;", "names none of the answers"),
        (COUNT, "2001", "'2001' is not from 0 to 2000"),
        (COUNT, "-1", "from 0 to 2000"),
        (SHARE, "9" * 30, "larger than can be kept"),
        *[
            (DAY, words, "25 November 2024")
            for words in ("soon", "31/2/2024", "5/12", "30 February", "December", "5 ma 2024", "12")
        ],
        (DAY, "12/25/2024", "we read the day first"),
        (DAY, "Friday 5 December 2024", "5 December 2024 is a Thursday"),
        (DAY, "5/12/68", "all its digits"),
        (STATE, "no pump", "choose from: Behind, As planned"),
        (STATE, ["", "no pump"], "Only a remark was given; choose from"),
        (CALL, "01632 960001", "choose from: Yes, No"),
        (WHOSE, "forum\nteachers: asked", "'teachers: asked' does not begin with one of the roles"),
        (WHOSE, [f"host: {n}" for n in range(101)], "101 voices"),
        (LINE, "x" * (LONGEST_TEXT + 1), "20,001 characters, and at most 20,000"),
        (BOX, "x" * 5_000_000, "5,000,000 characters, and at most 100,000"),
        (LINE, "a\x00b", "can't be kept"),
        (BOX, "a\ud800b", "can't be kept"),
    ],
)
def test_what_is_unclear_is_said_and_not_bent(of, raw, message):
    found = check(of, "", raw, voices=VOICES, today=TODAY)
    assert isinstance(found, Invalid), found
    assert message in found.what
    assert found.what[0] == "'" or found.what[0].isupper() or found.what[0].isdigit()
    assert found.what.endswith((".", "?"))
    assert found.raw == (raw if isinstance(raw, str) else found.raw)
    assert all(part.strip() in found.raw for part in ([raw] if isinstance(raw, str) else raw))


def test_the_words_are_kept_as_typed():
    assert check(RATING, "", "Very WELL ") == Valid(value=6, raw="Very WELL ")
    assert check(STATE, "", ["late", "no pump"]) == Valid(
        value={"status": "late", "evidence": "no pump"}, raw="late: no pump"
    )
    assert check(PARTS, "", ["pond", "beds"]) == Valid(value=["beds", "pond"], raw="pond, beds")


def test_a_date_without_a_year_needs_a_day_to_be_near_to():
    found = check(DAY, "", "5 Dec")
    assert isinstance(found, Invalid)
    assert "year" in found.what


def test_messages_name_the_answers_in_the_persons_language():
    found = check(PARTS, "", "sied", language="cy")
    assert isinstance(found, Invalid)
    assert "Y pwll" in found.what


@pytest.mark.parametrize("of", [RATING, PICK, PARTS, COUNT, DAY, STATE, CALL, WHOSE], ids=lambda of: of.type)
@pytest.mark.parametrize(
    "hostile",
    [" " * 20_000 + "5 x 5", "." * 20_000, "a," * 10_000, "- " * 10_000, "4" + " " * 19_990 + "4x", "yes " * 5_000],
)
def test_hostile_words_take_no_time(of, hostile):
    begun = time.process_time()
    check(of, "", hostile, voices=VOICES, today=TODAY)
    assert time.process_time() - begun < 1.5


@given(instruments(), st.data())
def test_a_form_filled_in_with_an_answer_gives_it_back(instrument, data):
    for question in instrument.questions():
        value = data.draw(values_for(question.item, question.row))
        expected = value.strip() if isinstance(value, str) else value
        found = check(question.item, question.row, as_raw(question.control, value), voices=VOICES)
        assert found == Valid(value=expected, raw=found.raw)


@given(instruments(), st.data())
def test_what_is_displayed_is_understood(instrument, data):
    for question in instrument.questions():
        value = data.draw(values_for(question.item, question.row))
        language = data.draw(st.sampled_from(LANGUAGES))
        words = display(question.item, question.row, value, language, voices=VOICES)
        assert words
        if question.control.type is ItemType.VOICES:
            value = [each for each in value if each["how"]]
            words = [display(question.item, question.row, [each], language, voices=VOICES) for each in value]
        if value:
            found = check(question.item, question.row, words, voices=VOICES)
            expected = value.strip() if isinstance(value, str) else value
            assert found == Valid(value=expected, raw=found.raw)


@given(instruments(), st.data())
def test_anything_given_is_an_answer_or_is_said_back(instrument, data):
    for question in instrument.questions():
        raw = data.draw(st.one_of(ANYTHING, st.lists(ANYTHING, max_size=3)))
        found = check(question.item, question.row, raw, voices=VOICES, today=TODAY)
        if isinstance(found, Invalid):
            assert found.what
        elif found.value is not None:
            again = check(question.item, question.row, as_raw(question.control, found.value), voices=VOICES)
            assert isinstance(again, Valid)
            assert again.value == found.value


@pytest.mark.parametrize(
    ("of", "in_ask", "line"),
    [
        (RATING, "", "1 = Poorly ... 6 = Very well"),
        (item("scale", points=3, labels={"1": "Bad", "2": "So-so", "3": "Good"}), "", "1 = Bad, 2 = So-so, 3 = Good"),
        (item("scale", points=10), "", "1 ... 10"),
        (SURE, "(Yes / No)", ""),
        (item("choice", options=["Yes", "No"]), "(Yes / No)", ""),
        (CALL, "(Yes / No)", ""),
        (PICK, "", "Yes / Nearly everyone / No"),
        (PARTS, "", "One or more of: The beds / The pond / Paths, gates and walls"),
        (STATE, "", "Behind / As planned; then how one can tell"),
        (COUNT, "", "A number from 0 to 2000 (years)"),
        (SHARE, "", "A number (%)"),
        (DAY, "", "A date, such as 5 December 2024"),
        (LINE, "", ""),
        (BOX, "", ""),
    ],
    ids=lambda each: each.type if isinstance(each, Item) else None,
)
def test_option_lines_of_a_mail(of, in_ask, line):
    assert options_in_ask(of.control, "en-GB") == in_ask
    assert options_line(of.control, "en-GB") == line


def test_words_in_welsh():
    assert options_line(RATING.control, "cy") == "1 = Poorly ... 6 = Yn dda iawn"
    assert options_in_ask(SURE.control, "cy") == "(Ie / Na)"
    assert display(DAY, "", "2024-12-05", "cy") == "5 Rhagfyr 2024"
    assert display(RATING, "", 6, "cy") == "6 – Yn dda iawn"
    assert options_line(WHOSE.control, "cy", voices=VOICES).endswith(
        "Gwesteiwr / School or college / Fforwm rhieni / Health"
    )


def test_display():
    assert display(RATING, "", 4, "en-GB") == "4 of 6"
    assert display(COUNT, "", 2.5, "en-GB") == "2.5 years"
    assert display(SHARE, "", 1e-07, "en-GB") == "0.0000001 %"
    assert display(CALL, "", {"agreed": True, "by": "phone"}, "en-GB") == "Yes: phone"
    assert (
        display(
            WHOSE,
            "",
            [{"perspective": "forum", "how": "a call"}, {"perspective": "gone", "how": ""}],
            "en-GB",
            voices=VOICES,
        )
        == "Parents' forum: a call\ngone"
    )
    assert display(PARTS, "", ["pond", "gone"], "en-GB") == "The pond, gone"
    assert display(LINE, "", None, "en-GB") == ""


def test_every_message_is_there_in_every_language():
    assert {language: sorted(table) for language, table in MESSAGES.items()} == dict.fromkeys(
        MESSAGES, sorted(MESSAGES["en"])
    )
    for key, words in MESSAGES["en"].items():
        for table in MESSAGES.values():
            assert set(re.findall(r"{(\w+)", table[key])) == set(re.findall(r"{(\w+)", words)), key


def test_messages_are_in_the_persons_language():
    for of, raw, message in (
        (RATING, "7", "Nid yw '7' yn glir: mae'r raddfa hon yn mynd o 1 i 6."),
        (DAY, "cyn bo hir", "fel 25 Tachwedd 2024."),
        (DAY, "Friday 5 December 2024", "dydd Iau yw 5 Rhagfyr 2024"),
        (COUNT, "2001", "Nid yw '2001' rhwng 0 a 2000."),
    ):
        found = check(of, "", raw, language="cy-GB", voices=VOICES, today=TODAY)
        assert isinstance(found, Invalid)
        assert message.casefold() in found.what.casefold()

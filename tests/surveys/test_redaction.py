import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from surveys.instrument import ItemType
from surveys.redaction import Passage, blot_value, mark_in, passage_fault, without_value

MARK = "[redacted]"


@pytest.mark.parametrize(
    ("passage", "text", "left"),
    [
        ("Sam", "Sam is the same as SAM, not Samuel", "[redacted] is the same as [redacted], not Samuel"),
        ("Sam Reed", "our Sam\n> Reed came, Sam  Reed", "our [redacted] came, [redacted]"),
        ("Siân", "Sia\u0302n and Siân", "[redacted] and [redacted]"),
        ("O'Neil", "O\u2019Neil's coat", "[redacted]'s coat"),
        ("(Sam)", "he (Sam) came", "he [redacted] came"),
        ("St. John", "near St. John, St.\nJohn", "near [redacted], [redacted]"),
        ("a+b", "a+b and aab", "[redacted] and aab"),
        ("Tom", "Tom, Tom's, tom-cat", "[redacted], [redacted]'s, [redacted]-cat"),
        ("李明", "我是 李明 吗", "我是 [redacted] 吗"),
    ],
)
def test_whole_words_go_and_nothing_else(passage, text, left):
    assert Passage(words=passage).blot(text, MARK)[0] == left


@pytest.mark.parametrize(
    "source",
    [
        "<p>our <b>Sam</b> <i>O&#8217;Neil</i></p>",
        "<p>our Sam&nbsp;O&rsquo;Neil</p>",
        "<p>our Sam<br>O'Neil</p>",
        "<p>our SAM\nO&#x27;Neil</p>",
    ],
)
def test_tags_and_references_hide_nothing(source):
    left, times = Passage(words="Sam O'Neil").blot_html(source, MARK)
    assert times == 1
    assert "Neil" not in left
    assert "our" in left


def test_a_sign_that_no_normal_form_keeps_is_found_as_it_was_typed():
    assert Passage(words="\U0002f800").blot("by \U0002f800 .", MARK) == (f"by {MARK} .", 1)


WORDS = st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=30)


@given(WORDS, WORDS, WORDS)
def test_what_was_taken_out_is_gone_and_the_rest_stays(before, passage, after):
    assume(not passage_fault(passage, MARK))
    looked_for = Passage(words=passage)
    text = f"{before} . {passage} . {after}"
    left, times = looked_for.blot(text, MARK)
    assert times >= 1
    assert looked_for.found_in(left) == 0
    again, none = looked_for.blot(left, MARK)
    assert (again, none) == (left, 0)


@pytest.mark.parametrize("words", ["", " ", "...", "x" * 5001, "redacted", "[Redacted]"])
def test_what_is_no_passage_is_told(words):
    assert passage_fault(words, MARK)


def test_typed_words_go_and_choices_stay():
    sam = Passage(words="Sam")
    assert blot_value(ItemType.LONG_TEXT, "Sam said", sam, MARK) == ("[redacted] said", 1)
    assert blot_value(ItemType.STATUS, {"status": "sam", "evidence": "Sam did"}, sam, MARK) == (
        {"status": "sam", "evidence": "[redacted] did"},
        1,
    )
    voices = [{"perspective": "sam", "how": "asked Sam"}]
    assert blot_value(ItemType.VOICES, voices, sam, MARK) == ([{"perspective": "sam", "how": "asked [redacted]"}], 1)
    for type_, value in (
        (ItemType.CHOICE, "sam"),
        (ItemType.CHOICES, ["sam"]),
        (ItemType.NUMBER, 5),
        (ItemType.TEXT, None),
    ):
        assert blot_value(type_, value, sam, MARK) == (value, 0)
    assert without_value(ItemType.TEXT, MARK) == MARK
    assert without_value(ItemType.CHOICE, MARK) is None


def test_the_mark_is_in_the_persons_language():
    assert mark_in("cy") == "[golygwyd]"
    assert mark_in("en-GB") == mark_in("") == mark_in("fr") == MARK

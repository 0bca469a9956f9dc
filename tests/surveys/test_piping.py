from hypothesis import given
from hypothesis import strategies as st

from surveys.piping import fill, placeholders
from tests.strategies import literal


def test_values_are_filled_in_and_unknown_ones_are_nothing():
    text = "Dear {participant.greeting}, until { close }. {nobody.knows}"
    assert fill(text, {"participant.greeting": "Ana", "close": "noon"}) == "Dear Ana, until noon. "


def test_braces_can_be_meant_as_braces():
    assert fill("{{close}} is {close}", {"close": "noon"}) == "{close} is noon"
    assert fill("{{{close}}}", {"close": "noon"}) == "{noon}"
    assert fill("a { b } c", {}) == "a  c"
    assert fill("one { brace", {}) == "one { brace"
    assert fill("over {two\nlines}", {}) == "over {two\nlines}"


def test_placeholders_in_order():
    assert placeholders("{a} {{b}} { c } {a} {}") == ("a", "c", "a", "")


@given(st.text(), st.text())
def test_values_are_never_expanded_again(value, other):
    assert fill("<{a}>", {"a": value, "b": other}) == f"<{value}>"
    assert fill("{a}{b}", {"a": "{b}", "b": other}) == "{b}" + other


@given(st.text())
def test_literal_words_come_back(words):
    assert fill(literal(words), {"a": "x"}) == words
    assert placeholders(literal(words)) == ()

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveys.expressions import LONGEST, WhenError, holds, names, parse_when
from tests.strategies import answered_instruments

ANSWERS = {
    ("again", ""): "yes",
    ("rating", ""): 4,
    ("hours", ""): 2.5,
    ("parts", ""): ["pond", "beds"],
    ("one", ""): ["pond"],
    ("state", ""): {"status": "behind", "evidence": "no pump"},
    ("talk", ""): {"agreed": True, "by": ""},
    ("voices", ""): [{"perspective": "school", "how": "a call"}],
    ("impact", "families"): "much",
    ("day", ""): "2024-12-05",
    ("word", ""): "04",
    ("gone", ""): None,
}


@pytest.mark.parametrize(
    ("source", "met"),
    [
        ("${again} = 'yes'", True),
        ('${again} = "yes"', True),
        ("'yes' = ${ again }", True),
        ("${again} != 'yes'", False),
        ("${rating} = 4", True),
        ("${rating} = '4'", True),
        ("${rating} = 4.0", True),
        ("${word} = 4", True),
        ("${rating} > 3 and ${rating} <= 4", True),
        ("${rating} < 3 or ${again} = 'no' or ${hours} >= 2.5", True),
        ("${again} = 'no' and ${rating} = 4 or ${hours} > 1", True),
        ("${again} = 'no' and (${rating} = 4 or ${hours} > 1)", False),
        ("not(${again} = 'no')", True),
        ("not (not(${again} = 'no'))", False),
        ("selected(${parts}, 'beds')", True),
        ("selected(${parts}, 'kitchen')", False),
        ("selected(${again}, 'yes')", True),
        ("${one} = 'pond'", True),
        ("${state} = 'behind'", True),
        ("${talk} = 'yes'", True),
        ("selected(${voices}, 'school')", True),
        ("${impact.families} = 'much'", True),
        ("${day} < '2024-12-06'", True),
        ("${day} > '2024-12-06'", False),
        ("${rating} > -1", True),
        ("${again} > 3", False),
        ("${again} < 3", False),
        # nothing was answered: it is '', as in XLSForm
        ("${gone} = ''", True),
        ("${never} = ''", True),
        ("${never} != ''", False),
        ("${again} != ''", True),
        ("${never} = 'yes'", False),
        ("${never} != 'yes'", True),
        ("${never} < 3", False),
        ("${never} >= 3", False),
        ("${never} != 3", True),
        ("selected(${never}, 'x')", False),
        ("${never} = ${gone}", True),
    ],
)
def test_conditions(source, met):
    assert holds(parse_when(source), ANSWERS) is met


@pytest.mark.parametrize(
    ("source", "column", "what"),
    [
        ("", 1, "breaks off"),
        ("${again} =", 11, "breaks off"),
        ("${again} == 'yes'", 10, "write ="),
        ("${again} <> 'yes'", 10, "write !="),
        ("${again} = 'yes", 12, "never closed"),
        ("${again} = ‘yes’", 12, "straight"),
        ("again = 'yes'", 1, "${again}"),
        ("${again} = yes", 12, "'yes' a word"),
        ("${again} = 'yes' AND ${b} = 1", 18, "'and' or 'or' joins"),
        ("NOT(${again} = 'yes')", 1, "lower case"),
        ("${again}", 9, "a comparison is needed"),
        ("${a} = 1 = 1", 10, "can't stand here"),
        ("(${a} = 1", 10, "')' is needed"),
        ("${a} = 1)", 9, "can't stand here"),
        ("selected('a', 'b')", 10, "needs an item first"),
        ("selected(${a}, ${b})", 16, "quoted value"),
        ("selected(${a})", 14, "',' is needed"),
        ("not ${a} = 1", 5, "'(' is needed"),
        ("${1a} = 1", 1, "named like"),
        ("${a.b.c} = 1", 1, "named like"),
        ("${a} = 1e5", 8, "can't stand here"),
        ("count(${a}) > 1", 1, "not known"),
        ("${a} + 1 = 2", 6, "can't stand here"),
        ("(" * 21 + "${a} = 1" + ")" * 21, 21, "deep"),
        ("(" * 900 + "${a} = 1" + ")" * 900, 21, "deep"),
        ("${a} = 1 or " * 400 + "${a} = 1", LONGEST + 1, "characters"),
    ],
)
def test_what_is_wrong_and_where(source, column, what):
    with pytest.raises(WhenError) as caught:
        parse_when(source)
    assert what in caught.value.what
    assert caught.value.column == column


def test_names_in_order_with_repeats():
    found = names(parse_when("${b} = 1 or not(selected(${a}, 'x') and ${g.r} = ${b})"))
    assert [reference.key for reference in found] == [("b", ""), ("a", ""), ("g", "r"), ("b", "")]


@given(st.one_of(st.text(), st.text(alphabet="${}ab.()=!<>'\" notrsecdl,19", max_size=60)))
@example("not(" * 400)
@example("${a} = '" + "9" * 1000 + "'")
def test_any_text_is_a_condition_or_says_what_is_wrong(source):
    try:
        expression = parse_when(source)
    except WhenError as error:
        wrong = error
    else:
        assert holds(expression, {}) in {True, False}
        return
    assert wrong.what
    assert 1 <= wrong.column <= len(source) + 1


@given(answered_instruments())
def test_every_condition_of_a_questionnaire_can_be_decided(drawn):
    instrument, _, answers = drawn
    for item in instrument.items():
        if item.when:
            assert holds(parse_when(item.when), answers) in {True, False}

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.versions import differences, not_comparable
from tests.strategies import instrument_trees, read_tree

TREE: dict[str, Any] = {
    "survey": "visit",
    "version": 1,
    "title": "A visit",
    "sections": [
        {
            "title": "All",
            "items": [
                {"id": "came", "ask": "Did you come?", "type": "yes_no", "required": "true"},
                {
                    "id": "liked",
                    "ask": {"en-GB": "How was it?", "cy": "Sut oedd hi?"},
                    "type": "scale",
                    "points": 6,
                    "labels": {"6": "Good"},
                },
                {
                    "id": "part",
                    "ask": "Which part?",
                    "type": "choice",
                    "options": [{"value": "a", "label": "Pond"}, {"value": "b", "label": "Beds"}],
                },
                {
                    "id": "grid",
                    "ask": "Rows",
                    "type": "grid",
                    "rows": [{"id": "r", "label": "Row"}, {"id": "s", "label": "Other"}],
                    "cell": {"type": "text"},
                },
                {"id": "years", "ask": "Years?", "type": "number", "unit": "years"},
            ],
        }
    ],
}
ITEMS = {item["id"]: index for index, item in enumerate(TREE["sections"][0]["items"])}


def changed(key: str, **keys: Any) -> dict[str, Any]:
    tree = copy.deepcopy(TREE)
    tree["sections"][0]["items"][ITEMS[key]] |= keys
    return tree


@pytest.mark.parametrize(
    ("tree", "sentence", "lost"),
    [
        (TREE | {"title": "The visit"}, "the title was 'A visit' and is now 'The visit'", set()),
        (TREE | {"intro": "Hello"}, "the intro is new: 'Hello'", set()),
        (TREE | {"language": "cy"}, "the language was 'en-GB' and is now 'cy'", set(ITEMS)),
        (
            changed("came", ask="Were you there?"),
            "item 'came': its question was 'Did you come?' and is now 'Were you there?'",
            {"came"},
        ),
        (
            changed("came", ask="Did  you\ncome?"),
            "item 'came': its question changed further on: 'Did you come?'",
            set(),
        ),
        (changed("came", required="false"), "item 'came' is no longer required", set()),
        (changed("came", hint="Any day"), "item 'came': its hint is new: 'Any day'", set()),
        (changed("came", type="text"), "item 'came': its type was yes_no and is now text", {"came"}),
        (
            changed("liked", ask={"en-GB": "How was it?"}),
            "item 'liked': its question in cy is gone: 'Sut oedd hi?'",
            set(),
        ),
        (changed("liked", ask={"en-GB": "How was it?", "cy": "Wel?"}), "its question in cy was", {"liked"}),
        (changed("liked", ask="How was it?"), "its question in cy is gone", set()),
        (
            changed("liked", points=5, labels={"5": "Good"}),
            "item 'liked': its scale had 6 points and has now 5",
            {"liked"},
        ),
        (
            changed("liked", labels={"6": "Great"}),
            "item 'liked': the label of option '6' was 'Good' and is now 'Great'",
            {"liked"},
        ),
        (changed("liked", labels={}), "item 'liked': other points of its scale have labels", {"liked"}),
        (changed("liked", target={"top": 2, "share": 70}), "item 'liked': its target changed", set()),
        (changed("part", options=[{"value": "a", "label": "Pond"}]), "item 'part': option 'b' is gone", {"part"}),
        (
            changed("part", options=[{"value": "b", "label": "Beds"}, {"value": "a", "label": "Pond"}]),
            "item 'part': its options stand in another order",
            {"part"},
        ),
        (changed("part", when="${came} = 'yes'"), "item 'part': its condition is new", set()),
        (changed("part", audience=["host"]), "item 'part': its audience is new: 'host'", set()),
        (changed("grid", rows=[{"id": "r", "label": "Row"}]), "item 'grid': row 's' is gone", {"grid"}),
        (
            changed("grid", rows=[{"id": "r", "label": "Line"}, {"id": "s", "label": "Other"}]),
            "the label of row 'r' was",
            {"grid"},
        ),
        (
            changed("grid", cell={"type": "long_text"}),
            "item 'grid': its cells were text and are now long_text",
            {"grid"},
        ),
        (changed("years", unit="months"), "item 'years': its unit was 'years' and is now 'months'", {"years"}),
        (changed("years", max=80), "item 'years': its smallest or largest number changed", {"years"}),
        (changed("years", id="months"), "item 'years' is gone", set()),
    ],
)
def test_what_differs_and_what_it_costs(tree, sentence, lost):
    old, new = read_tree(TREE), read_tree(tree)
    assert any(sentence in each for each in differences(old, new)), differences(old, new)
    assert not_comparable(old, new) == lost


def test_order_and_sections():
    turned = copy.deepcopy(TREE)
    turned["sections"][0]["items"].reverse()
    assert differences(read_tree(TREE), read_tree(turned)) == ("the items stand in another order",)
    split = copy.deepcopy(TREE)
    split["sections"] = [
        {"title": "All", "items": split["sections"][0]["items"][:2]},
        {"items": split["sections"][0]["items"][2:]},
    ]
    assert differences(read_tree(TREE), read_tree(split)) == ("the number of sections was 1 and is now 2",)
    moved = copy.deepcopy(split)
    moved["sections"][0]["items"].append(moved["sections"][1]["items"].pop(0))
    assert differences(read_tree(split), read_tree(moved)) == ("item 'part' stands in another section",)


@given(instrument_trees(), instrument_trees(), st.booleans())
def test_no_difference_means_the_same(one, other, twice):
    old, new = read_tree(one), read_tree(copy.deepcopy(one) if twice else other)
    assert (not differences(old, new)) is (old == new)
    assert not_comparable(old, old) == frozenset()
    shared = {item.key for item in old.items()} & {item.key for item in new.items()}
    assert not_comparable(old, new) <= shared

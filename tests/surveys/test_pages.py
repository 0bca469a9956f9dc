from typing import Any

from hypothesis import given

from surveys.instrument import CLOSED_TYPES, SHORT_TYPES, Instrument, ItemType
from surveys.pages import first_unanswered_page, one_page, page_of, pages
from surveys.routing import missing, progress, shown_items
from tests.strategies import answered_instruments, read_tree

NOBODY: frozenset[str] = frozenset()


def instrument(*sections: list[dict[str, Any]]) -> Instrument:
    parts = [{"title": f"Part {number}", "items": items} for number, items in enumerate(sections, start=1)]
    return read_tree({"survey": "visit", "version": 1, "title": "A visit", "sections": parts})


def item(key: str, kind: str = "yes_no", **more: Any) -> dict[str, Any]:
    if kind == "grid":
        more |= {"rows": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "cell": {"type": "scale", "points": 4}}
    if kind == "scale":
        more["points"] = 5
    return {"id": key, "ask": f"{key}?", "type": kind} | more


def keys(found: Any) -> list[list[str]]:
    return [[each.key for each in page.items] for page in found]


def test_closed_items_stand_together_and_short_ones_and_the_rest_alone():
    visit = instrument(
        [
            item("a"),
            item("b", "scale"),
            item("c", "contact"),
            item("d", "text"),
            item("e", "number"),
            item("f", "date"),
        ],
        [
            item("g", "text"),
            item("h", "long_text"),
            item("i", "long_text"),
            item("j", "grid"),
            item("k", "voices"),
            item("l"),
        ],
    )
    assert keys(pages(visit, {}, NOBODY)) == [
        ["a", "b", "c"],
        ["d", "e", "f"],
        ["g"],
        ["h"],
        ["i"],
        ["j"],
        ["k"],
        ["l"],
    ]
    grid = pages(visit, {}, NOBODY)[5]
    assert grid.title is not None
    assert (grid.key, grid.title.within("en-GB")) == ("j", "Part 2")
    assert [(each.number, each.row) for each in grid.questions] == [(10, "a"), (11, "b")]
    assert grid.answer_keys == (("j", "a"), ("j", "b"))


def test_a_statement_goes_with_what_follows_it():
    visit = instrument(
        [
            item("s", "statement"),
            item("a"),
            item("t", "statement"),
            item("u", "statement"),
            item("b"),
            item("v", "statement"),
        ],
        [item("w", "statement"), item("g", "grid"), item("c")],
    )
    assert keys(pages(visit, {}, NOBODY)) == [["s", "a"], ["t", "u", "b"], ["v"], ["w", "g"], ["c"]]


def test_what_hangs_on_an_answer_waits_for_the_next_page():
    visit = instrument(
        [item("came"), item("why", when="${came} = 'no'"), item("more"), item("piped", hint="{answer.more}")]
    )
    assert keys(pages(visit, {("came", ""): "no"}, NOBODY)) == [["came"], ["why", "more"], ["piped"]]
    assert keys(pages(visit, {("came", ""): "yes"}, NOBODY)) == [["came"], ["more"], ["piped"]]


def test_a_page_does_not_grow_by_what_its_answers_hide():
    visit = instrument([item("came"), item("why", "long_text", when="not(${came} = 'yes')"), item("again")])
    assert keys(pages(visit, {}, NOBODY)) == [["came"], ["why"], ["again"]]
    assert keys(pages(visit, {("came", ""): "yes"}, NOBODY)) == [["came"], ["again"]]


def test_hidden_by_an_earlier_page_an_item_parts_nothing():
    visit = instrument([item("a", "text")], [item("b"), item("c", "long_text", when="${a} = 'x'"), item("d")])
    assert keys(pages(visit, {}, NOBODY)) == [["a"], ["b", "d"]]
    assert keys(pages(visit, {("a", ""): "x"}, NOBODY)) == [["a"], ["b"], ["c"], ["d"]]


def test_hidden_answers_count_as_unanswered():
    visit = instrument([item("a"), item("b", when="${a} = 'yes'"), item("c", when="${b} = 'yes'")])
    stored = {("a", ""): "yes", ("b", ""): "yes"}
    assert [each.key for each in shown_items(visit, stored, NOBODY)] == ["a", "b", "c"]
    assert [each.key for each in shown_items(visit, stored | {("a", ""): "no"}, NOBODY)] == ["a"]


def test_audience_and_conditions_of_sections():
    parts = [
        {"items": [item("a"), item("b", audience=["host", "school"])]},
        {"items": [item("c")], "when": "${a} = 'yes'"},
        {"items": [item("d", when="${b} = 'yes'")]},
    ]
    visit = read_tree({"survey": "visit", "version": 1, "title": "A visit", "sections": parts})
    stored = {("a", ""): "yes", ("b", ""): "yes"}
    assert [each.key for each in shown_items(visit, stored, frozenset({"school", "x"}))] == ["a", "b", "c", "d"]
    assert [each.key for each in shown_items(visit, stored, frozenset({"forum"}))] == ["a", "c"]
    assert progress(visit, stored, frozenset({"host"})) == (2, 4)
    assert progress(visit, stored, NOBODY) == (1, 2)


def test_where_someone_goes_on():
    visit = instrument([item("s", "statement")], [item("a", required="true"), item("b")], [item("t", "text")])
    assert first_unanswered_page(visit, {}, NOBODY) == pages(visit, {}, NOBODY)[0]
    for stored, expected in (
        ({("b", ""): "yes"}, "a"),
        ({("a", ""): "yes"}, "t"),
        ({("t", ""): "x"}, "a"),
        ({("a", ""): "yes", ("t", ""): ""}, "t"),
    ):
        page = first_unanswered_page(visit, stored, NOBODY)
        assert page is not None
        assert page.key == expected
    assert first_unanswered_page(visit, {("a", ""): "yes", ("t", ""): "x"}, NOBODY) is None


def test_required_rows():
    visit = instrument([item("g", "grid", required="true"), item("a", required="true"), item("b")])
    assert missing(visit.items(), {("g", "b"): 3}) == (("g", "a"), ("a", ""))


def test_an_unlinked_round_is_one_page():
    visit = instrument(
        [item("a"), item("b", when="${a} = 'yes'")], [item("c", "text", audience=["host"]), item("d", "grid")]
    )
    assert keys([one_page(visit, NOBODY)]) == [["a", "b", "d"]]
    assert [each.number for each in one_page(visit, NOBODY).questions] == [1, 2, 4, 5]


@given(answered_instruments())
def test_pages_hold_each_shown_item_once_in_order(drawn):
    visit, perspectives, answers = drawn
    found = pages(visit, answers, perspectives)
    assert [each for page in found for each in page.items] == list(shown_items(visit, answers, perspectives))
    for page in found:
        assert page.key == page.items[0].key
        assert all(page_of(found, each.key) == page for each in page.items)
        asked = [each.type for each in page.items if each.type is not ItemType.STATEMENT]
        assert set(asked) <= CLOSED_TYPES or set(asked) <= SHORT_TYPES or len(asked) == 1
        assert [each.item for each in page.questions] == [
            each for each in page.items for _ in each.row_keys if each.type is not ItemType.STATEMENT
        ]


@given(answered_instruments())
def test_routing_ends(drawn):
    """Going on page by page, answering as drawn, passes each page once and comes to the review."""
    visit, perspectives, wanted = drawn
    answers: dict[Any, Any] = {}
    page = first_unanswered_page(visit, answers, perspectives)
    seen: list[str] = []
    while page is not None:
        assert page.key not in seen
        seen.append(page.key)
        # what a page asks does not change by what is answered on it
        before = page.items
        answers |= {key: wanted[key] for key in page.answer_keys if key in wanted}
        shown = pages(visit, answers, perspectives)
        here = page_of(shown, page.key)
        assert here is not None
        assert here.items == before
        assert [each.key for each in shown[: len(seen)]] == seen
        page = next(iter(shown[len(seen) :]), None)
    assert seen == [each.key for each in pages(visit, answers, perspectives)]
    answered, total = progress(visit, answers, perspectives)
    assert 0 <= answered <= total


@given(answered_instruments())
def test_coming_back_leads_to_what_is_left(drawn):
    visit, perspectives, answers = drawn
    page = first_unanswered_page(visit, answers, perspectives)
    if page is None:
        assert not missing(shown_items(visit, answers, perspectives), answers)
    else:
        assert page in pages(visit, answers, perspectives)

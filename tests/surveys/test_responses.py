from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.answer_text import as_raw
from surveys.answer_values import AnswerKey, Raw, Recorded, answer_key, answer_name, values_of
from surveys.instrument import Instrument
from surveys.pages import Page, one_page, page_of, pages
from surveys.responses import Accepted, AnswerChange, Problem, Rejected, accept, after, without_hidden
from surveys.routing import missing, shown_items
from tests.strategies import ANYTHING, VOICES, answered_instruments, read_tree

HOST = frozenset({"host"})
VISIT: Instrument = read_tree(
    {
        "survey": "visit",
        "version": 1,
        "title": "A visit",
        "sections": [
            {
                "items": [
                    {"id": "came", "ask": "Came?", "type": "yes_no", "required": "true"},
                    {"id": "liked", "ask": "Liked?", "type": "scale", "points": 6, "labels": {"6": "Very well"}},
                    {"id": "parts", "ask": "Parts?", "type": "choices", "options": ["pond", "beds"]},
                    {"id": "why", "ask": "Why?", "type": "text", "when": "${came} = 'no'", "required": "true"},
                    {"id": "inside", "ask": "Inside?", "type": "text", "audience": ["health"]},
                    {"id": "read", "ask": "Thanks so far", "type": "statement"},
                    {
                        "id": "grid",
                        "ask": "Rows",
                        "type": "grid",
                        "rows": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}],
                        "cell": {"type": "number"},
                    },
                ]
            }
        ],
    }
)


def first_page() -> Page:
    return pages(VISIT, {}, HOST)[0]


def taken(
    given_raw: dict[str, Raw], stands: dict[str, tuple[Any, str]] | None = None, *, page: Page | None = None
) -> Any:
    recorded = {answer_key(name): Recorded(value=value, raw=raw) for name, (value, raw) in (stands or {}).items()}
    return accept(VISIT, HOST, recorded, {answer_key(name): raw for name, raw in given_raw.items()}, page=page)


def change(name: str, value: Any, raw: str) -> AnswerChange:
    item, row = answer_key(name)
    return AnswerChange(item=item, row=row, value=value, raw=raw)


def test_good_answers_are_changes():
    found = taken({"came": "yes", "liked": "very well", "parts": ["beds", "pond"]}, page=first_page())
    assert found == Accepted(
        changes=(
            change("came", "yes", "yes"),
            change("liked", 6, "very well"),
            change("parts", ["pond", "beds"], "beds, pond"),
        )
    )


def test_the_good_ones_are_kept_beside_a_bad_one():
    found = taken({"came": "yes", "liked": "9 of 10"}, page=first_page())
    assert isinstance(found, Rejected)
    assert found.changes == (change("came", "yes", "yes"),)
    assert found.problems[("liked", "")].raw == "9 of 10"
    assert "from 1 to 6" in found.problems[("liked", "")].what or "goes to 6" in found.problems[("liked", "")].what


def test_the_same_page_twice_changes_nothing():
    stands = {"came": ("yes", "yes"), "liked": (6, "very well"), "parts": (["pond"], "pond")}
    assert taken({"came": "yes", "liked": "very well", "parts": ["pond"]}, stands, page=first_page()) == Accepted(
        changes=()
    )
    # a form sends back what it was filled in with, whatever words first gave it
    assert taken({"came": "yes", "liked": "6", "parts": ["pond"]}, stands, page=first_page()) == Accepted(changes=())
    # the same answer in new words of a person's own is kept as said
    assert taken({"liked": "Very well!"}, stands).changes == (change("liked", 6, "Very well!"),)


def test_answers_can_be_taken_back():
    stands = {"liked": (6, "6"), "parts": (["pond"], "pond"), "came": ("yes", "yes")}
    found = taken({"liked": "", "parts": []}, stands, page=first_page())
    assert found == Accepted(changes=(change("liked", None, ""), change("parts", None, "")))
    assert taken({"liked": "", "parts": [" "]}) == Accepted(changes=())
    assert taken({"liked": ""}, {"liked": (None, "")}) == Accepted(changes=())


def test_what_is_required():
    needed = Rejected(
        problems={("came", ""): Problem(what="Choose yes or no.", raw="")}, changes=(change("liked", 3, "3"),)
    )
    assert taken({"liked": "3", "came": ""}, page=first_page()) == needed
    assert taken({"liked": "3"}, page=first_page()) == needed
    assert taken({"liked": "3", "came": " "}, {"came": ("yes", "yes")}, page=first_page()) == needed
    assert taken({"liked": "3"}, {"came": ("yes", "yes")}, page=first_page()) == Accepted(changes=needed.changes)
    # a mail may answer some questions only
    assert taken({"liked": "3"}) == Accepted(changes=needed.changes)


def test_what_belongs_to_nothing_is_named_and_not_stored():
    odd = {
        "grid.a": "3",
        "grid": "3",
        "grid.c": "3",
        "came.a": "yes",
        "read": "x",
        "inside": "x",
        "ghost": "x",
        "came": "yes",
    }
    found = taken(odd, page=first_page())
    assert found.changes == (change("came", "yes", "yes"),)
    assert [answer_name(key) for key in found.unknown] == [name for name in odd if name != "came"]
    assert [answer_name(key) for key in taken(odd).unknown] == ["grid", "grid.c", "came.a", "read", "inside", "ghost"]


def test_an_unlinked_page_leaves_out_what_its_answers_hide():
    page = one_page(VISIT, HOST)
    found = taken({"came": "yes", "why": "typed, then changed my mind"}, page=page)
    assert isinstance(found, Accepted)
    assert without_hidden(VISIT, HOST, {}, found.changes) == (change("came", "yes", "yes"),)
    assert taken({"came": "yes", "why": ""}, page=page) == Accepted(changes=(change("came", "yes", "yes"),))
    lacking = taken({"came": "no", "why": ""}, page=page)
    assert isinstance(lacking, Rejected)
    assert lacking.problems == {("why", ""): Problem(what="Write an answer.", raw="")}


@pytest.mark.parametrize("page", [None, first_page()])
def test_five_megabytes_are_said_back(page):
    found = taken({"parts": "x" * 5_000_000}, {"came": ("yes", "yes")}, page=page)
    assert isinstance(found, Rejected)
    assert len(found.problems[("parts", "")].raw) == 5_000_000


@given(answered_instruments(), st.data())
def test_a_page_is_taken_as_filled_in_and_once(drawn, data):
    instrument, perspectives, wanted = drawn
    recorded: dict[AnswerKey, Recorded] = {}
    for page in pages(instrument, wanted, perspectives):
        raws = {
            each: as_raw(page.question(each).control, wanted.get(each))  # type: ignore[union-attr]  # each is of the page
            for each in page.answer_keys
        }
        found = accept(instrument, perspectives, recorded, raws, page=page, voices=VOICES)
        assert found.unknown == ()
        recorded = after(recorded, found.changes)
        again = accept(instrument, perspectives, recorded, raws, page=page, voices=VOICES)
        assert again.changes == ()
        lacking = {key for key in missing(page.items, values_of(recorded)) if key in page.answer_keys}
        shown = {each.key for each in shown_items(instrument, values_of(recorded), perspectives)}
        problems = set(again.problems) if isinstance(again, Rejected) else set()
        assert problems == {key for key in lacking if key[0] in shown}
        here = page_of(pages(instrument, wanted, perspectives), page.key)
        assert here == page


@given(answered_instruments(), st.data())
def test_nothing_given_is_lost(drawn, data):
    """Each field given is a change, the answer that stands, a problem with its words, or named as unknown."""
    instrument, perspectives, answers = drawn
    recorded = {key: Recorded(value=value, raw="as said") for key, value in answers.items()}
    keys = [(each.item.key, each.row) for each in instrument.questions()] + [("ghost", ""), ("i0", "ghost")]
    raws = data.draw(
        st.dictionaries(st.sampled_from(keys), st.one_of(ANYTHING, st.lists(ANYTHING, max_size=2)), max_size=6)
    )
    found = accept(instrument, perspectives, recorded, raws, page=None, voices=VOICES)
    problems = found.problems if isinstance(found, Rejected) else {}
    changed = {each.key: each for each in found.changes}
    for key, raw in raws.items():
        ways = (key in changed, key in problems, key in found.unknown)
        assert sum(ways) <= 1
        if not any(ways):
            stands = recorded[key].value if key in recorded else None
            given_parts = [raw] if isinstance(raw, str) else raw
            assert (stands is None) is (not any(part.strip() for part in given_parts))
        if key in problems and isinstance(raw, str) and raw.strip():
            assert problems[key].raw.split() == raw.split()

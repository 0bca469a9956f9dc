"""Laws of a page in Teams: it keeps every limit, cuts no words off, and sends back what it shows."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.chat.drawing import Part
from channels.chat.letters import ways_of
from channels.chat.page_parts import names_of
from channels.chat.prompts import Place, Surroundings, prompt
from channels.chat.words import Words
from channels.form.parse import parse
from channels.form.words import Words as FormWords
from channels.teams import elements as cards
from channels.teams import kit
from channels.teams.page_elements import options_of, parts_of
from channels.teams.reading import inputs_of, tapped, typed
from surveys.answers import Valid, check
from tests.fakes.teams.cards import INPUTS, elements, problems_of
from tests.slack.test_page_blocks import _bare, _ordered, _views, huge_trees
from tests.strategies import VOICES, answers_for, instruments, perspective_sets, read_tree

LINK = "https://soundings.example.org/f/1-" + "a" * 60


def _whole(view: Any, number: int) -> dict[str, Any]:
    """The card of one part, as a person gets it."""
    around = Surroundings(link=LINK, ways=ways_of(FormWords("en-GB")))
    place = Place(invitation_id=10**9, page="a-page-of-some-name", part=number)
    return cards.card(prompt(kit, view, place, around, Words("en-GB")))


def _sent(part: Part) -> dict[str, str]:
    """What Teams sends of inputs that were left as they stand."""
    found = {}
    for each in elements(list(part.elements)):
        if each["type"] in INPUTS and str(each.get("value", "")):
            value = str(each["value"])
            found[each["id"]] = value.removesuffix(".0") if each["type"] == "Input.Number" else value
    return found


@settings(max_examples=60, deadline=None)
@given(huge_trees())
def test_every_card_is_one_that_teams_takes(tree: dict[str, Any]) -> None:
    for _, view in _views(read_tree(tree), {}, frozenset()):
        for number in range(len(parts_of(view, Words("en-GB"), room=6))):
            assert problems_of(_whole(view, number)) == []


@settings(max_examples=60, deadline=None)
@given(huge_trees())
def test_no_words_of_a_question_are_cut_off(tree: dict[str, Any]) -> None:
    for _, view in _views(read_tree(tree), {}, frozenset()):
        parts = parts_of(view, Words("en-GB"))
        shown = _bare("".join(_texts(part) for part in parts))
        for block in view.blocks:
            for field in block.fields:
                if any(field.name in part.names for part in parts):
                    assert _bare(field.label) in shown
                    assert all(_bare(option.label) in shown for option in field.options)


def _texts(part: Part) -> str:
    found = [*kit.texts(each for each in elements(list(part.elements)) if each["type"] == "TextBlock")]
    for each in elements(list(part.elements)):
        found += [str(each.get("label", "")), str(each.get("title", ""))]
        found += [choice["title"] for choice in each.get("choices", ())]
    return "".join(found)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_a_page_shows_is_what_it_sends_back(data: st.DataObject) -> None:
    instrument = data.draw(instruments())
    answers = data.draw(answers_for(instrument))
    perspectives = data.draw(perspective_sets())
    for page, view in _views(instrument, answers, perspectives):
        for part in parts_of(view, Words("en-GB")):
            if part.taps:
                continue
            parsed = parse(inputs_of(_sent(part), view, part.names), page, VOICES)
            assert not parsed.strange
            for question in page.questions:
                key = (question.item.key, question.row)
                if key not in parsed.given:
                    continue
                found = check(question.item, question.row, parsed.given[key], voices=VOICES)
                assert isinstance(found, Valid), (key, found)
                assert _ordered(found.value) == _ordered(answers.get(key)), key
        answered = {name for part in parts_of(view, Words("en-GB")) for name in part.names}
        assert answered == set(names_of(view))


def test_each_button_of_a_row_is_one_answer() -> None:
    item = {"id": "organised", "ask": "How well?", "type": "scale", "points": 6, "labels": {"1": "Poorly", "6": "Well"}}
    tree = {"survey": "s", "version": 1, "title": "T", "language": "en-GB", "sections": [{"items": [item]}]}
    ((_, view),) = _views(read_tree(tree), {}, frozenset())
    (part,) = parts_of(view, Words("en-GB"))
    sent = [each["data"]["soundings"]["value"] for each in part.elements[-1]["actions"]]
    assert [tapped(view, each)["organised"] for each in sent] == [[str(n)] for n in range(1, 7)]
    assert parts_of(view, Words("en-GB"), taps=False)[0].taps is False


def test_a_choice_can_be_taken_back() -> None:
    item = {"id": "c", "ask": "Which?", "type": "choice", "options": [f"Option, {n}" for n in range(7)]}
    tree = {"survey": "s", "version": 1, "title": "T", "language": "en-GB", "sections": [{"items": [item]}]}
    ((_, view),) = _views(read_tree(tree), {("c", ""): "Option, 3"}, frozenset())
    (part,) = parts_of(view, Words("en-GB"))
    (field,) = [each for each in part.elements if each["type"] == "Input.ChoiceSet"]
    assert field["choices"][-1]["title"] == "No answer"
    assert inputs_of({"f:c": "none"}, view)["c"] == [""]
    assert options_of(view)["c"][1][field["value"]] == "Option, 3"


@given(st.text(max_size=300))
def test_nothing_anyone_writes_is_markup(text: str) -> None:
    made = cards.escaped(text)
    bare = re.sub(r"\\.", "", made)
    assert not re.search(r"[`*_\[\]~<&]", bare)
    assert not re.search(r"(?m)^[ \t]*([#>+-]|\d+[.)])", bare)
    assert "{{" not in made


def test_a_message_is_read_as_it_was_typed() -> None:
    assert typed("<at>Soundings</at> status now", markup=False) == "status now"
    assert typed('<at id="0">Soundings</at>&nbsp;a &amp; b', markup=True) == "a & b"
    assert typed("a < b and <b>c</b>", markup=False) == "a < b and <b>c</b>"

"""Laws of a page in Slack: it keeps every limit, cuts no words off, and sends back what it shows."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.chat.drawing import Part
from channels.chat.page_parts import names_of
from channels.chat.words import Words
from channels.form.pages import Setting, inputs_for, page_view
from channels.form.parse import parse
from channels.form.views import PageView
from channels.form.words import Words as FormWords
from channels.slack import blocks
from channels.slack.page_blocks import option_of, parts_of
from channels.slack.reading import inputs_of, tapped, typed
from surveys.answers import Valid, check
from surveys.pages import Page, pages
from tests.fakes.slack.block_kit import LONGEST_MESSAGE_BLOCKS, MESSAGE, MODAL, problems_of_blocks, texts_of
from tests.fakes.slack.member import state_of_blocks
from tests.fakes.slack.workspace import with_ids
from tests.strategies import VOICES, answers_for, instruments, perspective_sets, read_tree

ROOM = 8


def long_words(draw: st.DrawFn, most: int) -> str:
    length = draw(st.sampled_from([1, 20, 74, 75, 76, 149, 150, 151, 300, 1999, 2001, 3001, most]))
    word = draw(st.sampled_from(["area ", "gwasanaethau ", "x", "<!channel> ", "a&b "]))
    return (word * (min(length, most) // len(word) + 1))[: min(length, most)].strip() or "x"


@st.composite
def huge_trees(draw: st.DrawFn) -> dict[str, Any]:
    """Questionnaires with words and lists far over what Slack takes in one piece."""
    items: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["text", "long_text", "choice", "choices", "scale", "statement", "status", "grid"]))
        item: dict[str, Any] = {"id": f"i{number}", "ask": long_words(draw, 8000), "type": kind}
        if kind in {"choice", "choices", "status"}:
            count = draw(st.sampled_from([2, 6, 7, 10, 11, 100, 101, 230]))
            label = long_words(draw, 400)
            item["options"] = [
                {"value": f"{'v' * draw(st.sampled_from([1, 160]))}{n}", "label": f"{n} {label}"} for n in range(count)
            ]
        elif kind == "scale":
            item["points"] = draw(st.integers(2, 11))
        elif kind == "grid":
            item["rows"] = [{"id": f"r{n}", "label": long_words(draw, 2500)} for n in range(draw(st.integers(1, 70)))]
            item["cell"] = {"type": draw(st.sampled_from(["text", "scale"]))}
            if item["cell"]["type"] == "scale":
                item["cell"]["points"] = 5
        if draw(st.booleans()):
            item["hint"] = long_words(draw, 4000)
        items.append(item)
    return {"survey": "any", "version": 1, "title": "Any", "language": "en-GB", "sections": [{"items": items}]}


def _views(instrument: Any, answers: Any, perspectives: Any, language: str = "en-GB") -> list[tuple[Page, PageView]]:
    setting = Setting(instrument=instrument, words=FormWords(language), language=language, piped={}, voices=VOICES)
    shown = pages(instrument, answers, perspectives)
    every = [question for page in shown for question in page.questions]
    return [
        (page, page_view(setting, page, inputs=inputs_for(setting, page, answers), all_questions=every))
        for page in shown
    ]


def _kept(parts: tuple[Part, ...], surface: str) -> None:
    for part in parts:
        made = with_ids(list(part.elements))
        assert problems_of_blocks(made, surface) == []
        if surface == MESSAGE:
            assert len(made) + ROOM <= 50
            assert sum(map(len, texts_of(made))) <= LONGEST_MESSAGE_BLOCKS


@settings(max_examples=60, deadline=None)
@given(huge_trees())
def test_every_limit_is_kept_however_long_the_words_are(tree: dict[str, Any]) -> None:
    for _, view in _views(read_tree(tree), {}, frozenset()):
        _kept(parts_of(view, Words("en-GB"), room=ROOM), MESSAGE)
        _kept(parts_of(view, Words("cy"), modal=True, room=ROOM), MODAL)


@settings(max_examples=60, deadline=None)
@given(huge_trees())
def test_no_words_of_a_question_are_cut_off(tree: dict[str, Any]) -> None:
    for _, view in _views(read_tree(tree), {}, frozenset()):
        parts = parts_of(view, Words("en-GB"), room=ROOM)
        shown = _bare("".join(text for part in parts for text in texts_of(list(part.elements))))
        for block in view.blocks:
            for field in block.fields:
                if any(field.name in part.names for part in parts):
                    assert _bare(field.label) in shown
                    assert all(_bare(option.label) in shown for option in field.options)


def _bare(text: str) -> str:
    return "".join(text.replace("(continued)", "").split())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_page_shows_is_what_it_sends_back(data: st.DataObject) -> None:
    instrument = data.draw(instruments())
    answers = data.draw(answers_for(instrument))
    perspectives = data.draw(perspective_sets())
    modal = data.draw(st.booleans())
    for page, view in _views(instrument, answers, perspectives):
        for part in parts_of(view, Words("en-GB"), modal=modal):
            if part.taps:
                continue
            inputs = inputs_of(state_of_blocks(with_ids(list(part.elements))), view, part.names)
            parsed = parse(inputs, page, VOICES)
            assert not parsed.strange
            for question in page.questions:
                key = (question.item.key, question.row)
                if key not in parsed.given:
                    continue
                found = check(question.item, question.row, parsed.given[key], voices=VOICES)
                assert isinstance(found, Valid), (key, found)
                assert _ordered(found.value) == _ordered(answers.get(key)), key
        answered = {name for part in parts_of(view, Words("en-GB"), modal=modal) for name in part.names}
        assert answered == set(names_of(view))


def _ordered(value: object) -> object:
    if value in ("", []):
        return None
    if isinstance(value, list) and isinstance(value[0], dict):
        return sorted(value, key=lambda each: str(each["perspective"]))
    return value


def test_each_button_of_a_row_is_one_answer() -> None:
    item = {"id": "organised", "ask": "How well?", "type": "scale", "points": 6, "labels": {"1": "Poorly", "6": "Well"}}
    tree = {"survey": "s", "version": 1, "title": "T", "language": "en-GB", "sections": [{"items": [item]}]}
    ((_, view),) = _views(read_tree(tree), {}, frozenset())
    (part,) = parts_of(view, Words("en-GB"))
    buttons = part.elements[-1]["elements"]
    assert [each["text"]["text"] for each in buttons] == ["1", "2", "3", "4", "5", "6"]
    assert [tapped(view, each["value"])["organised"] for each in buttons] == [[str(n)] for n in range(1, 7)]


def test_a_form_stands_in_inputs_where_the_row_would_be_too_long() -> None:
    item = {"id": "c", "ask": "Which?", "type": "choice", "options": [f"Option {n}" for n in range(7)]}
    tree = {"survey": "s", "version": 1, "title": "T", "language": "en-GB", "sections": [{"items": [item]}]}
    ((_, view),) = _views(read_tree(tree), {}, frozenset())
    (part,) = parts_of(view, Words("en-GB"))
    assert not part.taps
    assert part.elements[0]["element"]["type"] == "radio_buttons"
    assert set(option_of(view, "c").values()) == {"", *(f"Option {n}" for n in range(7))}


def test_a_message_is_read_as_it_was_typed() -> None:
    assert typed("a &lt;b&gt; &amp; c") == "a <b> & c"
    assert typed("see <https://example.org/x|example.org/x> and <mailto:a@example.org|a@example.org>") == (
        "see example.org/x and a@example.org"
    )
    assert typed("ask <@U0123>") == "ask @U0123"
    assert typed("a < b") == "a < b"


@given(st.text(max_size=400), st.integers(30, 120))
def test_pieces_hold_every_letter_and_keep_their_length(text: str, most: int) -> None:
    found = blocks.pieces(text, most, Words("en-GB"))
    assert all(len(piece) <= most for piece in found)
    assert _bare(" ".join(found)) == _bare(text)

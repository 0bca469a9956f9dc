"""Questionnaires and answers at random, for laws that hold for all of them.

`instruments()` goes through the reader, so every one is a file that a person could have written.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from surveys.answer_values import AnswerKey, AnswerValue
from surveys.control_file import CELL_TYPES, COLOURS
from surveys.instrument import Control, Instrument, Item, ItemType
from surveys.instrument_file import read_instrument
from surveys.piping import PLACEHOLDERS, PREFILLS
from surveys.source import Node, Problems
from surveys.text import Text

PERSPECTIVES = ("host", "school", "forum", "health")
VOICES: Mapping[str, Text] = {
    "host": Text({"en-GB": "Host", "cy": "Gwesteiwr"}),
    "school": Text.plain("School or college"),
    "forum": Text({"en-GB": "Parents' forum", "cy": "Fforwm rhieni"}),
    "health": Text.plain("Health"),
}
LANGUAGES = ("en-GB", "cy")

# Words with what breaks careless code: marks of HTML, of mail headers, of our own formats, and other scripts.
_LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], exclude_characters="{}")
WORDS = st.text(_LETTERS, min_size=1, max_size=12)
PHRASES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
TRICKY = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "=1+1",
        "[Q3] Answer:",
        "{answer.x}",
        "yes",
        "4",
        "a, b; c",
        "Ŵy'r bore ☂",
        "C:\\temp",
        "'\"&",
    ]
)
TYPED = st.one_of(PHRASES, TRICKY)
LONG_TYPED = st.lists(TYPED, min_size=1, max_size=4).map("\n".join)
# What a person may send when anything goes; half surrogates are among it, NUL too.
ANYTHING = st.one_of(TYPED, st.text(max_size=60), st.text(alphabet="0123456789 /-.,:=yesno\n", max_size=20))


def literal(words: str) -> str:
    """Words with their braces doubled, so that `fill` gives them back unchanged."""
    return words.replace("{", "{{").replace("}", "}}")


def perspective_sets() -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(PERSPECTIVES))


def _texts() -> st.SearchStrategy[Any]:
    """Words for people, in one language or two."""
    words = PHRASES.map(literal)
    return st.one_of(words, st.fixed_dictionaries({"en-GB": words, "cy": words}))


def _labels(count: int) -> st.SearchStrategy[list[str]]:
    """Labels that can be told apart by someone who types them."""
    return st.lists(
        st.text(alphabet="abcdefghijklmnoprstuvw", min_size=4, max_size=9), min_size=count, max_size=count, unique=True
    )


@st.composite
def _control_keys(draw: st.DrawFn, kind: ItemType) -> dict[str, Any]:
    keys: dict[str, Any] = {"type": str(kind)}
    if kind in {ItemType.CHOICE, ItemType.CHOICES, ItemType.STATUS}:
        labels = draw(_labels(draw(st.integers(2, 8))))
        coloured = kind is ItemType.STATUS
        options = [
            {"value": f"v{number}", "label": label} | ({"colour": draw(st.sampled_from(COLOURS))} if coloured else {})
            for number, label in enumerate(labels)
        ]
        if kind is ItemType.CHOICE and draw(st.booleans()):
            keys["options"] = labels
        elif kind is not ItemType.STATUS or draw(st.booleans()):
            keys["options"] = options
    elif kind is ItemType.SCALE:
        keys["points"] = points = draw(st.integers(2, 11))
        labelled = draw(st.sampled_from([[], [1, points], list(range(1, points + 1))]))
        keys["labels"] = dict(zip(map(str, labelled), draw(_labels(len(labelled))), strict=True))
    elif kind is ItemType.NUMBER and draw(st.booleans()):
        least = draw(st.integers(-100, 100))
        keys |= {
            "min": least,
            "max": least + draw(st.integers(1, 1000)),
            "unit": draw(st.sampled_from(["years", "%", "km"])),
        }
    return keys


@st.composite
def _conditions(draw: st.DrawFn, earlier: list[dict[str, Any]]) -> str:
    """A condition over earlier questions; comparisons that can hold and ones that can't."""

    def leaf() -> str:
        item = draw(st.sampled_from(earlier))
        name = item["id"] + (f".{draw(st.sampled_from(item['rows']))['id']}" if item["type"] == "grid" else "")
        word = draw(st.sampled_from(["'yes'", "'no'", "'v0'", "'v1'", "''", "1", "3", "0.5", "'host'"]))
        if draw(st.integers(0, 4)) == 0:
            return f"selected(${{{name}}}, {word if word[0] == chr(39) else chr(39) + word + chr(39)})"
        return f"${{{name}}} {draw(st.sampled_from(['=', '!=', '<', '<=', '>', '>=']))} {word}"

    parts = [leaf() for _ in range(draw(st.integers(1, 3)))]
    source = f" {draw(st.sampled_from(['and', 'or']))} ".join(parts)
    return f"not({source})" if draw(st.booleans()) else source


@st.composite
def _items(draw: st.DrawFn, key: str, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(ItemType)))
    item: dict[str, Any] = {"id": key, "ask": draw(_texts())}
    if kind is ItemType.GRID:
        count = draw(st.integers(1, 4))
        item |= {
            "type": "grid",
            "rows": [{"id": f"r{number}", "label": draw(_texts())} for number in range(count)],
            "cell": draw(_control_keys(draw(st.sampled_from(CELL_TYPES)))),
        }
    else:
        item |= draw(_control_keys(kind))
    if kind is not ItemType.STATEMENT and draw(st.integers(0, 3)) == 0:
        item["required"] = "true"
    if draw(st.integers(0, 4)) == 0:
        item["audience"] = sorted(draw(st.frozensets(st.sampled_from(PERSPECTIVES), min_size=1)))
    if draw(st.integers(0, 3)) == 0:
        item["hint"] = draw(_texts())
    if kind in {ItemType.TEXT, ItemType.LONG_TEXT}:
        item |= draw(
            st.sampled_from([{}, {"quote": "ask"}, {"personal": "true"}, {"prefill": draw(st.sampled_from(PREFILLS))}])
        )
    if kind is ItemType.SCALE and draw(st.booleans()):
        item["target"] = {"top": 1, "share": 70}
    answerable = [each for each in earlier if each["type"] != "statement"]
    if answerable and draw(st.integers(0, 2)) == 0:
        item["when"] = draw(_conditions(answerable))
    if answerable and draw(st.integers(0, 5)) == 0:
        named = draw(st.sampled_from(answerable))
        row = ".r0" if named["type"] == "grid" else ""
        item["hint"] = f"You said {{answer.{named['id']}{row}}}"
    return item


@st.composite
def instrument_trees(draw: st.DrawFn) -> dict[str, Any]:
    """A questionnaire file as plain text, lists and mappings; always without an error."""
    sections: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 3))):
        section: dict[str, Any] = {"items": []}
        if draw(st.booleans()):
            section["title"] = draw(_texts())
        answerable = [each for each in earlier if each["type"] != "statement"]
        if answerable and draw(st.integers(0, 4)) == 0:
            section["when"] = draw(_conditions(answerable))
        for _ in range(draw(st.integers(1, 6))):
            item = draw(_items(f"i{len(earlier)}", earlier))
            section["items"].append(item)
            earlier.append(item)
        sections.append(section)
    return {
        "survey": "any",
        "version": 1,
        "title": draw(_texts()),
        "language": "en-GB",
        "intro": f"Dear {{participant.greeting}}, this is about {{{draw(st.sampled_from(PLACEHOLDERS))}}}",
        "sections": sections,
    }


def read_tree(tree: dict[str, Any]) -> Instrument:
    """The instrument a plain tree says; fails the test where the reader finds an error."""
    problems = Problems()
    found = read_instrument(Node.from_plain(tree, file="any.yaml"), problems, perspectives=frozenset(PERSPECTIVES))
    assert found is not None, [str(each) for each in problems.errors]
    return found


def instruments() -> st.SearchStrategy[Instrument]:
    """Instruments of all types, with routing, audiences, grids, piping and two languages."""
    return instrument_trees().map(read_tree)


def values_for(item: Item, row: str = "") -> st.SearchStrategy[AnswerValue]:
    """Answers that the item, or a row of it, can have."""
    return _values(item.control_of(row))


def _values(control: Control) -> st.SearchStrategy[AnswerValue]:
    values = st.sampled_from([option.value for option in control.options] or [""])
    match control.type:
        case ItemType.TEXT:
            return TYPED
        case ItemType.LONG_TEXT:
            return LONG_TYPED
        case ItemType.CHOICE | ItemType.YES_NO:
            return values
        case ItemType.CHOICES:
            order = [option.value for option in control.options]
            return st.frozensets(values, min_size=1).map(lambda chosen: sorted(chosen, key=order.index))
        case ItemType.SCALE:
            return st.integers(1, control.points)
        case ItemType.NUMBER:
            least = -1000 if control.least is None else int(control.least)
            most = 100_000 if control.most is None else int(control.most)
            return st.one_of(st.integers(least, most), st.floats(least, most).map(_plain_number))
        case ItemType.DATE:
            return st.dates().map(lambda day: day.isoformat())
        case ItemType.STATUS:
            return st.fixed_dictionaries({"status": values, "evidence": st.one_of(st.just(""), LONG_TYPED)})
        case ItemType.CONTACT:
            agreed = st.fixed_dictionaries({"agreed": st.just(value=True), "by": st.one_of(st.just(""), TYPED)})
            return st.one_of(agreed, st.just({"agreed": False, "by": ""}))
        case ItemType.VOICES:
            chosen = st.lists(st.sampled_from(PERSPECTIVES), min_size=1, unique=True)
            return chosen.flatmap(
                lambda keys: st.tuples(
                    *(
                        st.fixed_dictionaries({"perspective": st.just(key), "how": st.one_of(st.just(""), TYPED)})
                        for key in keys
                    )
                ).map(list)
            )
        case _:
            raise AssertionError(control.type)


def _plain_number(number: float) -> int | float:
    return int(number) if number == int(number) else number


@st.composite
def answers_for(draw: st.DrawFn, instrument: Instrument, *, share: int = 2) -> dict[AnswerKey, AnswerValue]:
    """Answers to some of the questions, hidden ones too: about one in `share` is left out."""
    return {
        (question.item.key, question.row): draw(values_for(question.item, question.row))
        for question in instrument.questions()
        if draw(st.integers(1, share)) == 1 or share == 1
    }


@st.composite
def answered_instruments(draw: st.DrawFn) -> tuple[Instrument, frozenset[str], dict[AnswerKey, AnswerValue]]:
    """An instrument, the perspectives of someone, and some of their answers."""
    instrument = draw(instruments())
    return instrument, draw(perspective_sets()), draw(answers_for(instrument))

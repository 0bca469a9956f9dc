"""A page of questions as elements of Adaptive Cards: the very view that the web form draws, in Teams' controls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from channels.chat.drawing import Element, Limits, Part
from channels.chat.page_parts import in_parts, lone_choice, said_above
from channels.chat.prompts import TAP
from channels.chat.words import Words
from channels.form.views import BoxView, FieldView, OptionView, PageView
from channels.teams import elements

# Inputs and our own data share one flat object, so each input says that it is one.
FIELD = "f:"
_MOST_SHOWN, _LONGEST_ID, _LONGEST_NUMBER = 12, 200, 16
# Chosen to take an answer back: a choice that was made can't be unmade.
NOTHING = "none"


def ident(name: str) -> str:
    """The id of an input; a digest where the name is too long."""
    return f"{FIELD}{name if len(name) <= _LONGEST_ID else hashlib.sha256(name.encode()).hexdigest()}"


def parts_of(view: PageView, words: Words, *, room: int = 0, taps: bool = True) -> tuple[Part, ...]:
    """The page in one part, or in as many as a card's size asks for; nobody may change what it is made of.

    A page of one question with at most six short options is a row of buttons, if `taps` lets it.
    """
    return _parts(view, words.tag, room, taps)


@lru_cache(maxsize=32)
def _parts(view: PageView, tag: str, room: int, taps: bool) -> tuple[Part, ...]:
    words = Words(tag)
    lone = _taps(view, words) if taps else None
    if lone is not None:
        return (lone,)
    return in_parts(
        _groups(view, words),
        elements.size,
        # Room for the buttons around, each with its fallback, and the small print.
        Limits(elements=elements.LIMITS.elements - room, size=elements.LIMITS.size - 8_000),
        lambda name: elements.said(words("on_web_only", ask=name), words),
    )


def _groups(view: PageView, words: Words) -> list[tuple[list[Element], list[str]]]:
    """What may not be torn apart: one question's elements, with the names of its inputs."""
    found: list[tuple[list[Element], list[str]]] = []
    for block in view.blocks:
        if block.statement or block.grid:
            top = elements.said("\n".join(filter(None, (block.heading, block.hint))), words)
            found += [([each], []) for each in top]
        for field in block.fields:
            found += _field(field, words)
        found += [([*_box(box, box.label, "", words, needed=False)], [box.name]) for box in block.voices]
        if block.quote is not None:
            made = _chosen(block.quote.name, words("quote"), "", block.quote.options, words, needed=False)
            found.append((made, [block.quote.name]))
    return found


def _field(field: FieldView, words: Words) -> list[tuple[list[Element], list[str]]]:
    wrong = elements.said(words("problem", what=field.error), words) if field.error else []
    for each in wrong:
        each.update(color="Attention")
    found: list[tuple[list[Element], list[str]]] = []
    if field.options:
        hint = "\n".join(filter(None, (field.hint, ", ".join(filter(None, field.ends or ())))))
        many = field.kind == "boxes"
        made = _chosen(field.name, field.label, hint, field.options, words, needed=field.needed, many=many)
        found.append((wrong + made, [field.name]))
        wrong = []
    single = len(field.boxes) == 1 and not field.options
    for number, box in enumerate(field.boxes):
        label = field.label if single else box.label or field.label
        hint = "\n".join(filter(None, (field.hint if single or not number else "", box.hint)))
        above = elements.said(field.label, words) if field.kind == "many" and number == 0 and not single else []
        made = _box(box, label, hint, words, needed=field.needed and single)
        found.append((wrong + above + made, [box.name]))
        wrong = []
    return found


def _chosen(
    name: str,
    label: str,
    hint: str,
    offered: Sequence[OptionView],
    words: Words,
    *,
    needed: bool,
    many: bool = False,
) -> list[Element]:
    choices = [{"title": each.label or words("no_answer"), "value": _opaque(n)} for n, each in enumerate(offered)]
    chosen = [_opaque(n) for n, each in enumerate(offered) if each.checked]
    if chosen and not needed and not many and all(each.value for each in offered):
        choices.append({"title": words("no_answer"), "value": NOTHING})
    made: Element = {
        "type": "Input.ChoiceSet",
        "id": ident(name),
        "label": label,
        "choices": choices,
        "style": "expanded" if len(choices) <= _MOST_SHOWN or many else "filtered",
        "isMultiSelect": many,
        "wrap": True,
    }
    if chosen:
        made["value"] = ",".join(chosen)
    return [_required(made, words, needed=needed), *elements.aside(hint, words)]


def _required(made: Element, words: Words, *, needed: bool) -> Element:
    return {**made, "isRequired": True, "errorMessage": words("needed_here")} if needed else made


def _opaque(number: int) -> str:
    """What an option sends: several are joined by commas, which no value of a questionnaire is safe from."""
    return f"o{number}"


def _box(box: BoxView, label: str, hint: str, words: Words, *, needed: bool) -> list[Element]:
    made: Element = {"type": "Input.Text", "id": ident(box.name), "label": label}
    if box.kind == "date":
        made["type"] = "Input.Date"
    elif box.kind == "number" and (not box.value or _stays_whole(box.value)):
        made["type"] = "Input.Number"
        made |= {name: float(limit) for name, limit in (("min", box.least), ("max", box.most)) if limit}
        limits = f"{box.least} – {box.most}" if box.least and box.most else ""
        hint = "\n".join(filter(None, (hint, " ".join(filter(None, (limits, box.unit))))))
        made["errorMessage"] = words("number_here", limits=limits or "0, 1, 2, …")
    else:
        made["isMultiline"] = box.kind == "area"
    if box.value:
        made["value"] = json.loads(box.value) if made["type"] == "Input.Number" else box.value
    return [_required(made, words, needed=needed), *elements.aside(hint, words)]


def _stays_whole(text: str) -> bool:
    """Whether it is the same after it was a number in a card: very small and very large ones are written otherwise."""
    try:
        return json.dumps(json.loads(text)) == text and len(text) < _LONGEST_NUMBER
    except ValueError:
        return False


def _taps(view: PageView, words: Words) -> Part | None:
    """The page as a row of buttons, where that can be."""
    field = lone_choice(view, elements.fits_button)
    if field is None:
        return None
    made: list[Element] = []
    for each in said_above(view, field):
        made += elements.said(each, words)
    if field.error:
        made += elements.said(words("problem", what=field.error), words)
    buttons = [
        elements.button(option.label, f"{TAP}{number}", _opaque(number), primary=option.checked)
        for number, option in enumerate(field.options)
    ]
    made.append(elements.row(buttons))
    return Part(elements=tuple(made), names=(field.name,), size=elements.size(made), taps=True)


def options_of(view: PageView) -> Mapping[str, tuple[bool, Mapping[str, str]]]:
    """By input with options: whether it takes several, and what each option that is sent stands for."""
    found: dict[str, tuple[bool, Mapping[str, str]]] = {}
    for block in view.blocks:
        fields = [(field.name, field.kind == "boxes", field.options) for field in block.fields if field.options]
        if block.quote is not None:
            fields.append((block.quote.name, False, block.quote.options))
        for name, many, offered in fields:
            meant = {_opaque(n): each.value for n, each in enumerate(offered)}
            found[name] = many, {NOTHING: "", **meant}
    return found

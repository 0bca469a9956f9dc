"""A page of questions as Block Kit: the very view that the web form draws, in Slack's controls.

A page that is too large for one message comes in parts, each with its own button.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from channels.chat.drawing import Limits, Part
from channels.chat.page_parts import in_parts, lone_choice, said_above
from channels.chat.prompts import TAP
from channels.chat.words import Words
from channels.form.views import BoxView, FieldView, OptionView, PageView
from channels.slack import blocks
from channels.slack.blocks import Block

FIELD = "f:"
# Chosen to take an answer back: Slack's radio buttons and lists can't be emptied again.
NOTHING = "-"


def parts_of(view: PageView, words: Words, *, modal: bool = False, room: int = 0) -> tuple[Part, ...]:
    """The page in one part, or in as many as Slack's limits ask for; nobody may change what it is made of.

    `room`: blocks that the caller will put around each part. A page of one question with at most six short options
    is a row of buttons, unless it stands in a `modal`.
    """
    return _parts(view, words.tag, modal, room)


# A round's first page is the same for hundreds of people.
@lru_cache(maxsize=32)
def _parts(view: PageView, tag: str, modal: bool, room: int) -> tuple[Part, ...]:
    words = Words(tag)
    lone = None if modal else _taps(view, words)
    if lone is not None:
        return (lone,)
    most = (blocks.MOST_MODAL_BLOCKS if modal else blocks.MOST_BLOCKS) - room
    return in_parts(
        _groups(view, words),
        blocks.size,
        Limits(elements=most, size=blocks.MOST_CHARACTERS),
        lambda name: blocks.said(words("on_web_only", ask=name), words),
        sized=not modal,
    )


def _groups(view: PageView, words: Words) -> list[tuple[list[Block], list[str]]]:
    """What may not be torn apart: one question's blocks, with the names of its inputs."""
    found: list[tuple[list[Block], list[str]]] = []
    for block in view.blocks:
        if block.statement or block.grid:
            top = blocks.said("\n".join(filter(None, (block.heading, block.hint))), words)
            found += [([each], []) for each in top]
        for field in block.fields:
            found += _field(field, words)
        for box in block.voices:
            found.append((_box(box, box.label, "", words, needed=False), [box.name]))
        if block.quote is not None:
            found.append(
                (_listed(block.quote.name, words("quote"), "", block.quote.options, words), [block.quote.name])
            )
    return found


def _field(field: FieldView, words: Words) -> list[tuple[list[Block], list[str]]]:
    wrong = blocks.said(words("problem", what=field.error), words) if field.error else []
    found: list[tuple[list[Block], list[str]]] = []
    if field.options:
        hint = "\n".join(filter(None, (field.hint, ", ".join(filter(None, field.ends or ())))))
        made = _choice(field, hint, words)
        found.append((wrong + made, [field.name]))
        wrong = []
    single = len(field.boxes) == 1 and not field.options
    for number, box in enumerate(field.boxes):
        label = field.label if single else box.label or field.label
        hint = "\n".join(filter(None, (field.hint if single or not number else "", box.hint)))
        if field.kind == "many" and number == 0 and not single:
            wrong = wrong + blocks.said(field.label, words)
        made = _box(box, label, hint, words, needed=field.needed and single)
        found.append((wrong + made, [box.name]))
        wrong = []
    return found


def _choice(field: FieldView, hint: str, words: Words) -> list[Block]:
    if field.kind == "boxes":
        return _ticked(field, hint, words)
    offered = field.options
    if not field.needed and any(each.checked for each in offered):
        nothing = OptionView(id="", value="", label=words("no_answer"), checked=False)
        offered = (*offered, nothing)
    if len(offered) > blocks.MOST_TICKS:
        return _listed(field.name, field.label, hint, offered, words, needed=field.needed)
    made, above, chosen = _options(offered)
    element: Block = {"type": "radio_buttons", "action_id": blocks.ident(field.name, FIELD), "options": made}
    if chosen:
        element["initial_option"] = chosen[0]
    return _with_above(field.name, field.label, hint, element, above, words, needed=field.needed)


def _ticked(field: FieldView, hint: str, words: Words) -> list[Block]:
    made, above, chosen = _options(field.options)
    few = len(made) <= blocks.MOST_TICKS
    element: Block = {"type": "checkboxes" if few else "multi_static_select"}
    element |= (
        {"action_id": blocks.ident(field.name, FIELD), **_grouped(made)}
        if not few
        else {
            "action_id": blocks.ident(field.name, FIELD),
            "options": made,
        }
    )
    if chosen:
        element["initial_options"] = chosen
    return _with_above(field.name, field.label, hint, element, above, words, needed=field.needed)


def _listed(
    name: str, label: str, hint: str, options: Sequence[OptionView], words: Words, *, needed: bool = False
) -> list[Block]:
    made, above, chosen = _options(options)
    element: Block = {"type": "static_select", "action_id": blocks.ident(name, FIELD), **_grouped(made)}
    if chosen:
        element["initial_option"] = chosen[0]
    return _with_above(name, label, hint, element, above, words, needed=needed)


def _with_above(
    name: str, label: str, hint: str, element: Block, above: list[str], words: Words, *, needed: bool
) -> list[Block]:
    made = blocks.asked(label, element, words, block_id=blocks.ident(name), hint=hint, needed=needed)
    return made[:-1] + blocks.said("\n".join(above), words) + made[-1:]


def _options(options: Sequence[OptionView]) -> tuple[list[Block], list[str], list[Block]]:
    values = [NOTHING if each.value == "" else blocks.option_value(each.value, n) for n, each in enumerate(options)]
    made, above = blocks.options(zip(values, (each.label for each in options), strict=True))
    return made, above, [each for each, option in zip(made, options, strict=True) if option.checked]


def _grouped(made: list[Block]) -> Block:
    """Up to 100 options stand alone, more of them in groups."""
    if len(made) <= blocks.MOST_LISTED:
        return {"options": made}
    return {"option_groups": grouped(made, "")}


def grouped(made: list[Block], name: str) -> list[Block]:
    """Options under a name, in groups of up to 100, which say their places where there are several."""
    step, several = blocks.MOST_LISTED, len(made) > blocks.MOST_LISTED
    return [
        {
            "label": blocks.plain(f"{name} {start + 1}–{min(start + step, len(made))}".strip() if several else name),
            "options": made[start : start + step],
        }
        for start in range(0, len(made), step)
    ]


def _box(box: BoxView, label: str, hint: str, words: Words, *, needed: bool) -> list[Block]:
    action = blocks.ident(box.name, FIELD)
    if box.kind == "date":
        element: Block = {"type": "datepicker", "action_id": action}
        if box.value:
            element["initial_date"] = box.value
        return blocks.asked(label, element, words, block_id=blocks.ident(box.name), hint=hint, needed=needed)
    if len(box.value) > blocks.LONGEST_INPUT:
        return [*blocks.said(label, words), *blocks.said(words("too_long_here"), words)]
    element = {"type": "plain_text_input", "action_id": action, "max_length": blocks.LONGEST_INPUT}
    element["multiline"] = box.kind == "area"
    if box.value:
        element["initial_value"] = box.value
    if box.kind == "number":
        limits = " – ".join(filter(None, (box.least, box.most))) if box.least and box.most else ""
        hint = "\n".join(filter(None, (hint, " ".join(filter(None, (limits, box.unit))))))
    elif box.kind == "area":
        hint = "\n".join(filter(None, (hint, words("long_here"))))
    return blocks.asked(label, element, words, block_id=blocks.ident(box.name), hint=hint, needed=needed)


def _taps(view: PageView, words: Words) -> Part | None:
    """The page as a row of buttons, where that can be."""
    field = lone_choice(view, blocks.fits_button)
    if field is None:
        return None
    made: list[Block] = []
    for each in said_above(view, field):
        made += blocks.said(each, words)
    if field.error:
        made += blocks.said(words("problem", what=field.error), words)
    buttons = [
        blocks.button(option.label, f"{TAP}{number}", blocks.option_value(option.value, number), primary=option.checked)
        for number, option in enumerate(field.options)
    ]
    made.append(blocks.row(buttons, block_id=blocks.ident(field.name, "taps:")))
    return Part(elements=tuple(made), names=(field.name,), size=blocks.size(made), taps=True)


def option_of(view: PageView, name: str) -> Mapping[str, str]:
    """What each option of that input sends in Slack, with the value that it stands for."""
    found: dict[str, str] = {NOTHING: ""}
    for block in view.blocks:
        fields = [(field.name, field.options) for field in block.fields]
        if block.quote is not None:
            fields.append((block.quote.name, block.quote.options))
        for held, offered in fields:
            if held == name:
                found |= {blocks.option_value(each.value, n): each.value for n, each in enumerate(offered)}
    return found

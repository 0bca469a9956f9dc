"""How a page of questions is parted into messages, whichever platform draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from channels.chat.drawing import Element, Limits, Part
from channels.form.views import BlockView, FieldView, PageView

MOST_TAPS = 6


def names_of(view: PageView) -> tuple[str, ...]:
    """Every input of the page."""
    return tuple(name for block in view.blocks for name in _names(block))


def _names(block: BlockView) -> list[str]:
    found = [box.name for box in block.voices]
    for field in block.fields:
        found += [field.name] if field.options else []
        found += [box.name for box in field.boxes]
    return found + ([block.quote.name] if block.quote is not None else [])


def lone_choice(view: PageView, fits_button: Callable[[str], bool]) -> FieldView | None:
    """The one question of a page that a row of buttons can ask: closed, with few and short options."""
    asking = [block for block in view.blocks if not block.statement]
    if len(asking) != 1 or len(asking[0].fields) != 1 or asking[0].grid:
        return None
    block, field = asking[0], asking[0].fields[0]
    labels = [each.label for each in field.options]
    single = field.kind in {"radios", "scale"} and not field.boxes and not block.voices and block.quote is None
    return field if single and 0 < len(labels) <= MOST_TAPS and all(map(fits_button, labels)) else None


def said_above(view: PageView, field: FieldView) -> Iterable[str]:
    """What stands above the buttons of `field`, in the page's order."""
    for each in view.blocks:
        ends = ", ".join(filter(None, field.ends or ()))
        words = [each.heading, each.hint] if each.statement else [field.label, field.hint, ends]
        yield "\n".join(filter(None, words))


def in_parts(
    groups: Iterable[tuple[list[Element], list[str]]],
    size: Callable[[Sequence[Element]], int],
    limits: Limits,
    instead: Callable[[str], list[Element]],
    *,
    sized: bool = True,
) -> tuple[Part, ...]:
    """Groups of elements, each with the names of its inputs, in as few parts as hold them; a group is never torn.

    One that no message holds is said by `instead`, of its first name. `sized`: parts have a size to keep to, not only
    groups.
    """
    found: list[Part] = []
    held: list[Element] = []
    names: list[str] = []
    length = 0
    for group, inputs in groups:
        made, asked, large = group, inputs, size(group)
        if len(group) > limits.elements or large > limits.size:
            # Hundreds of long options: a choice can't be torn in two.
            made, asked = instead(inputs[0] if inputs else ""), []
            large = size(made)
        if held and (len(held) + len(made) > limits.elements or (sized and length + large > limits.size)):
            found.append(Part(elements=tuple(held), names=tuple(names), size=length))
            held, names, length = [], [], 0
        held += made
        names += asked
        length += large
    if held or not found:
        found.append(Part(elements=tuple(held), names=tuple(names), size=length))
    return tuple(found)

"""What stands in a person's chat: a page that asks, the same once it is answered, and what became of it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.chat.drawing import Drawing, Element, Part
from channels.chat.words import Words
from channels.form.views import LineView, PageView

# What an action is called, and what its value names: `INVITATION|PART|PAGE`.
SUBMIT, SKIP, BACK, EDIT, BEGIN = "page:submit", "page:skip", "page:back", "page:edit", "page:begin"
FORM, WAYS, WEB = "form:open", "ways", "web"
# A button of a row that is an answer: this and its number.
TAP = "tap:"
# Blocks that a page's own ones must leave room for: the place, the note on typing, two rows of buttons.
AROUND = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Which page of which invitation a message asks, and which part of it."""

    invitation_id: int
    page: str
    part: int = 0

    @property
    def value(self) -> str:
        return f"{self.invitation_id}|{self.part}|{self.page}"


def option_tapped(value: str) -> str:
    """The option that a button of a row sends, behind its place."""
    return value.partition("\n")[2]


def place_of(value: str) -> Place | None:
    """The reverse of `Place.value`; None for anything else. Nothing in it is believed: it only names."""
    number, bar, rest = value.partition("\n")[0].partition("|")
    part, second, page = rest.partition("|")
    if not (bar and second and number.isascii() and number.isdigit() and part.isascii() and part.isdigit()):
        return None
    if len(number) > 18 or len(part) > 4:  # noqa: PLR2004 - longer than any row or part there is
        return None
    return Place(invitation_id=int(number), page=page, part=int(part))


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What stands round a page: the person's own web link, the reasons not to answer as (name, words).

    `editing`: the person came back to change something. `asks_first`: it stands under an invitation or a reminder,
    which says the rest already.
    """

    link: str
    ways: Sequence[tuple[str, str]] = ()
    editing: bool = False
    asks_first: bool = False


def prompt(draw: Drawing, view: PageView, place: Place, around: Surroundings, words: Words) -> list[Element]:
    """The page, or its part, as a message of its own that asks."""
    parts = draw.parts_of(view, words, room=AROUND)
    return _asking(draw, view, parts, place, around, words)


def prompt_under(
    draw: Drawing, above: Sequence[Element], view: PageView, place: Place, around: Surroundings, words: Words
) -> list[Element] | None:
    """The page as it stands under those blocks in one message; None where it does not fit there whole."""
    parts = draw.parts_of(view, words, room=len(above) + AROUND)
    if len(parts) > 1:
        return None
    made = _asking(draw, view, parts, place, around, words)
    fits = (
        len(above) + len(made) <= draw.LIMITS.elements
        and draw.size(above) + parts[0].size + draw.size(made[:1] + made[-2:]) <= draw.LIMITS.size
    )
    return made if fits else None


def _asking(
    draw: Drawing, view: PageView, parts: Sequence[Part], place: Place, around: Surroundings, words: Words
) -> list[Element]:
    part = parts[min(place.part, len(parts) - 1)]
    where = " · ".join(filter(None, (view.title if not around.asks_first else "", view.section, view.where)))
    if len(parts) > 1:
        where += f" · {words('part', number=place.part + 1, total=len(parts))}"
    made = [*draw.aside(where, words)[:1], *draw.placed(part, place.value)]
    buttons = _buttons(draw, view, part, place, around, words)
    made.append(draw.row(buttons, f"go:{place.invitation_id}:{place.part}"))
    if around.ways and not around.editing:
        made += draw.ways_row(place.invitation_id, around.ways, words)
    return made


def names_in(draw: Drawing, view: PageView, place: Place, words: Words) -> tuple[tuple[str, ...], bool]:
    """The inputs that a part of the page asks for, and whether it is the last part."""
    parts = draw.parts_of(view, words, room=AROUND)
    at = min(place.part, len(parts) - 1)
    return parts[at].names, at == len(parts) - 1


def recorded(
    draw: Drawing,
    view: PageView,
    lines: Sequence[LineView],
    place: Place,
    words: Words,
    *,
    note: str = "",
    edit: bool = True,
) -> list[Element]:
    """The page once it is answered: what was recorded, and a button to change it while that can be."""
    made = draw.aside(" · ".join(filter(None, (view.title, view.where, note or words("recorded")))), words)[:1]
    made += _lines(draw, lines, words, most=draw.LIMITS.elements - 3)
    if edit:
        made.append(draw.row([draw.button(words("edit"), EDIT, place.value)]))
    return made


def skipped(draw: Drawing, view: PageView, place: Place, words: Words) -> list[Element]:
    """The page left out for now."""
    made = draw.aside(" · ".join(filter(None, (view.title, view.where, words("skipped")))), words)[:1]
    made += draw.said(view.heading, words)[:1]
    return [*made, draw.row([draw.button(words("begin"), EDIT, place.value)])]


def record(draw: Drawing, lines: Sequence[LineView], words: Words) -> list[Element]:
    """Everything recorded, for a receipt, in as many sections as it takes."""
    return _lines(draw, lines, words, most=draw.LIMITS.elements - 8)


def _lines(draw: Drawing, lines: Sequence[LineView], words: Words, *, most: int) -> list[Element]:
    """Question and answer, several to a section; what does not fit into one message stands on the web page."""
    made: list[Element] = []
    held = ""
    for line in lines:
        text = f"{line.ask}\n→ {line.answer or words('not_answered')}" + (f"\n({line.quoted})" if line.quoted else "")
        if held and len(held) + len(text) + 2 > 2900:  # noqa: PLR2004 - a section's 3,000, less a mark
            made += draw.said(held, words)
            held = text
        else:
            held = f"{held}\n\n{text}" if held else text
    made += draw.said(held, words) if held else []
    kept: list[Element] = []
    for block in made:
        if len(kept) >= most or draw.size([*kept, block]) > draw.LIMITS.size:
            return [*kept, *draw.aside(words("more_on_web"), words)]
        kept.append(block)
    return kept


def _buttons(
    draw: Drawing, view: PageView, part: Part, place: Place, around: Surroundings, words: Words
) -> list[Element]:
    found: list[Element] = []
    if not part.taps:
        save = words("change_save") if around.editing else words("submit")
        found.append(draw.button(save, SUBMIT, place.value, primary=True))
    if not around.editing:
        needed = any(field.needed for block in view.blocks for field in block.fields)
        if not needed:
            found.append(draw.button(words("skip"), SKIP, place.value))
        if view.can_go_back:
            found.append(draw.button(words("back"), BACK, place.value))
        if draw.LIMITS.forms and view.total > len(part.names):
            found.append(draw.button(words("all_in_one"), FORM, place.value))
    found.append(draw.button(words("on_the_web"), WEB, url=around.link))
    return found

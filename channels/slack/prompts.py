"""What stands in a direct message: a page that asks, the same once it is answered, and what became of it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.form.views import LineView, PageView
from channels.slack import blocks
from channels.slack.blocks import Block
from channels.slack.page_blocks import PartBlocks, parts_of
from channels.slack.words import Words

# What an action is called, and what its value names: `INVITATION|PART|PAGE`.
SUBMIT, SKIP, BACK, EDIT, BEGIN = "page:submit", "page:skip", "page:back", "page:edit", "page:begin"
FORM, WAYS, WEB = "form:open", "ways", "web"
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


def prompt(view: PageView, place: Place, around: Surroundings, words: Words) -> list[Block]:
    """The page, or its part, as a message of its own that asks."""
    parts = parts_of(view, words, room=AROUND)
    return _asking(view, parts, place, around, words)


def prompt_under(
    above: Sequence[Block], view: PageView, place: Place, around: Surroundings, words: Words
) -> list[Block] | None:
    """The page as it stands under those blocks in one message; None where it does not fit there whole."""
    parts = parts_of(view, words, room=len(above) + AROUND)
    if len(parts) > 1:
        return None
    made = _asking(view, parts, place, around, words)
    fits = (
        len(above) + len(made) <= blocks.MOST_BLOCKS
        and blocks.size(above) + parts[0].size + blocks.size(made[:1] + made[-2:]) <= blocks.MOST_CHARACTERS
    )
    return made if fits else None


def _asking(
    view: PageView, parts: Sequence[PartBlocks], place: Place, around: Surroundings, words: Words
) -> list[Block]:
    part = parts[min(place.part, len(parts) - 1)]
    where = " · ".join(filter(None, (view.title if not around.asks_first else "", view.section, view.where)))
    if len(parts) > 1:
        where += f" · {words('part', number=place.part + 1, total=len(parts))}"
    made = [*blocks.aside(where, words)[:1], *_placed(part, place)]
    made.append(
        blocks.row(_buttons(view, part, place, around, words), block_id=f"go:{place.invitation_id}:{place.part}")
    )
    if around.ways and not around.editing:
        made.append(ways_row(place.invitation_id, around, words))
    return made


def names_in(view: PageView, place: Place, words: Words) -> tuple[tuple[str, ...], bool]:
    """The inputs that a part of the page asks for, and whether it is the last part."""
    parts = parts_of(view, words, room=AROUND)
    at = min(place.part, len(parts) - 1)
    return parts[at].names, at == len(parts) - 1


def recorded(
    view: PageView, lines: Sequence[LineView], place: Place, words: Words, *, note: str = "", edit: bool = True
) -> list[Block]:
    """The page once it is answered: what was recorded, and a button to change it while that can be."""
    made = blocks.aside(" · ".join(filter(None, (view.title, view.where, note or words("recorded")))), words)[:1]
    made += _lines(lines, words, most=blocks.MOST_BLOCKS - 3)
    if edit:
        made.append(blocks.row([blocks.button(words("edit"), EDIT, place.value)]))
    return made


def skipped(view: PageView, place: Place, words: Words) -> list[Block]:
    """The page left out for now."""
    made = blocks.aside(" · ".join(filter(None, (view.title, view.where, words("skipped")))), words)[:1]
    made += blocks.said(view.heading, words)[:1]
    return [*made, blocks.row([blocks.button(words("begin"), EDIT, place.value)])]


def record(lines: Sequence[LineView], words: Words) -> list[Block]:
    """Everything recorded, for a receipt, in as many sections as it takes."""
    return _lines(lines, words, most=blocks.MOST_BLOCKS - 8)


def _lines(lines: Sequence[LineView], words: Words, *, most: int) -> list[Block]:
    """Question and answer, several to a section; what does not fit into one message stands on the web page."""
    made: list[Block] = []
    held = ""
    for line in lines:
        text = f"{line.ask}\n→ {line.answer or words('not_answered')}" + (f"\n({line.quoted})" if line.quoted else "")
        if held and len(held) + len(text) + 2 > 2900:  # noqa: PLR2004 - a section's 3,000, less a mark
            made += blocks.said(held, words)
            held = text
        else:
            held = f"{held}\n\n{text}" if held else text
    made += blocks.said(held, words) if held else []
    kept: list[Block] = []
    for block in made:
        if len(kept) >= most or blocks.size([*kept, block]) > blocks.MOST_CHARACTERS:
            return [*kept, *blocks.aside(words("more_on_web"), words)]
        kept.append(block)
    return kept


def _placed(part: PartBlocks, place: Place) -> list[Block]:
    """Its blocks; where its buttons are answers, each says whose and of which page."""
    if not part.taps:
        return list(part.blocks)
    row = part.blocks[-1]
    buttons = [{**each, "value": f"{place.value}\n{each['value']}"} for each in row["elements"]]
    return [*part.blocks[:-1], {**row, "elements": buttons}]


def _buttons(view: PageView, part: PartBlocks, place: Place, around: Surroundings, words: Words) -> list[Block]:
    found: list[Block] = []
    if not part.taps:
        save = words("change_save") if around.editing else words("submit")
        found.append(blocks.button(save, SUBMIT, place.value, primary=True))
    if not around.editing:
        needed = any(field.needed for block in view.blocks for field in block.fields)
        if not needed:
            found.append(blocks.button(words("skip"), SKIP, place.value))
        if view.can_go_back:
            found.append(blocks.button(words("back"), BACK, place.value))
        if view.total > len(part.names):
            found.append(blocks.button(words("all_in_one"), FORM, place.value))
    found.append(blocks.button(words("on_the_web"), WEB, url=around.link))
    return found


def ways_row(invitation_id: int, around: Surroundings, words: Words) -> Block:
    """The reasons not to answer, in one list."""
    made, _ = blocks.options((f"{invitation_id}|{name}", text) for name, text in around.ways)
    element: Block = {
        "type": "static_select",
        "action_id": WAYS,
        "placeholder": blocks.plain(words("other_ways")),
        "options": made,
    }
    return blocks.row([element], block_id=f"ways:{invitation_id}")

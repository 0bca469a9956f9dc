"""What Slack takes as blocks and views, and how it says no.

Sources: docs.slack.dev, reference/block-kit (blocks, block-elements, composition-objects), reference/views,
surfaces/modals. A payload with any problem is refused whole, each problem with its place as a JSON pointer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MESSAGE, MODAL, HOME = "message", "modal", "home"
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
# Not in the reference; seen: the texts of a message's blocks together fail near this (`msg_blocks_too_long`).
LONGEST_MESSAGE_BLOCKS = 13_200
LARGEST_VIEW = 250 * 1024
INPUTS = frozenset(
    {
        "plain_text_input",
        "number_input",
        "radio_buttons",
        "checkboxes",
        "static_select",
        "multi_static_select",
        "datepicker",
        "users_select",
    }
)
ACTIONS = frozenset(
    {
        "button",
        "overflow",
        "static_select",
        "multi_static_select",
        "radio_buttons",
        "checkboxes",
        "datepicker",
        "users_select",
    }
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass
class Judge:
    """Collects what is wrong with one payload for one surface."""

    surface: str
    problems: list[str] = field(default_factory=list)

    def wrong(self, what: str, place: str) -> None:
        self.problems.append(f"[ERROR] {what} [json-pointer:{place}]")

    def words(self, value: object, place: str, most: int, *, least: int = 1) -> None:
        if not isinstance(value, str):
            self.wrong("must be a string", place)
        elif len(value) > most:
            self.wrong(f"must be less than {most + 1} characters", place)
        elif len(value) < least:
            self.wrong(f"must be more than {least - 1} characters", place)

    def text(self, value: object, place: str, most: int, *, plain: bool = False) -> None:
        """A text object: `plain_text` or `mrkdwn`, 1 to 3,000 characters, often fewer."""
        if not isinstance(value, Mapping):
            self.wrong("must be an object", place)
            return
        kind = value.get("type")
        if kind not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
            self.wrong(f"unsupported type: {kind}", f"{place}/type")
        self.no_strange(value, place, {"type", "text", "emoji", "verbatim"})
        self.words(value.get("text"), f"{place}/text", most)

    def no_strange(self, value: Mapping[str, Any], place: str, known: set[str]) -> None:
        for name in value.keys() - known:
            self.wrong(f"no more than the known fields allowed: {name}", f"{place}/{name}")


def problems_of_blocks(blocks: object, surface: str) -> list[str]:
    """What Slack would say of these blocks; empty if it takes them."""
    judge = Judge(surface=surface)
    if not isinstance(blocks, list):
        judge.wrong("must be an array", "/blocks")
        return judge.problems
    if len(blocks) > MOST_BLOCKS[surface]:
        judge.wrong(f"no more than {MOST_BLOCKS[surface]} items allowed", "/blocks")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        place = f"/blocks/{number}"
        if not isinstance(block, Mapping):
            judge.wrong("must be an object", place)
            continue
        block_id = block.get("block_id")
        if block_id is not None:
            judge.words(block_id, f"{place}/block_id", 255)
            if block_id in seen:
                judge.wrong(f"`block_id` is duplicated: {block_id}", f"{place}/block_id")
            seen.add(str(block_id))
        check = _BLOCKS.get(str(block.get("type")))
        if check is None:
            judge.wrong(f"unsupported type: {block.get('type')}", f"{place}/type")
        else:
            check(judge, block, place)
    return judge.problems


def texts_of(value: object) -> Iterator[str]:
    """Every text of text objects, wherever it stands."""
    if isinstance(value, Mapping):
        if value.get("type") in {"plain_text", "mrkdwn"} and isinstance(value.get("text"), str):
            yield value["text"]
        for each in value.values():
            yield from texts_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)


def problems_of_view(view: object) -> list[str]:
    """What Slack would say of a modal or a Home tab."""
    if not isinstance(view, Mapping):
        return ["[ERROR] must be an object [json-pointer:/view]"]
    kind = view.get("type")
    if kind not in {MODAL, HOME}:
        return [f"[ERROR] unsupported type: {kind} [json-pointer:/view/type]"]
    judge = Judge(surface=str(kind))
    blocks = view.get("blocks")
    known = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    if kind == MODAL:
        known |= {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}
        judge.text(view.get("title"), "/view/title", 24, plain=True)
        for part in ("submit", "close"):
            if part in view:
                judge.text(view[part], f"/view/{part}", 24, plain=True)
        has_input = isinstance(blocks, list) and any(
            isinstance(b, Mapping) and b.get("type") == "input" for b in blocks
        )
        if has_input and "submit" not in view:
            judge.wrong("submit is required when there is an input block", "/view/submit")
    judge.no_strange(view, "/view", known)
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in view:
            judge.words(view[name], f"/view/{name}", most, least=0)
    found = problems_of_blocks(blocks, str(kind))
    return judge.problems + [each.replace("[json-pointer:/blocks", "[json-pointer:/view/blocks") for each in found]


def view_is_too_large(view: object) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW


# ------------------------------------------------------------------ blocks


def _section(judge: Judge, block: Mapping[str, Any], place: str) -> None:
    judge.no_strange(block, place, {"type", "block_id", "text", "fields", "accessory", "expand"})
    if "text" not in block and "fields" not in block:
        judge.wrong("missing required field: text", place)
    if "text" in block:
        judge.text(block["text"], f"{place}/text", 3000)
    fields = block.get("fields", [])
    if len(fields) > 10:
        judge.wrong("no more than 10 items allowed", f"{place}/fields")
    for number, each in enumerate(fields):
        judge.text(each, f"{place}/fields/{number}", 2000)
    if "accessory" in block:
        _element(judge, block["accessory"], f"{place}/accessory", ACTIONS)


def _header(judge: Judge, block: Mapping[str, Any], place: str) -> None:
    judge.no_strange(block, place, {"type", "block_id", "text", "level"})
    judge.text(block.get("text"), f"{place}/text", 150, plain=True)


def _divider(judge: Judge, block: Mapping[str, Any], place: str) -> None:
    judge.no_strange(block, place, {"type", "block_id"})


def _context(judge: Judge, block: Mapping[str, Any], place: str) -> None:
    judge.no_strange(block, place, {"type", "block_id", "elements"})
    elements = _between(judge, block.get("elements"), f"{place}/elements", 10)
    for number, each in enumerate(elements):
        judge.text(each, f"{place}/elements/{number}", 3000)


def _actions(judge: Judge, block: Mapping[str, Any], place: str) -> None:
    judge.no_strange(block, place, {"type", "block_id", "elements"})
    elements = _between(judge, block.get("elements"), f"{place}/elements", 25)
    ids: set[str] = set()
    for number, each in enumerate(elements):
        _element(judge, each, f"{place}/elements/{number}", ACTIONS)
        action_id = each.get("action_id") if isinstance(each, Mapping) else None
        if action_id in ids:
            judge.wrong(f"`action_id` is duplicated: {action_id}", f"{place}/elements/{number}/action_id")
        ids.add(str(action_id))


def _input(judge: Judge, block: Mapping[str, Any], place: str) -> None:
    judge.no_strange(block, place, {"type", "block_id", "label", "element", "dispatch_action", "hint", "optional"})
    judge.text(block.get("label"), f"{place}/label", 2000, plain=True)
    if "hint" in block:
        judge.text(block["hint"], f"{place}/hint", 2000, plain=True)
    _element(judge, block.get("element"), f"{place}/element", INPUTS)


_BLOCKS: Mapping[str, Callable[[Judge, Mapping[str, Any], str], None]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "input": _input,
}

# ------------------------------------------------------------------ elements


def _element(judge: Judge, element: object, place: str, allowed: frozenset[str]) -> None:
    if not isinstance(element, Mapping):
        judge.wrong("must be an object", place)
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        judge.wrong(f"unsupported type: {kind}", f"{place}/type")
        return
    if kind == "number_input" and judge.surface != MODAL:
        judge.wrong("unsupported type on this surface: number_input", f"{place}/type")
    if "action_id" in element:
        judge.words(element["action_id"], f"{place}/action_id", 255)
    if "placeholder" in element:
        judge.text(element["placeholder"], f"{place}/placeholder", 150, plain=True)
    if "confirm" in element:
        _confirm(judge, element["confirm"], f"{place}/confirm")
    _ELEMENTS[kind](judge, element, place)


def _button(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    known = {"type", "action_id", "text", "value", "url", "style", "confirm", "accessibility_label"}
    judge.no_strange(element, place, known)
    judge.text(element.get("text"), f"{place}/text", 75, plain=True)
    for name, most in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if name in element:
            judge.words(element[name], f"{place}/{name}", most)
    if "style" in element and element["style"] not in {"primary", "danger"}:
        judge.wrong("must be one of primary, danger", f"{place}/style")


def _overflow(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    judge.no_strange(element, place, {"type", "action_id", "options", "confirm"})
    _options(judge, element, place, most=5, plain=True)


def _select(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    known = {"type", "action_id", "placeholder", "options", "option_groups", "confirm", "focus_on_load"}
    known |= {"initial_options", "max_selected_items"} if element["type"].startswith("multi") else {"initial_option"}
    judge.no_strange(element, place, known)
    groups = element.get("option_groups")
    if groups is None:
        _options(judge, element, place, most=100, plain=True)
        return
    for number, group in enumerate(_between(judge, groups, f"{place}/option_groups", 100)):
        judge.text(group.get("label"), f"{place}/option_groups/{number}/label", 75, plain=True)
        _options(judge, group, f"{place}/option_groups/{number}", most=100, plain=True)


def _ticks(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    one = element["type"] == "radio_buttons"
    known = {"type", "action_id", "options", "confirm", "focus_on_load", "initial_option" if one else "initial_options"}
    judge.no_strange(element, place, known)
    _options(judge, element, place, most=10, plain=False)


def _text_input(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    known = {"type", "action_id", "initial_value", "multiline", "min_length", "max_length", "placeholder"}
    judge.no_strange(element, place, known | {"dispatch_action_config", "focus_on_load"})
    for name in ("min_length", "max_length"):
        value = element.get(name, 1)
        if not isinstance(value, int) or not 0 <= value <= 3000:
            judge.wrong("must be a number from 0 to 3000", f"{place}/{name}")
    if len(str(element.get("initial_value", ""))) > int(element.get("max_length", 3000)):
        judge.wrong("initial_value is longer than max_length", f"{place}/initial_value")


def _number_input(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    known = {"type", "action_id", "is_decimal_allowed", "initial_value", "min_value", "max_value", "placeholder"}
    judge.no_strange(element, place, known | {"dispatch_action_config", "focus_on_load"})
    if not isinstance(element.get("is_decimal_allowed"), bool):
        judge.wrong("missing required field: is_decimal_allowed", place)
    for name in ("initial_value", "min_value", "max_value"):
        if name in element and not isinstance(element[name], str):
            judge.wrong("must be a string", f"{place}/{name}")


def _date(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    judge.no_strange(element, place, {"type", "action_id", "initial_date", "placeholder", "confirm", "focus_on_load"})
    if "initial_date" in element and not _DATE.fullmatch(str(element["initial_date"])):
        judge.wrong("must be a date like 2024-12-16", f"{place}/initial_date")


def _user(judge: Judge, element: Mapping[str, Any], place: str) -> None:
    judge.no_strange(element, place, {"type", "action_id", "initial_user", "placeholder", "confirm", "focus_on_load"})


_ELEMENTS: Mapping[str, Callable[[Judge, Mapping[str, Any], str], None]] = {
    "button": _button,
    "overflow": _overflow,
    "static_select": _select,
    "multi_static_select": _select,
    "radio_buttons": _ticks,
    "checkboxes": _ticks,
    "plain_text_input": _text_input,
    "number_input": _number_input,
    "datepicker": _date,
    "users_select": _user,
}


def _options(judge: Judge, holder: Mapping[str, Any], place: str, *, most: int, plain: bool) -> None:
    options = _between(judge, holder.get("options"), f"{place}/options", most)
    for number, option in enumerate(options):
        here = f"{place}/options/{number}"
        if not isinstance(option, Mapping):
            judge.wrong("must be an object", here)
            continue
        judge.no_strange(option, here, {"text", "value", "description", "url"})
        judge.text(option.get("text"), f"{here}/text", 75, plain=plain)
        judge.words(option.get("value"), f"{here}/value", 150)
        if "description" in option:
            judge.text(option["description"], f"{here}/description", 75, plain=plain)
    chosen = holder.get("initial_options", [holder["initial_option"]] if "initial_option" in holder else [])
    if "initial_options" in holder and not chosen:
        judge.wrong("must provide at least one option, or leave it out", f"{place}/initial_options")
    for each in chosen:
        if each not in options:
            judge.wrong("initial option is not among the options", f"{place}/initial_option")


def _confirm(judge: Judge, value: object, place: str) -> None:
    if not isinstance(value, Mapping):
        judge.wrong("must be an object", place)
        return
    judge.text(value.get("title"), f"{place}/title", 100, plain=True)
    judge.text(value.get("text"), f"{place}/text", 300)
    judge.text(value.get("confirm"), f"{place}/confirm", 30, plain=True)
    judge.text(value.get("deny"), f"{place}/deny", 30, plain=True)


def _between(judge: Judge, value: object, place: str, most: int) -> list[Any]:
    if not isinstance(value, list) or not value:
        judge.wrong("must have at least 1 item", place)
        return []
    if len(value) > most:
        judge.wrong(f"no more than {most} items allowed", place)
    return value

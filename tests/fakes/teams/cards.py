"""What Teams takes as a card; each rule names the page it comes from.

[format]  https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format
[schema]  https://adaptivecards.io/explorer/
[actions] https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/work-with-universal-actions-for-adaptive-cards
[size]    https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/format-your-bot-messages
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

LARGEST_CARD = 28 * 1024
INPUTS = {"Input.Text", "Input.Number", "Input.Date", "Input.Time", "Input.Toggle", "Input.ChoiceSet"}
OTHERS = {"TextBlock", "RichTextBlock", "Container", "ColumnSet", "FactSet", "Image", "ActionSet"}
ACTIONS = {"Action.Execute", "Action.Submit", "Action.OpenUrl", "Action.ShowCard", "Action.ToggleVisibility"}
# Six buttons stand in a row in Teams; what is more is not shown [format].
MOST_ACTIONS = 6


def elements(card: Any) -> Iterator[dict[str, Any]]:
    """Every element and action of a card, those of cards within it too."""
    if isinstance(card, list):
        for each in card:
            yield from elements(each)
    elif isinstance(card, dict):
        if "type" in card:
            yield card
        for name, value in card.items():
            if name not in {"data", "fallback", "choices"}:
                yield from elements(value)


def problems_of(card: dict[str, Any]) -> list[str]:
    """Why Teams would not show it, or not as it is meant; empty if it would."""
    found: list[str] = []
    if len(json.dumps(card)) > LARGEST_CARD:
        found.append("the card is larger than 28 KB [size]")
    if card.get("type") != "AdaptiveCard" or str(card.get("version")) not in {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5"}:
        found.append("it is no card of version 1.5 or before [format]")
    seen: set[str] = set()
    for each in elements(card):
        kind = each["type"]
        if kind in INPUTS:
            found += _input(each, seen)
        elif kind in ACTIONS:
            found += _action(each)
        elif kind == "TextBlock":
            if not isinstance(each.get("text"), str) or not each["text"]:
                found.append("a TextBlock needs text [schema]")
        elif kind == "ActionSet":
            if not 1 <= len(each.get("actions", [])) <= MOST_ACTIONS:
                found.append("an ActionSet shows one to six actions [format]")
        elif kind not in {*OTHERS, "AdaptiveCard"}:
            found.append(f"{kind} is not known [schema]")
    return found


def _input(each: dict[str, Any], seen: set[str]) -> list[str]:
    found = []
    if not each.get("id") or each["id"] in seen:
        found.append("an input needs an id of its own [schema]")
    seen.add(str(each.get("id")))
    if not each.get("label"):
        found.append(f"{each.get('id')}: an input without a label says nothing to a screen reader")
    if each.get("isRequired") and not each.get("errorMessage"):
        found.append(f"{each.get('id')}: what is required needs an errorMessage")
    if each["type"] == "Input.ChoiceSet":
        values = [str(choice.get("value", "")) for choice in each.get("choices", [])]
        if not values or len(set(values)) != len(values) or not all(values):
            found.append(f"{each['id']}: each choice needs a value of its own [schema]")
        if any(not choice.get("title") for choice in each.get("choices", [])):
            found.append(f"{each['id']}: each choice needs a title [schema]")
        if each.get("isMultiSelect") and any("," in value for value in values):
            found.append(f"{each['id']}: values that are joined by commas hold none")
        chosen = str(each.get("value", ""))
        if chosen and not set(chosen.split(",")) <= set(values):
            found.append(f"{each['id']}: its value is none of its choices")
    if each["type"] == "Input.Number" and not isinstance(each.get("value", 0), int | float):
        found.append(f"{each['id']}: the value of a number is a number [schema]")
    return found


def _action(each: dict[str, Any]) -> list[str]:
    if not each.get("title"):
        return ["an action needs a title [schema]"]
    if each["type"] == "Action.OpenUrl" and not str(each.get("url", "")).startswith(("https://", "http://")):
        return ["Action.OpenUrl needs a url [schema]"]
    if each["type"] == "Action.Execute":
        if not each.get("verb"):
            return ["Action.Execute needs a verb [actions]"]
        if not isinstance(each.get("fallback"), dict) or each["fallback"].get("type") != "Action.Submit":
            return ["Action.Execute needs an Action.Submit to fall back on, for older clients [actions]"]
    return []

"""What differs between two versions of a questionnaire, and which answers can't be compared across them."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument import Control, Instrument, Item, ResponseOption, Section
from surveys.text import Text

_LONGEST_ECHO = 60


def differences(old: Instrument, new: Instrument) -> tuple[str, ...]:
    """What changed, one sentence each, for the person who edits the file; none where the two ask the same."""
    found: list[str] = []
    for name, before, after in (
        ("language", old.language, new.language),
        ("title", old.title, new.title),
        ("intro", old.intro, new.intro),
        ("thanks", old.thanks, new.thanks),
    ):
        found.extend(_changed(f"the {name}", before, after))
    items_before = {item.key: item for item in old.items()}
    items_after = {item.key: item for item in new.items()}
    found.extend(f"item '{key}' is gone" for key in items_before if key not in items_after)
    found.extend(f"item '{key}' is new" for key in items_after if key not in items_before)
    for key, item in items_before.items():
        if key in items_after:
            found.extend(_item_differences(item, items_after[key]))
    shared = [key for key in items_before if key in items_after]
    if shared != [key for key in items_after if key in items_before]:
        found.append("the items stand in another order")
    found.extend(_section_differences(old.sections, new.sections))
    return tuple(found)


def not_comparable(old: Instrument, new: Instrument) -> frozenset[str]:
    """The items of both whose question is another: type, wording, options, points, rows, bounds or unit.

    Wording is compared in the languages both have it in; line breaks and spaces don't count. A translation that was
    added, a hint, a condition or a colour leaves the answers comparable.
    """
    before = {item.key: item for item in old.items()}
    return frozenset(
        item.key
        for item in new.items()
        if item.key in before and not _asks_the_same(before[item.key], item, old.language, new.language)
    )


def _asks_the_same(old: Item, new: Item, old_language: str, new_language: str) -> bool:
    def same(before: Text | None, after: Text | None) -> bool:
        return _same_words(before, after, old_language, new_language)

    def same_control(before: Control | None, after: Control | None) -> bool:
        if before is None or after is None:
            return before is after
        return (
            before.type is after.type
            and before.points == after.points
            and (before.least, before.most) == (after.least, after.most)
            and same(before.unit, after.unit)
            and [each.value for each in before.options] == [each.value for each in after.options]
            and all(same(one.label, other.label) for one, other in zip(before.options, after.options, strict=True))
            and set(before.labels) == set(after.labels)
        )

    return (
        same(old.ask, new.ask)
        and same_control(old.control, new.control)
        and same_control(old.cell, new.cell)
        and [row.key for row in old.rows] == [row.key for row in new.rows]
        and all(same(one.label, other.label) for one, other in zip(old.rows, new.rows, strict=True))
    )


def _same_words(old: Text | None, new: Text | None, old_language: str, new_language: str) -> bool:
    if old is None or new is None:
        return old is new
    before, after = _by_language(old, old_language), _by_language(new, new_language)
    shared = set(before) & set(after)
    return bool(shared) and all(before[tag] == after[tag] for tag in shared)


def _by_language(text: Text, language: str) -> dict[str, str]:
    """Words without a language are in the questionnaire's own."""
    return {tag or language: " ".join(words.split()) for tag, words in text.by_language.items()}


def _item_differences(old: Item, new: Item) -> Iterator[str]:
    name = f"item '{old.key}'"
    if old.type is not new.type:
        yield f"{name}: its type was {old.type} and is now {new.type}"
        return
    yield from _changed(f"{name}: its question", old.ask, new.ask)
    yield from _changed(f"{name}: its hint", old.hint, new.hint)
    yield from _control_differences(name, old.control, new.control)
    if old.cell is not None and new.cell is not None:
        if old.cell.type is not new.cell.type:
            yield f"{name}: its cells were {old.cell.type} and are now {new.cell.type}"
        else:
            yield from _control_differences(f"{name}, its cells", old.cell, new.cell)
    rows_before, rows_after = {row.key: row.label for row in old.rows}, {row.key: row.label for row in new.rows}
    yield from _list_differences(name, "row", list(rows_before), list(rows_after))
    for key, label in rows_before.items():
        if key in rows_after:
            yield from _changed(f"{name}: the label of row '{key}'", label, rows_after[key])
    yield from _changed(f"{name}: its condition", old.when, new.when)
    yield from _changed(f"{name}: its prefill", old.prefill, new.prefill)
    yield from _changed(f"{name}: its audience", ", ".join(sorted(old.audience)), ", ".join(sorted(new.audience)))
    for flag, before, after in (
        ("required", old.required, new.required),
        ("personal", old.personal, new.personal),
        ("asked for consent to quote", old.quote, new.quote),
    ):
        if before is not after:
            yield f"{name} {'is now' if after else 'is no longer'} {flag}"
    if old.target != new.target:
        yield f"{name}: its target changed"


def _control_differences(name: str, old: Control, new: Control) -> Iterator[str]:
    if old.points != new.points:
        yield f"{name}: its scale had {old.points} points and has now {new.points}"
        return
    before = {option.value: option for option in old.options}
    after = {option.value: option for option in new.options}
    yield from _list_differences(name, "option", list(before), list(after))
    for value, option in before.items():
        if value in after:
            yield from _option_differences(name, option, after[value])
    if set(old.labels) != set(new.labels):
        yield f"{name}: other points of its scale have labels"
    if (old.least, old.most) != (new.least, new.most):
        yield f"{name}: its smallest or largest number changed"
    yield from _changed(f"{name}: its unit", old.unit, new.unit)


def _option_differences(name: str, old: ResponseOption, new: ResponseOption) -> Iterator[str]:
    yield from _changed(f"{name}: the label of option '{old.value}'", old.label, new.label)
    yield from _changed(f"{name}: the colour of option '{old.value}'", old.colour, new.colour)


def _list_differences(name: str, kind: str, old: list[str], new: list[str]) -> Iterator[str]:
    for key in old:
        if key not in new:
            yield f"{name}: {kind} '{key}' is gone"
    for key in new:
        if key not in old:
            yield f"{name}: {kind} '{key}' is new"
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield f"{name}: its {kind}s stand in another order"


def _section_differences(old: tuple[Section, ...], new: tuple[Section, ...]) -> Iterator[str]:
    if len(old) != len(new):
        yield f"the number of sections was {len(old)} and is now {len(new)}"
        return
    for number, (before, after) in enumerate(zip(old, new, strict=True), start=1):
        name = f"section {number}"
        yield from _changed(f"{name}: its title", before.title, after.title)
        yield from _changed(f"{name}: its intro", before.intro, after.intro)
        yield from _changed(f"{name}: its condition", before.when, after.when)
        kept = {item.key for item in after.items}
        gone = {item.key for item in before.items} - kept
        elsewhere = sorted(key for key in gone if any(item.key == key for section in new for item in section.items))
        for key in elsewhere:
            yield f"item '{key}' stands in another section"


def _changed(what: str, old: Text | str | None, new: Text | str | None) -> Iterator[str]:
    """Sentences for words that changed: as a whole, or language by language."""
    before, after = _words_of(old), _words_of(new)
    for tag in dict.fromkeys([*before, *after]):
        place = f"{what} in {tag}" if tag else what
        one, other = before.get(tag, ""), after.get(tag, "")
        if one == other:
            continue
        if not one:
            yield f"{place} is new: '{_echo(other)}'"
        elif not other:
            yield f"{place} is gone: '{_echo(one)}'"
        elif _echo(one) != _echo(other):
            yield f"{place} was '{_echo(one)}' and is now '{_echo(other)}'"
        else:
            yield f"{place} changed further on: '{_echo(one)}'"


def _words_of(words: Text | str | None) -> dict[str, str]:
    if isinstance(words, Text):
        return dict(words.by_language)
    return {"": words} if words else {}


def _echo(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST_ECHO else words[: _LONGEST_ECHO - 1] + "…"

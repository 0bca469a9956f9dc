"""What an unlinked round asks, on its one page (design: Confidentiality modes)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from surveys.instrument import Instrument, Item, ItemType
from surveys.pages import Page, one_page

Combination = frozenset[tuple[str, str]]
"""What one person speaks for: their (area, perspective) pairs."""


def answers_as(combination: Combination, kept: AbstractSet[Combination]) -> frozenset[str]:
    """As which perspectives a person answers an unlinked round: their own if enough people share them, else none.

    What is put to some perspectives only says who answers it. Where it could not be kept it is not asked.
    """
    return frozenset(perspective for _, perspective in combination) if combination in kept else frozenset()


def asks_who(item: Item) -> bool:
    """Whether the item would say who answers: it is personal, prefilled, or agrees to be contacted."""
    return item.personal or bool(item.prefill) or item.type is ItemType.CONTACT


def unlinked_page(instrument: Instrument, perspectives: AbstractSet[str]) -> Page:
    """Everything on one page, without what would say who answers."""
    page = one_page(instrument, perspectives)
    items = tuple(item for item in page.items if not asks_who(item))
    kept = {item.key for item in items}
    return Page(
        key=items[0].key if items else "",
        section=None,
        items=items,
        questions=tuple(question for question in page.questions if question.item.key in kept),
    )


def kept_combinations(invited: Iterable[Combination], least: int) -> frozenset[Combination]:
    """Which of the combinations that people of a round share may stand beside a return.

    `invited` has one for each person invited. A combination needs `least` people; and those whose combination is not
    kept must be nobody or as many, or the few returns without one would be known to be theirs. Where they are too
    few, the smallest combination of the others goes unsaid as well (secondary suppression).
    """
    people = Counter(invited)
    kept = {each: count for each, count in people.items() if count >= least}
    left = people.total() - sum(kept.values())
    while kept and 0 < left < least:
        smallest = min(kept, key=lambda each: (kept[each], sorted(each)))
        left += kept.pop(smallest)
    return frozenset(kept)

"""What an unlinked round asks, on its one page (design: Confidentiality modes)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from surveys.instrument import Instrument, Item, ItemType
from surveys.pages import Page, one_page


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

"""What a chat platform draws with: each gives these functions over its own elements (Slack's blocks, Teams' cards)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from channels.chat.words import Words
from channels.form.views import PageView

Element = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What asks one part of a page; `names` are the inputs in it, `size` how much of a message it takes.

    `taps`: each of its buttons is an answer.
    """

    elements: tuple[Element, ...]
    names: tuple[str, ...]
    size: int
    taps: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """A message holds at most `elements` elements, whose `Drawing.size` is at most `size` together.

    `forms`: whether a form of all pages can be opened above the chat.
    """

    elements: int
    size: int
    forms: bool = False


class Drawing(Protocol):
    """One platform's elements. Nothing of it may be changed by whoever gets it: much is made once for many people."""

    @property
    def LIMITS(self) -> Limits:  # noqa: N802 - a module's constant
        """What one message holds."""

    @property
    def TEMPLATES(self) -> Path:  # noqa: N802 - a module's constant
        """Where `message.html` is, whose macro of that name draws its elements as HTML, for previews."""

    def heading(self, text: str, words: Words, /) -> list[Element]:
        """A heading."""

    def said(self, text: str, words: Words, /) -> list[Element]:
        """Running text, whole, whatever its length."""

    def aside(self, text: str, words: Words, /) -> list[Element]:
        """Small print."""

    def button(self, text: str, action: str, value: str = "", *, url: str = "", primary: bool = False) -> Element:
        """One button: it sends `action` and `value`, or opens `url`."""

    def fits_button(self, text: str, /) -> bool:
        """Whether a button can carry these words whole."""

    def row(self, elements: Sequence[Element], block_id: str = "", /) -> Element:
        """Buttons beside each other."""

    def ways_row(self, invitation_id: int, ways: Sequence[tuple[str, str]], words: Words, /) -> list[Element]:
        """The reasons not to answer, as (name, words), in one list."""

    def parts_of(self, view: PageView, words: Words, *, room: int = 0) -> tuple[Part, ...]:
        """The page in one part, or in as many as the limits ask for; `room`: elements that come around each."""

    def placed(self, part: Part, place: str, /) -> list[Element]:
        """A part's elements, where its buttons are answers each with the place it belongs to."""

    def size(self, elements: Iterable[Element], /) -> int:
        """How much of a message these take."""

    def texts(self, elements: Iterable[Element], /) -> list[str]:
        """The running texts among these, as they were given."""

    def shielded(self, text: str, /) -> str:
        """For the one line that notifications show: nothing in it is a mention or a link."""

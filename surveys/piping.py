"""Words of a person, a session or an earlier answer put into a text: `{participant.greeting}`, `{answer.topic}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What can stand in braces, `{answer.ITEM}` (or `{answer.GRID.ROW}`) apart.
PLACEHOLDERS = (
    "participant.greeting",
    "participant.name",
    "participant.organisation",
    "participant.area",
    "area",
    "session.date",
    "session.topic",
    "close",
    "programme",
    "about.name",
    "about.greeting",
    "about.organisation",
)
ANSWER = "answer."
# Our own, for the example of a date in a mail; nobody else's text may hold it.
EXAMPLE_YEAR = "example.year"

# What the panel knows and a text item may begin with.
PREFILLS = (
    "participant.name",
    "participant.greeting",
    "participant.organisation",
    "participant.area",
    "participant.email",
    "participant.phone",
)

# `{{` and `}}` are braces meant as such; a placeholder never runs over a line's end.
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}")


def placeholders(text: str) -> tuple[str, ...]:
    """What stands in braces, in order, repeats too."""
    return tuple(match[1].strip() for match in _BRACES.finditer(text) if match[1] is not None)


def titled(title: str, values: Mapping[str, str]) -> str:
    """A questionnaire's title, and whom it is about where that is someone: one manager may be asked about several."""
    name = values.get("about.name", "")
    return f"{title}: {name}" if name and name not in title else title


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced; what is unknown becomes nothing.

    One pass: braces inside a value stay what they are, so nobody's answer can ask for another's.
    """

    def replacement(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return values.get(match[1].strip(), "")

    return _BRACES.sub(replacement, text)

"""Ids made from names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from surveys.source import IDENTIFIER

LONGEST = 40


def slug(name: str) -> str:
    """Lower-case letters and digits of the name, with hyphens between its words; "" if it has none of these."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-")


def as_id(name: str, prefix: str) -> str:
    """The name where it is an id, else its slug, after `prefix` where that begins with a digit; "" as for `slug`."""
    made = name if IDENTIFIER.fullmatch(name) else slug(name)
    return f"{prefix}-{made}" if made and not IDENTIFIER.fullmatch(made) else made


def free(wanted: str, taken: Collection[str], joint: str = "-") -> str:
    """The first of `wanted`, `wanted-2`, `wanted-3` and so on that is not taken."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}{joint}{number}"
    return found

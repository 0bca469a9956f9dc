"""Ids made from names."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40


def slug(name: str) -> str:
    """Lower-case letters and digits of the name, with hyphens between its words; "" if it has none of these."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-")

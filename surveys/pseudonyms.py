"""Names that say nothing, the same for a person in every round of a programme."""

from __future__ import annotations

import base64
import hashlib
import hmac


def pseudonym(secret: str, participant: str) -> str:
    """`P-` and ten letters or digits: 50 bits of HMAC-SHA256 over the panel id, under the programme's own key.

    Stable within a programme, so that rounds can be compared; different in another, so that they can't be joined.
    """
    return f"P-{_mac(secret, f'participant|{participant}')}"


def return_id(secret: str, response_id: int) -> str:
    """`R-` likewise for a response: its number in the database would tell in which order people began."""
    return f"R-{_mac(secret, f'response|{response_id}')}"


def _mac(secret: str, said: str) -> str:
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:10].decode()

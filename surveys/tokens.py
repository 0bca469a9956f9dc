"""Link tokens: `HMAC(SECRET_KEY, purpose, invitation, generation)`, never stored (design: Tokens).

A token is the invitation's number and 130 bits of its HMAC, in lower-case letters and digits that survive
every mail client: `1z-4kq7…`. Changing the generation ends all older tokens of that purpose.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from enum import StrEnum

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"([0-9a-z]{1,12})-([a-z2-7]{26})")
TOKEN_PATTERN = r"[0-9a-z]{1,12}-[a-z2-7]{26}"


class Purpose(StrEnum):
    """What a token opens; one for a purpose is worth nothing for another.

    `share` opens an open round, for anybody: its number is the round's.
    """

    ANSWER = "answer"
    ENTRY = "entry"
    FORM = "form"
    ERASE = "erase"
    SHARE = "share"


def seal(secret: str, purpose: Purpose, invitation_id: int, generation: int) -> str:
    """The token that opens `purpose` for the invitation."""
    return f"{_to_base36(invitation_id)}-{_mac(secret, purpose, invitation_id, generation)}"


def invitation_of(token: str) -> int | None:
    """The number a token claims, not yet believed; None if it is no token at all."""
    shape = _SHAPE.fullmatch(token.lower())
    return int(shape[1], 36) if shape else None


def opens(token: str, secrets: Sequence[str], purpose: Purpose, invitation_id: int, generation: int) -> bool:
    """Whether the token is right under any of the secrets (the present one, and the one before a rotation)."""
    given = token.lower()
    # Every secret is tried, so that the time taken says nothing.
    matches = [
        hmac.compare_digest(given, seal(secret, purpose, invitation_id, generation)) for secret in secrets if secret
    ]
    return any(matches)


def _mac(secret: str, purpose: Purpose, invitation_id: int, generation: int) -> str:
    said = f"{purpose}|{invitation_id}|{generation}".encode()
    digest = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest)[:26].decode().lower()


def _to_base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if number == 0:
            return digits

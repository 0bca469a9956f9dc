"""Addresses of a form's pages, and the proof that a post came from one of them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from surveys.tokens import Purpose, seal

WAYS = ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop")


def base_of(public_url: str) -> str:
    """The path under which the pages lie, "" for the root: `https://example.org/soundings` -> `/soundings`."""
    return urlsplit(public_url).path.rstrip("/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """The links of one form; `purpose` says whether it is a person's own or an organiser's entry."""

    base: str
    token: str
    purpose: Purpose = Purpose.ANSWER

    @property
    def form(self) -> str:
        return f"{self.base}/{'e' if self.purpose is Purpose.ENTRY else 'f'}/{self.token}"

    def page(self, key: str, **more: str) -> str:
        """The page that holds the item `key`."""
        return f"{self.form}?{urlencode({'page': key, **more})}"

    def at(self, place: str, **more: str) -> str:
        """`review` or `later`; with "" the form itself."""
        asked = {"at": place, **more} if place else more
        return f"{self.form}?{urlencode(asked)}" if asked else self.form

    def way(self, name: str) -> str:
        """One of the one-tap reasons."""
        return f"{self.form}/{name}"

    @property
    def choices(self) -> str:
        """The person's own page."""
        return self.way("choices")

    @property
    def change(self) -> str:
        """What a page's key is put after, to change an answer and come back."""
        return f"{self.form}?back=1&page="


def share_link(public_url: str, secret: str, round_id: int) -> str:
    """The link to an open round, for everybody."""
    return f"{public_url}/o/{seal(secret, Purpose.SHARE, round_id, 1)}"


def privacy_link(base: str, programme: str) -> str:
    """Where the programme's notice stands."""
    return f"{base}/privacy/{programme}"


def seal_form(secret: str, token: str) -> str:
    """What a page of ours carries in its form: no other site can make it, and no cookie is needed."""
    return hmac.new(secret.encode(), f"form|{token.lower()}".encode(), hashlib.sha256).hexdigest()[:32]


def is_ours(given: str, secrets: Sequence[str], token: str) -> bool:
    """Whether a post carries the seal of a page made for that token, under any of the secrets."""
    matches = [hmac.compare_digest(given.encode(), seal_form(secret, token).encode()) for secret in secrets]
    return any(matches)

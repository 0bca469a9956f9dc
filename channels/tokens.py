"""Tokens to sign in with, given from outside: channels ask for one, and never see what it was bought with."""

from __future__ import annotations

from typing import Protocol


class NoToken(Exception):
    """The sign-in server gave no token; its words say why and what to do, without secrets."""


class Tokens(Protocol):
    """Where access tokens come from, a cache or the sign-in server."""

    def token(self, *, fresh: bool = False) -> str:
        """A token that is good now; with `fresh` a new one, as the one before was not taken.

        Raises:
            NoToken: there is none.
        """

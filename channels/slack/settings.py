"""How Slack is spoken to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackSettings:
    """`base_url` is another than Slack's own for tests; `secret` makes the marks of messages, and stands in none."""

    token: str
    secret: str
    base_url: str = "https://slack.com/api/"

    def __repr__(self) -> str:
        return "SlackSettings()"

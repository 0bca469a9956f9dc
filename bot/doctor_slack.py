"""What doctor says of Slack: token, permissions, team, and whether anything can be heard."""

from __future__ import annotations

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.channels import slack_settings
from bot.settings import Settings
from channels.slack.calling import SHUT_OUT

# Each with what would not work without it (docs/slack-manifest.yaml).
NEEDED = {
    "channels:history": "whether the post of an open round went out can't be looked up",
    "chat:write": "no message can be sent",
    "commands": "/soundings does nothing",
    "im:history": "typed answers are not heard, and messages in doubt can't be looked up",
    "im:write": "no conversation can be opened",
    "users:read": "a colleague can't be picked from the workspace",
    "users:read.email": "people can't be found by their mail addresses",
}


def slack_health(settings: Settings, timeout: int) -> tuple[bool, str]:
    """(whether all is well, what was found and what to do)."""
    told = slack_settings(settings)
    try:
        answer = WebClient(token=told.token, base_url=told.base_url, timeout=timeout, retry_handlers=[]).auth_test()
    except SlackApiError as error:
        code = str(error.response.get("error") or error.response.status_code)
        return False, SHUT_OUT.get(code, f"Slack refuses the token ({code})")
    except Exception as error:  # noqa: BLE001 - whatever keeps us from Slack is said in one line
        return False, f"Slack can't be reached ({type(error).__name__}); is this machine let out to slack.com?"
    team = str(answer.get("team", ""))
    granted = {each.strip() for each in str(_header(answer.headers, "x-oauth-scopes")).split(",")}
    lacking = [f"{scope} ({what})" for scope, what in NEEDED.items() if scope not in granted]
    if lacking:
        return False, f"{team}: the app lacks {'; '.join(lacking)}: install it again with docs/slack-manifest.yaml"
    if settings.slack_app_token:
        trouble = _socket_trouble(settings, told.base_url, timeout)
        if trouble:
            return False, f"{team}: {trouble}"
        return True, f"{team}: sends, and hears by Socket Mode"
    if settings.slack_signing_secret:
        return True, f"{team}: sends, and hears what Slack sends to {settings.public_url}/slack/events"
    return False, f"{team}: sends, but hears nothing: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET"


def _socket_trouble(settings: Settings, base_url: str, timeout: int) -> str:
    client = WebClient(token=settings.slack_app_token, base_url=base_url, timeout=timeout, retry_handlers=[])
    try:
        client.apps_connections_open(app_token=settings.slack_app_token)
    except SlackApiError as error:
        code = error.response.get("error")
        needed = "SLACK_APP_TOKEN must be an app-level token, xapp-…, with connections:write"
        return f"Socket Mode is refused ({code}): {needed}"
    except Exception as error:  # noqa: BLE001
        return f"Socket Mode can't be reached ({type(error).__name__})"
    return ""


def _header(headers: object, name: str) -> str:
    """A header whatever its case, as one text."""
    found = dict(headers) if isinstance(headers, dict) else {}
    value = next((each for key, each in found.items() if str(key).lower() == name), "")
    return ",".join(value) if isinstance(value, list) else str(value)

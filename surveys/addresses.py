"""What counts as an address on each channel, and when two are the same."""

from __future__ import annotations

import re
import unicodedata

CHANNELS = ("mail", "slack", "teams", "web")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_SLACK = re.compile(r"[UW][A-Z0-9]{2,}")
_TEAMS = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|29:[A-Za-z0-9_-]{10,}")
_LONGEST_LOCAL, _LONGEST = 64, 254


def is_mail_address(text: str) -> bool:
    """Whether `text` is one bare e-mail address in ASCII, as SMTP takes it everywhere (RFC 5321, 4.1.2)."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return bool(
        at
        and len(text) <= _LONGEST
        and len(local) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )


def address_fault(channel: str, text: str) -> str:
    """Why `text` is no address of that channel, as words that follow it; "" where it is one."""
    if channel == "mail":
        if is_mail_address(text):
            return ""
        return "is not an address" + (": give the bare address, without a name" if "<" in text else "")
    if channel == "slack":
        return "" if _SLACK.fullmatch(text) else "is not a Slack member id such as U012AB3CD"
    return "" if _TEAMS.fullmatch(text) else "is not a Teams user id (an Entra object id, or 29:...)"


def folded(channel: str, value: str) -> str:
    """The form in which two addresses are compared: mail and Teams without case."""
    return value if channel == "slack" else value.lower()


def control_fault(text: str) -> str:
    """Why `text` can't stand in a name or a header, as words that follow it; "" where it can."""
    for character in text:
        if character in "\r\n\v\f\x85\u2028\u2029":
            return "holds a line break"
        if unicodedata.category(character) in ("Cc", "Cs"):
            return f"holds a control character (U+{ord(character):04X})"
    return ""

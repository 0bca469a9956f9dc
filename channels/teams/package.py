"""The app package for the Teams admin centre: a zip with the manifest and two icons, which are drawn here.

https://learn.microsoft.com/en-us/microsoftteams/platform/concepts/build-and-test/apps-package
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import urlsplit

# https://learn.microsoft.com/en-us/microsoft-365/extensibility/schema/
SCHEMA = "1.22"
_VERSION = "1.0.0"
_BLUE, _WHITE, _NONE = (31, 74, 122, 255), (255, 255, 255, 255), (0, 0, 0, 0)
Colour = tuple[int, int, int, int]
# A zip without a moment of its own, so that the same settings make the same file.
_MOMENT = (2024, 1, 1, 0, 0, 0)


def package(*, app_id: str, public_url: str, organisation: str, privacy: str) -> bytes:
    """The zip. `privacy` and `public_url` are addresses that the manifest names."""
    manifest = json.dumps(manifest_of(app_id, public_url, organisation, privacy), indent=2).encode()
    files = {"manifest.json": manifest, "color.png": colour_icon(), "outline.png": outline_icon()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def manifest_of(app_id: str, public_url: str, organisation: str, privacy: str) -> dict[str, object]:
    """What Teams is told of the app: a bot in people's own chats and in teams, and no permission beyond that."""
    commands = [
        {"title": "status", "description": "Who has answered, of a round"},
        {"title": "plan", "description": "What will be sent, and when"},
        {"title": "who", "description": "Who is still to answer"},
        {"title": "report", "description": "The figures of a round"},
        {"title": "help", "description": "What organisers can say"},
    ]
    host = urlsplit(public_url).hostname or ""
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": _VERSION,
        "id": app_id,
        "developer": {
            "name": organisation[:32],
            "websiteUrl": public_url,
            "privacyUrl": privacy,
            "termsOfUseUrl": privacy,
        },
        "name": {"short": "Soundings", "full": "Soundings: short surveys where you work"},
        "description": {
            "short": "Short surveys, answered where you already are.",
            "full": (
                "Asks a few questions after a session or in the middle of a programme, in your own chat. "
                "You can stop, come back, change your answers until the close, or say that it is not for you. "
                "Who sees what is said at the beginning of each survey."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#1F4A7A",
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", "team"],
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [{"scopes": ["personal"], "commands": commands}],
            }
        ],
        "permissions": ["messageTeamMembers"],
        "validDomains": [host] if host else [],
    }


def colour_icon() -> bytes:
    """192 by 192: a sounding line in white on blue."""
    return _png(192, lambda x, y: _WHITE if _line(x / 192, y / 192) else _BLUE)


def outline_icon() -> bytes:
    """32 by 32: the same in white on nothing."""
    return _png(32, lambda x, y: _WHITE if _line(x / 32, y / 32) else _NONE)


def _line(x: float, y: float) -> bool:
    """A lead on a line, over three arcs: how deep it is here."""
    if abs(x - 0.5) < 0.035 and 0.12 < y < 0.5:  # noqa: PLR2004 - a drawing is made of numbers
        return True
    if (x - 0.5) ** 2 + (y - 0.55) ** 2 < 0.075**2:
        return True
    away = ((x - 0.5) ** 2 + (y - 0.5) ** 2) ** 0.5
    return y > 0.58 and any(abs(away - ring) < 0.022 for ring in (0.18, 0.27, 0.36)) and abs(x - 0.5) < y - 0.42  # noqa: PLR2004


def _png(size: int, colour: Callable[[int, int], Colour]) -> bytes:
    """A picture as a PNG (https://www.w3.org/TR/png-3/): eight bits a channel, no filter."""
    rows = b"".join(b"\0" + b"".join(bytes(colour(x, y)) for x in range(size)) for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )

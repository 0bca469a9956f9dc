"""The app package: what the admin centre checks before it takes one."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import pytest

from channels.teams.package import package
from tests.fakes.teams.tenant import APP

SITE = "https://soundings.example.org"


def _opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        return {name: held.read(name) for name in held.namelist()}


def test_the_manifest_and_its_icons() -> None:
    made = package(app_id=APP, public_url=SITE, organisation="Valley Council of the long name, and more", privacy=SITE)
    assert made == package(
        app_id=APP, public_url=SITE, organisation="Valley Council of the long name, and more", privacy=SITE
    )
    files = _opened(made)
    assert set(files) == {"manifest.json", "color.png", "outline.png"}
    manifest = json.loads(files["manifest.json"])
    assert manifest["$schema"].endswith(f"/v{manifest['manifestVersion']}/MicrosoftTeams.schema.json")
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP
    # The schema's own limits.
    assert len(manifest["developer"]["name"]) <= 32
    assert len(manifest["name"]["short"]) <= 30
    assert len(manifest["name"]["full"]) <= 100
    assert len(manifest["description"]["short"]) <= 80
    assert len(manifest["description"]["full"]) <= 4000
    assert manifest["validDomains"] == ["soundings.example.org"]
    commands = manifest["bots"][0]["commandLists"][0]["commands"]
    assert len(commands) <= 10
    assert all(len(each["title"]) <= 32 and len(each["description"]) <= 128 for each in commands)


@pytest.mark.parametrize(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_icons_are_whole_pictures_of_the_size_that_teams_takes(name: str, size: int) -> None:
    content = _opened(package(app_id=APP, public_url=SITE, organisation="V", privacy=SITE))[name]
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        assert struct.unpack(">I", content[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + data)
        chunks[kind] = data
        at += 12 + length
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (size, size)
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert len(pixels) == size * (1 + 4 * size)
    opaque = {pixels[row * (1 + 4 * size) + 1 + 4 * x + 3] for row in range(size) for x in range(size)}
    # The outline is white on nothing; the other fills its square.
    assert opaque == ({255} if name == "color.png" else {0, 255})


def test_the_command(shell, monkeypatch: pytest.MonkeyPatch) -> None:
    said = shell("teams", "package", code=2).err
    assert "TEAMS_APP_ID is not set" in said
    assert "https" in said
    monkeypatch.setenv("TEAMS_APP_ID", APP)
    monkeypatch.setenv("TEAMS_APP_SECRET", "hidden-word")
    monkeypatch.setenv("PUBLIC_URL", SITE)
    shell("teams", "package", "-o", "app.zip", "--organisation", "Valley Council")
    content = (shell.home / "app.zip").read_bytes()
    assert b"hidden-word" not in b"".join(_opened(content).values())
    assert json.loads(_opened(content)["manifest.json"])["developer"]["name"] == "Valley Council"
    assert "--force" in shell("teams", "package", "-o", "app.zip", code=1).err

"""The command line in a folder of its own, run in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import run
from bot.settings import NAMES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
S1 = EXAMPLES / "courageous-conversations" / "programme.yaml"


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    home: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: object, code: int | None = 0) -> Ended:
        self.capture.readouterr()
        ended = run([str(word) for word in words])
        heard = self.capture.readouterr()
        found = Ended(ended, heard.out, heard.err)
        assert code is None or found.code == code, found
        assert "Traceback" not in found.err
        return found


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "a key of these tests alone, and long enough")
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch):
    from tests.clients.post_office import PostOffice

    with PostOffice() as office:
        monkeypatch.setenv("SMTP_URL", office.url)
        monkeypatch.setenv("MAIL_FROM", "Soundings <soundings@example.org>")
        yield office

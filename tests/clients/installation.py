"""One installed Soundings in a folder of its own: the command `soundings`, its database, its settings.

Everything goes through the installed command, HTTP and SMTP; nothing here imports the code under test.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import requests

COMMAND = Path(sys.executable).with_name("soundings.exe" if os.name == "nt" else "soundings")
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "SYSTEMROOT", "VIRTUAL_ENV")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def clean_environment() -> dict[str, str]:
    """What any program needs of this process's environment, and no setting of Soundings."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(kw_only=True)
class Installation:
    """A folder to run in; `smtp_url` is where mail goes."""

    home: Path
    smtp_url: str
    settings: dict[str, str] = field(default_factory=dict)
    # Gives each installation a database of its own on a server; None: in a file in its folder.
    fresh_database: ClassVar[Callable[[], str] | None] = None
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        fresh = type(self).fresh_database
        if fresh is not None and "DATABASE_URL" not in self.settings:
            self.settings["DATABASE_URL"] = fresh()

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment() | {
            "DATABASE_URL": "sqlite:///soundings.db",
            "PUBLIC_URL": self.public_url,
            "SECRET_KEY": "a-secret-of-the-tests-and-of-nothing-else-0123456789",
            "MAIL_FROM": "Soundings <soundings@example.org>",
            "SMTP_URL": self.smtp_url,
            **self.settings,
        }

    def run(self, *words: str | Path | datetime, code: int | None = 0, timeout: float = 60) -> Done:
        """Run `soundings WORDS`; any other exit code than `code` fails the test (None: any will do)."""
        command = [str(COMMAND), *(word.isoformat() if isinstance(word, datetime) else str(word) for word in words)]
        ended = subprocess.run(
            command, cwd=self.home, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        done = Done(code=ended.returncode, out=ended.stdout, err=ended.stderr)
        assert code is None or done.code == code, (
            f"{' '.join(command[1:])} ended with {done.code}\n{done.out}\n{done.err}"
        )
        return done

    def tick(self, at: datetime) -> Done:
        return self.run("tick", "--at", at)

    def status(self, round_name: str) -> Mapping[str, Any]:
        return self.run("round", "status", round_name, "--json").json

    def export(self, round_name: str) -> Mapping[str, Any]:
        return self.run("export", round_name, "--format", "json", "-o", "-").json

    @contextmanager
    def serving(self) -> Iterator[str]:
        """`soundings serve`, until the block ends; it must answer soon, and end cleanly on SIGTERM."""
        with self.started("serve", "--port", str(self.port)) as server:
            _wait_until_answering(self.public_url, server, self.log)
            yield self.public_url
            code = end(server)
            assert code == 0, f"serve ended with {code}\n{self.said()}"

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[Any]]:
        """A command left to run; killed at the end of the block if it still does."""
        with self.log.open("ab") as written:
            process = subprocess.Popen(
                [str(COMMAND), *words], cwd=self.home, env=self.environment, stdout=written, stderr=subprocess.STDOUT
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(timeout=5)

    @property
    def log(self) -> Path:
        return self.home / "serve.log"

    def said(self) -> str:
        """The end of what `serve` wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


def end(process: subprocess.Popen[Any], *, within: float = 15) -> int:
    """Ask a program to end as an init system does; the exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=5)
        raise AssertionError(f"the process did not end within {within} s of SIGTERM") from None


def _wait_until_answering(url: str, server: subprocess.Popen[Any], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, f"serve ended by itself:\n{log.read_text(errors='replace')[-3000:]}"
        try:
            requests.get(url, timeout=2)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"serve did not answer at {url}:\n{log.read_text(errors='replace')[-3000:]}")

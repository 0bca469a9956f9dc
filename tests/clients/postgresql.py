"""A PostgreSQL server of our own on loopback, and databases in it: each test gets a fresh one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.clients.installation import free_port

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name.split(".")[0]))
BIN = Path(found).parent if (found := shutil.which("initdb")) else (_PLACES[-1] if _PLACES else None)


def why_not() -> str:
    """What is missing to run one; "" if nothing is."""
    if BIN is None or not (BIN / "initdb").exists():
        return "initdb is not installed"
    if os.geteuid() == 0 and not _account():
        return "the server does not run as root, and there is no account postgres"
    return ""


def _account() -> str:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return ""


@dataclass(kw_only=True)
class Server:
    """One cluster; `stop` and `start` are a restart, `kill` a crash."""

    folder: Path
    port: int
    settings: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"postgresql://soundings@127.0.0.1:{self.port}"

    def make(self) -> None:
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-A", "trust", "-U", "soundings", "-E", "UTF8", "--locale=C"
        )

    def start(self) -> None:
        given = (f"port={self.port}", f"unix_socket_directories={self.folder}", "listen_addresses=127.0.0.1")
        options = " ".join(f"-c {each}" for each in (*given, *self.settings))
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, "start"
        )

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def fresh(self, template: str = "") -> str:
        """A new database: its URL."""
        name = f"t_{uuid.uuid4().hex}"
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as admin:
            admin.execute(f"create database {name}" + (f" template {template}" if template else ""))  # type: ignore[arg-type]
        return f"{self.url}/{name}"

    def drop(self, url: str) -> None:
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as admin:
            admin.execute(f"drop database {url.rpartition('/')[2]} with (force)")  # type: ignore[arg-type]

    def _run(self, name: str, *arguments: str) -> None:
        assert BIN is not None
        command = [str(BIN / name), *arguments]
        if os.geteuid() == 0:
            # Not even for tests does the server run as root.
            command = ["setpriv", f"--reuid={_account()}", f"--regid={_account()}", "--clear-groups", *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A running server, thrown away at the end. `settings` as in its configuration file: `name=value`."""
    folder = Path(tempfile.mkdtemp(prefix="soundings-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _account(), None)
    made = Server(folder=folder, port=free_port(), settings=settings)
    try:
        made.make()
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)

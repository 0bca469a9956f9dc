"""A mail server in a process of its own that takes everything: `python -m tests.bench.sink` prints its port."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]


@contextmanager
def running_sink() -> Iterator[str]:
    """The SMTP address of a sink that runs as long as the block."""
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.sink"], cwd=HERE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"smtp://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Listen until ended."""
    from tests.fakes.smtp_server import SmtpServer

    server = SmtpServer()
    server.take = lambda mail: None  # type: ignore[method-assign]  # it keeps nothing
    with server:
        print(server.port, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()

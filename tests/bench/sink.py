"""A mail server in a process of its own that takes everything: `python -m tests.bench.sink` prints its port.

With `signed` it takes nothing but from whoever has encrypted the line (STARTTLS) and signed in.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]


USER, WORD = "bench", "a-word"


@contextmanager
def running_sink(*, signed: bool = False) -> Iterator[str]:
    """The SMTP address of a sink that runs as long as the block."""
    command = [sys.executable, "-m", "tests.bench.sink", *(["signed"] if signed else [])]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        who = f"{USER}:{WORD}@" if signed else ""
        yield f"smtp://{who}127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def main(*, signed: bool) -> None:
    """Listen until ended."""
    from tests.fakes.smtp_server import SmtpServer, self_signed

    server = SmtpServer()
    if signed:
        with tempfile.TemporaryDirectory() as folder:
            server = SmtpServer(tls=self_signed(Path(folder)))
        server.behaviour.needs_starttls = True
        server.behaviour.accounts = {USER: WORD}
    server.take = lambda mail: None  # type: ignore[method-assign]  # it keeps nothing
    with server:
        print(server.port, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main(signed="signed" in sys.argv)

"""A line to a real server on this machine that can be cut, held, or changed on the way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Line:
    """Listens on loopback and passes everything on to `port`; `told` changes what the server says."""

    def __init__(self, port: int, told: Callable[[bytes], bytes] = lambda words: words) -> None:
        self._to = port
        self._told = told
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        self._ends: list[socket.socket] = []
        self._flowing = threading.Event()
        self._flowing.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()
        self.let_go()
        self.cut()

    def cut(self) -> None:
        """End every connection at once, without a goodbye."""
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def hold(self) -> None:
        """From now on nothing comes through, as when a router has forgotten the line."""
        self._flowing.clear()

    def let_go(self) -> None:
        """It flows again."""
        self._flowing.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            for source, sink, change in ((near, far, lambda words: words), (far, near, self._told)):
                threading.Thread(target=self._pump, args=(source, sink, change), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, change: Callable[[bytes], bytes]) -> None:
        with suppress(OSError):
            while words := source.recv(65536):
                self._flowing.wait()
                sink.sendall(change(words))
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

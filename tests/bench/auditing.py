"""What the record of changes costs: a page saved with its audit line and the sealing beside it, and without both.

Two saves are measured: an ordinary one, which writes no line, and one that changes a consent to be quoted, which is the
one thing on a page that the audit has a line of. A turn is thirty saves and the sealing of what there is, with a line
of another act; `serve` seals beside the saves, and three times a minute alone. Short turns alternate, in one process and on
one database, so that whatever else the machine does weighs on both alike.
"""

from __future__ import annotations

import contextlib
import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from bot.web.links import seal_form
from bot.wiring import seal_audit
from storage import audit, audit_chain
from storage.engine import Store
from storage.migrate import upgrade
from tests.bench.saving import NOW, SECRET, form_app, rate, served

TARGET = 0.9
TURNS, POSTS = 30, 30
_LEVELS = ("name", "perspective")


@contextlib.contextmanager
def unrecorded() -> Iterator[None]:
    """Nothing is written into the audit meanwhile."""
    append = audit.append
    audit.append = lambda *_, **__: None
    try:
        yield
    finally:
        audit.append = append


def measure(*, consents: bool) -> tuple[list[float], list[float], int]:
    """Rates with the record and without it, turn by turn, and how many lines were sealed."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bench.db")
        upgrade(store)
        app, tokens = form_app(store)

        def post(number: int) -> tuple[str, str]:
            token = tokens[number % len(tokens)]
            fields = {
                "_csrf": seal_form(SECRET, token),
                "_page": "reflections",
                "_seen": "0",
                "reflections": f"We see more of one another, version {number} of these words.",
                "go": "next",
            }
            if consents:
                fields["_quote.reflections"] = _LEVELS[number // len(tokens) % 2]
            return f"/f/{token}", urlencode(fields)

        with served(app) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            rate(connection, post, 0, POSTS * 3)
            recorded, without = [], []
            for turn in range(3, 2 * TURNS + 3, 2):
                _another_act(store)
                began = time.perf_counter()
                rate(connection, post, turn * POSTS, POSTS)
                seal_audit(store)
                recorded.append(POSTS / (time.perf_counter() - began))
                with unrecorded():
                    without.append(rate(connection, post, (turn + 1) * POSTS, POSTS))
            connection.close()
        seal_audit(store)
        with store.reading() as tx:
            found = audit_chain.verify(tx)
        assert isinstance(found, audit_chain.Whole), found
        store.close()
    return recorded, without, found.sealed


def _another_act(store: Store) -> None:
    with store.writing() as tx:
        audit.append(tx, at=NOW, actor="schedule", channel="schedule", programme_id=1, what="round opened")


def main() -> bool:
    """Print rates, ratio and spread of both; whether an ordinary save meets the target."""
    ratio = _told("an ordinary page", consents=False)
    _told("a page that changes a consent", consents=True)
    print(f"  an ordinary page at least at {TARGET}: {'met' if ratio >= TARGET else 'MISSED'}")
    return ratio >= TARGET


def _told(what: str, *, consents: bool) -> float:
    recorded, without, lines = measure(consents=consents)
    ratios = sorted(mine / theirs for mine, theirs in zip(recorded, without, strict=True))
    ratio, quarter = statistics.median(ratios), len(ratios) // 4
    print(f"saving {what}, with the record of changes and its sealing ({lines} lines), and without both")
    for name, rates in (("with the record", recorded), ("without it", without)):
        print(f"  {name:34} {statistics.median(rates):8.0f} /s   from {min(rates):.0f} to {max(rates):.0f}")
    spread = f"half of them from {ratios[quarter]:.2f} to {ratios[-quarter - 1]:.2f}"
    print(f"  ratio {ratio:.2f} ({spread})")
    return ratio


if __name__ == "__main__":
    main()

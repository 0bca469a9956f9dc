"""Following a link off the page tells nobody where the reader came from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from bot.web_server import WebServer
from storage.engine import Store
from tests.web.conftest import garden_of

pytestmark = pytest.mark.browser


class Elsewhere(ThreadingHTTPServer):
    """Another site, which writes down what each request carries."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>Elsewhere</title><p>Here")

            def log_message(self, *_more: object) -> None:
                """Not on the terminal."""

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_no_link_leaves_the_page_with_the_reader(page: Page, store: Store, tmp_path, elsewhere: Elsewhere) -> None:
    away = f"http://localhost:{elsewhere.server_port}/away"
    garden = garden_of(store, tmp_path)
    with store.writing() as tx:
        # The notice's link to more about it is the one link of ours that leads to another site.
        tx.exec_driver_sql("update notice_versions set words = json_set(words, '$.url', ?)", (away,))
    server, stopping = WebServer(garden.app, "127.0.0.1", 0), threading.Event()
    serving = threading.Thread(target=server.run, args=(stopping,))
    serving.start()
    within: list[dict[str, str]] = []
    page.on("request", lambda request: within.append(request.all_headers()))
    try:
        token = garden.link("t1").rpartition("/")[2]
        page.goto(f"http://127.0.0.1:{server.port}/f/{token}")
        page.get_by_role("link", name="Privacy notice").first.click()
        page.locator(f"a[href='{away}']").click()
        page.wait_for_url(away)
        # A link that somebody puts on the form itself, as a browser's extension might.
        page.goto(f"http://127.0.0.1:{server.port}/f/{token}")
        page.evaluate(
            "to => { const link = document.createElement('a'); link.href = to; link.id = 'off'; link.textContent = 'off';"
            " document.body.append(link) }",
            away + "-from-the-form",
        )
        page.locator("#off").click()
        page.wait_for_url(away + "-from-the-form")
    finally:
        stopping.set()
        serving.join()
    paths = [path for path, _ in elsewhere.asked]
    assert "/away" in paths
    assert "/away-from-the-form" in paths
    # The other site's own page says where its icon is asked from; nothing else says anything.
    told = [headers.get("referer", "") for _, headers in elsewhere.asked] + [each.get("referer", "") for each in within]
    assert not [each for each in told if each and not each.startswith(f"http://localhost:{elsewhere.server_port}/")], (
        told
    )
    assert token not in repr(elsewhere.asked)

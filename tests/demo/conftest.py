import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup

from tests.clients.installation import COMMAND, clean_environment, end


@dataclass(kw_only=True)
class Demo:
    """A running `soundings demo`; `said` is what it printed on its start."""

    url: str
    process: subprocess.Popen
    said: str
    temporary: Path

    def page(self, path: str = "") -> BeautifulSoup:
        reply = requests.get(f"{self.url}/demo/{path}", timeout=20)
        assert reply.status_code == 200, f"{path}: {reply.status_code}"
        return BeautifulSoup(reply.text, "html.parser")

    def words(self, path: str = "") -> str:
        return " ".join(self.page(path).get_text(" ").split())

    def move(self, button: str) -> str:
        """Press one of the clock's buttons as a browser would; what the page then says of the move."""
        page = self.page()
        form = page.select_one("form[action='/demo/clock']")
        pressed = next(each for each in form.select("button") if each.get_text(strip=True) == button)
        fields = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
        reply = requests.post(f"{self.url}/demo/clock", data=fields | {pressed["name"]: pressed["value"]}, timeout=60)
        assert reply.status_code == 200
        moved = BeautifulSoup(reply.text, "html.parser").select_one(".moved")
        return " ".join(moved.get_text(" ").split())

    def post(self, path: str, action: str, **fields: str) -> BeautifulSoup:
        """Fill in the form of that action on a page, and send it as a browser would; the page it leads to."""
        page = self.page(path)
        form = next(each for each in page.select("form") if each["action"].endswith(action))
        hidden = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
        reply = requests.post(f"{self.url}{form['action']}", data=hidden | fields, timeout=60)
        assert reply.status_code == 200, f"{action}: {reply.status_code}"
        return BeautifulSoup(reply.text, "html.parser")

    def now(self) -> str:
        return self.page().select_one(".clock .now").get_text(strip=True)

    def mail_of(self, person: str) -> list[tuple[str, str, str]]:
        """(when, kind, path of its page) of everything that person got, newest first."""
        rows = self.page(f"mail/of/{person}").select("tbody tr")
        return [
            (*(cell.get_text(strip=True) for cell in row.select("td")[:2]), row.a["href"].removeprefix("/demo/"))
            for row in rows
        ]

    def form_link(self, message: str) -> str:
        """The first link of a message's text part that can be followed."""
        return self.page(message).select_one(".plain a")["href"]


@contextmanager
def running_demo(home: Path, *options: str, **environment: str) -> Iterator[Demo]:
    temporary = home / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [str(COMMAND), "demo", "--port", "0", *options],
        cwd=home,
        env=clean_environment() | {"TMPDIR": str(temporary)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, f"the demo ended by itself ({process.wait(5)}):\n{said}"
            said += line
        url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        yield Demo(url=url, process=process, said=said, temporary=temporary)
    finally:
        if process.poll() is None:
            end(process)
        process.stdout.close()


@pytest.fixture(scope="session")
def season(tmp_path_factory) -> Iterator[Demo]:
    """One demo that several tests read; those that move its clock start their own."""
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo

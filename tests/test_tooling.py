"""The tools that the other tests stand on: the browser, axe, the loopback guard, the lock files, the scripts."""

import re
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.axe import axe_violations

ROOT = Path(__file__).resolve().parent.parent
GOOD = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><p>Words.</p></main></html>'
BAD = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><input name="a"></main></html>'


@pytest.mark.browser
def test_axe_finds_what_is_wrong_and_nothing_else(page):
    page.set_content(GOOD)
    assert axe_violations(page) == []
    page.set_content(BAD)
    assert [line.split()[0] for line in axe_violations(page)] == ["label"]


@pytest.mark.browser
def test_the_browser_knows_no_other_machine(page):
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://soundings.example.org/")


def test_a_test_that_leaves_this_machine_is_stopped():
    # 192.0.2.0/24 is reserved for documentation, and the guard acts before a packet is sent
    with socket.socket() as connection, pytest.raises(PermissionError, match="this machine only"):
        connection.connect(("192.0.2.1", 25))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_version_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|^-|@ file", text, re.MULTILINE)
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert all("==" in one and "--hash=sha256:" in one for one in requirements)


def test_the_locks_hold_every_dependency_and_agree():
    runtime, dev = (_locked(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [_plain(line) for line in project["project"]["dependencies"]]
    assert set(wanted) <= set(runtime)
    assert {_plain(line) for line in project["dependency-groups"]["dev"] if isinstance(line, str)} <= set(dev)
    assert runtime.items() <= dev.items()


def test_the_package_script_says_what_is_missing(tmp_path):
    script = ROOT / "scripts" / "install-system-packages"
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    # an empty PATH has no chromium; the shell itself is called by its full name
    told = subprocess.run(
        ["/bin/sh", script, "--missing"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert "chromium" in told.stderr
    assert "scripts/install-system-packages" in told.stderr


def _plain(requirement: str) -> str:
    return re.split(r"[<>=;\[ ]", requirement)[0].lower().replace("_", "-").replace(".", "-")


def _locked(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^(\S+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(_plain(name), set()).add(version)
    return found

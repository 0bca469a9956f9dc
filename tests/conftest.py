import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, sync_playwright

from storage.engine import Store
from storage.migrate import upgrade
from tests.clients.installation import Installation
from tests.clients.postgresql import Server, server
from tests.clients.postgresql import why_not as postgresql_missing
from tests.mail_servers.servers import why_not as mail_servers_missing
from tests.scenarios.faketime import why_not as why_no_faketime

CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
WHOLE_SEASONS = frozenset({"scenarios", "postgresql", "rights"})
HOW_TO_GET_IT = "scripts/install-system-packages"
IN_CI = os.environ.get("CI", "").lower() == "true"
# Wall-clock limits say more about the machine's other work than about the code. In CI the examples are the same each
# time, so that a change is judged by what it changes; at a desk and in `make soak` new ones are looked for.
settings.register_profile(
    "soundings",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    derandomize=IN_CI,
)
settings.load_profile("soundings")
# The browser asks nobody anything but the servers on this machine.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

_LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")


def _loopback_only(event: str, args: tuple[object, ...]) -> None:
    """Ends any test that would speak to another machine: what it sends could reach a person."""
    if event != "socket.connect":
        return
    address = args[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        message = f"a test tried to reach {address[0]}; tests speak to this machine only"
        raise PermissionError(message)


sys.addaudithook(_loopback_only)


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """Whatever sets the program's log up inside a test binds it, and its hooks, to a stream that ends with that test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


def _missing() -> dict[str, str]:
    """By marker: why its tests can't be run on this machine."""
    browser = "" if CHROMIUM.exists() else "needs chromium"
    servers = mail_servers_missing()
    database = postgresql_missing()
    found = {
        "browser": browser,
        "mail_servers": f"needs mail servers: {servers}" if servers else "",
        "faketime": why_no_faketime(),
        "postgresql": f"needs PostgreSQL: {database}" if database else "",
    }
    return {marker: why for marker, why in found.items() if why}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where tests store")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without what they need some tests are left out; in CI they stay in, and fail in the fixture."""
    if config.getoption("--database") == "postgresql":
        of_files = [item for item in items if item.get_closest_marker("sqlite")]
        items[:] = [item for item in items if item not in of_files]
        config.hook.pytest_deselected(items=of_files)
    # Begun last, a season of minutes would keep one worker busy while the others have nothing left.
    items.sort(key=lambda item: item.path.parent.name not in WHOLE_SEASONS)
    if IN_CI:
        return
    for marker, why in _missing().items():
        left_out = pytest.mark.skip(reason=f"{why}: {HOW_TO_GET_IT}")
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    counted = {why: sum(why in each for each in skipped) for why in _missing().values()}
    if any(counted.values()):
        terminalreporter.section("left out")
        for why, many in counted.items():
            if many:
                terminalreporter.line(f"{many} tests were left out: {why}.")
        terminalreporter.line(f"To get what is needed (Debian, Ubuntu): {HOW_TO_GET_IT}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium, headless, closed at the end. Mark its tests `browser`."""
    if not CHROMIUM.exists():
        pytest.fail(f"chromium is missing; install it with {HOW_TO_GET_IT}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page with its own cookies; a script error on it fails the test."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server for the tests marked `postgresql`, and for all with `--database postgresql`."""
    if why := postgresql_missing():
        pytest.fail(f"{why}; install it with {HOW_TO_GET_IT}")
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def _migrated_on_server(postgresql: Server) -> tuple[Server, str]:
    url = postgresql.fresh()
    store = Store(url)
    upgrade(store)
    store.close()
    return postgresql, url


@pytest.fixture(scope="session", autouse=True)
def _installations(request: pytest.FixtureRequest) -> None:
    """Where installations keep what they store: each in a database of its own on the server, or in its own file."""
    if _on_server(request):
        Installation.fresh_database = staticmethod(request.getfixturevalue("postgresql").fresh)


def _on_server(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--database") == "postgresql")


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "migrated.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture
def store(request: pytest.FixtureRequest, _migrated: Path, tmp_path: Path) -> Iterator[Store]:
    """A database of its own for each test, migrated as a real one is."""
    if _on_server(request):
        postgresql, template = request.getfixturevalue("_migrated_on_server")
        url = postgresql.fresh(template.rpartition("/")[2])
        store = Store(url)
        yield store
        store.close()
        postgresql.drop(url)
        return
    path = tmp_path / "soundings.db"
    shutil.copyfile(_migrated, path)
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()

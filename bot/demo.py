"""`soundings demo`: the whole of Soundings in one process, on invented people; nothing leaves this machine."""

from __future__ import annotations

import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from markupsafe import Markup
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.utils import redirect

from bot.channels import open_channels
from bot.demo_clock import DemoClock
from bot.demo_mail import REPLIES, DemoMailServer
from bot.demo_stage import DemoStage
from bot.failures import CommandRefused
from bot.settings import Settings
from bot.stop_signals import StopSignals
from bot.ticking import tick_once
from bot.web.app import make_app
from bot.web.desk import Desk, WebSettings
from bot.web_server import WebServer
from console.demo import make_demo_pages
from console.mailbox import Mailbox
from handlers.load import load_programme
from handlers.load_outcomes import Unreadable
from handlers.mail_in import receive
from storage.engine import DatabaseBusyError, Store
from storage.migrate import upgrade
from storage.programmes import StoredProgramme, programme_by_key
from surveys.authority import CONSOLE
from surveys.moment_words import say_moment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

START = datetime(2024, 11, 25, 9, 0, tzinfo=ZoneInfo("Europe/London"))
EXAMPLE = "courageous-conversations"
HOST = "127.0.0.1"
LOOK_EVERY_SECONDS = 1.0
BANNER = Markup(
    "This is a demo with invented people. Nothing leaves this machine. "
    '<a href="/demo/mail">Everyone\'s mail</a> <a href="/demo/">Status and clock</a>'
)


def run_demo(port: int) -> int:
    """Run the demo on 127.0.0.1 until Ctrl-C or SIGTERM; the exit code. `port` 0 takes any free one.

    Raises:
        CommandRefused: the port is taken, or the example is missing.
    """
    stopping = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(StopSignals(stopping.set))
        front = _Front()
        server = _listen(front, port)
        folder = tempfile.TemporaryDirectory(prefix="soundings-demo-", ignore_cleanup_errors=True)
        demo = _open(stack, Path(stack.enter_context(folder)), f"http://{HOST}:{server.port}")
        front.app = demo.app
        demo.stage.catch_up()
        click.echo(_what_one_sees(demo.stage))
        sys.stdout.flush()
        keeper = threading.Thread(target=_keep_up, args=(demo.stage, stopping), name="demo-clock")
        keeper.start()
        stack.callback(keeper.join)
        stack.callback(stopping.set)
        server.run(stopping)
    click.echo("The demo has ended; nothing of it is kept.")
    return 0


def example_programme() -> Path:
    """The shipped example's file: in the installed package, or in the checkout that this module is part of.

    Raises:
        CommandRefused: it is in neither.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "examples", here.parent / "examples"):
        path = folder / EXAMPLE / "programme.yaml"
        if path.is_file():
            return path
    raise CommandRefused("the example programme is not where it should be; install Soundings again")


class _Front:
    """What the server calls: it listens before the links, which carry its port, can be made."""

    app: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        bare = environ.get("PATH_INFO", "") in {"", "/"}
        return (redirect("/demo/") if bare else self.app)(environ, start_response)


def _listen(front: _Front, port: int) -> WebServer:
    try:
        return WebServer(front, HOST, port)
    except OSError as error:
        reason = f"{HOST}:{port} can't be listened on ({error.strerror or error})"
        raise CommandRefused(f"{reason}; choose another port with --port, or 0 for any that is free") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Demo:
    """All that answers: the form at its own addresses, the demo's pages at `/demo`."""

    app: WSGIApplication
    stage: DemoStage


def _open(stack: ExitStack, home: Path, public_url: str) -> _Demo:
    """The example in a fresh database at the demo's own time, its mail server, and the pages."""
    clock, mailbox = DemoClock(START), Mailbox()
    post = DemoMailServer(mailbox, clock)
    post.start()
    stack.callback(post.stop)
    settings = Settings(
        database_url=f"sqlite:///{(home / 'demo.db').as_posix()}",
        public_url=public_url,
        secret_key=secrets.token_urlsafe(32),
        smtp_url=post.url,
        mail_reply_to=REPLIES,
        mail_replies=True,
    )
    store = Store(settings.database_url)
    stack.callback(store.close)
    upgrade(store)
    post.read_replies(lambda content, now: receive(content, store, now))
    stage = DemoStage(
        store=store,
        clock=clock,
        mailbox=mailbox,
        post=post.post,
        programme=_load(store, clock()),
        public_url=public_url,
        tick=_ticker(stack, store, settings),
    )
    form = make_app(store, WebSettings(public_url=public_url, secrets=settings.secrets, banner=BANNER), clock)
    desk: Desk = form.extensions["soundings"]
    pages = make_demo_pages(stage, desk.styles)
    return _Demo(app=DispatcherMiddleware(form, {"/demo": pages}), stage=stage)


def _load(store: Store, now: datetime) -> StoredProgramme:
    loaded = load_programme(example_programme(), store, now, dry_run=False, actor=CONSOLE)
    if isinstance(loaded, Unreadable):
        raise CommandRefused(f"the example programme can't be read: {loaded.problems[0]}")
    with store.reading() as tx:
        programme = programme_by_key(tx, EXAMPLE)
    if programme is None:
        raise CommandRefused("the example programme was not loaded")
    return programme


def _ticker(stack: ExitStack, store: Store, settings: Settings) -> Callable[[datetime], datetime | None]:
    """The very tick of `serve`, at the demo's time; what it answers is when something falls due next."""
    channels = open_channels(settings, store, timeout=5)
    for channel in channels.values():
        stack.callback(channel.rest)
    return lambda now: tick_once(store, channels, settings, now, alone=True).next_at


def _keep_up(stage: DemoStage, stopping: threading.Event) -> None:
    """Every second do what the last answers made due, a receipt for one."""
    while not stopping.wait(LOOK_EVERY_SECONDS):
        try:
            stage.catch_up()
        except DatabaseBusyError:
            # Somebody's page was being saved; the next second will do.
            continue


def _what_one_sees(stage: DemoStage) -> str:
    return f"""\
Soundings demo: invented people, a mail server inside this program, nothing leaves this machine.

  Open        {stage.public_url}/demo/
  Then        read everyone's mail, follow the link in an invitation or reply to it, answer for
              that person, and move the clock on to watch the December reminders go out.
  It is       {say_moment(stage.now(), stage.zone, year=True)}, until you move the clock. {_sent(stage)}
  Ctrl-C      ends it; everything is in a temporary folder and is removed."""


def _sent(stage: DemoStage) -> str:
    return f"{stage.mailbox.counts()['invitation']} invitations have just gone out."

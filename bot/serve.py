"""`soundings serve`: the web form, the mail and the clock in one process, until it is told to stop."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
from structlog.typing import FilteringBoundLogger

from bot.channels import channel_states, open_channels
from bot.clock import Clock
from bot.failures import CommandRefused
from bot.logs import start_log, what_failed, without_server_words
from bot.pulse import Pulse
from bot.receiving import Receiving
from bot.settings import DEFAULT_PUBLIC_URL, Settings, is_loopback
from bot.stop_signals import StopSignals
from bot.ticking import tick_once
from bot.web.app import make_app
from bot.web.desk import WebSettings
from bot.web_server import WebServer
from bot.wiring import clock_now, seal_audit
from channels.base import Channel
from schedules.outcomes import TickReport
from storage.engine import DatabaseBusyError, Store
from storage.run_lock import AlreadyRunning, RunLock

if TYPE_CHECKING:
    from bot.slack.service import SlackService
    from bot.teams.service import TeamsService

# A message in hand gets so long to be taken; then the connection is given up, and what remains gets this.
_FINISH_SECONDS, _LAST_SECONDS = 6, 6
# A replica whose turn it is not asks so often whether it has come; that costs no look at the database.
_STAND_BY = timedelta(seconds=1)


def serve(settings: Settings, store: Store, host: str, port: int) -> None:
    """Listen on host and port (0: one that is free) until SIGTERM or Ctrl-C; returns when all is put away.

    Raises:
        CommandRefused: another process is at work on the database, the port is taken, or a test setting would be
            open to other machines.
    """
    for name, value in (
        ("TEAMS_TEST_SERVICE_HOSTS", settings.teams_test_service_hosts),
        ("GRAPH_TEST_HOST", settings.graph_test_host),
    ):
        if value and not is_loopback(host):
            raise CommandRefused(f"{name} is for tests on this machine; unset it to listen on another host")
    try:
        with RunLock(store, stand_by=True) as lock:
            _Service(settings, store, lock).run(host, port)
    except AlreadyRunning as running:
        raise CommandRefused(str(running)) from None


class _Service:
    """One run of `serve`."""

    def __init__(self, settings: Settings, store: Store, lock: RunLock) -> None:
        self._settings = settings
        self._store = store
        self._lock = lock
        self._led = False
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._log: FilteringBoundLogger = start_log()
        self._channels: dict[str, Channel] = dict(open_channels(settings, store))
        self._troubles: dict[str, str] = {}
        self._receiving = Receiving(
            settings, store, clock_now, alone=lock.alone, stopping=self._stopping, log=self._log
        )
        self._pulse = Pulse(clock_now())
        self._slack: SlackService | None = None
        self._teams: TeamsService | None = None

    def run(self, host: str, port: int) -> None:
        """1. Bind. 2. Say so. 3. Start the clock, take in mail and serve until told to stop. 4. Finish what is in hand.

        A mail server that lets us wait is hung up on, so that it all ends in time.
        """
        web = WebSettings(
            public_url=self._settings.public_url,
            secrets=self._settings.secrets,
            metrics_token=self._settings.metrics_token,
        )
        app = make_app(self._store, web, clock_now, pulse=self._pulse)
        if self._settings.slack_on:
            # Its library takes long to load.
            from bot.slack.service import slack_service  # noqa: PLC0415

            self._slack = slack_service(self._settings, self._store, web, app, self._log)
        if self._settings.teams_on:
            from bot.teams.service import teams_service  # noqa: PLC0415 - its libraries take long to load

            self._teams = teams_service(self._settings, self._store, web, app, self._log)
        try:
            server = WebServer(app, host, port)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CommandRefused(f"{host}:{port} can't be listened on: {reason}") from None
        with StopSignals(self._stop):
            self._say_where(host, server.port)
            clock = Clock(self._tick, self._seal)
            clock.start()
            if self._slack is not None:
                self._slack.start()
            self._receiving.start()
            threading.Thread(target=self._end_in_time, name="ending", daemon=True).start()
            try:
                server.run(self._stopping)
            finally:
                self._stopping.set()
                if self._slack is not None:
                    self._slack.stop()
                clock.stop()
                for channel in self._channels.values():
                    channel.rest()
                self._receiving.finish()
                self._ended.set()
                self._log.info("stopped")

    def _stop(self) -> None:
        self._stopping.set()

    def _end_in_time(self) -> None:
        """Whatever still waits some seconds after the end was asked for is cut short (contract: within 15 seconds)."""
        self._stopping.wait()
        if self._ended.wait(_FINISH_SECONDS):
            return
        for channel in self._channels.values():
            channel.hang_up()
        self._receiving.hang_up()
        if not self._ended.wait(_LAST_SECONDS):
            # Nothing is lost: leases run out, and what was open is in doubt, as after a crash.
            self._log.warning("ended without waiting any longer")
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)

    def _say_where(self, host: str, port: int) -> None:
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        for state in channel_states(self._settings):
            click.echo(f"{'on ' if state.on else 'off'}  {state.name}: {state.words}")
        if self._settings.public_url == DEFAULT_PUBLIC_URL and address != DEFAULT_PUBLIC_URL:
            click.echo(
                f"Links in messages begin with {DEFAULT_PUBLIC_URL}: set PUBLIC_URL if people reach it elsewhere."
            )
        click.echo(f"Ready: listening on {address}. Ctrl-C stops.")
        # Whoever waits for this line behind a pipe must not wait for a full buffer.
        sys.stdout.flush()
        self._log.info("listening", host=host, port=port, channels=sorted(self._channels))

    def _tick(self) -> datetime | None:
        """One tick; whatever goes wrong is logged and tried again at the next, as the truth is in the database."""
        if self._stopping.is_set():
            return None
        begun = time.monotonic()
        if not self._leads():
            # Another replica does what is due; this one is well, and takes replies.
            self._pulse.ticked(clock_now(), time.monotonic() - begun, failed=False)
            return clock_now() + _STAND_BY
        self._pulse.begun()
        report = self._ticked()
        self._pulse.ticked(clock_now(), time.monotonic() - begun, failed=report is None)
        if report is None:
            return None
        if not report.did_nothing:
            self._log.info(
                "tick",
                opened=list(report.opened),
                closed=list(report.closed),
                invited=report.invited,
                sent=dict(report.sent),
                cancelled=report.cancelled,
                deferred=report.deferred,
                refused=report.refused,
                in_doubt=report.in_doubt,
                removed=dict(report.removed),
            )
        if self._slack is not None:
            self._slack.refresh()
        if self._teams is not None:
            self._teams.refresh()
        self._tell_troubles(report.troubles)
        return report.next_at

    def _leads(self) -> bool:
        leads = self._lock.held()
        if leads != self._led and not self._lock.alone:
            self._log.info("this replica keeps the clock now" if leads else "another replica keeps the clock")
        self._led = leads
        return leads

    def _ticked(self) -> TickReport | None:
        try:
            return tick_once(
                self._store,
                self._channels,
                self._settings,
                clock_now(),
                alone=self._lock.alone,
                leads=True,
                clock=clock_now,
                stopping=lambda: self._stopping.is_set() or not self._lock.held(),
            )
        except DatabaseBusyError:
            self._log.warning("the database was busy; the tick waits for the next")
            return None
        except Exception as error:  # noqa: BLE001 - one bad tick must not stop the clock
            self._log.error("tick failed", **what_failed(error))
            return None

    def _tell_troubles(self, troubles: Mapping[str, str]) -> None:
        # Told when it begins, changes and ends: a server that is down for a night must not fill the log.
        for account, trouble in troubles.items():
            if self._troubles.get(account) != trouble:
                self._log.warning("a channel is in trouble", account=account, trouble=without_server_words(trouble))
        for account in self._troubles.keys() - troubles.keys():
            self._log.info("a channel works again", account=account)
        self._troubles = dict(troubles)

    def _seal(self) -> None:
        try:
            seal = seal_audit(self._store)
        except Exception as error:  # noqa: BLE001 - the lines wait for the next minute
            self._log.error("sealing failed", **what_failed(error))
            return
        if seal:
            # A log is somewhere else than the database: whoever makes the whole chain anew is found out by this.
            self._log.info("audit sealed", seal=seal)

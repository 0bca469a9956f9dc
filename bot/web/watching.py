"""What watches over an installation asks: `/healthz`, `/readyz` and `/metrics`. Counts and times only."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from bot.pulse import Pulse
from bot.settings import is_loopback
from bot.web.desk import Desk
from bot.web.problems import no_such_page
from storage.measures import Measures, database_answers, measures


def watching_routes(desk: Desk, pulse: Pulse | None) -> Blueprint:
    """`pulse` is that of this process's clock; None where no clock runs beside the pages."""
    routes = Blueprint("watching", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return _plain("alive\n", 200)

    @routes.get("/readyz")
    def ready() -> Response:
        try:
            with desk.store.reading() as tx:
                database_answers(tx)
        except Exception:  # noqa: BLE001 - whatever it is, the database does not answer
            return _plain("the database does not answer\n", 503)
        if pulse is not None and pulse.is_late(desk.clock()):
            return _plain("the clock stands still\n", 503)
        return _plain("ready\n", 200)

    @routes.get("/metrics")
    def figures() -> Response:
        if not _may_read(desk):
            return no_such_page(desk)
        now = desk.clock()
        with desk.store.reading() as tx:
            found = measures(tx, now)
        registry = CollectorRegistry()
        registry.register(_Figures(found, pulse, now))
        answer = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes


def _may_read(desk: Desk) -> bool:
    """Whoever shows METRICS_TOKEN. Where none is set: this machine, as long as the form is for this machine too.

    Behind a web server that passes requests on, each of them seems to come from here.
    """
    token = desk.settings.metrics_token
    if token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), token.encode())
    return is_loopback(request.remote_addr or "") and is_loopback(urlsplit(desk.settings.public_url).hostname or "")


def _plain(words: str, status: int) -> Response:
    answer = Response(words, status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


class _Figures(Collector):
    """One scrape's figures. All are gauges: they are counted in the database, where an erasure takes some away."""

    def __init__(self, found: Measures, pulse: Pulse | None, now: datetime) -> None:
        self._found, self._pulse, self._now = found, pulse, now

    def collect(self) -> Iterable[Metric]:
        found = self._found
        oldest = found.oldest_due_at
        yield _by("soundings_lines", "Messages in the ledger, by state", "state", found.lines)
        yield _by("soundings_lines_due", "Messages that should have gone, by channel", "channel", found.due)
        yield _one("soundings_lines_deferred", "Messages that were tried and wait", found.deferred)
        yield _one(
            "soundings_oldest_due_seconds",
            "For how long the longest waiting message has been due",
            0.0 if oldest is None else max((self._now - oldest).total_seconds(), 0.0),
        )
        if found.delays:
            late = sorted(found.delays)
            family = GaugeMetricFamily(
                "soundings_send_seconds", "From a message's time to its going, of the last 200", labels=["quantile"]
            )
            for name, place in (("0.5", len(late) // 2), ("0.95", len(late) * 19 // 20), ("1", len(late) - 1)):
                family.add_metric([name], late[min(place, len(late) - 1)])
            yield family
        yield _by(
            "soundings_attempts", "Tries to send, by outcome; in_doubt_* were looked into", "outcome", found.attempts
        )
        yield _by("soundings_returns", "Returns, by state", "state", found.returns)
        yield _one("soundings_triage_waiting", "Entries that wait for a person to sort them", found.triage_waiting)
        yield _one("soundings_mails_waiting", "Mails that are stored and not read yet", found.mails_waiting)
        yield _one(
            "soundings_accounts_in_trouble", "Accounts and mailboxes that failed at the last try", found.troubled
        )
        if self._pulse is not None:
            beat = self._pulse.beat
            yield _one("soundings_tick_seconds", "How long the last tick took", beat.seconds)
            yield _one("soundings_ticks", "Ticks since the start", beat.ticks)
            yield _one("soundings_ticks_failed", "Ticks that failed since the start", beat.failed)
            if beat.ended_at is not None:
                age = (self._now - beat.ended_at).total_seconds()
                yield _one("soundings_last_tick_age_seconds", "Since when no tick has ended well", age)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in sorted(values.items()):
        family.add_metric([value], count)
    return family

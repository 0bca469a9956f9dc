"""The town with its pages: people open their own link, and what they ask for goes through the ledger to their mailbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask

from bot.web.app import WebSettings, make_app
from surveys.tokens import Purpose, seal
from tests.fakes.smtp_server import SmtpServer, Taken
from tests.schedules.town import SECRET, SITE, Town
from tests.web.conftest import Clock, Visitor


@dataclass
class OwnPages:
    """A town that is open; `clock` is the web's, and ticks take it too."""

    town: Town
    server: SmtpServer
    clock: Clock
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = make_app(self.town.store, WebSettings(public_url=SITE, secrets=(SECRET,)), self.clock)
        self.app.testing = True

    def person(self, who: str) -> Visitor:
        found = self.town.invitation(who)
        return Visitor(self, f"/f/{seal(SECRET, Purpose.ANSWER, found.id, found.generation)}")  # type: ignore[arg-type]

    def tick(self, moment: datetime | None = None) -> list[Taken]:
        """What goes now."""
        before = len(self.server.taken)
        self.town.tick(moment or self.clock.now)
        return list(self.server.taken[before:])

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.town.store.reading() as tx:
            return [tuple(row) for row in tx.exec_driver_sql(sql)]

    def audit(self, who: str) -> list[str]:
        person = self.town.invitation(who).participant_id
        query = f"select what from audit_lines where actor = 'participant:{person}' order by id"
        return [str(row[0]) for row in self.rows(query)]

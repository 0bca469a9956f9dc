"""A small programme that is loaded, ticked and answered without a browser; every person in it is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from channels.base import Channel
from channels.mail.channel import MailChannel
from channels.mail.render import MailSettings
from channels.mail.smtp import SmtpChannel
from handlers.load import Loaded, import_panel, load_programme
from schedules.outcomes import TickReport, TickSettings
from schedules.tick import tick
from storage import invitations, ledger
from storage.engine import Store
from storage.invitations import Invitation
from storage.looks import look_again
from storage.people import participants_of
from storage.rounds import find_round
from surveys.authority import CONSOLE
from surveys.delivery import Line
from surveys.rounds import Round

SITE = "http://127.0.0.1:8080"
SECRET = "a secret for tests, long enough to be one"
ROUND = "town/autumn"
SURVEY = """
survey: autumn
version: 1
title: The autumn days
language: en-GB
intro: "Dear {participant.greeting}, a few questions about {area}."
thanks: We write again in January.
sections:
  - title: The day
    items:
      - {id: rating, ask: How good was it?, type: scale, points: 6, labels: {1: Poor, 6: Good}, required: true}
      - {id: more, ask: What else?, type: long_text}
      - {id: again, ask: Again?, type: yes_no}
"""
PROGRAMME = """
programme: town
title: Town days
timezone: Europe/London
calendar: GB-ENG
close_of_play: "17:00"
sender: {{name: Maya Lind, email: maya@example.org}}
channels: [mail]
perspectives: [{{id: host, label: Host, required: true}}, {{id: pcf, label: Parent carer forum}}]
areas: [{{id: north, name: North}}, {{id: south, name: South}}]
panel: panel.csv
rounds:
  - id: autumn
    survey: autumn.yaml
    kind: mid_cycle
    opens: 2024-11-25 09:00
    closes: {closes}
    mode: {mode}
    hold: {hold}
    {thanks}
    reminders: {{before_close: [7 days, 2 days, 4 hours], at: "09:30", cap: 2, gap: 24 hours}}
"""


def at(moment: str) -> datetime:
    """`2024-11-25 09:00`, in UTC (the town's own time in winter)."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


OPENS = at("2024-11-25 09:00")
FIRST, SECOND, LAST = at("2024-12-09 09:30"), at("2024-12-13 09:30"), at("2024-12-16 13:00")
CLOSES = at("2024-12-16 17:00")


@dataclass
class Town:
    """The programme in a folder and a database, with one mail server."""

    store: Store
    folder: Path
    smtp_url: str
    people: Sequence[str] = ("ana", "bo", "cy", "di")
    closes: str = "2024-12-16 17:00"
    mode: str = "confidential"
    hold: str = "false"
    thanks: str = "thanks: What was said is read in January."
    extra: Mapping[str, str] = field(default_factory=dict)
    programme: str = PROGRAMME
    survey: str = SURVEY
    timeout: float = 5.0
    holder: str = "test"
    sender: str = "bot@example.org"

    def load(self, now: datetime | None = None) -> Loaded:
        (self.folder / "autumn.yaml").write_text(self.survey)
        (self.folder / "programme.yaml").write_text(
            self.programme.format(closes=self.closes, mode=self.mode, hold=self.hold, thanks=self.thanks)
        )
        self.write_panel()
        loaded = load_programme(
            self.folder / "programme.yaml", self.store, now or at("2024-11-20 09:00"), dry_run=False, actor=CONSOLE
        )
        assert isinstance(loaded, Loaded), loaded
        return loaded

    def reword(self, *changes: tuple[str, str]) -> None:
        """The programme's file with other words in it."""
        for old, new in changes:
            assert old in self.programme
            self.programme = self.programme.replace(old, new)

    def write_panel(self) -> None:
        rows = ["id,name,email,email2,area,perspectives"]
        for place, person in enumerate(self.people):
            second = self.extra.get(person, "")
            area, hat = ("north", "south")[place % 2], ("host", "pcf")[place // 2 % 2]
            rows.append(f"{person},{person.title()} Example,{person}@example.test,{second},{area},{hat}")
        (self.folder / "panel.csv").write_text("\n".join(rows) + "\n")

    def import_panel(self, now: datetime) -> None:
        self.write_panel()
        loaded = import_panel(self.folder / "panel.csv", self.store, "town", now, dry_run=False, actor=CONSOLE)
        assert isinstance(loaded, Loaded), loaded

    def mail_settings(self) -> MailSettings:
        return MailSettings(
            from_address=self.sender,
            reply_to="reply@example.org",
            bounce_address="bounces@example.org",
            public_url=SITE,
            secret=SECRET,
        )

    def channel(self) -> Channel:
        return MailChannel(self.mail_settings(), SmtpChannel(self.smtp_url, timeout=self.timeout))

    def tick(self, moment: datetime, *, alone: bool = True) -> TickReport:
        settings = TickSettings(public_url=SITE, secret=SECRET, holder=self.holder, alone=alone)
        return tick(self.store, {"mail": self.channel()}, settings, moment)

    def round(self) -> Round:
        with self.store.reading() as tx:
            found = find_round(tx, ROUND)
        assert isinstance(found, Round)
        return found

    def invitation(self, person: str) -> Invitation:
        with self.store.reading() as tx:
            stored = find_round(tx, ROUND)
            assert isinstance(stored, Round)
            ids = {each.key: each.id for each in participants_of(tx, stored.programme_id, delegates=True)}
            every = invitations.invitations_of(tx, stored.id)
        return next(each for each in every if each.participant_id == ids[person])

    def line(self, person: str, suffix: str) -> Line | None:
        with self.store.reading() as tx:
            return ledger.line_by_key(tx, f"{ROUND}/{person}/{suffix}")

    def look_again(self) -> None:
        with self.store.writing() as tx:
            look_again(tx, self.round().id)

"""A programme of several rounds, played at random: looking at some people alone overlooks nobody."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.mail.render import MailSettings
from handlers import acts, choices
from handlers.delegation import delegate
from handlers.replies import record_reply
from handlers.round_commands import extend_round
from handlers.submitting import submit
from schedules import looking
from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage.engine import Store
from storage.rounds import find_round
from storage.tables.rounds import invitations
from surveys.authority import CONSOLE
from surveys.replies import IncomingReply
from tests.fakes.channels import RecordingChannel, Trouble
from tests.schedules.town import OPENS, SECRET, SITE, Town
from tests.schedules.whole_look import nothing_is_overlooked

PROGRAMME = """
programme: town
title: Town days
timezone: Europe/London
calendar: GB-ENG
sender: {{name: Maya Lind, email: maya@example.org}}
quiet_hours: 18:30-08:00
perspectives: [{{id: host, label: Host, required: true}}, {{id: pcf, label: Parent carer forum, required: true}}]
areas: [{{id: north, name: North}}, {{id: south, name: South}}]
sessions:
  - {{id: past, area: north, starts: 2024-11-20 09:30, ends: 2024-11-20 15:30}}
  - {{id: soon, area: south, starts: 2024-12-03 09:30, ends: 2024-12-03 15:30}}
panel: panel.csv
rounds:
  - id: autumn
    survey: autumn.yaml
    opens: 2024-11-25 09:00
    closes: 2024-12-16 close of play
    thanks: What was said is read in January.
    reminders: {{before_close: [7 days, 2 days, 4 hours], at: "09:30", cap: 2, gap: 24 hours}}
  - id: held
    survey: autumn.yaml
    opens: 2024-11-28 09:00
    closes: 2024-12-12 close of play
    audience: {{sessions: held}}
    reminders: {{before_close: [5 days, 1 day], cap: 1, gap: 24 hours}}
  - id: after
    survey: autumn.yaml
    kind: post_session
    opens: 1 hour after session
    closes: 5 working days after opens
    reminders: {{before_close: [2 days], cap: 1}}
  - id: managers
    survey: autumn.yaml
    kind: informant
    informs_about: autumn
    opens: 2024-12-02 09:00
    closes: 2024-12-13 close of play
    reminders: {{before_close: [3 days, 1 day], cap: 2, gap: 24 hours}}
"""
PANEL = """\
id,name,email,area,perspectives,sessions,manager_of,timezone
ana,Ana Example,ana@example.test,north,host,past:host,,
bo,Bo Example,bo@example.test,south,pcf,soon:pcf,,
cy,Cy Example,cy@example.test,north,pcf,past:pcf;soon:host,ana;bo,
di,Di Example,di@example.test,south,host,,cy,Asia/Kathmandu
"""


class Club(Town):
    def write_panel(self) -> None:
        (self.folder / "panel.csv").write_text(PANEL)


class Play:
    """One season; `chance` says what happens in it."""

    def __init__(self, store: Store, folder: Path, chance: random.Random) -> None:
        self.store, self.chance, self.now = store, chance, OPENS - timedelta(hours=1)
        self.town = Club(store=store, folder=folder, smtp_url="smtp://127.0.0.1:9")
        self.town.programme = PROGRAMME.replace("{{", "{").replace("}}", "}")
        self.town.programme = self.town.programme.replace("{", "{{").replace("}", "}}")
        self.town.load()
        self.channel = RecordingChannel(MailSettings(from_address="bot@example.org", public_url=SITE, secret=SECRET))
        self.did: list[str] = []
        self.troubles = [*[Trouble.NONE] * 4, Trouble.DOWN, Trouble.GREYLISTED, Trouble.IN_DOUBT, Trouble.REFUSED]

    def step(self) -> None:
        self.now += timedelta(hours=self.chance.choice([1, 9, 20, 25, 40]))
        self.channel.trouble = self.chance.choice(self.troubles)
        tick(
            self.store,
            {"mail": self.channel},
            TickSettings(public_url=SITE, secret=SECRET, holder=f"{self.now}"),
            self.now,
        )
        nothing_is_overlooked(self.store, self.now)
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            self.act()
            nothing_is_overlooked(self.store, self.now)

    def act(self) -> None:
        with self.store.reading() as tx:
            ids = tx.execute(select(invitations.c.id).order_by(invitations.c.id)).scalars().all()
        if not ids:
            return
        one, day = self.chance.choice(ids), (self.now + timedelta(days=self.chance.randint(1, 9))).date()
        what = self.chance.choice(["answer", "answer", "later", "decline", "pause", "back", "else", "out", "extend"])
        self.did.append(f"{self.now}: {what} {one}")
        match what:
            case "answer":
                reply = IncomingReply(channel="web", invitation_id=one, given={("rating", ""): "4"})
                record_reply(reply, self.store, self.now)
                if self.chance.random() < 0.7:
                    submit(one, self.store, self.now, channel="web")
            case "later":
                acts.snooze(one, day, self.store, self.now, channel="web")
            case "decline":
                acts.decline(one, self.store, self.now, channel="web")
            case "pause":
                choices.pause(one, day, self.store, self.now, channel="web")
            case "back":
                choices.pause(one, None, self.store, self.now, channel="web")
            case "else":
                delegate(one, "Nia Gale", f"nia{one}@elsewhere.test", self.store, self.now, channel="web")
            case "out":
                acts.opt_out(one, self.store, self.now, channel="web", whole_programme=False)
            case _:
                self.extend()

    def extend(self) -> None:
        with self.store.reading() as tx:
            found = find_round(tx, "town/autumn")
        extend_round(found.id, found.closes_at + timedelta(days=1), "", self.store, self.now, actor=CONSOLE)


@pytest.mark.sqlite
@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_looked_at_too_late(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    # Nothing may lean on everyone's being read again once a day.
    monkeypatch.setattr(looking, "_WHOLE_AFTER", timedelta(days=10_000))
    play = Play(store, tmp_path, random.Random(seed))
    while play.now < OPENS + timedelta(days=26):
        play.step()
    assert len(play.channel.said) > 10

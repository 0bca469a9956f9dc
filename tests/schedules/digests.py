"""What the tests of the organisers' digest have in common."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import invitations
from surveys.dispositions import Disposition
from tests.fakes.smtp_server import SmtpServer, Taken
from tests.schedules.town import OPENS, Town, at

READER = "maya.lind@example.org"
MINUTE = timedelta(minutes=1)
TUESDAY, WEDNESDAY = at("2024-11-26 08:30"), at("2024-11-27 08:30")


def stands(town: Town, person: str, disposition: Disposition, now: datetime, channel: str = "web") -> None:
    with town.store.writing() as tx:
        chosen = [town.invitation(person).id]
        invitations.set_disposition(tx, chosen, disposition, reason="", channel=channel, now=now)


def digests(server: SmtpServer, reader: str = READER) -> list[Taken]:
    return [mail for mail in server.to(reader) if mail.kind == "digest"]


def opened(town: Town) -> None:
    town.load()
    town.tick(OPENS)

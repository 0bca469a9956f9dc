"""A small round whose people have real mailboxes; every person in it is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from tests.clients.installation import Installation
from tests.mail_servers.servers import OURS, PEOPLES, MailServers

ROUND = "village/garden"
SURVEY = """
survey: garden
version: 1
title: The village garden
language: en-GB
intro: "Dear {participant.greeting}, four questions about the garden."
sections:
  - title: The day
    items:
      - {id: rating, ask: How good was it?, type: scale, points: 6, labels: {1: Poor, 6: Good}, required: true}
      - {id: more, ask: What else would you say?, type: long_text}
      - {id: again, ask: Would you come again?, type: yes_no}
"""
PROGRAMME = """
programme: village
title: The village
timezone: Europe/London
channels: [mail]
perspectives: [{{id: host, label: Host}}]
panel: panel.csv
rounds:
  - id: garden
    survey: garden.yaml
    kind: mid_cycle
    opens: {opens:%Y-%m-%d %H:%M}
    closes: {closes:%Y-%m-%d %H:%M}
    reminders: {{before_close: [7 days], cap: 2, gap: 24 hours}}
"""


@dataclass(kw_only=True)
class Village:
    """One installation at the servers; its round has just opened and closes in forty days."""

    servers: MailServers
    home: Path
    people: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)
    reply: str = "reply"
    opens: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))

    def __post_init__(self) -> None:
        user = f"{self.reply}%40{OURS}:pw-{self.reply}"
        set_here = {
            "MAIL_FROM": f"The village <surveys@{OURS}>",
            "MAIL_REPLY_TO": f"{self.reply}@{OURS}",
            "MAIL_CA_FILE": str(self.servers.certificate),
            "IMAP_URL": f"imaps://{user}@127.0.0.1:{self.servers.imaps}",
        }
        self.soundings = Installation(
            home=self.home,
            smtp_url=f"smtp://surveys%40{OURS}:pw-surveys@127.0.0.1:{self.servers.submission}",
            settings={**set_here, **self.settings},
        )

    def load(self) -> None:
        (self.home / "garden.yaml").write_text(SURVEY)
        closes = self.opens + timedelta(days=40)
        (self.home / "programme.yaml").write_text(PROGRAMME.format(opens=self.opens, closes=closes))
        named = {person.partition("@")[0]: _address(person) for person in self.people}
        rows = [f"{name},{name.title()} Example,{address},host" for name, address in named.items()]
        (self.home / "panel.csv").write_text("\n".join(["id,name,email,perspectives", *rows]) + "\n")
        self.soundings.run("load", self.home / "programme.yaml")

    def invitation(self, person: str) -> EmailMessage:
        return self.servers.wait_for(person, lambda mail: mail["Soundings-Kind"] == "invitation")

    def answer(self, person: str, answers: Sequence[str], *, top: str = "") -> bytes:
        """What that person's mail program makes of a reply: the invitation quoted, the answers behind `Answer:`."""
        asked = self.invitation(person)
        part = asked.get_body(("plain",))
        assert part is not None
        given = iter(answers)
        lines = [
            f"> {line} {next(given, '')}".rstrip() if line.strip() == "Answer:" else f"> {line}".rstrip()
            for line in part.get_content().splitlines()
        ]
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"{person.title()} Example <{person}@{PEOPLES}>"
        mail["To"] = str(asked["Reply-To"])
        mail["Subject"] = f"Re: {asked['Subject']}"
        mail["Message-ID"] = make_msgid(domain=PEOPLES)
        mail["In-Reply-To"] = str(asked["Message-ID"])
        mail["References"] = str(asked["References"])
        quoted = "\n".join(lines)
        mail.set_content(
            f"{top}\n\nOn Mon, 25 Nov 2024 at 09:00, The village <surveys@{OURS}> wrote:\n{quoted}\n"
            if top
            else f"{quoted}\n"
        )
        return mail.as_bytes()

    def replies(self, person: str, answers: Sequence[str], *, top: str = "") -> None:
        """The person's reply travels as any mail does."""
        to = str(self.invitation(person)["Reply-To"])
        self.servers.send_as(person, [to], self.answer(person, answers, top=top))

    def status(self) -> Mapping[str, Any]:
        return self.soundings.status(ROUND)

    def answers(self) -> list[Mapping[str, str]]:
        return [each["answers"] for each in self.soundings.export(ROUND)["responses"]]

    def plan(self) -> list[Mapping[str, Any]]:
        return list(self.soundings.run("round", "plan", ROUND, "--json").json)

    def triage(self) -> list[Mapping[str, Any]]:
        return list(self.soundings.run("triage", "list", "--json").json)

    def kinds(self, person: str) -> list[str]:
        """What lies in that person's mailbox: our kinds, or "other"."""
        return [str(mail["Soundings-Kind"] or "other") for mail in self.servers.mails(person)]


def _address(person: str) -> str:
    return person if "@" in person else f"{person}@{PEOPLES}"

"""A programme whose people are in a Slack workspace, run by the installed command against our fake of Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from tests.clients.installation import Installation
from tests.fakes.slack.delivering import Door, HttpDoor
from tests.fakes.slack.member import Member
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.sockets import SocketDoor
from tests.fakes.slack.workspace import Message, User, Workspace

T = TypeVar("T")

RATINGS = """
survey: module
version: 1
title: After the module
language: en-GB
intro: "Dear {participant.greeting}, you took part in the module this week."
thanks: We read every answer and change the next module by it.
sections:
  - title: The module
    items:
      - {id: knowledge, ask: "How much did you learn?", type: scale, points: 6, labels: {1: Little, 6: Much}}
      - {id: level, ask: "Was the level right?", type: scale, points: 6, labels: {1: Not at all, 6: Quite}}
      - {id: ideas, ask: "Did you get ideas?", type: scale, points: 6, labels: {1: None, 6: Many}}
      - {id: structure, ask: "Was it well built?", type: scale, points: 6, labels: {1: Poorly, 6: Well}}
      - {id: facilitation, ask: "Was it well led?", type: scale, points: 6, labels: {1: Poorly, 6: Well}}
"""
OPEN_QUESTIONS = """
survey: mid-cycle
version: 1
title: Mid-cycle evaluation
language: en-GB
sections:
  - title: The day
    items:
      - {id: organised, ask: "How well was the day organised?", type: scale, points: 4, labels: {1: Poorly, 4: Well}}
      - {id: changed, ask: "What has changed since?", type: long_text, quote: ask}
      - {id: impact, ask: "What has it meant", type: grid, rows: [{id: children, label: For children}, {id: families, label: For families}], cell: {type: text}}
      - {id: again, ask: "Would you take part again?", type: yes_no}
      - {id: topic, ask: "On which topic?", type: text, when: "${again} = 'yes'"}
      - {id: why, ask: "What kept you?", type: long_text, when: "${again} = 'no'"}
"""


def programme(survey: str, *, mode: str = "confidential", channels: str = "[slack, mail]", more: str = "") -> str:
    """A programme with one open round that closes in a week."""
    now = datetime.now(UTC)
    return f"""
programme: valley
title: Valley learning
timezone: UTC
channels: {channels}
sender: {{name: Ada Brook, email: ada@example.org}}
privacy: {{controller: Valley Council, contact: privacy@example.org}}
perspectives: [{{id: lead, label: Lead}}]
panel: panel.csv
rounds:
  - id: asked
    survey: {survey}
    kind: mid_cycle
    opens: {(now - timedelta(hours=1)):%Y-%m-%d %H:%M}
    closes: {(now + timedelta(days=7)):%Y-%m-%d %H:%M}
    audience: {{perspectives: [lead]}}
    mode: {mode}
{more}"""


@dataclass
class SlackSeason:
    """The installation, the workspace and its people."""

    installation: Installation
    workspace: Workspace
    server: SlackServer
    door: Door
    members: dict[str, Member] = field(default_factory=dict)

    def write(self, survey: str, *, people: Sequence[str] = ("avery", "blake"), **how: str) -> Path:
        """Write programme, questionnaire and panel; the people get accounts in the workspace."""
        home = self.installation.home
        (home / "survey.yaml").write_text(survey, encoding="utf-8")
        path = home / "programme.yaml"
        path.write_text(programme("survey.yaml", **how), encoding="utf-8")
        rows = ["id,name,greeting,email,slack,perspectives"]
        for name in people:
            user = self.workspace.add_user(f"{name}@example.org", name.title())
            self.members[name] = Member(workspace=self.workspace, user=user, door=self.door)
            rows.append(f"{name},{name.title()} Doe,{name.title()},{name}@example.org,{user.id},lead")
        (home / "panel.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    def tick(self) -> None:
        """Everything that is due, by a command of its own; not beside a running serve."""
        self.installation.run("tick")

    @property
    def answers(self) -> dict[str, dict[str, object]]:
        """What each return holds, by the export's pseudonym."""
        responses = self.installation.export("valley/asked")["responses"]
        return {each["participant"]: each["answers"] for each in responses}


def until(what: Callable[[], T], *, within: float = 15) -> T:
    """The first value of `what` that is something; fails where that takes too long."""
    end = time.monotonic() + within
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)


def first_prompt(member: Member) -> Message:
    """The first message that the person gets."""
    until(lambda: [m for m in member.messages if m.blocks])
    return member.messages[0]


def settings(workspace: Workspace, server: SlackServer, *, socket: bool) -> dict[str, str]:
    """What a deployer sets; by Socket Mode or by signed requests."""
    found = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_API_URL": server.url}
    return found | (
        {"SLACK_APP_TOKEN": workspace.app_token} if socket else {"SLACK_SIGNING_SECRET": workspace.signing_secret}
    )


@contextmanager
def a_season(home: Path, smtp_url: str, *, socket: bool = False) -> Iterator[SlackSeason]:
    """Everything in place, nothing loaded yet."""
    workspace = Workspace()
    with SlackServer(workspace) as server, SocketDoor(workspace) as sockets:
        server.api.socket_url = sockets.url
        installation = Installation(home=home, smtp_url=smtp_url, settings=settings(workspace, server, socket=socket))
        door = sockets if socket else HttpDoor(workspace, f"{installation.public_url}/slack/events")
        yield SlackSeason(installation=installation, workspace=workspace, server=server, door=door)


__all__ = ["OPEN_QUESTIONS", "RATINGS", "SlackSeason", "User", "a_season", "first_prompt", "until"]

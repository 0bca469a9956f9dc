"""A programme whose people are in Teams, run by the installed command against our fake of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients.installation import Installation
from tests.fakes.teams.cards import elements
from tests.fakes.teams.connector import Connector
from tests.fakes.teams.member import Member, text_of
from tests.fakes.teams.tenant import APP, TENANT, Post, Tenant
from tests.slack.season import OPEN_QUESTIONS, RATINGS, programme, until

SAVE = "Save and continue"
DONE = "Thank you, your answers are in"


@dataclass
class TeamsSeason:
    """The installation, the tenant and its people."""

    installation: Installation
    tenant: Tenant
    connector: Connector
    members: dict[str, Member] = field(default_factory=dict)

    def write(self, survey: str, *, people: Sequence[str] = ("avery", "blake"), mail: bool = True, **how: str) -> Path:
        """Write programme, questionnaire and panel; the people are in the tenant, and have installed the app."""
        home = self.installation.home
        (home / "survey.yaml").write_text(survey, encoding="utf-8")
        path = home / "programme.yaml"
        path.write_text(programme("survey.yaml", **({"channels": "[teams, mail]"} | how)), encoding="utf-8")
        rows = ["id,name,greeting,email,teams,perspectives"]
        for name in people:
            user = self.tenant.add(name.title())
            self.members[name] = Member(
                tenant=self.tenant,
                user=user,
                bot_url=f"{self.installation.public_url}/api/messages",
                service_url=self.connector.service_url,
            )
            address = f"{name}@example.org" if mail else ""
            rows.append(f"{name},{name.title()} Doe,{name.title()},{address},{user.aad},lead")
        (home / "panel.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    @property
    def answers(self) -> dict[str, dict[str, object]]:
        responses = self.installation.export("valley/asked")["responses"]
        return {each["participant"]: each["answers"] for each in responses}


@contextmanager
def a_season(home: Path, smtp_url: str, *, settings: Mapping[str, str] | None = None) -> Iterator[TeamsSeason]:
    """Everything in place, nothing loaded yet."""
    tenant = Tenant()
    with Connector(tenant) as connector:
        told = {"TEAMS_APP_ID": APP, "TEAMS_TENANT_ID": TENANT, "TEAMS_TEST_SERVICE_HOSTS": connector.host}
        installation = Installation(home=home, smtp_url=smtp_url, settings={**told, **(settings or {})})
        yield TeamsSeason(installation=installation, tenant=tenant, connector=connector)


def first_card(member: Member) -> Post:
    """The first card that the person gets."""
    until(lambda: [post for post in member.posts if post.card])
    return member.posts[0]


def titles(post: Post) -> list[str]:
    """What its buttons say."""
    return [each["title"] for each in elements(post.card) if each["type"].startswith("Action.")]


def asking(member: Member) -> Post | None:
    """The newest card that still asks."""
    for post in reversed(member.posts):
        verbs = {each["verb"] for each in elements(post.card) if each["type"] == "Action.Execute"}
        if "page:submit" in verbs or any(each.startswith("tap:") for each in verbs):
            return post
    return None


def ended(member: Member) -> bool:
    return any(DONE in text for text in member.texts)


def answer_all(member: Member, answers: Mapping[str, str], *, stop_before: str = "") -> None:
    """Answer card by card, by the ids of their inputs or the words of their questions, until the bot says thanks."""
    for _ in range(60):
        post = until(lambda: asking(member) or ended(member))
        if not isinstance(post, Post):
            return
        verbs = [each for each in elements(post.card) if each["type"] == "Action.Execute"]
        taps = [each["title"] for each in verbs if each["verb"].startswith("tap:")]
        words, before = text_of(post), str(post.card)
        if stop_before and stop_before in words + str(post.card):
            return
        if taps:
            wanted = next(value for name, value in answers.items() if name in words)
            assert member.press(post, wanted).status == 200
        else:
            for name, value in answers.items():
                if f'"f:{name}"' in str(post.card).replace("'", '"'):
                    member.fill(post, name, value)
            assert member.press(post, SAVE).status == 200
        until(lambda was=before, at=post: ended(member) or str(at.card) != was)
    raise AssertionError("no end after 60 cards")


__all__ = ["OPEN_QUESTIONS", "RATINGS", "TeamsSeason", "a_season", "answer_all", "first_card", "until"]

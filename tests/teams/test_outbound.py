"""Our own calls: signed, to Microsoft's hosts alone, anew where a token was withdrawn, and never after a redirect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from channels.teams.calling import Answered, Connector, Failed, outcome_of
from channels.teams.pace import CONVERSATION, TENANT, Pace
from channels.teams.settings import TeamsSettings
from channels.tokens import NoToken
from surveys.delivery import Deferred, Refused
from tests.fakes.teams.connector import Connector as Teams
from tests.fakes.teams.tenant import APP, Tenant, User
from tests.fakes.teams.tenant import TENANT as TENANT_ID

SERVICE = "https://smba.trafficmanager.net/emea/"
NOW = datetime(2025, 3, 24, 9, tzinfo=UTC)


@dataclass
class Tokens:
    """The first is withdrawn before its time; `none`: there is no other."""

    given: list[bool] = field(default_factory=list)
    none: bool = False

    def token(self, *, fresh: bool = False) -> str:
        self.given.append(fresh)
        if self.none:
            raise NoToken("the client secret has expired: make a new one and set TEAMS_APP_SECRET")
        return "good" if fresh else "withdrawn"


class _Here(HTTPAdapter):
    """Microsoft's host stands on this machine, as a name server of ours would have it."""

    def __init__(self, host: str, redirect: str) -> None:
        super().__init__()
        self.host, self.redirect, self.asked = host, redirect, 0

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        self.asked += 1
        if self.redirect:
            made = requests.Response()
            made.status_code, made.url, made.request = 302, str(request.url), request
            made.headers["Location"], made._content = self.redirect, b""
            return made
        parts = urlsplit(str(request.url))
        request.url = urlunsplit(("http", self.host, parts.path, parts.query, ""))
        return super().send(request, **how)


class Ours(Connector):
    """The very connector, with that host in the place of Microsoft's."""

    def __init__(self, tokens: Tokens, host: str, redirect: str = "") -> None:
        super().__init__(TeamsSettings(app_id=APP, tenant=TENANT_ID), tokens)
        self.adapter = _Here(host, redirect)

    def _session(self) -> requests.Session:
        session = super()._session()
        session.mount("https://smba.trafficmanager.net", self.adapter)
        return session


@pytest.fixture
def tenant() -> Tenant:
    return Tenant()


@pytest.fixture
def avery(tenant: Tenant) -> User:
    return tenant.add("Avery")


@pytest.fixture
def teams(tenant: Tenant) -> Iterator[Teams]:
    with Teams(tenant, admits=lambda token: token == "good") as running:
        yield running


def test_a_token_that_was_withdrawn_is_made_anew_once(teams: Teams, avery: User) -> None:
    tokens = Tokens()
    ours = Ours(tokens, teams.host)
    made = ours.open_conversation(SERVICE, avery.aad)
    assert isinstance(made, Answered)
    assert made.data["id"] == avery.conversation
    assert tokens.given == [False, True]
    assert isinstance(ours.post(SERVICE, avery.conversation, {"type": "message", "text": "x"}), Answered)


def test_without_a_token_everyone_else_s_channel_is_used_and_it_says_what_to_do(teams: Teams, avery: User) -> None:
    failed = Ours(Tokens(none=True), teams.host).open_conversation(SERVICE, avery.aad)
    assert isinstance(failed, Failed)
    outcome = outcome_of(failed, NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.lasting
    assert "TEAMS_APP_SECRET" in outcome.reason


def test_no_redirect_is_followed(teams: Teams, avery: User, tenant: Tenant) -> None:
    ours = Ours(Tokens(), teams.host, redirect=f"http://{teams.host}/v3/conversations")
    failed = ours.open_conversation(SERVICE, avery.aad)
    assert isinstance(failed, Failed)
    assert (failed.status, ours.adapter.asked, tenant.calls) == (302, 1, [])


@pytest.mark.parametrize("service", ["http://127.0.0.1:9/", "https://evil.example.org/", "https://x@evil.example.org/"])
def test_an_address_that_is_not_theirs_is_never_called(teams: Teams, avery: User, service: str) -> None:
    tokens = Tokens()
    failed = Ours(tokens, teams.host).post(service, avery.conversation, {"type": "message", "text": "x"})
    assert isinstance(failed, Failed)
    assert tokens.given == [], "not even a token is made"
    assert isinstance(outcome_of(failed, NOW), Refused)


def test_no_more_than_teams_takes_in_any_time() -> None:
    at = [0.0]
    pace = Pace(lambda: at[0])
    went: list[float] = []
    while len(went) < 200:
        wait = pace.wait_for("a:1")
        if wait:
            at[0] += wait
        else:
            went.append(at[0])
    for span, most in CONVERSATION.items():
        assert max(len([each for each in went if start <= each < start + span]) for start in went) <= most
    (span, most), *_ = TENANT.items()
    began, many = at[0], 0
    while at[0] < began + 5:
        wait = pace.wait_for(f"a:{many}")
        if wait:
            at[0] += wait
        else:
            many += 1
    assert many <= 6 * most / span


@pytest.mark.parametrize("status", [412, 429, 502, 504])
def test_waiting_is_jittered_and_what_teams_says_is_kept_to(status: int) -> None:
    untils = {outcome_of(Failed(status=status), NOW).until for _ in range(20)}  # type: ignore[union-attr]
    assert len(untils) > 10
    assert all(NOW + timedelta(seconds=5) <= each <= NOW + timedelta(seconds=10) for each in untils)
    told = outcome_of(Failed(status=status, retry_after=7), NOW)
    assert isinstance(told, Deferred)
    assert (told.until, told.asked) == (NOW + timedelta(seconds=7), True)

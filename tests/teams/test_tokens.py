"""Who may speak in Teams' name: one row for each wrong token; keys that change; and nothing of a token in the log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.teams.tokens import Admission, Keys, NotAdmittedError
from channels.teams.settings import TeamsSettings
from tests.fakes.teams.identity import Identity
from tests.fakes.teams.tenant import APP, TENANT

SERVICE = "https://smba.trafficmanager.net/emea/"
TEST_HOST = "127.0.0.1:9977"


class Passing:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def identity() -> Iterator[Identity]:
    with Identity() as running:
        yield running


@pytest.fixture
def passing() -> Passing:
    return Passing()


def _fetch(url: str) -> Any:
    response = requests.get(url, timeout=5)
    response.raise_for_status()
    return response.json()


@pytest.fixture
def keys(identity: Identity, passing: Passing) -> Keys:
    return Keys(_fetch, passing, f"http://{identity.host}/v1/.well-known/openidconfiguration")


@pytest.fixture
def admission(keys: Keys) -> Admission:
    return Admission(TeamsSettings(app_id=APP, tenant=TENANT), keys)


def activity(**changed: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "message",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "channelData": {"tenant": {"id": TENANT}},
        "conversation": {"id": "a:1", "tenantId": TENANT},
    }
    return {**found, **changed}


def refused(admission: Admission, header: str | None, found: dict[str, Any]) -> int:
    """The status that the request is refused with; 200 if it is not."""
    try:
        admission.check(header, found)
    except NotAdmittedError as error:
        return error.status
    return 200


OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Make = Callable[[Identity], str | None]
WRONG_TOKENS: list[tuple[str, int, Make]] = [
    ("none", 401, lambda _: None),
    ("empty", 401, lambda _: ""),
    ("no bearer", 401, lambda identity: identity.token(SERVICE)),
    ("basic", 401, lambda _: "Basic dXNlcjpwYXNz"),
    ("nothing behind it", 401, lambda _: "Bearer "),
    ("no token at all", 401, lambda _: "Bearer not-a-token"),
    ("another issuer", 401, lambda i: "Bearer " + i.token(SERVICE, iss="https://sts.windows.net/x/")),
    ("no issuer", 401, lambda i: "Bearer " + i.token(SERVICE, iss=None)),
    ("another app", 401, lambda i: "Bearer " + i.token(SERVICE, aud="00000000-0000-4000-8000-000000000000")),
    ("no audience", 401, lambda i: "Bearer " + i.token(SERVICE, aud=None)),
    ("over", 401, lambda i: "Bearer " + i.token(SERVICE, exp=int(time.time()) - 400)),
    ("no end", 401, lambda i: "Bearer " + i.token(SERVICE, exp=None)),
    ("not yet", 401, lambda i: "Bearer " + i.token(SERVICE, nbf=int(time.time()) + 600)),
    ("a key that is not theirs", 401, lambda i: "Bearer " + i.token(SERVICE, key=OTHER_KEY)),
    ("an unknown key", 401, lambda i: "Bearer " + i.token(SERVICE, kid="key-9", key=OTHER_KEY)),
    ("signed with a password", 401, lambda i: "Bearer " + i.token(SERVICE, algorithm="HS256", key="k" * 64)),
    ("not signed", 401, lambda _: "Bearer " + jwt.encode({"iss": "x"}, None, algorithm="none")),
    ("RS512", 401, lambda i: "Bearer " + i.token(SERVICE, algorithm="RS512")),
    ("another service", 403, lambda i: "Bearer " + i.token("https://smba.trafficmanager.net/amer/")),
    ("no service", 403, lambda i: "Bearer " + i.token(SERVICE, serviceurl=None)),
]


@pytest.mark.parametrize(("status", "make"), [(s, m) for _, s, m in WRONG_TOKENS], ids=[n for n, _, _ in WRONG_TOKENS])
def test_a_wrong_token_is_refused(admission: Admission, identity: Identity, status: int, make: Make) -> None:
    assert refused(admission, make(identity), activity()) == status


def test_a_right_token_is_let_in_with_five_minutes_for_clocks_that_differ(
    admission: Admission, identity: Identity
) -> None:
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity()) == 200
    assert refused(admission, f"Bearer {identity.token(SERVICE, exp=int(time.time()) - 240)}", activity()) == 200
    assert refused(admission, f"bearer {identity.token(SERVICE, nbf=int(time.time()) + 240)}", activity()) == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"channelData": {"tenant": {"id": "00000000-0000-4000-8000-000000000000"}}},
        {"conversation": {"id": "a:1", "tenantId": "00000000-0000-4000-8000-000000000000"}},
        {"channelData": {}, "conversation": {"id": "a:1"}},
        {"channelId": "slack"},
        {"channelId": None},
    ],
    ids=["another tenant", "another conversation's tenant", "no tenant", "another channel", "no channel"],
)
def test_a_right_token_with_a_wrong_activity_is_refused(
    admission: Admission, identity: Identity, changed: dict[str, Any]
) -> None:
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity(**changed)) == 403


@pytest.mark.parametrize(
    "service",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net.example.org/emea/",
        "https://evil.example.org/emea/",
        "https://smba.trafficmanager.net@evil.example.org/",
        "https://smba.trafficmanager.net:8443/",
        "https://botframework.com/",
        "https://evilbotframework.com/",
        "https://smba.trafficmanager.net\\@evil.example.org/",
        "http://127.0.0.1:9978/",
        "https://127.0.0.1:9977/",
        "",
        None,
        7,
    ],
)
def test_a_service_that_is_not_theirs_is_refused_whatever_signs_for_it(
    keys: Keys, identity: Identity, service: Any
) -> None:
    admission = Admission(TeamsSettings(app_id=APP, tenant=TENANT, test_hosts=(TEST_HOST,)), keys)
    token = identity.token(str(service))
    assert refused(admission, f"Bearer {token}", activity(serviceUrl=service)) == 403
    assert refused(admission, None, activity(serviceUrl=service)) == 403


def test_only_a_test_host_may_come_without_a_token(keys: Keys) -> None:
    admission = Admission(TeamsSettings(app_id=APP, tenant=TENANT, test_hosts=(TEST_HOST,)), keys)
    assert refused(admission, None, activity(serviceUrl=f"http://{TEST_HOST}/_connector")) == 200
    assert refused(admission, "Bearer forged", activity(serviceUrl=f"http://{TEST_HOST}/_connector")) == 401
    assert refused(admission, None, activity()) == 401
    strange = {"tenant": {"id": "00000000-0000-4000-8000-000000000000"}}
    assert refused(admission, None, activity(serviceUrl=f"http://{TEST_HOST}/", channelData=strange)) == 403


def test_keys_change_and_nobody_makes_us_ask_for_them_all_the_time(
    admission: Admission, identity: Identity, passing: Passing
) -> None:
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity()) == 200
    identity.rotate("key-2")
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity()) == 200
    asked = len(identity.asked)
    for number in range(20):
        forged = identity.token(SERVICE, kid=f"none-{number}", key=OTHER_KEY)
        assert refused(admission, f"Bearer {forged}", activity()) == 401
    assert len(identity.asked) == asked
    passing.at += 61
    identity.rotate("key-3")
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity()) == 200
    # Once a day they are read anew; while that fails, those we have are good.
    passing.at += 25 * 3600
    identity.down = True
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity()) == 200


def test_without_any_keys_nobody_is_let_in(identity: Identity, admission: Admission) -> None:
    identity.down = True
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity()) == 401


def test_a_key_that_does_not_speak_for_teams(identity: Identity, admission: Admission) -> None:
    identity.rotate("webchat-only", ("webchat",))
    assert refused(admission, f"Bearer {identity.token(SERVICE)}", activity()) == 403


def test_what_is_said_of_a_refused_token_holds_nothing_of_it(identity: Identity, admission: Admission) -> None:
    for each in (
        identity.token(SERVICE, aud="x"),
        identity.token("https://other.example.org/"),
        "aaaaaaaaa.bbbbbbbbb.ccccccccc",
    ):
        with pytest.raises(NotAdmittedError) as refusal:
            admission.check(f"Bearer {each}", activity())
        assert not any(part in refusal.value.reason for part in each.split("."))

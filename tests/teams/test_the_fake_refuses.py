"""The fake of Teams refuses what Teams refuses: one test for each row of what is known of it, by the row's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from channels.teams.elements import VERSION, button, card
from channels.teams.page_elements import ident
from tests.fakes.graph_sign_in import TENANT
from tests.fakes.teams.cards import LARGEST_CARD, problems_of
from tests.fakes.teams.connector import CARD, Connector
from tests.fakes.teams.identity import Identity
from tests.fakes.teams.member import INVOKE_SECONDS, Member
from tests.fakes.teams.tenant import APP, Tenant, User
from tests.teams.season import RATINGS, TeamsSeason, first_card


class Hand:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1_732_500_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def tenant(hand: Hand) -> Tenant:
    return Tenant(clock=hand)


@pytest.fixture
def avery(tenant: Tenant) -> User:
    return tenant.add("Avery")


@pytest.fixture
def connector(tenant: Tenant) -> Iterator[Connector]:
    with Connector(tenant) as running:
        yield running


def say(connector: Connector, conversation: str, body: dict[str, Any] | None = None) -> requests.Response:
    path = f"{connector.service_url}v3/conversations/{quote(conversation, safe='')}/activities"
    return requests.post(path, json=body or {"type": "message", "text": "hello"}, timeout=5)


def create(connector: Connector, member: str, **changed: Any) -> requests.Response:
    body = {"isGroup": False, "bot": {"id": f"28:{APP}"}, "members": [{"id": member}], "tenantId": TENANT}
    return requests.post(f"{connector.service_url}v3/conversations", json={**body, **changed}, timeout=5)


def code_of(answer: requests.Response) -> str:
    return str((answer.json().get("error") or {}).get("code", ""))


def carrying(content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "attachments": [{"contentType": CARD, "content": content}]}


def test_message_size(connector: Connector, avery: User) -> None:
    assert say(connector, avery.conversation, {"type": "message", "text": "x" * 90_000}).status_code == 201
    large = say(connector, avery.conversation, {"type": "message", "text": "x" * 103_000})
    assert (large.status_code, code_of(large)) == (413, "MessageSizeTooBig")
    block = {"type": "TextBlock", "text": "x" * 1000, "wrap": True}
    assert problems_of(card([block] * 20)) == []
    assert "28 KB" in problems_of(card([block] * (LARGEST_CARD // 1000 + 1)))[0]
    assert say(connector, avery.conversation, carrying(card([block] * 40))).status_code == 400


def test_per_bot_per_thread(connector: Connector, avery: User, tenant: Tenant, hand: Hand) -> None:
    blake = tenant.add("Blake")
    assert [say(connector, avery.conversation).status_code for _ in range(8)] == [201] * 7 + [429]
    assert say(connector, blake.conversation).status_code == 201, "another thread is not held up"
    hand.at += 1.01
    assert [say(connector, avery.conversation).status_code for _ in range(2)] == [201, 429], "eight in two seconds"
    refused = say(connector, avery.conversation)
    assert int(refused.headers["Retry-After"]) >= 1
    for _ in range(26):
        hand.at += 1.01
        for _ in range(4):
            say(connector, avery.conversation)
    hand.at += 2.01
    assert say(connector, avery.conversation).status_code == 429, "sixty in half a minute"


def test_retry(connector: Connector, avery: User, tenant: Tenant) -> None:
    for status in (429, 412, 502, 504):
        tenant.failures.append((status, "Wait", {"Retry-After": "3"} if status == 429 else {}))
        assert say(connector, avery.conversation).status_code == status
    assert say(connector, avery.conversation).status_code == 201


def test_answer_time(season: TeamsSeason) -> None:
    """A client that gets no answer to an invoke within three seconds shows it as failed: the fake's people insist."""
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        post = first_card(avery)
        slow = _Slow(**{name: getattr(avery, name) for name in ("tenant", "user", "bot_url", "service_url")})
        with pytest.raises(AssertionError, match="an invoke took"):
            slow.press(post, "Save and continue")


class _Slow(Member):
    """The way back takes longer than a client waits."""

    def send(self, activity: Any) -> Any:
        reply = super().send(activity)
        reply.took += INVOKE_SECONDS
        return reply


def test_403(connector: Connector, avery: User, tenant: Tenant) -> None:
    avery.installed = False
    answer = say(connector, avery.conversation)
    assert (answer.status_code, code_of(answer)) == (403, "ForbiddenOperationException")
    avery.installed, avery.blocked = True, True
    answer = say(connector, avery.conversation)
    assert (answer.status_code, code_of(answer)) == (403, "MessageWritesBlocked")


def test_addressing(connector: Connector, avery: User) -> None:
    assert create(connector, "avery@example.org").status_code == 400, "never by mail address"
    assert create(connector, "nobody").status_code == 400
    assert create(connector, avery.aad, isGroup=True).status_code == 400
    assert create(connector, avery.aad, bot={"id": "28:another"}).status_code == 400
    by_object = create(connector, avery.aad)
    assert by_object.status_code == 201
    assert create(connector, avery.bot_id).json() == by_object.json(), "once made, the same ever after"
    unknown = say(connector, "a:nowhere")
    assert (unknown.status_code, code_of(unknown)) == (404, "ConversationNotFound")


def test_install_first(connector: Connector, avery: User) -> None:
    avery.installed = False
    answer = create(connector, avery.aad)
    assert (answer.status_code, code_of(answer)) == (403, "ForbiddenOperationException")


def test_bot_type(connector: Connector, avery: User, tenant: Tenant) -> None:
    """Single-tenant: another tenant's chats can't be opened, and without a token nothing can."""
    assert create(connector, avery.aad, tenantId="00000000-0000-4000-8000-000000000000").status_code == 400
    with Connector(tenant, admits=lambda token: token == "good") as strict:
        assert say(strict, avery.conversation).status_code == 401
        path = f"{strict.service_url}v3/conversations/{quote(avery.conversation, safe='')}/activities"
        good = requests.post(
            path, json={"type": "message", "text": "x"}, headers={"Authorization": "Bearer good"}, timeout=5
        )
        assert good.status_code == 201


@pytest.mark.parametrize(
    ("element", "why"),
    [
        ({"type": "Input.Rating", "id": ident("a"), "label": "x"}, "Input.Rating is not known"),
        ({"type": "Input.Text", "id": ident("a")}, "without a label"),
        ({"type": "Input.Text", "label": "x"}, "an id of its own"),
        ({"type": "TextBlock", "text": ""}, "needs text"),
        ({"type": "Input.Text", "id": "f:a", "label": "x", "isRequired": True}, "errorMessage"),
        ({"type": "ActionSet", "actions": [button(str(n), "a") for n in range(7)]}, "one to six"),
        ({"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "x", "verb": "v"}]}, "fall back"),
        (
            {
                "type": "Input.ChoiceSet",
                "id": "f:a",
                "label": "x",
                "isMultiSelect": True,
                "choices": [{"title": "a", "value": "a,b"}],
            },
            "joined by commas",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_cards(connector: Connector, avery: User, element: dict[str, Any], why: str) -> None:
    answer = say(connector, avery.conversation, carrying(card([element])))
    assert answer.status_code == 400
    assert why in answer.json()["error"]["message"]


def test_cards_of_a_later_version(connector: Connector, avery: User) -> None:
    made = card([{"type": "TextBlock", "text": "x"}])
    assert VERSION == "1.5"
    assert say(connector, avery.conversation, carrying(made)).status_code == 201
    assert say(connector, avery.conversation, carrying(made | {"version": "1.6"})).status_code == 400


def test_a_message_that_is_gone_can_t_be_changed(connector: Connector, avery: User) -> None:
    path = f"{connector.service_url}v3/conversations/{quote(avery.conversation, safe='')}/activities"
    made = say(connector, avery.conversation).json()["id"]
    changed = {"type": "message", "text": "other"}
    assert requests.put(f"{path}/{made}", json=changed, timeout=5).status_code == 200
    gone = requests.put(f"{path}/99", json=changed, timeout=5)
    assert (gone.status_code, code_of(gone)) == (404, "ActivityNotFoundInConversation")


def test_the_keys_that_sign_are_told_as_openid_says() -> None:
    with Identity() as identity:
        told = requests.get(f"http://{identity.host}/v1/.well-known/openidconfiguration", timeout=5).json()
        keys = requests.get(told["jwks_uri"], timeout=5).json()["keys"]
        identity.rotate("key-2")
        after = requests.get(told["jwks_uri"], timeout=5).json()["keys"]
    assert [each["kid"] for each in keys] == ["key-1"]
    assert [each["kid"] for each in after] == ["key-1", "key-2"]
    assert all(each["endorsements"] and each["kty"] == "RSA" for each in after)

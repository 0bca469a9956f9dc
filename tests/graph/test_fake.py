"""The fake refuses what Microsoft's documentation says is refused; each rule's page is named in the fake."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from typing import Any

import pytest
import requests

from tests.fakes.graph_server import MAILBOX, GraphServer
from tests.fakes.graph_sign_in import CLIENT, SECRET, TENANT

MESSAGES = f"/users/{MAILBOX}/messages"
DELTA = f"/users/{MAILBOX}/mailFolders/inbox/messages/delta"
SAME = {"Prefer": 'IdType="ImmutableId"'}


def mime(sender: str = MAILBOX, to: str = "ana@example.test", words: str = "Hello") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "A mail"
    mail.set_content(words)
    return bytes(mail)


class Caller:
    def __init__(self, graph: GraphServer) -> None:
        self.graph = graph
        self.token = graph.sign_in.issue()

    def __call__(self, method: str, path: str, **named: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | named.pop("headers", {})
        url = path if path.startswith("http") else f"{self.graph.base}{path}"
        return requests.request(method, url, headers=headers, timeout=5, **named)

    def draft(self, content: bytes | None = None, **headers: str) -> str:
        answer = self(
            "POST",
            MESSAGES,
            data=base64.b64encode(content or mime()),
            headers={"Content-Type": "text/plain", **headers},
        )
        assert answer.status_code == 201
        return str(answer.json()["id"])


@pytest.fixture
def call(graph: GraphServer) -> Caller:
    return Caller(graph)


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


FORM = {
    "grant_type": "client_credentials",
    "client_id": CLIENT,
    "client_secret": SECRET,
    "scope": "https://graph.microsoft.com/.default",
}


@pytest.mark.parametrize(
    ("changed", "tenant", "words"),
    [
        ({"grant_type": "password"}, TENANT, "AADSTS70003"),
        ({"client_id": "other"}, TENANT, "AADSTS700016"),
        ({"client_secret": "other"}, TENANT, "AADSTS7000215"),
        ({"client_secret": ""}, TENANT, "AADSTS7000218"),
        ({"scope": "https://graph.microsoft.com/Mail.Send"}, TENANT, "AADSTS1002012"),
        ({}, "other", "AADSTS90002"),
    ],
)
def test_the_token_endpoint_refuses(graph: GraphServer, changed: dict[str, str], tenant: str, words: str) -> None:
    url = f"http://{graph.host}/{tenant}/oauth2/v2.0/token"
    answer = requests.post(url, data=FORM | changed, timeout=5)
    assert answer.status_code in (400, 401)
    assert words in answer.json()["error_description"]


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": 1}, "expired"),
        ({"aud": "https://outlook.office365.com"}, "Invalid audience"),
    ],
)
def test_a_wrong_token_is_a_401(graph: GraphServer, call: Caller, claims: dict[str, object], words: str) -> None:
    call.token = graph.sign_in.issue(**claims)
    answer = call("GET", DELTA)
    assert code(answer) == (401, "InvalidAuthenticationToken")
    assert words in answer.text


def test_no_token_and_a_forged_one_are_a_401(graph: GraphServer, call: Caller) -> None:
    assert requests.get(f"{graph.base}{DELTA}", timeout=5).status_code == 401
    call.token = call.token[:-4] + "AAAA"
    assert call("GET", DELTA).status_code == 401


def test_a_permission_that_is_missing_is_a_403(graph: GraphServer, call: Caller) -> None:
    draft = call.draft()
    call.token = graph.sign_in.issue(roles=["Mail.ReadWrite"])
    assert code(call("POST", f"{MESSAGES}/{draft}/send", data=b"")) == (403, "ErrorAccessDenied")
    call.token = graph.sign_in.issue(roles=["Mail.Read", "Mail.Send"])
    made = call("POST", MESSAGES, data=base64.b64encode(mime()), headers={"Content-Type": "text/plain"})
    assert code(made) == (403, "ErrorAccessDenied")
    assert call("GET", DELTA).status_code == 200


def test_an_app_has_no_me_and_another_mailbox_is_not_there(call: Caller) -> None:
    assert call("GET", "/me/messages/x").status_code == 400
    assert code(call("GET", "/users/other@example.org/messages/x")) == (404, "ErrorInvalidUser")


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/json", b'{"subject": "no MIME"}', (415, "UnsupportedMediaType")),
        ("text/plain", mime(), (400, "ErrorMimeContentInvalidBase64String")),
        ("text/plain", b"", (400, "ErrorMimeContentInvalidBase64String")),
        ("text/plain", base64.b64encode(b"x" * 3_200_000), (413, "ErrorMessageSizeExceeded")),
    ],
    ids=["JSON", "no base64", "empty", "too large"],
)
def test_a_draft_is_refused(call: Caller, kind: str, body: bytes, expected: tuple[int, str]) -> None:
    assert code(call("POST", MESSAGES, data=body, headers={"Content-Type": kind})) == expected


def test_a_draft_is_sent_once(graph: GraphServer, call: Caller) -> None:
    draft = call.draft()
    sent = call("POST", f"{MESSAGES}/{draft}/send")
    assert (sent.status_code, sent.content) == (202, b"")
    assert code(call("POST", f"{MESSAGES}/{draft}/send")) == (404, "ErrorItemNotFound")
    assert len(graph.mailbox.sent) == 1
    # The move has changed the ordinary id; the immutable one would have stayed.
    assert call("GET", f"{MESSAGES}/{draft}").status_code == 404
    kept = call.draft(**SAME)
    call("POST", f"{MESSAGES}/{kept}/send")
    assert call("GET", f"{MESSAGES}/{kept}").json()["isDraft"] is False


def test_sending_takes_no_body_and_only_whom_it_may(graph: GraphServer, call: Caller) -> None:
    draft = call.draft()
    assert call("POST", f"{MESSAGES}/{draft}/send", data=b"{}").status_code == 400
    other = call.draft(mime(sender="maya@example.org"))
    assert code(call("POST", f"{MESSAGES}/{other}/send")) == (403, "ErrorSendAsDenied")
    graph.send_as.add("maya@example.org")
    assert call("POST", f"{MESSAGES}/{other}/send").status_code == 202
    nobody = call.draft(mime(to="ana@nowhere"))
    assert code(call("POST", f"{MESSAGES}/{nobody}/send")) == (400, "ErrorInvalidRecipients")


def test_a_draft_that_was_deleted_is_gone(call: Caller) -> None:
    for method, path in (("POST", "/permanentDelete"), ("DELETE", "")):
        draft = call.draft()
        assert call(method, f"{MESSAGES}/{draft}{path}").status_code == 204
        assert code(call("GET", f"{MESSAGES}/{draft}")) == (404, "ErrorItemNotFound")
        assert call("POST", f"{MESSAGES}/{draft}/send").status_code == 404


def test_the_inbox_is_told_in_pages_and_then_by_its_changes(graph: GraphServer, call: Caller) -> None:
    items = [graph.mailbox.deliver(mime("p@example.test", MAILBOX, str(number))) for number in range(5)]
    first = call("GET", f"{DELTA}?changeType=created", headers={"Prefer": "odata.maxpagesize=2"}).json()
    assert [each["id"] for each in first["value"]] == [item.immutable for item in items[:2]]
    assert "@odata.deltaLink" not in first
    second = call("GET", first["@odata.nextLink"], headers={"Prefer": "odata.maxpagesize=9"}).json()
    assert len(second["value"]) == 3
    link = second["@odata.deltaLink"]
    assert call("GET", link).json()["value"] == []
    graph.mailbox.remove(items[0])
    call("PATCH", f"{MESSAGES}/{items[1].immutable}", json={"isRead": True})
    told = call("GET", link).json()["value"]
    # What was read is a change too, which changeType=created leaves out.
    assert told == [{"id": items[0].immutable, "@removed": {"reason": "deleted"}}]
    every = call("GET", DELTA).json()["value"]
    assert (items[1].immutable, True) in [(each["id"], each.get("isRead")) for each in every]


def test_a_link_is_used_as_it_was_given_and_not_for_ever(graph: GraphServer, call: Caller) -> None:
    graph.mailbox.deliver(mime())
    link = call("GET", DELTA).json()["@odata.deltaLink"]
    assert call("GET", f"{link}&changeType=created").status_code == 400
    assert call("GET", f"{DELTA}?$search=x").status_code == 400
    graph.mailbox.deliver(mime())
    graph.mailbox.oldest = 2
    assert code(call("GET", link)) == (410, "SyncStateNotFound")


def test_only_reading_can_be_marked_and_in_json(graph: GraphServer, call: Caller) -> None:
    item = graph.mailbox.deliver(mime())
    path = f"{MESSAGES}/{item.immutable}"
    assert call("PATCH", path, data=b"isRead=true", headers={"Content-Type": "text/plain"}).status_code == 415
    assert call("PATCH", path, json={"subject": "another"}).status_code == 400
    assert call("PATCH", path, json={"isRead": "yes"}).status_code == 400
    assert call("PATCH", path, json={"isRead": True}).status_code == 200
    assert item.read
    assert call("GET", f"{path}/$value").content == item.content
    assert call("PATCH", f"{MESSAGES}/none", json={"isRead": True}).status_code == 404

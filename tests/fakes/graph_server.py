"""Microsoft Graph's mail endpoints on this machine, over real HTTP, with the limits that are documented.

[errors]   https://learn.microsoft.com/en-us/graph/errors
[throttle] https://learn.microsoft.com/en-us/graph/throttling and /throttling-limits (Outlook: 4 requests at once)
[create]   https://learn.microsoft.com/en-us/graph/api/user-post-messages
[send]     https://learn.microsoft.com/en-us/graph/api/message-send
[update]   https://learn.microsoft.com/en-us/graph/api/message-update
[mime]     https://learn.microsoft.com/en-us/graph/outlook-get-mime-message
[delta]    https://learn.microsoft.com/en-us/graph/api/message-delta
[over]     https://learn.microsoft.com/en-us/graph/delta-query-overview
[rbac]     https://learn.microsoft.com/en-us/exchange/permissions-exo/application-rbac
[limits]   https://learn.microsoft.com/en-us/office365/servicedescriptions/exchange-online-service-description
[purge]    https://learn.microsoft.com/en-us/graph/api/message-permanentdelete
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import getaddresses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.graph_mailbox import MailboxState
from tests.fakes.graph_sign_in import SignIn

MAILBOX = "bot@example.org"
MOST_BYTES = 4 * 1024 * 1024
_PAGE = 10
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def problem(status: int, code: str, words: str, **headers: str) -> Reply:
    """An error as Graph words it [errors]."""
    body = json.dumps({"error": {"code": code, "message": words, "innerError": {"request-id": "0"}}})
    return Reply(status, body.encode(), {"Content-Type": "application/json", **headers})


@dataclass
class GraphServer:
    """Listens on loopback from `start` to `stop`.

    `script`: by a request's last word (`messages`, `send`, `delta`, `$value`, ...) what the next ones are answered
    with in place of what they ask for. `after`: done instead of answering `send` once the mail has gone.
    """

    sign_in: SignIn = field(default_factory=SignIn)
    mailbox: MailboxState = field(default_factory=MailboxState)
    address: str = MAILBOX
    script: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    drop_after_send: bool = False
    # What was told to go waits in the outbox, as beyond 30 messages a minute [limits].
    outbox_waits: bool = False
    # Senders other than the mailbox that it may write as.
    send_as: set[str] = field(default_factory=set)
    # Application roles assigned in Exchange for this mailbox; no token names them [rbac].
    roles_assigned: tuple[str, ...] = ()
    before: Callable[[Asked], None] = lambda _: None
    lock: threading.RLock = field(default_factory=threading.RLock)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> Self:
        handler = type("Handler", (_Handler,), {"graph": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.sign_in.host = self.host
        threading.Thread(target=self._server.serve_forever, name="graph", daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def host(self) -> str:
        assert self._server is not None
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def base(self) -> str:
        return f"http://{self.host}/v1.0"

    def next(self, word: str, *replies: Reply) -> None:
        self.script.setdefault(word, []).extend(replies)

    def to(self, address: str) -> list[Any]:
        """What was sent to that address."""
        return [each for each in self.mailbox.sent if address in str(each.message["To"])]

    def answer(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        steps = [unquote(step) for step in parts.path.split("/") if step]
        if steps[:1] != ["v1.0"]:
            return self._sign_in(asked, steps)
        refused = self.sign_in.refused(asked.headers.get("authorization"))
        if refused:
            return problem(401, "InvalidAuthenticationToken", refused)
        if steps[-1] in self.script and self.script[steps[-1]]:
            return self.script[steps[-1]].pop(0)
        # An app has no /me: the mailbox must be named, and must be there.
        if len(steps) < 4 or steps[1] != "users":
            return problem(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
        if steps[2].lower() != self.address:
            return problem(404, "ErrorInvalidUser", "The requested user is invalid.")
        return self._mail(asked, steps[3:], {key: value[0] for key, value in parse_qs(parts.query).items()})

    def _sign_in(self, asked: Asked, steps: list[str]) -> Reply:
        if steps[1:] == ["v2.0", ".well-known", "openid-configuration"]:
            status, told = self.sign_in.configuration(steps[0])
        elif steps[1:] == ["oauth2", "v2.0", "token"] and asked.method == "POST":
            form = {key: value[0] for key, value in parse_qs(asked.body.decode()).items()}
            status, told = self.sign_in.token(steps[0], form)
        else:
            return Reply(404)
        return Reply(status, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def _mail(self, asked: Asked, steps: list[str], query: dict[str, str]) -> Reply:
        roles = [*self.sign_in.roles_in(asked.headers["authorization"]), *self.roles_assigned]
        needed = "Mail.Send" if steps[-1] == "send" else "Mail.ReadWrite"
        # Reading needs Mail.Read or more; everything else what its page says [send] [create] [update].
        if needed not in roles and not (asked.method == "GET" and "Mail.Read" in roles):
            return problem(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        match (asked.method, steps):
            case ("POST", ["messages"]):
                return self._create(asked)
            case ("POST", ["messages", name, "send"]):
                return self._send(asked, name)
            case ("POST", ["messages", name, "permanentDelete"]) | ("DELETE", ["messages", name]):
                return self._delete(name)
            case ("GET", ["messages", name]):
                return self._get(asked, name)
            case ("GET", ["messages", name, "$value"]):
                return self._value(name)
            case ("PATCH", ["messages", name]):
                return self._update(asked, name)
            case ("GET", ["mailFolders", ("inbox" | "drafts") as folder]):
                return _json(200, {"id": folder_id(folder), "displayName": folder.title()})
            case ("GET", ["mailFolders", "inbox", "messages", "delta"]):
                return self._delta(asked, query)
        return problem(405, "Request_BadRequest", "The method is not allowed here.")

    def _create(self, asked: Asked) -> Reply:
        """MIME is base64 in text/plain; more than 4 MB is a 413; what is no base64 a 400 [create]."""
        if asked.headers.get("content-type", "").split(";")[0] != "text/plain":
            return problem(415, "UnsupportedMediaType", "MIME is sent as text/plain.")
        if len(asked.body) > MOST_BYTES:
            return problem(413, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.")
        try:
            content = base64.b64decode(asked.body, validate=True)
        except (binascii.Error, ValueError):
            return problem(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
        if not content:
            return problem(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
        item = self.mailbox.put_draft(content)
        return _json(201, {"id": _name(item, asked), "isDraft": True, "isRead": True})

    def _send(self, asked: Asked, name: str) -> Reply:
        """A draft is sent once, without a body (Content-Length 0), and answered with 202 and nothing [send]."""
        if "content-length" not in asked.headers:
            return problem(411, "LengthRequired", "A Content-Length header is required.")
        if asked.body:
            return problem(400, "BadRequest", "The action takes no body.")
        item = self.mailbox.find(name)
        if item is None or not item.draft:
            return problem(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        message = item.message
        sender = getaddresses([str(message["From"])])[0][1].lower()
        if sender != self.address and sender not in self.send_as:
            return problem(403, "ErrorSendAsDenied", "The user account does not have the right to send as this sender.")
        named = getaddresses([str(message[header]) for header in ("To", "Cc") if message[header]])
        if not named or not all(_ADDRESS.fullmatch(address) for _, address in named):
            return problem(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
        if self.outbox_waits:
            item.move("outbox")
        else:
            self.mailbox.send(item)
        return Reply(202)

    def _delete(self, name: str) -> Reply:
        item = self.mailbox.find(name)
        if item is None:
            return problem(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        self.mailbox.remove(item)
        return Reply(204)

    def _get(self, asked: Asked, name: str) -> Reply:
        item = self.mailbox.find(name)
        if item is None:
            return problem(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        told = {"isDraft": item.draft, "isRead": item.read, "parentFolderId": folder_id(item.folder)}
        return _json(200, {"id": _name(item, asked), **told})

    def _value(self, name: str) -> Reply:
        """The message as MIME [mime]."""
        item = self.mailbox.find(name)
        if item is None:
            return problem(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        return Reply(200, item.content, {"Content-Type": "text/plain"})

    def _update(self, asked: Asked, name: str) -> Reply:
        """Whether it is read can be changed, in JSON [update]."""
        item = self.mailbox.find(name)
        if item is None:
            return problem(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        if asked.headers.get("content-type", "").split(";")[0] != "application/json":
            return problem(415, "UnsupportedMediaType", "The body is to be JSON.")
        told = json.loads(asked.body)
        if set(told) != {"isRead"} or not isinstance(told["isRead"], bool):
            return problem(400, "ErrorInvalidRequest", "Only isRead is known here.")
        if item.read != told["isRead"]:
            item.read = told["isRead"]
            self.mailbox.changes.append(("updated", item.immutable))
        return _json(200, {"id": _name(item, asked), "isRead": item.read})

    def _delta(self, asked: Asked, query: dict[str, str]) -> Reply:
        """Pages until a deltaLink; parameters are said once and live on in the links; old links are over [delta] [over]."""
        if {"$search", "$filter"} & set(query):
            return problem(400, "ErrorInvalidUrlQuery", "This option is not supported.")
        token = query.get("$deltatoken") or query.get("$skiptoken")
        if token and set(query) - {"$deltatoken", "$skiptoken"}:
            return problem(400, "ErrorInvalidUrlQuery", "A link is used as it was given.")
        if token:
            since, kind = int(token.split("~")[0]), token.split("~")[1]
            if since < self.mailbox.oldest or since > len(self.mailbox.changes):
                return problem(410, "SyncStateNotFound", "The sync state generation is not found.")
        else:
            since, kind = 0, query.get("changeType", "")
        wanted = re.search(r"odata\.maxpagesize=(\d+)", asked.headers.get("prefer", ""))
        upto = min(since + (int(wanted[1]) if wanted else _PAGE), len(self.mailbox.changes))
        value = self.mailbox.page(since, upto, kind)
        link = f"{self.base}/users/{self.address}/mailFolders/inbox/messages/delta"
        if upto < len(self.mailbox.changes):
            return _json(200, {"value": value, "@odata.nextLink": f"{link}?$skiptoken={upto}~{kind}"})
        return _json(200, {"value": value, "@odata.deltaLink": f"{link}?$deltatoken={upto}~{kind}"})


def folder_id(folder: str) -> str:
    """A folder's id, which never changes [ids]."""
    return f"AQMkFolder{folder}"


def _json(status: int, told: dict[str, object]) -> Reply:
    return Reply(status, json.dumps(told).encode(), {"Content-Type": "application/json"})


def _name(item: Any, asked: Asked) -> str:
    """The ordinary id, which a move changes, unless the header asks for the other [ids]."""
    return str(item.immutable if 'IdType="ImmutableId"' in asked.headers.get("prefer", "") else item.ordinary)


class _Handler(BaseHTTPRequestHandler):
    graph: GraphServer
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length) if length else b"")
        graph = self.graph
        graph.before(asked)
        with graph.lock:
            graph.asked.append(asked)
            reply = graph.answer(asked)
            if asked.path.endswith("/send") and reply.status == 202 and graph.drop_after_send:
                # It is done, and the answer never comes.
                self.close_connection = True
                return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server looks for these names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is said."""

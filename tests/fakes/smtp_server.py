"""A real SMTP server on this machine (aiosmtpd) that behaves as badly as it is told to."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Taken:
    """One mail as it arrived."""

    content: bytes
    sender: str
    recipients: tuple[str, ...]

    @property
    def message(self) -> EmailMessage:
        parsed = BytesParser(policy=default).parsebytes(self.content)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def kind(self) -> str:
        return str(self.message["Soundings-Kind"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())


@dataclass
class Behaviour:
    """What the server does wrong; may be changed while it runs. Answers are by recipient, "*" for everyone."""

    mail_from: str = ""
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    # Said to that recipient the first time only.
    rcpt_once: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    # drop: before the message is taken; drop_after: it is taken, and the answer never comes.
    drop: bool = False
    drop_after: bool = False
    needs_starttls: bool = False
    accounts: dict[str, str] = field(default_factory=dict)


class _Door:
    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    async def handle_MAIL(  # noqa: N802 - aiosmtpd looks for these names
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.server.behaviour.mail_from
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = self.server.behaviour
        refusal = behaviour.rcpt_once.pop(address, "") or behaviour.rcpt.get(address) or behaviour.rcpt.get("*")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        behaviour = self.server.behaviour
        if behaviour.slow:
            await asyncio.sleep(behaviour.slow)
        if behaviour.drop:
            smtp.transport.close()
            return "421 gone"
        refusal = behaviour.data.get(envelope.rcpt_tos[0]) or behaviour.data.get("*")
        if refusal:
            return refusal
        self.server.take(Taken(bytes(envelope.content or b""), envelope.mail_from or "", tuple(envelope.rcpt_tos)))
        if behaviour.drop_after:
            smtp.transport.close()
            return "421 gone"
        return "250 2.0.0 taken"


class _Controller(Controller):
    def __init__(self, server: SmtpServer, listening: socket.socket, **how: Any) -> None:
        self._listening = listening
        port: int = listening.getsockname()[1]
        super().__init__(_Door(server), hostname="127.0.0.1", port=port, server_hostname="sink.test", **how)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening, ssl=self.ssl_context)


class SmtpServer:
    """Listens on loopback from `start` to `stop`; a stopped one can be started again on the same port."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, implicit_tls: bool = False) -> None:
        self.behaviour = Behaviour()
        self.connections = 0
        self._taken: list[Taken] = []
        self._lock = threading.Lock()
        self._tls = tls
        self._implicit = implicit_tls
        self._controller: _Controller | None = None
        self.port = 0

    def start(self) -> SmtpServer:
        behaviour = self.behaviour
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        how: dict[str, Any] = {}
        if self._tls is not None:
            how["ssl_context" if self._implicit else "tls_context"] = self._tls
        if behaviour.needs_starttls:
            how["require_starttls"] = True
        if behaviour.accounts:
            how |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": False}
        self._controller = _Controller(self, listening, **how)
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def taken(self) -> tuple[Taken, ...]:
        with self._lock:
            return tuple(self._taken)

    def take(self, mail: Taken) -> None:
        with self._lock:
            self._taken.append(mail)

    def clear(self) -> None:
        with self._lock:
            self._taken.clear()

    def to(self, address: str) -> list[Taken]:
        return [mail for mail in self.taken if address in mail.recipients]

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth: object
    ) -> AuthResult:
        if not isinstance(auth, LoginPassword):
            return AuthResult(success=False, handled=False)
        known = self.behaviour.accounts.get(auth.login.decode())
        return AuthResult(success=known == auth.password.decode(), handled=False)


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate for loopback that nobody vouches for, as servers on one machine have."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begins = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context

"""Where a mail server is and as whom we sign in there; read from a setting, never shown with its password."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

# What follows a scheme's `+`: the way to sign in.
XOAUTH2 = "xoauth2"
_SUBMISSION = 587


@dataclass(frozen=True, kw_only=True, slots=True)
class MailAccount:
    """One account at one server.

    `encrypted` from the first byte, else by STARTTLS. `oauth`: signs in with a token in place of a password.
    `folder` is what is read of a mailbox. `ca_file` names who may vouch for the server besides the well-known
    authorities; "" leaves it to those.
    """

    scheme: str
    encrypted: bool
    oauth: bool
    host: str
    port: int
    user: str
    password: str
    folder: str = ""
    ca_file: str = ""

    @property
    def loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"MailAccount({self.scheme}://{self.place})"

    def with_ca(self, ca_file: str) -> MailAccount:
        """The same account, its server vouched for by the authority in that PEM file too."""
        return replace(self, ca_file=ca_file)

    def tls(self) -> ssl.SSLContext:
        """How the connection is encrypted: certificates are verified, except where nothing leaves this machine.

        Raises:
            OSError: the file of authorities can't be read, or holds no certificate.
        """
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(cafile=self.ca_file)
        elif self.loopback:
            # A server on this machine rarely has a certificate that others vouch for.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def hidden(self, words: str) -> str:
        """The words without the password, should a server repeat it."""
        return words.replace(self.password, "[hidden]") if self.password else words


def read_smtp(url: str) -> MailAccount:
    """`smtp://user:password@host:port`, `smtps://…`, or `smtp+xoauth2://user@host` to sign in with a token.

    Raises:
        ValueError: it is none of them.
    """
    account = _read(url, {"smtp": 25, "smtps": 465}, "smtp://user:password@mail.example.org:587")
    if account.scheme == "smtp" and account.user and urlsplit(url).port is None:
        return replace(account, port=_SUBMISSION)
    return account


def read_imap(url: str) -> MailAccount:
    """`imaps://user:password@host/FOLDER`, `imap://…`, or `imaps+xoauth2://user@host`; without a folder: the inbox.

    Raises:
        ValueError: it is none of them, or names no user.
    """
    example = "imaps://user:password@mail.example.org"
    account = _read(url, {"imap": 143, "imaps": 993}, example)
    if not account.user:
        raise ValueError(f"a mailbox has a user; it should look like {example}")
    return replace(account, folder=unquote(urlsplit(url).path.strip("/")) or "INBOX")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListenAddress:
    """Where mail servers reach us; `port` 0 is any that is free."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def read_listen(url: str) -> ListenAddress:
    """`lmtp://127.0.0.1:2424` or `smtp://…`; without a host this machine only is listened to.

    Raises:
        ValueError: it is neither, or names no port.
    """
    wrong = "it should look like lmtp://127.0.0.1:2424 or smtp://127.0.0.1:2525"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"its port is no number from 1 to 65535; {wrong}") from None
    if parts.scheme not in ("lmtp", "smtp") or port is None or parts.path.strip("/") or "@" in parts.netloc:
        raise ValueError(wrong)
    return ListenAddress(scheme=parts.scheme, host=parts.hostname or "127.0.0.1", port=port)


def _read(url: str, ports: Mapping[str, int], example: str) -> MailAccount:
    # The value itself is not repeated: it may hold a password.
    wrong = f"it should look like {example}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"its port is no number from 1 to 65535; {wrong}") from None
    scheme, _, way = parts.scheme.partition("+")
    if scheme not in ports or way not in ("", XOAUTH2) or not parts.hostname or port == 0 or len(url.split()) > 1:
        raise ValueError(wrong)
    user = unquote(parts.username or "")
    if way and not user:
        raise ValueError(f"signing in with a token needs the user too: {scheme}+{way}://user@mail.example.org")
    return MailAccount(
        scheme=scheme,
        encrypted=scheme.endswith("s"),
        oauth=way == XOAUTH2,
        host=parts.hostname,
        port=port or ports[scheme],
        user=user,
        password=unquote(parts.password or ""),
    )

"""Every setting, from the environment or from `.env`; typed, checked all at once, secrets never shown."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from dotenv.parser import parse_stream

from channels.mail.account import read_imap, read_listen, read_smtp
from storage.age_files import recipient_fault
from surveys.organisers import OrganiserEntry, read_organisers

DEFAULT_DATABASE = "sqlite:///var/soundings.db"
DEFAULT_PUBLIC_URL = "http://127.0.0.1:8080"
HOW_TO_MAKE_A_SECRET = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'

NAMES = (
    "DATABASE_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
    "SECRET_KEY_PREVIOUS",
    "METRICS_TOKEN",
    "ORGANISERS",
    "ACT_AS",
    "SMTP_URL",
    "MAIL_FROM",
    "MAIL_REPLY_TO",
    "MAIL_PLUS_ADDRESSING",
    "MAIL_BOUNCE_TO",
    "MAIL_CA_FILE",
    "MAIL_REPLIES",
    "MAIL_LISTEN",
    "IMAP_URL",
    "GRAPH_MAILBOX",
    "GRAPH_TENANT_ID",
    "GRAPH_CLIENT_ID",
    "GRAPH_CLIENT_SECRET",
    "GRAPH_CLIENT_CERTIFICATE",
    "GRAPH_TEST_HOST",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_API_URL",
    "TEAMS_APP_ID",
    "TEAMS_APP_SECRET",
    "TEAMS_TENANT_ID",
    "TEAMS_TEST_SERVICE_HOSTS",
    "BACKUP_RECIPIENTS",
    "BACKUP_PASSPHRASE",
)


class WrongSettings(Exception):
    """Settings that can't be used: one line for each, with where it was set and what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the deployer has set. Fields that may hold a secret are left out of its repr."""

    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    public_url: str = DEFAULT_PUBLIC_URL
    secret_key: str = field(default="", repr=False)
    secret_key_previous: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    organisers: tuple[OrganiserEntry, ...] = ()
    act_as: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    mail_reply_to: str = ""
    mail_plus_addressing: bool = True
    mail_bounce_to: str = ""
    mail_ca_file: str = ""
    mail_replies: bool | None = None
    mail_listen: str = ""
    imap_url: tuple[str, ...] = field(default=(), repr=False)
    graph_mailbox: str = ""
    graph_tenant_id: str = ""
    graph_client_id: str = ""
    graph_client_secret: str = field(default="", repr=False)
    graph_client_certificate: str = field(default="", repr=False)
    graph_test_host: str = ""
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_api_url: str = ""
    teams_app_id: str = ""
    teams_app_secret: str = field(default="", repr=False)
    teams_tenant_id: str = ""
    teams_test_service_hosts: tuple[str, ...] = ()
    backup_recipients: tuple[str, ...] = ()
    backup_passphrase: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys under which a link is good: the present one first, then the one before a rotation."""
        return tuple(key for key in (self.secret_key, self.secret_key_previous) if key)

    @property
    def mail_on(self) -> bool:
        return bool(self.smtp_url) or self.graph_on

    @property
    def graph_on(self) -> bool:
        """Whether everything is set that Microsoft Graph needs."""
        return bool(self.graph_mailbox) and not self.graph_missing

    @property
    def graph_missing(self) -> tuple[str, ...]:
        """What GRAPH_MAILBOX still lacks."""
        return self.app_missing if self.graph_mailbox else ()

    @property
    def app_missing(self) -> tuple[str, ...]:
        """What is still to be set of the app that signs in at Microsoft."""
        credential = self.graph_client_secret or self.graph_client_certificate
        needed = {
            "GRAPH_TENANT_ID": self.graph_tenant_id,
            "GRAPH_CLIENT_ID": self.graph_client_id,
            "GRAPH_CLIENT_SECRET or GRAPH_CLIENT_CERTIFICATE": credential,
        }
        return tuple(name for name, value in needed.items() if not value)

    @property
    def slack_on(self) -> bool:
        return bool(self.slack_bot_token)

    @property
    def teams_on(self) -> bool:
        """Whether everything is set that Teams needs; test hosts ask for no secret."""
        return bool(self.teams_app_id) and not self.teams_missing

    @property
    def teams_missing(self) -> tuple[str, ...]:
        """What TEAMS_APP_ID still lacks."""
        needed = {"TEAMS_TENANT_ID": self.teams_tenant_id}
        if not self.teams_test_service_hosts:
            needed = {"TEAMS_APP_SECRET": self.teams_app_secret} | needed
        return tuple(name for name, value in needed.items() if not value) if self.teams_app_id else ()

    @property
    def spoken(self) -> frozenset[str]:
        """The channels that messages go by; mail is among them even while it has no server, and then waits."""
        chats = {"slack": self.slack_on, "teams": self.teams_on}
        return frozenset({"mail", *(name for name, on in chats.items() if on)})

    @property
    def replies_on(self) -> bool:
        """Whether what people reply to a mail is read: by what is set here, or as MAIL_REPLIES says of a pipe."""
        read = bool(self.imap_url or self.mail_listen) or self.graph_on
        return read if self.mail_replies is None else self.mail_replies


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What was found, before it is checked: values, and where each was set."""

    values: Mapping[str, str]
    places: Mapping[str, str]
    problems: tuple[str, ...] = ()


def gather(environment: Mapping[str, str], folder: Path) -> Given:
    """The settings of the environment, which wins, and of `.env` in `folder`; an empty value counts as not set."""
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    problems: list[str] = []
    path = folder / ".env"
    if path.is_file():
        try:
            with path.open(encoding="utf-8-sig") as stream:
                for binding in parse_stream(stream):
                    line = binding.original.line
                    if binding.error:
                        problems.append(f".env:{line}: this line is not like NAME=value")
                    elif binding.key and binding.value:
                        values[binding.key], places[binding.key] = binding.value.strip(), f".env:{line}"
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f".env:1: can't be read: {error}")
    for name in NAMES:
        if environment.get(name, "").strip():
            values[name], places[name] = environment[name].strip(), "environment:0"
    return Given(values=values, places=places, problems=tuple(problems))


def read_settings(given: Given) -> Settings:
    """The settings as typed values.

    Raises:
        WrongSettings: with every problem at once, as `file:line: NAME: what to do`.
    """
    problems = list(given.problems)
    values: dict[str, object] = {}

    for name in NAMES:
        raw = given.values.get(name, "")
        if not raw:
            continue
        try:
            values[name.lower()] = _CHECKS.get(name, _as_given)(raw)
        except ValueError as wrong:
            problems.extend(f"{given.places[name]}: {name}: {line}" for line in str(wrong).splitlines())
    if problems:
        raise WrongSettings(tuple(problems))
    return Settings(**values)  # type: ignore[arg-type] # each check answers with its field's type


def without_secrets(url: str) -> str:
    """A URL fit to be shown: without user and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _as_given(raw: str) -> str:
    return raw


def _database(raw: str) -> str:
    scheme = raw.split(":", 1)[0]
    if scheme == "sqlite":
        if not raw.startswith("sqlite:///") or raw in ("sqlite:///", "sqlite:///:memory:"):
            raise ValueError("name a file, like sqlite:///var/soundings.db")
    elif scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise ValueError("use sqlite:///FILE or postgresql://USER@HOST/NAME")
    return raw


def _public(raw: str) -> str:
    parts = _split(raw, ("http", "https"), "https://soundings.example.org")
    if parts.query or parts.fragment:
        raise ValueError("the address of the site alone is needed, without ? or #")
    return raw.rstrip("/")


def _smtp(raw: str) -> str:
    read_smtp(raw)
    return raw


def _imap(raw: str) -> tuple[str, ...]:
    # A password may hold a comma, but no mailbox begins in the middle of one.
    urls = tuple(dict.fromkeys(re.split(r"[\s,]+(?=imaps?(?:\+\w+)?://)", raw.strip())))
    for each in urls:
        read_imap(each)
    return urls


def _listen(raw: str) -> str:
    read_listen(raw)
    return raw


def _readable(raw: str) -> str:
    try:
        ssl.create_default_context(cafile=raw)
    except OSError as error:
        reason = error.strerror if not isinstance(error, ssl.SSLError) and error.strerror else "it holds no certificate"
        raise ValueError(f"'{raw}' can't be used: {reason}; name a PEM file") from None
    return raw


def _web(raw: str) -> str:
    _split(raw, ("http", "https"), "https://slack.com/api/")
    return raw


def _split(raw: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    # The value itself is not repeated: it may hold a password.
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        raise ValueError(f"its port is no number from 1 to 65535; it should look like {example}") from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise ValueError(f"it should look like {example}")
    return parts


def _mail_address(raw: str) -> str:
    address = parseaddr(raw)[1]
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(not letter.isprintable() for letter in raw) or " " in address:
        shown = " ".join(raw.split())
        raise ValueError(f"'{shown}' is not like name@example.org or Name <name@example.org>, on one line")
    return raw


def _bare_address(raw: str) -> str:
    _mail_address(raw)
    if parseaddr(raw)[1] != raw:
        raise ValueError("the mailbox's address alone is needed, like soundings@example.org")
    return raw


def _switch(raw: str) -> bool:
    word = raw.lower()
    if word not in ("on", "off", "true", "false", "yes", "no", "1", "0"):
        raise ValueError(f"on or off is needed, not '{raw}'")
    return word in ("on", "true", "yes", "1")


def _organisers(raw: str) -> tuple[OrganiserEntry, ...]:
    entries, wrong = read_organisers(raw)
    if wrong:
        raise ValueError("\n".join(wrong))
    return entries


def _loopback_hosts(raw: str) -> tuple[str, ...]:
    hosts = tuple(filter(None, (part.strip() for part in raw.split(","))))
    for each in hosts:
        host, _, port = each.rpartition(":")
        if not (host and port.isdigit() and is_loopback(host)):
            raise ValueError(f"'{each}' is not a host of this machine with its port, like 127.0.0.1:9000")
    return hosts


def _public_keys(raw: str) -> tuple[str, ...]:
    keys = tuple(filter(None, (part.strip() for part in raw.split(","))))
    if faults := [fault for fault in map(recipient_fault, keys) if fault]:
        raise ValueError("\n".join(faults))
    return keys


def _one_loopback_host(raw: str) -> str:
    hosts = _loopback_hosts(raw)
    if len(hosts) != 1:
        raise ValueError("one host of this machine with its port is needed, like 127.0.0.1:9000")
    return hosts[0]


def is_loopback(host: str) -> bool:
    """Whether the name or number means this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


_CHECKS: Mapping[str, Callable[[str], object]] = {
    "DATABASE_URL": _database,
    "PUBLIC_URL": _public,
    "ORGANISERS": _organisers,
    "ACT_AS": _mail_address,
    "SMTP_URL": _smtp,
    "MAIL_FROM": _mail_address,
    "MAIL_REPLY_TO": _mail_address,
    "MAIL_PLUS_ADDRESSING": _switch,
    "MAIL_BOUNCE_TO": _mail_address,
    "MAIL_CA_FILE": _readable,
    "MAIL_REPLIES": _switch,
    "MAIL_LISTEN": _listen,
    "IMAP_URL": _imap,
    "GRAPH_MAILBOX": _bare_address,
    "GRAPH_TEST_HOST": _one_loopback_host,
    "SLACK_API_URL": _web,
    "TEAMS_TEST_SERVICE_HOSTS": _loopback_hosts,
    "BACKUP_RECIPIENTS": _public_keys,
}

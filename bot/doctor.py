"""Looks at each setting and channel as it would be used: works, is off, or what to do."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from bot.channels import ChannelState, channel_states, open_channels, open_mailboxes, smtp_channel
from bot.doctor_graph import graph_sending, other_senders
from bot.logs import without_server_words
from bot.settings import HOW_TO_MAKE_A_SECRET, NAMES, Settings, is_loopback, without_secrets
from channels.mail.account import read_listen
from storage import audit_chain
from storage.engine import DatabaseBusyError, Store, Tx
from storage.figures import troubled_lines
from storage.programmes import all_programmes
from storage.senders import account_states
from surveys.delivery import LineState
from surveys.source import nearest

SHORTEST_SECRET = 32
SHORTEST_PASSPHRASE = 20
ASK_SECONDS = 10


class Health(StrEnum):
    """How a thing is: `broken` makes doctor end with 1."""

    WORKS = "works"
    OFF = "off"
    ADVICE = "advice"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing looked at; `words` say what was found, and what to do."""

    what: str
    health: Health
    words: str


def examine(settings: Settings, given: Mapping[str, str], store: Store, now: datetime) -> Iterator[Finding]:
    """Everything, one finding after the other; `given` are the names found in the environment file."""
    yield from _database(settings, store)
    yield _secret_key(settings)
    yield _public_url(settings)
    yield from _channels(settings, store)
    yield from _senders(settings, store, now)
    yield from _lines(store)
    yield _backups(settings)
    for name in given:
        near = nearest(name, NAMES)
        if name not in NAMES and near:
            yield Finding(what=name, health=Health.ADVICE, words=f"is not a setting{near}")


def _database(settings: Settings, store: Store) -> Iterator[Finding]:
    place = without_secrets(settings.database_url) if not store.is_sqlite else str(store.path)
    try:
        # A transaction that writes and is rolled back: it needs the lock, the folder and free disk.
        with store.writing() as tx:
            programmes = len(all_programmes(tx))
            _try_to_write(tx)
    except _Undone:
        yield Finding(
            what="DATABASE_URL", health=Health.WORKS, words=f"{place} can be written to; programmes in it: {programmes}"
        )
    except DatabaseBusyError:
        yield Finding(
            what="DATABASE_URL", health=Health.BROKEN, words=f"{place} is locked by another program: end it, or wait"
        )


class _Undone(Exception):
    """Rolls the trial back."""


def _try_to_write(tx: Tx) -> None:
    audit_chain.seal_new(tx)
    raise _Undone


def _secret_key(settings: Settings) -> Finding:
    if not settings.secret_key:
        return Finding(
            what="SECRET_KEY",
            health=Health.BROKEN,
            words=f"is not set; links need it. Make one: {HOW_TO_MAKE_A_SECRET}",
        )
    if len(settings.secret_key) < SHORTEST_SECRET:
        return Finding(
            what="SECRET_KEY",
            health=Health.ADVICE,
            words=f"is short; {SHORTEST_SECRET} characters or more keep links safe. Make one: {HOW_TO_MAKE_A_SECRET}",
        )
    kept = ", and the one before a rotation is still good" if settings.secret_key_previous else ""
    return Finding(what="SECRET_KEY", health=Health.WORKS, words=f"is set{kept}")


def _public_url(settings: Settings) -> Finding:
    parts = urlsplit(settings.public_url)
    host = parts.hostname or ""
    if is_loopback(host):
        words = f"{settings.public_url} opens on this machine only; set the address that participants can reach"
        return Finding(what="PUBLIC_URL", health=Health.ADVICE, words=words)
    if parts.scheme != "https" and not _private(host):
        words = f"{settings.public_url} is not encrypted; use https:// so that answers can't be read on the way"
        return Finding(what="PUBLIC_URL", health=Health.ADVICE, words=words)
    return Finding(what="PUBLIC_URL", health=Health.WORKS, words=settings.public_url)


def _private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _backups(settings: Settings) -> Finding:
    if settings.backup_recipients:
        many = len(set(settings.backup_recipients))
        words = f"each backup is encrypted to {many} {'key' if many == 1 else 'keys'}; keep the secret ones elsewhere"
        return Finding(what="BACKUP_RECIPIENTS", health=Health.WORKS, words=words)
    if not settings.backup_passphrase:
        words = "backups are not encrypted; BACKUP_RECIPIENTS does that for each of them"
        return Finding(what="backups", health=Health.OFF, words=words)
    if len(settings.backup_passphrase) < SHORTEST_PASSPHRASE:
        words = "is short, and whoever finds a backup may guess it; take six random words"
        return Finding(what="BACKUP_PASSPHRASE", health=Health.ADVICE, words=words)
    return Finding(what="BACKUP_PASSPHRASE", health=Health.WORKS, words="each backup is encrypted with it")


def _channels(settings: Settings, store: Store) -> Iterator[Finding]:
    for state in channel_states(settings):
        if state.name == "mail" and state.on and not settings.smtp_url:
            works, words = graph_sending(settings, ASK_SECONDS)
            yield Finding(what=state.name, health=Health.WORKS if works else Health.BROKEN, words=words)
            for advice in other_senders(settings, store):
                yield Finding(what="sender", health=Health.ADVICE, words=advice)
        elif state.name == "mail" and state.on:
            yield _smtp(settings, store)
        elif state.name == "replies by mail" and state.on:
            yield from _replies(settings, state)
        elif state.name == "Slack" and state.on:
            # Its library takes long to load.
            from bot.doctor_slack import slack_health  # noqa: PLC0415

            works, words = slack_health(settings, ASK_SECONDS)
            yield Finding(what=state.name, health=Health.WORKS if works else Health.BROKEN, words=words)
        elif state.name == "Teams" and (state.on or settings.teams_missing):
            from bot.doctor_teams import teams_health  # noqa: PLC0415

            works, words = teams_health(settings) if state.on else (False, state.words)
            yield Finding(what=state.name, health=Health.WORKS if works else Health.BROKEN, words=words)
        elif state.name != "web form":
            yield Finding(what=state.name, health=Health.OFF, words=state.words)
    if settings.graph_test_host:
        words = f"{settings.graph_test_host} stands for Microsoft: no mail reaches anybody; unset it after the test"
        yield Finding(what="GRAPH_TEST_HOST", health=Health.ADVICE, words=words)
    if settings.graph_missing:
        words = f"needs {' and '.join(settings.graph_missing)} too: see docs/mail.md, Microsoft 365"
        yield Finding(what="GRAPH_MAILBOX", health=Health.BROKEN, words=words)


def _smtp(settings: Settings, store: Store) -> Finding:
    trouble = smtp_channel(settings, timeout=ASK_SECONDS).check()
    server = without_secrets(settings.smtp_url)
    if trouble:
        return Finding(what="mail", health=Health.BROKEN, words=f"{server}: {trouble}; check SMTP_URL")
    if not settings.mail_from:
        with store.reading() as tx:
            without = [each.key for each in all_programmes(tx) if each.programme.sender is None]
        if without:
            words = f"MAIL_FROM is not set, and these name no sender of their own: {', '.join(without)}; set MAIL_FROM"
            return Finding(what="mail", health=Health.BROKEN, words=words)
        words = f"{server} answers; MAIL_FROM is not set, so only programmes that name a sender can write"
        return Finding(what="mail", health=Health.ADVICE, words=words)
    return Finding(what="mail", health=Health.WORKS, words=f"{server} answers and lets us send as {settings.mail_from}")


def _replies(settings: Settings, state: ChannelState) -> Iterator[Finding]:
    mailboxes = open_mailboxes(settings, timeout=ASK_SECONDS)
    for mailbox in mailboxes:
        trouble = mailbox.check()
        if trouble:
            imap = "; check IMAP_URL: the server, the user, the password, and the folder behind the last /"
            words = f"{trouble}{imap if mailbox.account.startswith('imap:') else ''}"
            yield Finding(what=state.name, health=Health.BROKEN, words=words)
        else:
            yield Finding(what=state.name, health=Health.WORKS, words=f"{mailbox.account} lets us in")
    if not settings.replies_on or not (mailboxes or settings.mail_listen):
        yield Finding(what=state.name, health=Health.ADVICE, words=state.words)
    if settings.mail_listen:
        yield _listener(settings)
    if settings.replies_on and not settings.mail_reply_to and not settings.graph_on:
        words = "MAIL_REPLY_TO is not set, so replies go to whoever a mail is from; name the address of the mailbox"
        yield Finding(what="MAIL_REPLY_TO", health=Health.ADVICE, words=words)


def _listener(settings: Settings) -> Finding:
    at = read_listen(settings.mail_listen)
    open_to_others = "" if is_loopback(at.host) else "; other machines can reach it, and it asks nobody to sign in"
    try:
        with socket.create_connection((at.host, at.port), timeout=ASK_SECONDS) as line:
            line.settimeout(ASK_SECONDS)
            answers = line.recv(512).startswith(b"220")
    except OSError:
        words = f"nothing listens at {at}: start soundings serve{open_to_others}"
        return Finding(what="MAIL_LISTEN", health=Health.ADVICE, words=words)
    if not answers:
        words = f"another program listens at {at}; choose another port"
        return Finding(what="MAIL_LISTEN", health=Health.BROKEN, words=words)
    health = Health.ADVICE if open_to_others else Health.WORKS
    return Finding(what="MAIL_LISTEN", health=health, words=f"{at} takes mail{open_to_others}")


def _senders(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    # What an account had that the settings no longer name is nobody's to mend.
    ours = {channel.account: "sending by" for channel in open_channels(settings, store).values()}
    ours |= {mailbox.account: "reading" for mailbox in open_mailboxes(settings)}
    with store.reading() as tx:
        states = account_states(tx)
    for state in states:
        if state.trouble and state.account in ours:
            waits = f"; tries again at {state.resume_at:%Y-%m-%d %H:%M} UTC" if _later(state.resume_at, now) else ""
            words = f"the last try failed: {without_server_words(state.trouble)}{waits}"
            yield Finding(what=f"{ours[state.account]} {state.account}", health=Health.BROKEN, words=words)


def _later(at: datetime | None, now: datetime) -> bool:
    return at is not None and at > now


# What doctor says is passed on to whoever helps: of a server's words it repeats the code alone.
def _lines(store: Store) -> Iterator[Finding]:
    with store.reading() as tx:
        lines = troubled_lines(tx)
    put_off = [line for line in lines if line.state is not LineState.REFUSED]
    refused = [line for line in lines if line.state is LineState.REFUSED]
    if put_off:
        words = f"{len(put_off)} wait for another try; the first because: {without_server_words(put_off[0].reason)}"
        yield Finding(what="messages", health=Health.ADVICE, words=words)
    if refused:
        last = without_server_words(refused[-1].reason)
        words = f"{len(refused)} were refused for good, the last because: {last}; see round status"
        yield Finding(what="messages", health=Health.ADVICE, words=words)
    if not lines:
        yield Finding(what="messages", health=Health.WORKS, words="none are put off or refused")

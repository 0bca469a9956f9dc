"""The channels that the settings turn on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from bot.settings import Settings, without_secrets
from channels.base import Channel
from channels.mail.account import read_imap, read_smtp
from channels.mail.channel import MailChannel
from channels.mail.mailbox import Mailbox
from channels.mail.render import MailSettings
from channels.mail.smtp import SmtpChannel


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelState:
    """One channel: on, or off and why."""

    name: str
    on: bool
    words: str


def open_channels(settings: Settings, *, timeout: float = 30) -> Mapping[str, Channel]:
    """The channels by name; one without settings is left out. No connection is made here."""
    if not settings.mail_on:
        return {}
    return {"mail": MailChannel(mail_settings(settings), smtp_channel(settings, timeout=timeout))}


def smtp_channel(settings: Settings, *, timeout: float = 30) -> SmtpChannel:
    """The account that mails are sent through."""
    return SmtpChannel(read_smtp(settings.smtp_url).with_ca(settings.mail_ca_file), timeout=timeout)


def open_mailboxes(settings: Settings, *, timeout: float = 30) -> Sequence[Mailbox]:
    """Every mailbox that is read for replies. No connection is made here."""
    if not settings.imap_url:
        return ()
    from channels.mail.imap import ImapMailbox  # noqa: PLC0415 - slow to load, and only needed here

    return (ImapMailbox(read_imap(settings.imap_url).with_ca(settings.mail_ca_file), timeout=timeout),)


def mail_settings(settings: Settings) -> MailSettings:
    """What mails need to know; where MAIL_FROM is left out, each programme's own sender is used."""
    name, address = parseaddr(settings.mail_from)
    return MailSettings(
        from_name=name,
        from_address=address,
        reply_to=parseaddr(settings.mail_reply_to)[1],
        plus_addressing=settings.mail_plus_addressing,
        bounce_address=parseaddr(settings.mail_bounce_to)[1],
        public_url=settings.public_url,
        secret=settings.secret_key,
        replies_read=settings.replies_on,
    )


def _replies(settings: Settings) -> ChannelState:
    ways = []
    if settings.imap_url:
        ways.append(f"reads {without_secrets(settings.imap_url)}")
    if settings.mail_listen:
        ways.append(f"takes what mail servers hand over at {settings.mail_listen}")
    if settings.replies_on and not ways:
        ways.append("as MAIL_REPLIES says, a mail server delivers into `soundings mail receive`")
    if not settings.replies_on:
        ways.append(
            "MAIL_REPLIES is off, and mails ask for none"
            if ways
            else "IMAP_URL is not set, nor MAIL_LISTEN or MAIL_REPLIES"
        )
    return ChannelState(name="replies by mail", on=settings.replies_on or len(ways) > 1, words="; ".join(ways))


def channel_states(settings: Settings) -> tuple[ChannelState, ...]:
    """Every channel there is, as the settings have it."""
    later = "its settings are there, but this version does not speak it yet"
    mail = "sends by SMTP" if settings.mail_on else "SMTP_URL is not set"
    if settings.mail_on and not settings.mail_from:
        mail += "; MAIL_FROM is not set: only programmes that name a sender can write"
    slack = later if settings.slack_bot_token else "SLACK_BOT_TOKEN is not set"
    teams = later if settings.teams_app_id else "TEAMS_APP_ID is not set"
    return (
        ChannelState(name="web form", on=True, words=settings.public_url),
        ChannelState(name="mail", on=settings.mail_on, words=mail),
        _replies(settings),
        ChannelState(name="Slack", on=False, words=slack),
        ChannelState(name="Teams", on=False, words=teams),
    )

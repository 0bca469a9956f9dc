"""The channels that the settings turn on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from bot.settings import Settings
from channels.base import Channel
from channels.mail.channel import MailChannel
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
    return {"mail": MailChannel(mail_settings(settings), SmtpChannel(settings.smtp_url, timeout=timeout))}


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
    )


def channel_states(settings: Settings) -> tuple[ChannelState, ...]:
    """Every channel there is, as the settings have it."""
    later = "its settings are there, but this version does not speak it yet"
    mail = "sends by SMTP" if settings.mail_on else "SMTP_URL is not set"
    if settings.mail_on and not settings.mail_from:
        mail += "; MAIL_FROM is not set: only programmes that name a sender can write"
    slack = later if settings.slack_bot_token else "SLACK_BOT_TOKEN is not set"
    teams = later if settings.teams_app_id else "TEAMS_APP_ID is not set"
    mailbox = later if settings.imap_url or settings.graph_mailbox else "IMAP_URL and GRAPH_MAILBOX are not set"
    return (
        ChannelState(name="web form", on=True, words=settings.public_url),
        ChannelState(name="mail", on=settings.mail_on, words=mail),
        ChannelState(name="replies by mail", on=False, words=mailbox),
        ChannelState(name="Slack", on=False, words=slack),
        ChannelState(name="Teams", on=False, words=teams),
    )

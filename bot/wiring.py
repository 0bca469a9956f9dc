"""Builds what a command needs from the settings: the open database, the moment it is. Nothing happens at import."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.acting import acting
from bot.failures import CommandRefused, WrongInput
from bot.printing import note
from bot.settings import HOW_TO_MAKE_A_SECRET, Settings, WrongSettings, gather, read_settings
from handlers.organisers import first_organisers
from storage import audit, audit_chain
from storage.backup import BackupFailed, backup
from storage.engine import DatabaseBusyError, Store, Tx
from storage.migrate import revision_of, upgrade
from storage.opening import OlderSchema, UnusableDatabase, connect, open_migrated
from storage.programmes import all_programmes
from surveys.authority import CONSOLE, Actor


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What a command works with: settings, the database at this version, the present moment (UTC), the actor."""

    settings: Settings
    store: Store
    now: datetime
    actor: Actor


def clock_now() -> datetime:
    """The present moment, in UTC; commands hand it on, so that nothing below reads a clock."""
    return datetime.now(UTC)


def present_settings() -> Settings:
    """The settings of the environment and of `.env` in the present folder.

    Raises:
        WrongInput: with every setting that can't be used.
    """
    try:
        return read_settings(gather(os.environ, Path.cwd()))
    except WrongSettings as wrong:
        raise WrongInput(wrong.problems) from None


@contextmanager
def desk() -> Iterator[Desk]:
    """Open the database, make the first organisers; at the end seal what was written into the audit, and close it.

    Raises:
        CommandRefused: the database can't be used, or whoever is to act is no organiser.
        WrongInput: a setting can't be used.
    """
    settings = present_settings()
    store = open_store(settings.database_url)
    store.speak(settings.spoken)
    now = clock_now()
    try:
        first_organisers(settings.organisers, store, now)
        yield Desk(settings=settings, store=store, now=now, actor=acting(store, settings))
    finally:
        seal_audit(store)
        store.close()


def open_store(url: str) -> Store:
    """The database of `url`: made if it is empty, upgraded after a backup if it is a file of an older version."""
    try:
        return open_migrated(url)
    except OlderSchema as older:
        store = connect(url)
        if not store.is_sqlite:
            raise CommandRefused(str(older)) from None
        note(f"The database was of an older version; a copy of it is in {upgrade_with_backup(store)}.")
        return store
    except UnusableDatabase as unusable:
        raise CommandRefused(str(unusable)) from None


def upgrade_with_backup(store: Store, actor: Actor = CONSOLE) -> Path | None:
    """Copy the SQLite file, then migrate it; where the copy is. Any command does so where it is needed.

    A server is not copied (None): it changes its tables in one transaction, and pg_dump is there for the rest.
    """
    before, copy = revision_of(store), None
    if store.path is not None:
        copy = store.path.with_name(f"{store.path.name}.before-{before}-{clock_now():%Y%m%dT%H%M%S}")
        try:
            backup(store, copy)
        except BackupFailed as failed:
            raise CommandRefused(str(failed)) from None
    upgrade(store)
    with store.writing() as tx:
        audit.append(
            tx,
            at=clock_now(),
            actor=actor.name,
            channel=actor.channel,
            programme_id=None,
            what="database upgraded",
            before=before,
            after=revision_of(store),
        )
    return copy


def seal_audit(store: Store) -> str:
    """Chain the audit's new lines, some at a time, so that a reply need not wait for many; the new seal, "" for none.

    When another writer is busy the rest waits for the next command or minute.
    """
    seal = ""
    try:
        with store.reading() as tx:
            waiting = audit_chain.unsealed(tx)
        while waiting:
            with store.writing() as tx:
                waiting = audit_chain.seal_new(tx) == audit_chain.MOST
                seal = audit_chain.head_of(tx)
    except DatabaseBusyError:
        return seal
    return seal


def needed_secret(settings: Settings) -> str:
    """The key that links are made with.

    Raises:
        CommandRefused: it is not set.
    """
    if not settings.secret_key:
        raise CommandRefused(f"SECRET_KEY is not set, and links need it; make one with: {HOW_TO_MAKE_A_SECRET}")
    return settings.secret_key


def moment_of(words: str, tx: Tx) -> datetime:
    """A time given on the command line, in UTC.

    One without an offset is meant in the programmes' time zone if they all share one, else in UTC.
    """
    try:
        given = datetime.fromisoformat(words.strip())
    except ValueError:
        raise click.BadParameter(f"'{words}' is not a time like 2024-12-09T09:30 or 2024-12-09T09:30+00:00") from None
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    zones = {stored.programme.timezone for stored in all_programmes(tx)}
    zone = ZoneInfo(zones.pop()) if len(zones) == 1 else UTC
    return given.replace(tzinfo=zone).astimezone(UTC)

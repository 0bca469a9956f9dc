"""`soundings backup`, `restore`, `upgrade`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.failures import CommandRefused
from bot.printing import note, progress
from bot.wiring import clock_now, open_store, present_settings, seal_audit, upgrade_with_backup
from storage import audit
from storage import backup as copies
from storage.engine import Store
from storage.migrate import newest_revision
from storage.opening import UnusableDatabase, connect, known_revision, revision
from storage.run_lock import AlreadyRunning, RunLock
from surveys.authority import CONSOLE


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
def backup(file: Path, *, force: bool) -> None:
    """Write a copy of the database while it is in use.

    FILE is one whole file, which only its owner may read: it holds names, addresses and answers.
    """
    store = open_store(present_settings().database_url)
    try:
        with progress(f"Copying to {file}"):
            copies.backup(store, file, overwrite=force)
    except copies.BackupFailed as failed:
        raise CommandRefused(str(failed)) from None
    finally:
        store.close()
    click.echo(f"Copied to {file}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Put a backup in the place of the database.

    Refused while `serve` runs. Opt-outs and erasures made since the backup are kept, and the replaced database
    is kept beside it. What was sent or answered after the backup is not in it: see docs/operations.md.
    """
    store = _connected(present_settings().database_url)
    try:
        with RunLock(store):
            _restore(store, file)
    except AlreadyRunning as running:
        raise CommandRefused(f"not while Soundings runs: {running}") from None
    except copies.BackupFailed as failed:
        raise CommandRefused(str(failed)) from None
    finally:
        store.close()


def _restore(store: Store, file: Path) -> None:
    if store.path is None:
        raise CommandRefused("only a SQLite database is restored here; use pg_restore for PostgreSQL")
    copies.check(file)
    now = clock_now()
    if revision(store):
        replaced = store.path.with_name(f"{store.path.name}.replaced-{now:%Y%m%dT%H%M%S}")
        copies.backup(store, replaced)
        note(f"The replaced database is kept in {replaced}; delete it when it is no longer needed.")
    with progress(f"Restoring {file}"):
        kept = copies.restore(store, file, store.path.with_name(f".{store.path.name}.restoring"), now)
    with store.writing() as tx:
        audit.append(
            tx,
            at=now,
            actor=CONSOLE.name,
            channel=CONSOLE.channel,
            programme_id=None,
            what="database restored",
            after={
                "opt_outs_kept": kept.opt_outs,
                "tombstones_kept": kept.tombstones,
                "erased_again": kept.erased,
            },
        )
    seal_audit(store)
    with store.reading() as tx:
        found = copies.contents(tx)
    click.echo(
        f"Restored: {found.programmes} programmes, {found.people} people, {found.invitations} invitations, "
        f"{found.responses} responses."
    )
    if kept.opt_outs or kept.erased:
        click.echo(f"Kept from before: {kept.opt_outs} opt-outs; {kept.erased} people erased since are out again.")


@click.command()
def upgrade() -> None:
    """Back up, then bring the database to this version.

    The copy stands beside the database. Nothing happens where it is at this version already.
    """
    url = present_settings().database_url
    store = _connected(url)
    try:
        standing = known_revision(store)
        if standing == newest_revision():
            click.echo("The database is at this version; nothing to do.")
        elif not standing:
            open_store(url).close()
            click.echo("A new database was made.")
        else:
            with RunLock(store):
                copy = upgrade_with_backup(store)
            click.echo(f"The database is now at this version; a copy of the older one is in {copy}.")
    except AlreadyRunning as running:
        raise CommandRefused(f"not while Soundings runs: {running}") from None
    except UnusableDatabase as unusable:
        raise CommandRefused(str(unusable)) from None
    finally:
        store.close()


def _connected(url: str) -> Store:
    try:
        return connect(url)
    except UnusableDatabase as unusable:
        raise CommandRefused(str(unusable)) from None

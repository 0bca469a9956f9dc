"""`soundings backup`, `restore`, `upgrade`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.acting import must_keep
from bot.backup_names import MARK, named, outdated
from bot.failures import CommandRefused
from bot.printing import note, progress
from bot.wiring import clock_now, open_store, present_settings, seal_audit, upgrade_with_backup
from storage import audit, restoring
from storage import backup as copies
from storage.age_files import NotOpened, Opening, Sealing, read_identities, recipient_fault
from storage.engine import Store
from storage.migrate import newest_revision
from storage.opening import UnusableDatabase, connect, known_revision, revision
from storage.run_lock import AlreadyRunning, RunLock
from surveys.authority import Actor

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


def _public_keys(_context: click.Context, _option: click.Parameter, keys: tuple[str, ...]) -> tuple[str, ...]:
    faults = [fault for fault in map(recipient_fault, keys) if fault]
    if faults:
        raise click.BadParameter("; ".join(faults))
    return keys


@click.command()
@file_argument
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
@click.option(
    "--encrypt-to",
    "recipients",
    metavar="KEY",
    multiple=True,
    callback=_public_keys,
    help="Encrypt it to this public key of age (age1...); can be given several times, each opens it.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Afterwards delete all but the newest N that the same FILE with {now} has made.",
)
def backup(file: Path, *, force: bool, recipients: tuple[str, ...], keep: int | None) -> None:
    """Write a copy of the database while it is in use.

    FILE is one whole file, which only its owner may read: it holds names, addresses and answers. {now} in its name
    becomes the time. It is encrypted, in the format of age, with --encrypt-to; without that to the keys of
    BACKUP_RECIPIENTS, else with BACKUP_PASSPHRASE, where one of them is set.
    """
    if keep is not None and MARK not in file.name:
        raise click.BadParameter(f"it needs {MARK} in the name of FILE, like soundings-{MARK}.age", param_hint="--keep")
    settings = present_settings()
    sealing = Sealing(
        recipients=recipients or settings.backup_recipients,
        # A file for keys can't have a passphrase as well.
        passphrase="" if recipients or settings.backup_recipients else settings.backup_passphrase,
    )
    target = named(file, clock_now())
    store = open_store(settings.database_url)
    try:
        must_keep(store, settings)
        with progress(f"Copying to {target}"):
            copies.backup(store, target, overwrite=force, sealing=sealing)
    except copies.BackupFailed as failed:
        raise CommandRefused(str(failed)) from None
    finally:
        store.close()
    click.echo(f"{_how_sealed(sealing)} to {target}.")
    for old in () if keep is None else outdated(file, keep):
        _delete(old)


def _how_sealed(sealing: Sealing) -> str:
    if not sealing:
        return "Copied"
    if not sealing.recipients:
        return "Encrypted with BACKUP_PASSPHRASE, and copied"
    many = len(set(sealing.recipients))
    return f"Encrypted to {many} {'key' if many == 1 else 'keys'}, and copied"


def _delete(old: Path) -> None:
    try:
        old.unlink()
    except OSError as error:
        raise CommandRefused(f"the copy is made, but {old} can't be deleted: {error.strerror}") from None
    click.echo(f"Deleted {old}.")


@click.command()
@file_argument
@click.option(
    "--identity",
    "identities",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True, readable=True),
    help="The file with the secret key that opens an encrypted backup, as age-keygen writes it.",
)
def restore(file: Path, *, identities: tuple[Path, ...]) -> None:
    """Put a backup in the place of the database.

    Refused while `serve` runs. Opt-outs and erasures made since the backup are kept, and the replaced database
    is kept beside it. What was sent or answered after the backup is not in it: see docs/operations.md. An encrypted
    backup is opened with the secret key of --identity, or with BACKUP_PASSPHRASE.
    """
    settings = present_settings()
    opening = Opening(
        identities=tuple(key for each in identities for key in _secret_keys(each)),
        passphrase=settings.backup_passphrase,
    )
    store = _connected(settings.database_url)
    try:
        actor = must_keep(store, settings)
        with RunLock(store), copies.opened_backup(file, store, opening) as plain:
            _restore(store, plain, called=file, actor=actor)
    except AlreadyRunning as running:
        raise CommandRefused(f"not while Soundings runs: {running}") from None
    except copies.BackupFailed as failed:
        raise CommandRefused(str(failed)) from None
    finally:
        store.close()


def _secret_keys(file: Path) -> tuple[str, ...]:
    try:
        return read_identities(file.read_text(encoding="utf-8"))
    except NotOpened as wrong:
        raise CommandRefused(f"{file}: {wrong}") from None
    except (OSError, UnicodeDecodeError):
        raise CommandRefused(f"{file} is not a file of secret keys, such as age-keygen writes") from None


def _restore(store: Store, file: Path, *, called: Path, actor: Actor) -> None:
    if store.path is None:
        raise CommandRefused("only a SQLite database is restored here; use pg_restore for PostgreSQL")
    restoring.check(file, called=called)
    now = clock_now()
    if revision(store):
        replaced = store.path.with_name(f"{store.path.name}.replaced-{now:%Y%m%dT%H%M%S}")
        copies.backup(store, replaced)
        note(f"The replaced database is kept in {replaced}; delete it when it is no longer needed.")
    with progress(f"Restoring {called}"):
        kept = restoring.restore(store, file, store.path.with_name(f".{store.path.name}.restoring"), now)
    with store.writing() as tx:
        audit.append(
            tx,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=None,
            what="database restored",
            after={
                "opt_outs_kept": kept.opt_outs,
                "tombstones_kept": kept.tombstones,
                "erased_again": kept.erased,
                "redactions_kept": kept.redactions,
            },
        )
    seal_audit(store)
    with store.reading() as tx:
        found = restoring.contents(tx)
    click.echo(
        f"Restored: {found.programmes} programmes, {found.people} people, {found.invitations} invitations, "
        f"{found.responses} responses."
    )
    if kept.opt_outs or kept.erased:
        click.echo(f"Kept from before: {kept.opt_outs} opt-outs; {kept.erased} people erased since are out again.")
    if kept.redactions:
        click.echo(f"What was redacted since is taken out again, in {kept.redactions} answers.")


@click.command()
def upgrade() -> None:
    """Back up, then bring the database to this version.

    The copy stands beside the database; of PostgreSQL none is made: use pg_dump before. Nothing happens where it is at
    this version already.
    """
    settings = present_settings()
    url = settings.database_url
    store = _connected(url)
    try:
        actor = must_keep(store, settings)
        standing = known_revision(store)
        if standing == newest_revision():
            click.echo("The database is at this version; nothing to do.")
        elif not standing:
            open_store(url).close()
            click.echo("A new database was made.")
        else:
            with RunLock(store):
                copy = upgrade_with_backup(store, actor)
            where = f"; a copy of the older one is in {copy}." if copy else "; no copy of the older one was made here."
            click.echo(f"The database is now at this version{where}")
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

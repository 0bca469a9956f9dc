"""`soundings copy-database`: from the database in use into PostgreSQL."""

from __future__ import annotations

import click

from bot.acting import must_keep
from bot.failures import CommandRefused
from bot.printing import note, progress
from bot.wiring import clock_now, present_settings
from storage.copying import CopyFailed, copy_database
from storage.engine import DatabaseBusyError
from storage.opening import UnusableDatabase, connect, known_revision
from storage.run_lock import AlreadyRunning, RunLock


@click.command("copy-database")
@click.argument("target", metavar="URL", envvar="COPY_TO_URL")
def copy_into(target: str) -> None:
    """Copy everything into an empty PostgreSQL database, and compare it row for row.

    URL is as DATABASE_URL will be, such as postgresql://soundings@db.example.org/soundings; the environment's
    COPY_TO_URL is read where none is given, so that a password need not stand in the command. Refused while `serve`
    runs. The database in use stays as it is: set DATABASE_URL to the new one afterwards.
    """
    settings = present_settings()
    try:
        source, into = connect(settings.database_url), connect(target)
    except UnusableDatabase as unusable:
        raise CommandRefused(str(unusable)) from None
    try:
        actor = must_keep(source, settings)
        known_revision(into)
        with RunLock(source), progress("Copying"):
            counted = copy_database(source, into, clock_now(), actor)
    except AlreadyRunning as running:
        raise CommandRefused(f"not while Soundings runs: {running}") from None
    except (CopyFailed, UnusableDatabase) as failed:
        raise CommandRefused(str(failed)) from None
    except DatabaseBusyError:
        raise CommandRefused("a database is in use, or does not answer; nothing was copied") from None
    finally:
        source.close()
        into.close()
    full = {name: many for name, many in counted.items() if many}
    click.echo(f"Copied and compared: {sum(full.values())} rows in {len(full)} tables.")
    note("Now set DATABASE_URL to it, and start soundings serve; the database it was copied from has not changed.")

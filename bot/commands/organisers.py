"""`soundings organiser`: who may steer rounds."""

from __future__ import annotations

import re
from dataclasses import replace

import click

from bot.failures import CommandRefused
from bot.printing import as_json, table
from bot.wiring import desk
from handlers.organisers import NotAppointed, add_organiser, drop_organiser
from storage.organisers import all_organisers
from storage.programmes import programme_by_key
from surveys.authority import Deed
from surveys.organisers import OrganiserEntry, Role


@click.group(name="organiser")
def organisers() -> None:
    """Who may steer rounds."""


@organisers.command()
@click.argument("email")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), help="Left out: admin, or organiser with --programme."
)
@click.option("--programme", default="", help="Only for this programme.")
@click.option("--slack", default="", help="Their Slack id, like U01234567.")
@click.option("--teams", default="", help="Their Microsoft Entra object id.")
def add(email: str, role: str | None, programme: str, slack: str, teams: str) -> None:
    """Add an organiser, or change the role of one."""
    if not re.fullmatch(r"[^@;,\s]+@[^@;,\s]+", email):
        raise click.BadParameter(f"'{email}' is not an e-mail address")
    entry = OrganiserEntry(email=email, slack=slack, teams=teams, programme=programme)
    with desk() as here:
        here.actor.must(Deed.APPOINT, programme)
        if programme:
            with here.store.reading() as tx:
                if programme_by_key(tx, programme) is None:
                    raise CommandRefused(f"there is no programme '{programme}'")
        wanted = Role(role) if role else entry.role
        outcome = add_organiser(entry, wanted, here.store, here.now, actor=here.actor)
    if isinstance(outcome, NotAppointed):
        raise CommandRefused(outcome.reason)
    article = "a" if wanted is Role.VIEWER else "an"
    click.echo(f"{email} is {article} {wanted.value}." if outcome.changed else "no changes")


@organisers.command(name="list")
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
def list_(*, json_: bool) -> None:
    """List organisers with their roles."""
    with desk() as here, here.store.reading() as tx:
        if not here.actor.may_somewhere(Deed.APPOINT):
            here.actor.must(Deed.APPOINT, "")
        everyone = [
            replace(each, roles=tuple(role for role in each.roles if here.actor.may(Deed.APPOINT, role.programme)))
            for each in all_organisers(tx)
        ]
        everyone = [each for each in everyone if each.roles]
    if json_:
        as_json(everyone)
        return
    rows = [
        (person.email, role.role.value, role.programme or "every programme", person.slack, person.teams)
        for person in everyone
        for role in person.roles
    ]
    table(("Email", "Role", "Programme", "Slack", "Teams"), rows)


@organisers.command()
@click.argument("email")
@click.option("--programme", default="", help="Only those for this programme.")
def remove(email: str, programme: str) -> None:
    """Take an organiser's rights away."""
    with desk() as here:
        outcome = drop_organiser(email, here.store, here.now, actor=here.actor, programme=programme)
    if isinstance(outcome, NotAppointed):
        raise CommandRefused(outcome.reason)
    click.echo(f"{email} is no longer an organiser{f' of {programme}' if programme else ''}.")

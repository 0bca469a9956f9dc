"""`soundings triage`: what could not be placed by itself."""

from __future__ import annotations

import click

from bot.commands.naming import json_option, the_round
from bot.failures import CommandRefused
from bot.printing import as_json, table
from bot.wiring import desk
from handlers import triage as acts
from storage import triage_queue
from storage.dossier import find_people
from storage.engine import Store, Tx
from storage.invitations import invitations_of
from storage.triage_queue import Waiting
from surveys.authority import Actor, Deed

entry_argument = click.argument("entry_id", metavar="ID", type=int)
_SHORT = 60


@click.group()
def triage() -> None:
    """What people sent that could not be placed by itself: free texts, held replies, mails of nobody."""


@triage.command(name="list")
@click.option("--all", "everything", is_flag=True, help="What was dealt with, too.")
@json_option
def list_command(*, everything: bool, json_: bool) -> None:
    """List what waits, the oldest first."""
    with desk() as here, here.store.reading() as tx:
        if not here.actor.may_somewhere(Deed.SORT):
            here.actor.must(Deed.SORT, "")
        found = [
            each for each in triage_queue.entries(tx, settled=everything) if here.actor.may(Deed.SORT, each.programme)
        ]
    if json_:
        as_json([_row(each) for each in found])
        return
    rows = [
        (
            each.id,
            f"{each.received_at:%Y-%m-%d %H:%M}",
            each.kind,
            each.sender,
            each.round,
            each.reason,
            _short(each.text),
        )
        for each in found
    ]
    table(("Id", "Received (UTC)", "Kind", "From", "Round", "Why", "Text"), rows, right=frozenset({"Id"}))


@triage.command()
@entry_argument
@json_option
def show(entry_id: int, *, json_: bool) -> None:
    """Show one entry whole."""
    with desk() as here, here.store.reading() as tx:
        found = triage_queue.entry(tx, entry_id)
        here.actor.must(Deed.SORT, found.programme if found is not None else "")
    if found is None:
        raise CommandRefused(f"there is no entry {entry_id}")
    if json_:
        as_json({**_row(found), "fields": found.fields, "settled": found.settled_how})
        return
    for name, value in _row(found).items():
        if name != "text" and value:
            click.echo(f"{name}: {value}")
    click.echo(f"\n{found.text}")


@triage.command()
@entry_argument
@click.argument("question")
@click.option("--words", default="", help="The part of the text that answers the question. Left out: all of it.")
@click.option("--round", "round_name", default="", metavar="ROUND", help="Whose it is, where the entry does not say.")
@click.option("--person", "who", default="", metavar="WHO", help="A panel id or an address; with --round.")
def assign(entry_id: int, question: str, words: str, round_name: str, who: str) -> None:
    """Record a text as the answer to QUESTION: a number, ITEM or ITEM.ROW. The words stay as they were written."""
    with desk() as here:
        invitation_id = None
        if round_name or who:
            with here.store.reading() as tx:
                invitation_id = _invitation(tx, round_name, who, here.actor)
        outcome = acts.assign(
            entry_id, question, here.store, here.now, actor=here.actor, invitation_id=invitation_id, words=words
        )
    _end(outcome)


@triage.command()
@entry_argument
@click.option("--same-person", is_flag=True, help="They wrote it themselves; the address is theirs from now on.")
@click.option("--typed-by", default="", metavar="NAME", help="The colleague who answered for the person.")
def answer(entry_id: int, *, same_person: bool, typed_by: str) -> None:
    """Record the answers of a held reply as the invited person's."""
    if same_person and typed_by:
        raise click.UsageError("--same-person and --typed-by exclude each other")
    with desk() as here:
        outcome = acts.answer(
            entry_id, here.store, here.now, actor=here.actor, typed_by=typed_by, same_person=same_person
        )
    _end(outcome)


@triage.command()
@entry_argument
@click.option("--reason", default="", help="Kept with the entry.")
def discard(entry_id: int, reason: str) -> None:
    """Take an entry out of the queue: it is not ours, or is no answer."""
    with desk() as here:
        store: Store = here.store
        outcome = acts.discard(entry_id, store, here.now, actor=here.actor, reason=reason)
    if outcome is not None:
        raise CommandRefused(outcome.why)
    click.echo("discarded")


def _end(outcome: acts.Placed | acts.NotPlaced) -> None:
    if isinstance(outcome, acts.NotPlaced):
        raise CommandRefused(outcome.why)
    if outcome.learnt:
        click.echo("the address is theirs from now on")
    if outcome.answers:
        click.echo(f"recorded: {', '.join(outcome.answers)}")
    else:
        click.echo("nothing in it is known to answer a question; use soundings triage assign")
    if outcome.left:
        click.echo("the rest of the text waits in an entry of its own")
    if outcome.unclear:
        click.echo(f"not clear, and in an entry of its own: {', '.join(outcome.unclear)}")


def _invitation(tx: Tx, round_name: str, who: str, actor: Actor) -> int:
    if not (round_name and who):
        raise CommandRefused("--round and --person go together")
    people = {each for each, _ in find_people(tx, who)}
    round_ = the_round(tx, round_name, actor, Deed.SORT)
    found = [each.id for each in invitations_of(tx, round_.id) if each.participant_id in people]
    if len(found) != 1:
        raise CommandRefused(f"'{who}' has {len(found)} invitations in {round_name}, and one is needed")
    return found[0]


def _row(found: Waiting) -> dict[str, object]:
    return {
        "id": found.id,
        "received": found.received_at.isoformat(),
        "from": found.sender,
        "kind": found.kind,
        "reason": found.reason,
        "round": found.round or None,
        "participant": found.participant or None,
        "text": found.text,
    }


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"

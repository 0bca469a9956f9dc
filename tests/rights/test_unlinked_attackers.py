"""With every byte of the database in hand, nobody finds whose return to an unlinked round is whose."""

import random
import secrets
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from handlers.load import load_programme
from handlers.round_commands import turn_round
from handlers.unlinked import Returned, record_unlinked
from schedules.moving import close_round
from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage import invitations, ledger, rounds
from storage.engine import Store
from storage.forms import form_of
from storage.invitations import NewInvitation
from storage.ledger import NewLine
from storage.people import participants_of
from storage.tables.answers import unlinked_returns
from storage.tables.mail import raw_messages
from surveys.authority import CONSOLE
from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.replies import IncomingReply
from surveys.round_life import Command
from tests.rights.attackers import hits, looted

OPENED = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
CLOSED = datetime(2025, 3, 14, 18, 0, tzinfo=UTC)
PEOPLE, GROUPS = 12, 2
# Guessing finds one in each group on average, and with a variance of one: a random order has one fixed point.
SIGMAS = 6
PROGRAMME = """\
programme: quiet
title: A quiet round
timezone: Etc/UTC
min_group: 6
sender: {name: Ada Lund, email: ada.lund@example.org}
perspectives: [{id: guest, label: Guest}, {id: host, label: Host}]
areas: [{id: north, name: North}]
panel: panel.csv
rounds:
  - {id: quiet, survey: quiet.yaml, kind: mid_cycle, mode: unlinked, opens: 2025-03-03 09:00, closes: 2025-03-14 17:00}
"""
SURVEY = """\
survey: quiet
version: 1
title: A word
language: en-GB
sections:
  - title: The day
    items:
      - {id: story, ask: What happened?, type: long_text}
      - {id: well, ask: Is all well?, type: yes_no}
"""


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """An open unlinked round: twelve people, six of each perspective, none of whom has answered."""

    store: Store
    invited: tuple[int, ...]
    groups: dict[int, str]


@pytest.fixture
def quiet(store, tmp_path):
    (tmp_path / "programme.yaml").write_text(PROGRAMME, encoding="utf-8")
    (tmp_path / "quiet.yaml").write_text(SURVEY, encoding="utf-8")
    rows = [f"p{n},Person {n},p{n}@example.org,north,{('guest', 'host')[n % 2]}" for n in range(PEOPLE)]
    (tmp_path / "panel.csv").write_text("\n".join(["id,name,email,area,perspectives", *rows]), encoding="utf-8")
    load_programme(tmp_path / "programme.yaml", store, OPENED, dry_run=False, actor=CONSOLE)
    with store.writing() as tx:
        found = rounds.find_round(tx, "quiet")
        rounds.mark_open(tx, found, OPENED)
        panel = participants_of(tx, found.programme_id)
        hats = {each.id: min(each.perspectives) for each in panel}
        new = [
            NewInvitation(round_id=found.id, participant_id=each.id, voices=frozenset({("north", hats[each.id])}))
            for each in panel
        ]
        invitations.create(tx, new, OPENED)
        made = invitations.invitations_of(tx, found.id)
        for each in made:
            line = NewLine(
                key=f"quiet/quiet/{each.participant_id}/reminder/1",
                kind=LineKind.REMINDER,
                programme_id=found.programme_id,
                due_at=OPENED + timedelta(days=8),
                round_id=found.id,
                invitation_id=each.id,
                participant_id=each.participant_id,
            )
            ledger.queue(tx, [line], OPENED)
    return Quiet(
        store=store,
        invited=tuple(each.id for each in made),
        groups={each.id: hats[each.participant_id] for each in made},
    )


def as_it_is(invitation, words, store, now):
    """The return as the form's page hands it on."""
    reply = IncomingReply(
        channel="web", invitation_id=invitation, given={("story", ""): words, ("well", ""): "yes"}, page="story"
    )
    assert isinstance(record_unlinked(invitation, lambda _form, _page: reply, store, now), Returned)


def leaking(invitation, words, store, now, *, key, empties):
    """A store that keeps its word on paper: random ids and no times, and yet the order of coming in its files."""
    with store.writing() as tx:
        asked = form_of(tx, invitation).asked
        row = {
            "id": key(),
            "round_id": asked.round_id,
            "answers": {"story": words, "well": "yes"},
            "raw": {"story": words, "well": "yes"},
            "area": "north",
            "perspectives": sorted(asked.perspectives),
        }
        tx.execute(insert(unlinked_returns).values(row))
        invitations.set_disposition(
            tx, [invitation], Disposition.COMPLETE, reason="answered", channel="web", now=asked.opens_at
        )
    if empties:
        store.empty_log()


def played(quiet, seed, take):
    """Everyone answers, in an order and with words of that seed; who gave which return."""
    drawn = random.Random(seed)
    order = list(quiet.invited)
    drawn.shuffle(order)
    words = {each: f"{drawn.randrange(10**9):09}" + " so" * drawn.randrange(2, 120) for each in order}
    for number, each in enumerate(order):
        take(each, words[each], quiet.store, OPENED + timedelta(hours=1, minutes=7 * number))
    with quiet.store.reading() as tx:
        rows = tx.execute(unlinked_returns.select()).all()
    said = {row.answers["story"]: row for row in rows}
    truth = {str(each): said[words[each]].id for each in order}
    return truth, {row.id: row.perspectives[0] for row in rows}


def season(quiet, tmp_path, seeds, take):
    """Many rounds, each from the same untouched database; the hits of every pair of strategies over all of them."""
    found = Counter()
    quiet.store.empty_log()
    untouched = quiet.store.path.read_bytes()
    for seed in seeds:
        path = tmp_path / f"round-{seed}.db"
        path.write_bytes(untouched)
        here = replace(quiet, store=Store(f"sqlite:///{path}"))
        truth, groups = played(here, seed, take)
        loot = looted(path, tmp_path)
        found.update(hits(loot, truth, lambda person: quiet.groups[int(person)], groups))
        here.store.close()
        for each in tmp_path.glob(f"round-{seed}*"):
            each.unlink()
    return found


def limit(count):
    """More than guessing would ever find over so many rounds."""
    return count * GROUPS + SIGMAS * (count * GROUPS) ** 0.5


def found_out(found, count):
    return {name: number for name, number in found.items() if number > limit(count)}


def test_no_strategy_does_better_than_guessing(quiet, tmp_path):
    seeds = range(16)
    found = season(quiet, tmp_path, seeds, as_it_is)
    assert len(found) > 80, "strategies, each with each"
    assert found_out(found, len(seeds)) == {}


def test_nor_in_a_file_too_large_to_be_written_anew_each_time(quiet, tmp_path):
    with quiet.store.writing() as tx:
        filling = {"digest": "-", "received_at": OPENED, "content": bytes(9 * 1024 * 1024), "outcome": "other"}
        tx.execute(insert(raw_messages).values(filling))
    seeds = range(100, 108)
    found = season(quiet, tmp_path, seeds, as_it_is)
    assert found_out(found, len(seeds)) == {}


@pytest.mark.soak
def test_nor_over_many_rounds(quiet, tmp_path):
    seeds = range(1000, 1200)
    assert found_out(season(quiet, tmp_path, seeds, as_it_is), len(seeds)) == {}


@pytest.mark.parametrize(
    ("what", "key", "empties", "gives_it_away"),
    [
        ("numbered ids", "counted", True, "order of dispositions / by id"),
        ("cells where they fell", "random", True, "order of dispositions / page, then place from its end"),
        ("a log that remembers", "random", False, "order of dispositions / first place in the log"),
    ],
)
def test_a_store_that_leaks_is_found_out(quiet, tmp_path, what, key, empties, gives_it_away):
    numbers = iter(range(10**6))

    def take(invitation, words, store, now):
        made = secrets.token_hex(16) if key == "random" else f"{next(numbers):032x}"
        leaking(invitation, words, store, now, key=lambda: made, empties=empties)

    seeds = range(200, 206)
    found = season(quiet, tmp_path, seeds, take)
    assert gives_it_away in found_out(found, len(seeds)), (what, found.most_common(5))
    assert found[gives_it_away] > 0.6 * len(seeds) * PEOPLE


def closing(tx, round_, now, actor):
    return close_round(tx, round_, now, actor=actor)


@pytest.mark.parametrize("how", ["by an organiser", "by the clock"])
def test_a_large_file_is_written_anew_when_the_round_closes(quiet, how):
    """Its pages were taken as the tables grew; afterwards they lie as the tables do."""
    with quiet.store.writing() as tx:
        filling = {"digest": "-", "received_at": OPENED, "content": bytes(9 * 1024 * 1024), "outcome": "other"}
        tx.execute(insert(raw_messages).values(filling))
        tx.execute(raw_messages.delete())
    as_it_is(quiet.invited[0], "A word", quiet.store, OPENED + timedelta(hours=1))
    quiet.store.empty_log()
    assert quiet.store.path.stat().st_size > 9 * 1024 * 1024, "it was not written anew for one return"
    if how == "by the clock":
        tick(quiet.store, {}, TickSettings(public_url="http://form.test", secret="s", holder="h"), CLOSED)
    else:
        with quiet.store.reading() as tx:
            round_id = rounds.find_round(tx, "quiet").id
        turn_round(round_id, Command.CLOSE, closing, quiet.store, OPENED + timedelta(days=2), actor=CONSOLE)
    assert quiet.store.path.stat().st_size < 2 * 1024 * 1024

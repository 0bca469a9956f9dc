"""The panel of a programme brought up to what its file says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.erasing import without_erased
from handlers.keeping_silence import keep_silence
from handlers.load_outcomes import Change
from storage import audit, invitations
from storage.engine import Tx
from storage.panel_rows import (
    add_people,
    change_people,
    delegate_keys,
    keep_addresses,
    keep_attendances,
    remove_people,
)
from storage.people import participants_of
from surveys.addresses import folded
from surveys.authority import Actor
from surveys.dispositions import Disposition
from surveys.panel import Participant
from surveys.panel_file import Panel, PanelRow, identity, read_panel
from surveys.programme import Programme
from surveys.source import Problem, Problems
from surveys.table import Table

# Why an invitation is no longer to be answered; only that is taken back when the person is.
OFF_PANEL = "taken off the panel"
CHANNEL_WORDS = {"mail": "email", "slack": "Slack id", "teams": "Teams id"}
# What is compared as it stands; a word for people where the name isn't one.
_COMPARED: tuple[tuple[str, Callable[[Participant | PanelRow], object]], ...] = (
    ("name", lambda who: who.name),
    ("greeting", lambda who: who.greeting),
    ("organisation", lambda who: who.organisation),
    ("area", lambda who: who.area),
    ("timezone", lambda who: who.panel_timezone),
    ("working days", lambda who: who.working_days),
    ("language", lambda who: who.language),
    ("preferred channel", lambda who: who.preferred),
    ("phone", lambda who: who.phone),
    ("cc", lambda who: who.cc),
    ("perspectives", lambda who: who.perspectives),
    ("manager of", lambda who: who.manager_of),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedPanel:
    """A panel that may be stored, and the people it is held against; `skipped` are bad rows left out on request."""

    file: str
    panel: Panel
    standing: Mapping[str, Participant]
    delegates: frozenset[str]
    skipped: tuple[Problem, ...] = ()


def check_panel(
    tx: Tx, programme_id: int | None, programme: Programme, table: Table, problems: Problems, *, skip_bad: bool
) -> CheckedPanel:
    """Read the table against the programme and the people it has; bad rows are problems, or skipped."""
    people = () if programme_id is None else participants_of(tx, programme_id, delegates=True)
    own = Problems()
    panel = read_panel(
        table,
        own,
        programme,
        known_keys=frozenset(each.key for each in people if not each.removed),
        made_keys={
            identity(each.name, place.channel, place.value): each.key for each in people for place in each.addresses
        },
    )
    skipped: tuple[Problem, ...] = ()
    if skip_bad:
        skipped = tuple(each for each in own.errors if each.line in panel.bad_rows)
        own.found = [each for each in own.found if each not in skipped]
    problems.found += own.found
    return CheckedPanel(
        file=table.file,
        panel=panel,
        standing={each.key: each for each in people},
        delegates=frozenset() if programme_id is None else delegate_keys(tx, programme_id),
        skipped=skipped,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Where the people are stored, by whom, and the rows that they point at."""

    programme_id: int
    area_ids: Mapping[str, int]
    session_ids: Mapping[str, int]
    now: datetime
    actor: Actor


def keep_panel(
    tx: Tx, ground: Ground, checked: CheckedPanel, *, remove_missing: bool, changes: list[Change], notes: list[str]
) -> None:
    """Store what differs. Opt-outs, pauses and a preferred channel that stands stay; who was erased stays out."""
    added: list[PanelRow] = []
    updated: dict[int, PanelRow] = {}
    addressed: dict[int, Sequence[tuple[str, str]]] = {}
    attending: dict[int, PanelRow] = {}
    by_change: dict[str, list[int]] = defaultdict(list)
    for row in without_erased(tx, ground.programme_id, checked.file, checked.panel.rows, notes):
        who = checked.standing.get(row.key)
        if who is None:
            added.append(row)
            continue
        kept = _with_preference(who, row, notes)
        said = _differences(who, kept)
        if who.key in checked.delegates:
            said.insert(0, "belongs to the panel now")
        if who.removed:
            said.insert(0, "is back")
        moves = _address_moves(who, kept)
        hats = set(who.attendances) != set(kept.attendances)
        if said:
            updated[who.id] = kept
        if moves:
            addressed[who.id] = kept.addresses
        if hats:
            attending[who.id] = kept
            said.append("sessions changed")
        for what in (*said, *moves):
            changes.append(Change(subject=f"participant {row.key}", what=what))
            by_change[what].append(who.id)
    ids = add_people(tx, ground.programme_id, added, ground.area_ids, ground.now)
    changes += [Change(subject=f"participant {row.key}", what="added") for row in added]
    by_change["added"] += ids.values()
    change_people(tx, updated, ground.area_ids)
    keep_addresses(tx, {**{ids[row.key]: row.addresses for row in added}, **addressed})
    by_change["still silent"] = keep_silence(tx, ground.programme_id, added, ids, checked.panel.mentioned, notes)
    keep_attendances(
        tx,
        {
            **{ids[row.key]: row.attendances for row in added if row.attendances},
            **{person: row.attendances for person, row in attending.items()},
        },
        ground.session_ids,
    )
    gone = _missing(checked, remove_missing=remove_missing, changes=changes, notes=notes)
    if gone:
        remove_people(tx, gone, ground.now)
        by_change["removed"] += gone
        _no_longer_asked(tx, gone, ground.now)
    _asked_after_all(tx, by_change["is back"], ground.now)
    _audit(tx, ground, by_change)


def _no_longer_asked(tx: Tx, people: Sequence[int], now: datetime) -> None:
    """Who was not heard in an open round, and is asked nothing more, is none of those it was to reach."""
    standing = invitations.open_invitations(tx, people, (Disposition.PENDING, Disposition.UNDELIVERABLE))
    invitations.set_disposition(tx, standing, Disposition.NOT_ELIGIBLE, reason=OFF_PANEL, channel="cli", now=now)


def _asked_after_all(tx: Tx, people: Sequence[int], now: datetime) -> None:
    standing = invitations.open_invitations(tx, people, (Disposition.NOT_ELIGIBLE,))
    back = invitations.settled_because(tx, standing, OFF_PANEL)
    invitations.set_disposition(tx, back, Disposition.PENDING, reason="back on the panel", channel="cli", now=now)


def _with_preference(who: Participant, row: PanelRow, notes: list[str]) -> PanelRow:
    """A preferred channel, once it stands, is the person's own; no file changes it, and no empty cell."""
    if not who.preferred or who.preferred == row.preferred:
        return row
    if row.preferred:
        notes.append(
            f"participant {row.key}: the preferred channel stays '{who.preferred}', as a file never changes it"
        )
    order = sorted(row.addresses, key=lambda place: place[0] != who.preferred)
    return replace(row, preferred=who.preferred, addresses=tuple(order))


def _differences(who: Participant, row: PanelRow) -> list[str]:
    return [f"{word} changed" for word, of in _COMPARED if of(who) != of(row)]


def _address_moves(who: Participant, row: PanelRow) -> list[str]:
    """What becomes of the addresses, without saying them: changes are shown, logged and kept."""
    after = [(channel, folded(channel, value)) for channel, value in row.addresses]
    standing = [(each.channel, folded(each.channel, each.value), each.learnt) for each in who.addresses]
    before = [(channel, value) for channel, value, learnt in standing if not learnt or (channel, value) in after]
    if before == after:
        return []
    said = [f"{CHANNEL_WORDS[channel]} added" for channel, value in after if (channel, value) not in before]
    said += [f"{CHANNEL_WORDS[channel]} removed" for channel, value in before if (channel, value) not in after]
    return said or ["order of addresses changed"]


def _missing(checked: CheckedPanel, *, remove_missing: bool, changes: list[Change], notes: list[str]) -> list[int]:
    """Those of the panel whom the file doesn't mention, not even in a bad row."""
    absent = [
        each
        for each in checked.standing.values()
        if not each.removed and each.key not in checked.panel.mentioned and each.key not in checked.delegates
    ]
    for each in absent:
        if remove_missing:
            changes.append(Change(subject=f"participant {each.key}", what="removed"))
        else:
            notes.append(f"participant {each.key} is not in the file any more, and stays (--remove-missing removes)")
    return [each.id for each in absent] if remove_missing else []


def _audit(tx: Tx, ground: Ground, by_change: Mapping[str, Sequence[int]]) -> None:
    """One line for each kind of change, with the rows it concerns: a line a person would drown all others."""
    for what, ids in by_change.items():
        if ids:
            audit.append(
                tx,
                at=ground.now,
                actor=ground.actor.name,
                channel=ground.actor.channel,
                programme_id=ground.programme_id,
                what=f"panel: {what}",
                subject=f"programme:{ground.programme_id}",
                after={"participants": sorted(ids)},
            )

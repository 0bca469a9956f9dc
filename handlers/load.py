"""`soundings load` and `panel import`: files in, one transaction, changes out; or every problem, and nothing stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from handlers.called_off import follow_sessions
from handlers.files.table_file import read_table
from handlers.kept_sessions import with_held_sessions
from handlers.load_files import Files, check_questionnaire, read_files
from handlers.load_instruments import check_versions, keep_instruments
from handlers.load_outcomes import Change, Loaded, NoSuchProgramme, Refused, Unreadable, in_order, warning_lines
from handlers.load_people import Ground, check_panel, keep_panel
from handlers.load_programme import drop_sessions, effective_definition, held_entries, keep_programme
from handlers.load_rounds import RoundGround, check_rounds, keep_rounds
from handlers.wanted_rounds import wanted_rounds
from storage import audit
from storage.bank_holidays import calendar_book
from storage.engine import Store, Tx
from storage.looks import look_again_everywhere
from storage.programmes import StoredProgramme, all_programmes, area_ids, programme_by_key
from storage.round_rows import round_rows
from storage.sessions import sessions_of
from surveys.authority import Actor, Deed
from surveys.source import Problem, Problems
from surveys.table import Table

# Is given the transaction and the programme's id.
Looking = Callable[[Tx, str], None]
__all__ = [
    "Change",
    "Loaded",
    "Looking",
    "NoSuchProgramme",
    "Unreadable",
    "check_survey",
    "import_panel",
    "load_programme",
]


def load_programme(
    path: Path,
    store: Store,
    now: datetime,
    *,
    dry_run: bool,
    skip_bad: bool = False,
    remove_missing: bool = False,
    actor: Actor,
    looking: Looking | None = None,
) -> Loaded | Unreadable:
    """Bring the database up to a programme's file, its questionnaires, sessions and panel.

    One transaction. Loading the same files again changes nothing. Nothing is stored where anything is wrong, and
    with `dry_run`. `skip_bad`: bad rows of the panel become warnings, and the others are stored. `remove_missing`:
    people whom the panel no longer mentions are asked nothing more. `now` is aware. `looking` sees what a dry run would
    leave, before it is rolled back.

    Raises:
        NotAllowed: the actor has not the right.
        DatabaseBusyError: another writer held the database for too long.
    """
    problems = Problems()
    files = read_files(path, problems)
    if files is None:
        return _unreadable(problems, ())
    try:
        with store.writing() as tx:
            loaded = _load(tx, files, problems, now, skip_bad=skip_bad, remove_missing=remove_missing, actor=actor)
            return _ended(tx, loaded, looking, dry_run=dry_run)
    except Refused as refused:
        return refused.outcome


def _load(
    tx: Tx, files: Files, problems: Problems, now: datetime, *, skip_bad: bool, remove_missing: bool, actor: Actor
) -> Loaded:
    actor.must(Deed.LOAD, files.programme.key)
    # 1. Everything that can be wrong is looked at, before anything is written.
    stored = programme_by_key(tx, files.programme.key)
    programme_id = None if stored is None else stored.id
    files = with_held_sessions(files, stored, now)
    check_versions(tx, programme_id, files.questionnaires, problems)
    checked = None
    if files.panel is not None:
        checked = check_panel(tx, programme_id, files.programme, files.panel, problems, skip_bad=skip_bad)
    skipped = () if checked is None else checked.skipped
    if not files.sound:
        raise Refused(_unreadable(problems, skipped))
    rows = {} if programme_id is None else round_rows(tx, programme_id)
    wanted = wanted_rounds(files.programme, files.node, calendar_book(files.programme, now=now), problems)
    before = None if stored is None else stored.programme
    check_rounds(rows, wanted, before, files.node, now, problems)
    definition, programme = effective_definition(files.node, stored, rows, problems)
    if problems.errors or programme is None:
        raise Refused(_unreadable(problems, skipped))
    # 2. Then what differs is written.
    changes: list[Change] = []
    notes = _skipped_lines(skipped)
    places = keep_programme(tx, programme, definition, stored, now, changes)
    instrument_ids = keep_instruments(tx, places.programme_id, files.questionnaires, now, changes)
    if changes:
        _audit(tx, places.programme_id, now, actor, changes)
    if checked is not None:
        ground = Ground(
            programme_id=places.programme_id,
            area_ids=places.area_ids,
            session_ids=places.session_ids,
            now=now,
            actor=actor,
        )
        keep_panel(tx, ground, checked, remove_missing=remove_missing, changes=changes, notes=notes)
    round_ground = RoundGround(
        programme_id=places.programme_id,
        programme=programme,
        instrument_ids=instrument_ids,
        session_ids=places.session_ids,
        was_held=held_entries(stored),
        now=now,
        actor=actor,
    )
    keep_rounds(tx, round_ground, wanted, changes, notes)
    follow_sessions(tx, places.programme_id, places.session_ids, programme.sessions, now, actor, changes)
    others = len(changes)
    drop_sessions(tx, places.programme_id, programme, changes)
    if changes[others:]:
        _audit(tx, places.programme_id, now, actor, changes[others:])
    # 3. Whatever changed may bring a message earlier.
    if changes:
        look_again_everywhere(tx, places.programme_id)
    return Loaded(programme=programme.key, changes=tuple(changes), warnings=warning_lines(problems, notes))


def _audit(tx: Tx, programme_id: int, now: datetime, actor: Actor, changes: list[Change]) -> None:
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=programme_id,
        what="programme loaded",
        subject=f"programme:{programme_id}",
        after={"changes": [str(change) for change in changes]},
    )


def _unreadable(problems: Problems, skipped: tuple[Problem, ...]) -> Unreadable:
    return Unreadable(problems=in_order(problems.errors), warnings=warning_lines(problems, _skipped_lines(skipped)))


def _skipped_lines(skipped: tuple[Problem, ...]) -> list[str]:
    return [f"{problem} (row left out)" for problem in in_order(skipped)]


def import_panel(
    path: Path,
    store: Store,
    programme_key: str,
    now: datetime,
    *,
    dry_run: bool = False,
    skip_bad: bool = False,
    remove_missing: bool = False,
    actor: Actor,
    looking: Looking | None = None,
) -> Loaded | Unreadable | NoSuchProgramme:
    """Bring the panel of a programme up to a CSV or Excel file; the same rules as when it is loaded with the rest.

    Raises:
        NotAllowed: the actor has not the right.
        DatabaseBusyError: another writer held the database for too long.
    """
    problems = Problems()
    table = read_table(path, problems)
    if table is None:
        return _unreadable(problems, ())
    try:
        with store.writing() as tx:
            stored = programme_by_key(tx, programme_key)
            if stored is None:
                return NoSuchProgramme(key=programme_key, known=tuple(each.key for each in all_programmes(tx)))
            actor.must(Deed.LOAD, stored.key)
            loaded = _load_panel(
                tx, stored, table, problems, now, skip_bad=skip_bad, remove_missing=remove_missing, actor=actor
            )
            return _ended(tx, loaded, looking, dry_run=dry_run)
    except Refused as refused:
        return refused.outcome


def _load_panel(
    tx: Tx,
    stored: StoredProgramme,
    table: Table,
    problems: Problems,
    now: datetime,
    *,
    skip_bad: bool,
    remove_missing: bool,
    actor: Actor,
) -> Loaded:
    checked = check_panel(tx, stored.id, stored.programme, table, problems, skip_bad=skip_bad)
    if problems.errors:
        raise Refused(_unreadable(problems, checked.skipped))
    changes: list[Change] = []
    notes = _skipped_lines(checked.skipped)
    ground = Ground(
        programme_id=stored.id,
        area_ids=area_ids(tx, stored.id),
        session_ids={each.session.key: each.id for each in sessions_of(tx, stored.id)},
        now=now,
        actor=actor,
    )
    keep_panel(tx, ground, checked, remove_missing=remove_missing, changes=changes, notes=notes)
    if changes:
        look_again_everywhere(tx, stored.id)
    return Loaded(programme=stored.key, changes=tuple(changes), warnings=warning_lines(problems, notes))


def _ended(tx: Tx, loaded: Loaded, looking: Looking | None, *, dry_run: bool) -> Loaded:
    """What was loaded; a dry run ends by raising, so that the transaction rolls everything back."""
    if dry_run:
        if looking is not None:
            looking(tx, loaded.programme)
        raise Refused(loaded)
    return loaded


def check_survey(path: Path) -> tuple[Problem, ...]:
    """Every problem and warning of one questionnaire's file, in order of its lines."""
    problems = Problems()
    check_questionnaire(path, problems)
    return in_order(problems.found)

"""Questionnaires by version: what is new, what may still change, and what must not (design: Words, Instrument)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from handlers.load_files import Questionnaire
from handlers.load_outcomes import Change
from storage.engine import Tx
from storage.instruments import StoredInstrument, add_instrument, instrument, instruments_of, replace_instrument
from storage.programmes import digest_of
from surveys.instrument import Instrument
from surveys.source import Node, Problems
from surveys.versions import differences, not_comparable

MOST_DIFFERENCES = 12


def check_versions(
    tx: Tx, programme_id: int | None, questionnaires: Mapping[str, Questionnaire], problems: Problems
) -> None:
    """Note a problem for each version that was used and says something else now, and for doubles among the files."""
    seen: dict[tuple[str, int], tuple[str, Questionnaire]] = {}
    for name, each in questionnaires.items():
        found = each.instrument
        first_name, first = seen.setdefault((found.survey, found.version), (name, each))
        if digest_of(first.node.plain()) != digest_of(each.node.plain()):
            problems.add(
                each.node,
                f"'{found.survey}' version {found.version} stands in {first_name} too, with other content",
            )
    stored = {} if programme_id is None else _stored(tx, programme_id)
    for each in questionnaires.values():
        standing = stored.get((each.instrument.survey, each.instrument.version))
        if standing is not None and standing.used and standing.digest != digest_of(each.node.plain()):
            changed = differences(instrument(tx, standing.id), each.instrument)
            if changed:
                problems.add(_version_place(each.node), _said(each.instrument, changed))


def _said(found: Instrument, changed: tuple[str, ...]) -> str:
    shown = "; ".join(changed[:MOST_DIFFERENCES])
    more = f"; and {len(changed) - MOST_DIFFERENCES} more" if len(changed) > MOST_DIFFERENCES else ""
    return (
        f"version {found.version} of '{found.survey}' has been used and can't change any more; "
        f"give this one the next version number. What differs: {shown}{more}"
    )


def _version_place(node: Node) -> Node:
    return node.value.get("version", node) if isinstance(node.value, Mapping) else node


def _stored(tx: Tx, programme_id: int) -> dict[tuple[str, int], StoredInstrument]:
    return {(each.survey, each.version): each for each in instruments_of(tx, programme_id)}


def keep_instruments(
    tx: Tx, programme_id: int, questionnaires: Mapping[str, Questionnaire], now: datetime, changes: list[Change]
) -> dict[str, int]:
    """Store what is new or may still change; the rows by the names that rounds give."""
    found: dict[str, int] = {}
    for name, each in questionnaires.items():
        # Read anew each time: a version may be compared with one that was stored a moment ago.
        found[name] = _kept(tx, programme_id, each, _stored(tx, programme_id), now, changes)
    return found


def _kept(
    tx: Tx,
    programme_id: int,
    questionnaire: Questionnaire,
    stored: Mapping[tuple[str, int], StoredInstrument],
    now: datetime,
    changes: list[Change],
) -> int:
    made = questionnaire.instrument
    definition = cast("Mapping[str, object]", questionnaire.node.plain())
    subject = f"questionnaire {made.survey} version {made.version}"
    earlier = [each for each in stored.values() if each.survey == made.survey and each.version < made.version]
    changed = not_comparable(instrument(tx, earlier[-1].id), made) if earlier else frozenset()
    standing = stored.get((made.survey, made.version))
    if standing is None:
        told = f"; not comparable with version {earlier[-1].version}: {', '.join(sorted(changed))}" if changed else ""
        changes.append(Change(subject=subject, what=f"added{told}"))
        return add_instrument(tx, programme_id, made, definition, changed, now)
    if standing.digest != digest_of(definition) and not standing.used:
        changes.append(Change(subject=subject, what="replaced, as no round has used it yet"))
        replace_instrument(tx, standing.id, definition, changed)
    return standing.id

"""Whoever has asked for silence stays silent under another panel id too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from storage.engine import Tx
from storage.silence import Silenced, silence_like, silenced_at
from surveys.panel_file import PanelRow


def keep_silence(
    tx: Tx,
    programme_id: int,
    added: Sequence[PanelRow],
    ids: Mapping[str, int],
    mentioned: Collection[str],
    notes: list[str],
) -> list[int]:
    """Give people who are new in the panel the opt-outs and the pause of whoever they were before; their rows.

    The same person is whoever has one of the addresses and the same name, or an address of somebody whom the file no
    longer mentions. Two people who share a mailbox and both stand in the file are two.
    """
    found = []
    for row in added:
        for each in silenced_at(tx, programme_id, row.addresses, but=ids[row.key]):
            if each.key not in mentioned or _same_name(each, row):
                silence_like(tx, ids[row.key], each.participant_id)
                found.append(ids[row.key])
                notes.append(
                    f"row {row.row}, participant {row.key}: has stopped or paused messages as {each.key}, at the same "
                    "address, and that holds; give someone else another address"
                )
    return found


def _same_name(each: Silenced, row: PanelRow) -> bool:
    return each.name.casefold().split() == row.name.casefold().split()

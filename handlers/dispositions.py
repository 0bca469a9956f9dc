"""What an act makes of an invitation, written with its history; decided by `surveys.dispositions` alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from storage import invitations, ledger
from storage.engine import Tx
from surveys.dispositions import Act, Disposition, after_act


def note_act(
    tx: Tx,
    invitation_id: int,
    current: Disposition,
    act: Act,
    *,
    reason: str,
    channel: str,
    now: datetime,
    begun: bool = False,
) -> Disposition:
    """The invitation's disposition after `act`; `begun`: answers of the person are stored. Written if it differs."""
    after = after_act(current, act, begun=begun)
    if after is not current:
        invitations.set_disposition(tx, [invitation_id], after, reason=reason, channel=channel, now=now)
    return after


def note_opted_out(tx: Tx, invitation_ids: Iterable[int], *, channel: str, now: datetime) -> None:
    """Silence for these invitations of one person: nothing more goes, and whoever was still to answer has declined."""
    for each in invitation_ids:
        standing = invitations.invitation(tx, each)
        if standing is not None:
            note_act(tx, each, standing.disposition, Act.OPTED_OUT, reason="opted out", channel=channel, now=now)
        ledger.cancel_queued(tx, reason="opted out", now=now, invitation_id=each)

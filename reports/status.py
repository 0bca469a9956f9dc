"""How a round stands: figures, what goes out next, what did not get through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reports.plan import planned_messages
from storage.engine import Tx
from storage.figures import Invited, TroubledLine, invited, troubled_lines
from storage.person_requests import how_many
from storage.senders import AccountState, account_states
from surveys.delivery import LineKind, LineState
from surveys.figures import Figures, figures
from surveys.programme import RoundKind
from surveys.rounds import Round, RoundState


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundStatus:
    """A round at one moment.

    `troubles`: its messages that were put off or refused; `accounts`: channels in trouble; `requests`: how many things
    people of the programme have asked for and wait for.
    """

    round: Round
    figures: Figures
    next_reminder: datetime | None
    troubles: tuple[TroubledLine, ...]
    accounts: tuple[AccountState, ...]
    requests: int = 0

    @property
    def deferred(self) -> int:
        return sum(line.state is not LineState.REFUSED for line in self.troubles)

    @property
    def refused(self) -> int:
        return sum(line.state is LineState.REFUSED for line in self.troubles)


def round_status(tx: Tx, round_: Round, now: datetime) -> RoundStatus:
    """What is stored, and what will follow if nobody answers; nothing is changed."""
    # A held round sends nothing until an organiser opens it, whatever its plan says of then.
    silent = round_.state in {RoundState.CLOSED, RoundState.CANCELLED, RoundState.HELD}
    plan = () if silent else planned_messages(tx, round_, now)
    reminders = [each.due for each in plan if each.kind == LineKind.REMINDER.value]
    return RoundStatus(
        round=round_,
        figures=round_figures(invited(tx, round_.id), of_everyone=round_.kind is not RoundKind.OPEN),
        next_reminder=min(reminders, default=None),
        troubles=troubled_lines(tx, round_.id),
        accounts=tuple(account for account in account_states(tx) if account.trouble),
        requests=how_many(tx, round_.programme_id),
    )


def without_people(status: RoundStatus) -> RoundStatus:
    """The same for whoever sees figures alone: what did not get through is counted, and names nobody."""
    nameless = tuple(replace(line, key="", name="", reason="") for line in status.troubles)
    return replace(status, troubles=nameless)


def round_figures(everyone: tuple[Invited, ...], *, of_everyone: bool = True) -> Figures:
    """The figures of these invitations; see `surveys.figures`."""
    return figures(((each.disposition, each.voices) for each in everyone), of_everyone=of_everyone)


def as_json(status: RoundStatus) -> dict[str, Any]:
    """The contract's keys, then what else there is to know. Times are ISO in UTC."""
    round_ = status.round
    return {
        "round": round_.key,
        "programme": round_.programme,
        "state": round_.state.value,
        "opens": round_.opens_at.isoformat(),
        "closes": round_.closes_at.isoformat(),
        "frozen": round_.frozen_at.isoformat() if round_.frozen_at else None,
        **status.figures.overall.plain(),
        "next_reminder": status.next_reminder.isoformat() if status.next_reminder else None,
        "by_area": {area: found.plain() for area, found in status.figures.by_area.items()},
        "by_perspective": {perspective: found.plain() for perspective, found in status.figures.by_perspective.items()},
        "extensions": round_.extensions,
        "requests": status.requests,
        "deferred": status.deferred,
        "refused": status.refused,
        "troubles": [
            {
                "kind": line.kind.value,
                "state": "refused" if line.state is LineState.REFUSED else "deferred",
                "participant": line.key,
                "name": line.name,
                "tries": line.attempts,
                "next_try": None if line.state is LineState.REFUSED else line.due_at.isoformat(),
                "reason": line.reason,
            }
            for line in status.troubles
        ],
        "channels": [
            {
                "account": account.account,
                "trouble": account.trouble,
                "resumes": account.resume_at.isoformat() if account.resume_at else None,
            }
            for account in status.accounts
        ],
    }

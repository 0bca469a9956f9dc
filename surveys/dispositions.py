"""What has become of each invitation, and what each act makes of it (design: When things go)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Disposition(StrEnum):
    """Exactly one holds for an invitation at any time."""

    PENDING = "pending"
    PARTIAL = "partial"
    COMPLETE = "complete"
    DECLINED = "declined"
    DELEGATED = "delegated"
    JOINT_RETURN = "joint_return"
    UNDELIVERABLE = "undeliverable"
    NOT_ELIGIBLE = "not_eligible"


class Act(StrEnum):
    """What can happen to an invitation: by the person, by an organiser for them, or by a mail server."""

    ANSWERED = "answered"
    ENTERED = "entered"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    DELEGATED = "delegated"
    IN_JOINT_RETURN = "in joint return"
    NOT_ME = "not me"
    PUT_OFF = "put off"
    OPTED_OUT = "opted out"
    UNREACHABLE = "unreachable"
    REACHABLE_AGAIN = "reachable again"


_SAYS = {
    Act.DECLINED: Disposition.DECLINED,
    Act.IN_JOINT_RETURN: Disposition.JOINT_RETURN,
    Act.NOT_ME: Disposition.NOT_ELIGIBLE,
}
_TO_ANSWER = frozenset({Disposition.PENDING, Disposition.PARTIAL})
_NO_REASON_GIVEN = _TO_ANSWER | {Disposition.UNDELIVERABLE}


def after_act(current: Disposition, act: Act, *, begun: bool = False) -> Disposition:
    """The disposition after `act`.

    A complete return beats everything after it. Answering brings any reason not to answer back to partial; what an
    organiser has `ENTERED` so far for someone does not: they have not said otherwise, and its Submit will. A reason
    given holds also after a partial return; whoever has named a delegate is replaced, whatever other reason follows.
    Putting it off takes a reason back: to partial if the person has `begun` to answer, else to pending. Opting out is
    a reason only where none was given before. A bounce tells only of those who have not been heard at all.
    """
    if current is Disposition.COMPLETE or act is Act.SUBMITTED:
        return Disposition.COMPLETE
    match act:
        case Act.ANSWERED:
            return Disposition.PARTIAL
        case Act.ENTERED:
            return Disposition.PARTIAL if current in _NO_REASON_GIVEN else current
        case Act.DELEGATED:
            return Disposition.DELEGATED
        case Act.PUT_OFF:
            taken_back = Disposition.PARTIAL if begun else Disposition.PENDING
            return current if current in _TO_ANSWER else taken_back
        case Act.OPTED_OUT:
            return Disposition.DECLINED if current in _TO_ANSWER else current
        case Act.UNREACHABLE:
            return Disposition.UNDELIVERABLE if current is Disposition.PENDING else current
        case Act.REACHABLE_AGAIN:
            return Disposition.PENDING if current is Disposition.UNDELIVERABLE else current
        case _:
            return current if current is Disposition.DELEGATED else _SAYS[act]


def joint_returns_at_close(
    invitations: Iterable[tuple[int, Disposition, frozenset[tuple[str, str]]]],
) -> tuple[int, ...]:
    """The ids that go back to pending at the close: said to be in a joint return, and no return came from their area.

    `invitations` are (id, disposition, voices), voices being (area, perspective) pairs. A return is a complete one;
    for someone who speaks for several areas one from any of them will do.
    """
    standing = list(invitations)
    heard = {area for _, disposition, voices in standing if disposition is Disposition.COMPLETE for area, _ in voices}
    return tuple(
        key
        for key, disposition, voices in standing
        if disposition is Disposition.JOINT_RETURN and heard.isdisjoint(area for area, _ in voices)
    )

"""Open rounds: anybody with the link may answer, nobody is asked or reminded (design: kind `open`)."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.programme import Mode


@dataclass(frozen=True, slots=True)
class Heard:
    """How many have answered, as it may be told to everybody: `number`, or fewer than `fewer_than`.

    `at_least`: the number is a whole step, below what it is.
    """

    number: int = 0
    fewer_than: int = 0
    at_least: bool = False


def heard(complete: int, min_group: int, mode: Mode) -> Heard:
    """What a live count may show of `complete` returns.

    Below the minimum group size it shows no number. Of an unlinked round it moves in whole steps of that size: two
    counts can then never differ by fewer people, so that nobody who watches it sees when one person answered.
    """
    least = max(min_group, 1)
    if complete < least:
        return Heard(fewer_than=least)
    if mode is Mode.UNLINKED and least > 1:
        return Heard(number=complete - complete % least, at_least=True)
    return Heard(number=complete)

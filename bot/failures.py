"""How a command ends when it does not end well (design: Commands; exit codes 1 and 2)."""

from __future__ import annotations

from collections.abc import Iterable

REFUSED = 1
WRONG_INPUT = 2
# What sysexits.h calls EX_TEMPFAIL: a mail server that delivers into a pipe keeps the mail and tries again.
TRY_AGAIN = 75


class CommandRefused(Exception):
    """Exit 1: refused or failed; its words are the one line of reason."""

    code = REFUSED


class NotNow(CommandRefused):
    """Exit 75: it could not be done just now, and is to be tried again."""

    code = TRY_AGAIN


class WrongInput(Exception):
    """Exit 2: what was given is wrong; one line for each problem, with its place."""

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = tuple(str(problem) for problem in problems)
        super().__init__("\n".join(self.problems))

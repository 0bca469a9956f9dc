"""What loading comes to: changes in words, or problems with their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.source import Problem, Problems


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that is stored differently now: `participant hampshire-2: email added`."""

    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """It was stored (or would be); no changes where everything stood so already. `warnings` are sentences."""

    programme: str
    changes: tuple[Change, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """Nothing was stored: these are the problems of all the files, each with its place."""

    problems: tuple[Problem, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NoSuchProgramme:
    """No programme of that id has been loaded; `known` are those that have."""

    key: str
    known: tuple[str, ...]


class Refused(Exception):
    """Ends a transaction without storing anything; carries the outcome."""

    def __init__(self, outcome: Loaded | Unreadable) -> None:
        super().__init__("nothing is stored")
        self.outcome = outcome


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file (the first one met first), then by line; what was found twice stands once."""
    unique = list(dict.fromkeys(problems))
    files = {file: position for position, file in enumerate(dict.fromkeys(problem.file for problem in unique))}
    return tuple(sorted(unique, key=lambda problem: (files[problem.file], problem.line)))


def warning_lines(problems: Problems, notes: Iterable[str]) -> tuple[str, ...]:
    """The warnings of the files, then what else is to be said."""
    return (*(str(problem) for problem in in_order(problems.warnings)), *notes)

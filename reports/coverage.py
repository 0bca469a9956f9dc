"""Who has been heard in a programme: area by perspective, for each round that has opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.engine import Tx
from storage.figures import collated, invited
from storage.programmes import StoredProgramme
from storage.rounds import all_rounds
from surveys.figures import CoverageState, coverage
from surveys.rounds import Round, RoundState

SYMBOLS = {
    CoverageState.HEARD: "●",
    CoverageState.INVITED: "◐",
    CoverageState.MISSING: "○",
    CoverageState.NOT_ASKED: "–",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundCoverage:
    """One round: (area, perspective) -> how it stands; `required` perspectives are to be heard in each area."""

    round: Round
    cells: Mapping[tuple[str, str], CoverageState]
    required: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """The (area, perspective)s that are required and not heard: the reminder beyond the cap is for these."""
        return tuple(
            cell for cell, state in self.cells.items() if cell[1] in self.required and state is not CoverageState.HEARD
        )

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(area for area, _ in self.cells))

    @property
    def perspectives(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(perspective for _, perspective in self.cells))


def programme_coverage(tx: Tx, stored: StoredProgramme) -> tuple[RoundCoverage, ...]:
    """Every round of the programme that has opened, in order of opening."""
    return tuple(
        RoundCoverage(
            round=each,
            cells=coverage(
                stored.programme,
                [(person.voices, person.disposition) for person in invited(tx, each.id)],
                collated(tx, each.id),
                closed=each.state is RoundState.CLOSED,
            ),
            required=tuple(perspective.key for perspective in stored.programme.perspectives if perspective.required),
        )
        for each in all_rounds(tx, stored.id)
        if each.opened_at is not None
    )


def as_json(found: tuple[RoundCoverage, ...]) -> list[dict[str, Any]]:
    """By round: `cells` as {area: {perspective: heard | invited | missing | not asked}}, and what is still missing."""
    return [
        {
            "round": each.round.key,
            "state": each.round.state.value,
            "cells": {
                area: {perspective: each.cells[area, perspective].value for perspective in each.perspectives}
                for area in each.areas
            },
            "required": list(each.required),
            "missing": [{"area": area, "perspective": perspective} for area, perspective in each.missing],
        }
        for each in found
    ]

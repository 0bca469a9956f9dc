"""Whom an informant is asked about, read beside an invitation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Label

from storage.tables.people import participants
from surveys.panel import Subject

# To be joined by `SUBJECTS.c.id == invitations.c.about_id`.
SUBJECTS = participants.alias("subject")


def subject_columns() -> tuple[Label[Any], ...]:
    """What `subject_in` reads."""
    return tuple(SUBJECTS.c[name].label(f"about_{name}") for name in ("key", "name", "greeting", "organisation"))


def subject_in(row: Any) -> Subject | None:
    """The subject of a row with those columns and the invitation's `about_id`."""
    if row.about_id is None or row.about_key is None:
        return None
    return Subject(
        id=row.about_id,
        key=row.about_key,
        name=row.about_name,
        greeting=row.about_greeting,
        organisation=row.about_organisation,
    )

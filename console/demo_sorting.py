"""The demo's triage queue: what waits, and which questions its words could answer."""

from __future__ import annotations

from console.demo_views import Sortable
from storage import triage_queue
from storage.engine import Tx
from storage.forms import form_of
from surveys.instrument import Question
from surveys.routing import is_asked
from surveys.text import Text

LANGUAGE = "en-GB"
_LONGEST = 70


def waiting_entries(tx: Tx) -> tuple[Sortable, ...]:
    """Everything that nobody has dealt with, the oldest first."""
    return tuple(_sortable(tx, each) for each in triage_queue.entries(tx))


def _sortable(tx: Tx, entry: triage_queue.Waiting) -> Sortable:
    form = None if entry.invitation_id is None else form_of(tx, entry.invitation_id)
    asked: tuple[Question, ...] = ()
    if form is not None:
        asked = tuple(
            each
            for each in form.instrument.questions()
            if is_asked(each.item, form.asked.perspectives) and not each.item.prefill
        )
    return Sortable(
        number=entry.id,
        received_at=entry.received_at,
        kind=entry.kind,
        who=entry.name or entry.sender or "nobody known",
        sender=entry.sender,
        why=entry.reason,
        round=entry.round,
        text=entry.text,
        questions=tuple((str(each.number), _words(each)) for each in asked),
        known_answers=bool(entry.fields),
    )


def _words(question: Question) -> str:
    ask = question.item.ask.within(LANGUAGE)
    label: Text | None = next((each.label for each in question.item.rows if each.key == question.row), None)
    words = f"{question.number}. {ask}{f': {label.within(LANGUAGE)}' if label else ''}"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"

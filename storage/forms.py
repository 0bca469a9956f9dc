"""One person's form as it stands: the invitation, what is asked, what has been answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storage.asked import Asked, asked
from storage.engine import Tx
from storage.instruments import instrument
from storage.programmes import programme_by_id
from storage.remembered import Remembered
from storage.responses import StoredAnswer, VoicedKey, answered_values, current_answers
from surveys.answer_values import AnswerKey, AnswerValue
from surveys.instrument import Instrument, ItemType
from surveys.programme import Mode, Programme, RoundEntry, smallest_group
from surveys.replies import ORGANISER

# Keyed by row and digest: a reload of the file makes a new digest, so nothing stale is ever shown. The rows' JSON
# is read only when it is not remembered.
_PROGRAMMES: Remembered[Programme] = Remembered(most=16)
_INSTRUMENTS: Remembered[Instrument] = Remembered(most=64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Everything a page is made of, at one moment."""

    asked: Asked
    programme: Programme
    instrument: Instrument
    current: Mapping[VoicedKey, StoredAnswer]

    @property
    def answers(self) -> dict[AnswerKey, AnswerValue | None]:
        return answered_values(self.current)

    @property
    def language(self) -> str:
        """The person's own language where the questionnaire has words in it, else the questionnaire's."""
        wanted = self.asked.language
        bases = {tag.split("-")[0] for tag in self.instrument.languages()}
        return wanted if wanted and wanted.split("-")[0] in bases else self.instrument.language

    @property
    def newest(self) -> int:
        """The highest answer id there is; 0 before the first."""
        return max((each.id for each in self.current.values()), default=0)

    @property
    def entry(self) -> RoundEntry | None:
        """The programme's entry the round was made of; None once it was taken out of the file."""
        return next((each for each in self.programme.rounds if each.key == self.asked.entry), None)

    @property
    def min_group(self) -> int:
        return smallest_group(self.programme, self.entry)

    def as_entered(self) -> Form:
        """What whoever enters a return for the person may see of it: in a confidential round, what was entered so."""
        if self.asked.mode is not Mode.CONFIDENTIAL:
            return self
        entered = {key: each for key, each in self.current.items() if each.typed_by == ORGANISER}
        return replace(self, current=entered)

    @property
    def consulted(self) -> tuple[str, ...]:
        """The perspectives whose voices the return carries, as its voices items say."""
        answers = self.answers
        keys: dict[str, None] = {}
        for item in self.instrument.items():
            value = answers.get((item.key, ""))
            if item.type is ItemType.VOICES and isinstance(value, list):
                keys.update((str(each["perspective"]), None) for each in value if isinstance(each, dict))
        return tuple(keys)


def form_of(tx: Tx, invitation_id: int) -> Form | None:
    """The form of an invitation; None if there is no such invitation."""
    facts = asked(tx, invitation_id)
    if facts is None:
        return None
    return Form(
        asked=facts,
        programme=_programme(tx, facts),
        instrument=_INSTRUMENTS.get(
            (facts.instrument_id, facts.instrument_digest), lambda: instrument(tx, facts.instrument_id)
        ),
        current={} if facts.response is None else current_answers(tx, facts.response.id),
    )


def _programme(tx: Tx, facts: Asked) -> Programme:
    def read() -> Programme:
        stored = programme_by_id(tx, facts.programme_id)
        if stored is None:
            raise LookupError(f"there is no programme {facts.programme_id}")
        return stored.programme

    return _PROGRAMMES.get((facts.programme_id, facts.programme_digest), read)

"""What every channel hands to the handlers when a person has answered (design: The life of one reply, 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from surveys.answer_values import AnswerKey, Raw

# Who typed what an organiser enters for a person.
ORGANISER = "organiser"


class ReturnMode(StrEnum):
    """How a return came about: by the person's own hand, or entered by an organiser."""

    SELF = "self"
    TELEPHONE = "telephone"
    PAPER = "paper"
    INTERVIEW = "interview"


class QuoteLevel(StrEnum):
    """How far a person agrees to be quoted; NONE is what holds until they say otherwise."""

    NONE = "none"
    PERSPECTIVE = "perspective"
    PERSPECTIVE_AREA = "perspective_area"
    NAME = "name"


# Changes whenever the words beside the question of consent do: consents keep which words were agreed to.
QUOTE_WORDS_VERSION = "2"


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingReply:
    """One message or form post, understood as answers to an invitation.

    `given`: raw words by question. `page`: the key of the page they were asked on, "" = the whole questionnaire.
    `event_id`: the platform's id of the event, "" where it has none; the same one is never taken twice.
    `seen`: the highest answer id its sender had been shown; None = unknown. An empty field never erases what was
    written after that. `for_voices`: what a consulted perspective said, by (perspective, question).
    `typed_by`: who typed, "" = the person; None leaves it as it stands. `mode` likewise. `strange`: what came along
    and belongs to no field that the channel knows. `entered`: an organiser types it in for the person. `address`: where
    it came from, "" where the channel has no name for that.
    `notice`: the version of the privacy notice that its sender was shown; None = the newest.
    """

    channel: str
    invitation_id: int
    given: Mapping[AnswerKey, Raw]
    page: str = ""
    event_id: str = ""
    for_voices: Mapping[tuple[str, AnswerKey], str] = field(default_factory=dict)
    quotes: Mapping[str, QuoteLevel] = field(default_factory=dict)
    seen: int | None = None
    typed_by: str | None = None
    mode: ReturnMode | None = None
    strange: Mapping[str, str] = field(default_factory=dict)
    entered: bool = False
    address: str = ""
    notice: int | None = None

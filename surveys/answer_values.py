"""What an answer is, wherever it came from: plain values that JSON can carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# (item, row); row is "" for everything that is not a row of a grid.
AnswerKey = tuple[str, str]

# By type (design: Commands, export): text and long_text, choice, yes_no ("yes" / "no") and date (ISO) -> str;
# scale and number -> int or float; choices -> list of str; status -> {"status", "evidence"};
# contact -> {"agreed": bool, "by"}; voices -> list of {"perspective", "how"}. None = not answered, or taken back.
AnswerValue = str | int | float | list[Any] | dict[str, Any]

Answers = Mapping[AnswerKey, AnswerValue | None]

# What a channel hands over for one question: words, or a list of them where the control has several inputs
# (every ticked option; a status and its evidence; yes or no and how; one `perspective: how` for each voice).
Raw = str | Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """An answer as it stands in the record: its value, and the words it was given in."""

    value: AnswerValue | None
    raw: str


def values_of(recorded: Mapping[AnswerKey, Recorded]) -> dict[AnswerKey, AnswerValue | None]:
    """The values alone, as routing wants them."""
    return {key: each.value for key, each in recorded.items()}


def is_answered(answers: Answers, key: AnswerKey) -> bool:
    """Whether something stands there; an empty text or an empty list is nothing."""
    value = answers.get(key)
    return value is not None and value not in ("", [])


def answer_name(key: AnswerKey) -> str:
    """`item` or `item.row`: how forms, exports and piping name a question."""
    item, row = key
    return f"{item}.{row}" if row else item


def answer_key(name: str) -> AnswerKey:
    """The reverse of `answer_name`."""
    item, _, row = name.partition(".")
    return item, row


def voiced_name(key: AnswerKey, voice: str) -> str:
    """`item.row@voice`: the question with the perspective it was answered for; without `@` for the return itself."""
    return f"{answer_name(key)}@{voice}" if voice else answer_name(key)


def voiced_key(name: str) -> tuple[AnswerKey, str]:
    """The reverse of `voiced_name`."""
    question, _, voice = name.partition("@")
    return answer_key(question), voice

"""How an answer lies in the inputs of a form, and how it is read from them: one is the reverse of the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from surveys.answer_text import as_raw
from surveys.answer_values import AnswerValue, Raw, answer_name
from surveys.instrument import ItemType, Question

# By input name: every value the form holds or sent for it.
Inputs = Mapping[str, Sequence[str]]

EVIDENCE, BY = "evidence", "by"
# Stands in the box of a voice that was consulted without saying how: an empty box says it was not.
UNSAID = "–"


def first_of(inputs: Inputs, name: str) -> str:
    """The first value sent under that name, "" if there is none."""
    return next(iter(inputs.get(name, ())), "")


def name_of(question: Question) -> str:
    """`item` or `item.row`."""
    return answer_name((question.item.key, question.row))


def input_names(question: Question, voices: Iterable[str]) -> tuple[str, ...]:
    """The inputs in which the question is answered; `voices`: the programme's perspectives."""
    name = name_of(question)
    match question.control.type:
        case ItemType.STATUS:
            return (name, f"{name}.{EVIDENCE}")
        case ItemType.CONTACT:
            return (name, f"{name}.{BY}")
        case ItemType.VOICES:
            return tuple(f"{name}.{voice}" for voice in voices)
        case _:
            return (name,)


def filled_in(question: Question, value: AnswerValue | None) -> dict[str, list[str]]:
    """The inputs as they stand when they hold this answer."""
    if value is None:
        return {}
    name, raw = name_of(question), as_raw(question.control, value)
    match question.control.type:
        case ItemType.STATUS:
            return {name: [raw[0]], f"{name}.{EVIDENCE}": [raw[1]]}
        case ItemType.CONTACT:
            return {name: [raw[0]], f"{name}.{BY}": [raw[1]]}
        case ItemType.VOICES if isinstance(value, list):
            return {f"{name}.{each['perspective']}": [each["how"] or UNSAID] for each in value}
        case ItemType.CHOICES:
            return {name: list(raw)}
        case _:
            return {name: [raw if isinstance(raw, str) else raw[0]]}


def raw_from(question: Question, inputs: Inputs, voices: Iterable[str], *, unticked: bool) -> Raw | None:
    """What was given for the question, as `surveys.answers.check` takes it; None = its inputs were not sent.

    A browser sends nothing for boxes without a tick; `unticked` says that the form had them.
    """
    names = input_names(question, voices)
    if not any(name in inputs for name in names):
        return [] if unticked else None
    sent = [_first(inputs, name) for name in names]
    match question.control.type:
        case ItemType.STATUS | ItemType.CONTACT:
            return sent
        case ItemType.VOICES:
            return [
                f"{name.rpartition('.')[2]}: {'' if how.strip() == UNSAID else how}"
                for name, how in zip(names, sent, strict=True)
                if how.strip()
            ]
        case ItemType.CHOICES:
            return list(inputs[names[0]])
        case _:
            given = [each for each in inputs[names[0]] if each.strip()]
            return given if len(given) > 1 else sent[0]


def _first(inputs: Inputs, name: str) -> str:
    """The one value of an input; of several, the first that says anything."""
    values = inputs.get(name, ())
    return next((value for value in values if value.strip()), values[0] if values else "")

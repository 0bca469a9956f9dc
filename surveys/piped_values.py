"""What stands behind each piped word for one invitation, in the person's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from surveys.answer_text import display
from surveys.answer_values import Answers, answer_name, is_answered
from surveys.instrument import Instrument
from surveys.moment_words import say_day, say_moment
from surveys.panel import Subject
from surveys.piping import ANSWER, EXAMPLE_YEAR
from surveys.programme import Programme, Session

_AND = {"cy": "a"}
_TO_COME = {"en": "[your answer to question {number}]", "cy": "[eich ateb i gwestiwn {number}]"}


def piped_values(
    *,
    programme: Programme,
    name: str,
    greeting: str,
    organisation: str,
    own_area: str,
    areas: Iterable[str],
    session: Session | None,
    closes_at: datetime,
    zone: tzinfo,
    language: str,
    about: Subject | None = None,
) -> dict[str, str]:
    """By placeholder: the words to put in. `own_area` and `areas` are ids; `closes_at` is aware.

    `{area}` is the session's area; without a session the areas the invitation speaks for, else the person's own.
    """
    named = [session.area] if session is not None and session.area else sorted({each for each in areas if each})
    named = named or ([own_area] if own_area else [])
    topic = session.topic if session is not None else None
    return {
        "participant.greeting": greeting or name,
        "participant.name": name,
        "participant.organisation": organisation,
        "participant.area": _area(programme, own_area, language),
        "area": _listed([_area(programme, each, language) for each in named], language),
        "session.date": "" if session is None else say_day(session.starts.astimezone(zone).date(), language, year=True),
        "session.topic": "" if topic is None else topic.within(language),
        "close": say_moment(closes_at, zone, language),
        EXAMPLE_YEAR: str(closes_at.astimezone(zone).year),
        "programme": programme.title.within(language),
        "about.name": "" if about is None else about.name,
        "about.greeting": "" if about is None else about.greeting or about.name,
        "about.organisation": "" if about is None else about.organisation,
    }


def piped_answers(instrument: Instrument, answers: Answers, language: str) -> Mapping[str, str]:
    """`answer.item` and `answer.item.row`: what was answered, in words."""
    return {
        ANSWER + answer_name((item.key, row)): display(item, row, answers.get((item.key, row)), language)
        for item in instrument.items()
        for row in item.row_keys
        if is_answered(answers, (item.key, row))
    }


def answers_to_come(instrument: Instrument, language: str) -> Mapping[str, str]:
    """The same names where a whole questionnaire is shown at once: which answer will stand there."""
    words = _TO_COME.get(language.split("-")[0], _TO_COME["en"])
    return {
        ANSWER + answer_name((each.item.key, each.row)): words.format(number=each.number)
        for each in instrument.questions()
    }


def session_asked_about(programme: Programme, session: str, attended: Iterable[str]) -> Session | None:
    """The session an invitation is about: its own, or the only one the person took part in."""
    if session:
        return programme.session(session)
    keys = {each for each in attended if each}
    return programme.session(keys.pop()) if len(keys) == 1 else None


def _area(programme: Programme, key: str, language: str) -> str:
    area = programme.area(key) if key else None
    return key if area is None else area.name.within(language)


def _listed(names: list[str], language: str) -> str:
    if len(names) < 2:  # noqa: PLR2004 - one name needs no "and"
        return "".join(names)
    joined = _AND.get(language.split("-")[0], "and")
    return f"{', '.join(names[:-1])} {joined} {names[-1]}"

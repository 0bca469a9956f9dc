"""A round's answers as they may leave (design: Commands, export; Confidentiality modes)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from reports.codebook import CodebookEntry, as_plain, codebook, left_out
from storage import figures
from storage.engine import Tx
from storage.instruments import instrument as instrument_by_id
from storage.instruments import instruments_of
from storage.programmes import programme_by_id
from storage.redactions import redacted_in
from surveys.answer_values import AnswerKey, AnswerValue, voiced_key
from surveys.instrument import Instrument, ItemType
from surveys.programme import Mode, Programme, smallest_group
from surveys.pseudonyms import pseudonym, return_id
from surveys.rounds import Round
from surveys.routing import shown_items

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedResponse:
    """One return. `participant` is the panel id, a pseudonym or None, by the round's mode; `name` only if identified.

    `speaks_for` are all its (area, perspective)s; `area` is the person's own among them, else the first.
    `answers`, `raw` by question; `by_voice` is what was said for a consulted perspective. `redacted` names the
    answers that something was taken out of, "" where it was in the return's other words.
    """

    id: str
    participant: str | None
    name: str
    perspectives: tuple[str, ...]
    area: str | None
    speaks_for: tuple[tuple[str, str], ...]
    session: str | None
    state: str
    channel: str | None
    mode: str
    typed_by: str | None
    voices: tuple[tuple[str, str], ...]
    answers: Mapping[AnswerKey, AnswerValue]
    raw: Mapping[AnswerKey, str]
    by_voice: Mapping[str, Mapping[AnswerKey, AnswerValue]]
    quotes: tuple[tuple[str, str], ...]
    redacted: tuple[str, ...] = ()
    about: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """Everything that leaves of one round.

    `deleted`: how many returns had their answers deleted, as they had been kept for as long as was promised.
    """

    round: Round
    survey: str
    version: int
    entries: tuple[CodebookEntry, ...]
    responses: tuple[ExportedResponse, ...]
    deleted: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rules:
    """What may leave: items that were left out, and how people are called."""

    mode: Mode
    instrument: Instrument
    withheld: frozenset[str]
    secret: str
    redacted: Mapping[int, tuple[str, ...]]
    redacted_unlinked: Mapping[str, tuple[str, ...]]

    def named(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names of answers that may be spoken of."""
        return tuple(sorted(name for name in names if voiced_key(name)[0][0] not in self.withheld))


def export_of(tx: Tx, round_: Round) -> Export:
    """The round's returns, partial ones too, without what its mode keeps back."""
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        raise LookupError(f"round {round_.name} has lost its programme")
    instrument = instrument_by_id(tx, round_.instrument_id)
    redacted, redacted_unlinked = redacted_in(tx, round_.id)
    rules = _Rules(
        mode=round_.mode,
        instrument=instrument,
        withheld=frozenset(item.key for item in instrument.items() if left_out(item, round_.mode)),
        secret=stored.pseudonym_key,
        redacted=redacted,
        redacted_unlinked=redacted_unlinked,
    )
    # In a linked round those are the returns that were cut from whoever gave them, at the end of their period.
    responses = _unlinked(tx, round_, stored.programme, rules)
    cut = figures.how_many_cut(tx, round_.id)
    deleted = max(0, cut - len(responses)) if cut else 0
    if round_.mode is not Mode.UNLINKED:
        responses = (*_linked(tx, round_, rules), *responses)
    touched = Counter(voiced_key(name)[0] for each in responses for name in each.redacted)
    versions = instruments_of(tx, round_.programme_id)
    changed = next((each.not_comparable for each in versions if each.id == round_.instrument_id), frozenset())
    return Export(
        round=round_,
        survey=instrument.survey,
        version=instrument.version,
        entries=tuple(
            replace(entry, redacted=touched[entry.id, entry.row])
            for entry in codebook(instrument, round_.mode, not_comparable=changed)
        ),
        responses=responses,
        deleted=deleted,
    )


def as_json(export: Export) -> dict[str, Any]:
    """The export in the contract's JSON form."""
    numbers = {(entry.id, entry.row): str(entry.number) for entry in export.entries}
    said: dict[str, Any] = {
        "round": export.round.key,
        "programme": export.round.programme,
        "survey": export.survey,
        "version": export.version,
        "confidentiality": export.round.mode.value,
        "items": [as_plain(entry) for entry in export.entries],
        "responses": [_response_json(response, numbers) for response in export.responses],
    }
    if export.deleted:
        said["deleted"] = export.deleted
    return said


def _response_json(response: ExportedResponse, numbers: Mapping[AnswerKey, str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": response.id,
        "participant": response.participant,
        "perspectives": list(response.perspectives),
        "area": response.area,
        "session": response.session,
        "state": response.state,
        "channel": response.channel,
        "mode": response.mode,
        "typed_by": response.typed_by,
        "voices": [{"perspective": perspective, "how": how} for perspective, how in response.voices],
        "answers": _nested(response.answers),
        "raw": {numbers[key]: words for key, words in response.raw.items() if key in numbers},
        "quotes": [{"item": item, "level": level} for item, level in response.quotes],
        "redacted": list(response.redacted),
        "speaks_for": [{"area": area or None, "perspective": perspective} for area, perspective in response.speaks_for],
    }
    if response.about:
        said["about"] = response.about
    if response.name:
        said["name"] = response.name
    if response.by_voice:
        said["by_voice"] = {voice: _nested(answers) for voice, answers in response.by_voice.items()}
    return said


def _nested(answers: Mapping[AnswerKey, AnswerValue]) -> dict[str, Any]:
    """`{item: value, grid: {row: value}}`."""
    nested: dict[str, Any] = {}
    for (item, row), value in answers.items():
        if row:
            nested.setdefault(item, {})[row] = value
        else:
            nested[item] = value
    return nested


def _linked(tx: Tx, round_: Round, rules: _Rules) -> tuple[ExportedResponse, ...]:
    people = {each.invitation_id: each for each in figures.invited(tx, round_.id)}
    found = [
        _response(response, people[response.invitation_id], round_, rules)
        for response in figures.returned(tx, round_.id)
    ]
    # Ordered by what people are called: the order in which they began says who they are.
    return tuple(sorted(found, key=lambda response: (response.participant or "", response.id)))


def _response(response: figures.Returned, person: figures.Invited, round_: Round, rules: _Rules) -> ExportedResponse:
    identified = rules.mode is Mode.IDENTIFIED

    def called(key: str) -> str:
        return key if identified else pseudonym(rules.secret, key)

    own = {(each.item, each.row): each for each in response.given if not each.voice}
    perspectives = frozenset(perspective for _, perspective in person.voices)
    kept = _shown(rules, {key: each.value for key, each in own.items()}, perspectives)
    by_voice: dict[str, dict[AnswerKey, AnswerValue]] = {}
    for each in response.given:
        if each.voice and (each.item, each.row) in kept and each.value is not None:
            by_voice.setdefault(each.voice, {})[each.item, each.row] = each.value
    answered = [key for key in kept if key in own]
    return ExportedResponse(
        id=return_id(rules.secret, response.response_id),
        participant=called(person.key),
        name=person.name if identified else "",
        perspectives=tuple(sorted(perspectives)),
        area=_area(person),
        speaks_for=tuple(sorted(person.voices)),
        session=person.session or round_.session or None,
        state=response.state,
        channel=response.channel,
        mode=response.mode,
        typed_by=response.typed_by if identified else _typist(response.typed_by),
        voices=tuple(sorted(response.consulted.items())),
        answers=_values(rules, answered, lambda key: own[key].value),
        raw={key: own[key].raw for key in answered if not _tells_who(rules, key)},
        by_voice=by_voice,
        quotes=tuple(
            sorted((item, level) for item, level in response.quotes.items() if (item, "") in kept and level != "none")
        ),
        redacted=rules.named(rules.redacted.get(response.response_id, ())),
        about=None if person.about is None else called(person.about.key),
    )


def _unlinked(tx: Tx, round_: Round, programme: Programme, rules: _Rules) -> tuple[ExportedResponse, ...]:
    entry = next((each for each in programme.rounds if each.key == round_.entry), None)
    least = smallest_group(programme, entry)
    invited = Counter(
        (area, tuple(sorted({perspective for _, perspective in person.voices})))
        for person in figures.invited(tx, round_.id)
        for area in {area for area, _ in person.voices} or {""}
    )
    return tuple(_unlinked_response(each, rules, invited, least) for each in figures.unlinked(tx, round_.id))


def _unlinked_response(
    found: figures.UnlinkedReturn, rules: _Rules, invited: Mapping[tuple[str, tuple[str, ...]], int], least: int
) -> ExportedResponse:
    """Area and perspectives only where enough invited people share them: fewer, and the two would name someone."""
    perspectives = tuple(sorted(found.perspectives))
    shared = invited.get((found.area, perspectives), 0) >= least
    values, by_voice = _by_voice(found.answers)
    kept = _shown(rules, values, frozenset(perspectives))
    answered = [key for key in kept if values.get(key) is not None]
    raw, _ = _by_voice(found.raw)
    return ExportedResponse(
        id=found.id,
        participant=None,
        name="",
        perspectives=perspectives if shared else (),
        area=found.area if shared and found.area else None,
        speaks_for=(),
        session=None,
        state=found.state,
        channel="web" if rules.mode is Mode.UNLINKED else None,
        mode="self",
        typed_by=None,
        voices=(),
        answers=_values(rules, answered, lambda key: values[key]),
        raw={key: raw[key] for key in answered if key in raw},
        by_voice={
            voice: {key: value for key, value in said.items() if key in kept and value is not None}
            for voice, said in by_voice.items()
        },
        quotes=(),
        redacted=rules.named(rules.redacted_unlinked.get(found.id, ())),
    )


def _by_voice(said: Mapping[str, T]) -> tuple[dict[AnswerKey, T], dict[str, dict[AnswerKey, T]]]:
    """What was said for the return itself, and for each consulted perspective."""
    voiced: dict[str, dict[AnswerKey, T]] = {}
    for name, value in said.items():
        key, voice = voiced_key(name)
        voiced.setdefault(voice, {})[key] = value
    return voiced.pop("", {}), voiced


def _shown(
    rules: _Rules, values: Mapping[AnswerKey, AnswerValue | None], perspectives: frozenset[str]
) -> dict[AnswerKey, None]:
    """The questions that may leave, in order: shown to the person as things stand, and not withheld."""
    return {
        (item.key, row): None
        for item in shown_items(rules.instrument, values, perspectives)
        if item.type is not ItemType.STATEMENT and item.key not in rules.withheld
        for row in item.row_keys
    }


def _values(
    rules: _Rules, keys: Iterable[AnswerKey], value_of: Callable[[AnswerKey], AnswerValue | None]
) -> dict[AnswerKey, AnswerValue]:
    found: dict[AnswerKey, AnswerValue] = {}
    for key in keys:
        value = value_of(key)
        if value is None:
            continue
        # Who agreed to be contacted may be counted; where they are reached would undo the pseudonym beside it.
        found[key] = {**value, "by": ""} if isinstance(value, dict) and _tells_who(rules, key) else value
    return found


def _tells_who(rules: _Rules, key: AnswerKey) -> bool:
    item = rules.instrument.item(key[0])
    return rules.mode is not Mode.IDENTIFIED and item is not None and item.type is ItemType.CONTACT


def _typist(typed_by: str) -> str:
    """Who typed, without a name: the person ("") or an organiser as it stands, anyone else as `someone else`."""
    return typed_by if typed_by in ("", "organiser") else "someone else"


def _area(person: figures.Invited) -> str | None:
    areas = sorted({area for area, _ in person.voices if area})
    if person.area in areas:
        return person.area
    return areas[0] if areas else person.area or None

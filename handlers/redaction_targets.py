"""What a redaction is asked to do: whose return, which question, which words; or why that can't be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import redacting
from storage.dossier import find_people
from storage.engine import Tx
from storage.instruments import instrument as instrument_by_id
from storage.programmes import programme_by_id
from storage.redacting import KeptReturn, Place
from storage.rounds import round_by_id
from surveys.answer_values import AnswerKey, answer_name
from surveys.authority import Actor, Deed
from surveys.instrument import Instrument, ItemType
from surveys.pseudonyms import pseudonym, return_id
from surveys.redaction import Passage, mark_in, passage_fault
from surveys.rounds import Round

# A whole answer this short stands in other texts by chance.
_LEAST_LETTERS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Redacted:
    """It is done, or would be in a dry run: where the passage stood. `attachments` were taken out whole.

    `swept`: no byte of it is left in free pages or in the write-ahead log.
    """

    places: tuple[Place, ...]
    attachments: tuple[str, ...]
    swept: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NotRedacted:
    """Nothing was changed, and why."""

    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What is asked: of which round, by whom and why. `passage` None: whole answers."""

    round: Round
    instrument: Instrument
    programme_id: int
    secret: str
    passage: Passage | None
    reason: str
    actor: Actor
    now: datetime

    @property
    def types(self) -> Mapping[AnswerKey, ItemType]:
        return {(each.item.key, each.row): each.control.type for each in self.instrument.questions()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One answer (`key` None: all of the return) as it was `called`."""

    kept: KeptReturn
    key: AnswerKey | None
    called: str

    def mark(self, job: Job) -> str:
        return mark_in(self.kept.language or job.instrument.language)


class Ended(Exception):
    """Rolls everything back, and says how it ended."""

    def __init__(self, outcome: Redacted | NotRedacted) -> None:
        self.outcome = outcome
        super().__init__()


def job_of(tx: Tx, round_id: int, passage: str, reason: str, actor: Actor, now: datetime) -> Job:
    """What is asked, if the actor may and the words will do.

    Raises:
        Ended: they will not; says why.
        NotAllowed: the actor has not the right.
    """
    round_ = round_by_id(tx, round_id)
    stored = None if round_ is None else programme_by_id(tx, round_.programme_id)
    if round_ is None or stored is None:
        raise LookupError(f"there is no round {round_id}")
    actor.must(Deed.REDACT, round_.programme)
    asked = instrument_by_id(tx, round_.instrument_id)
    fault = passage_fault(passage, mark_in(asked.language)) if passage else ""
    if not reason.strip():
        fault = "a reason is needed: it is what stays"
    elif passage and not fault and Passage(words=passage).found_in(reason):
        fault = "the reason repeats the passage; say why without it"
    if fault:
        raise Ended(NotRedacted(why=fault))
    return Job(
        round=round_,
        instrument=asked,
        programme_id=stored.id,
        secret=stored.pseudonym_key,
        passage=Passage(words=passage) if passage else None,
        reason=reason.strip(),
        actor=actor,
        now=now,
    )


def target_of(tx: Tx, job: Job, named: str) -> Target:
    """The one return, and question of it, that is named like `RETURN:QUESTION` or `RETURN`.

    Raises:
        Ended: there is none, or several are called that.
    """
    who, colon, question = named.partition(":")
    people = {each for each, programme in find_people(tx, who) if programme == job.round.programme}
    found = [
        each
        for each in redacting.returns_of(tx, job.round.id)
        if (each.unlinked_id or return_id(job.secret, each.response_id or 0)) == who
        or (each.participant_id is not None and each.participant_id in people)
        or (each.participant and pseudonym(job.secret, each.participant) == who)
    ]
    if len(found) != 1:
        several = f"{len(found)} returns in {job.round.name} are called '{who}'; give the id that the export has"
        raise Ended(NotRedacted(why=several if found else f"no return in {job.round.name} is called '{who}'"))
    if not colon and job.passage is None:
        raise Ended(NotRedacted(why=f"say which answer of '{who}' is to go whole: {who}:QUESTION"))
    return Target(kept=found[0], key=_question(job, question) if colon else None, called=named)


def _question(job: Job, said: str) -> AnswerKey:
    wanted = said.strip()
    number = wanted[1:] if wanted[:1] in ("q", "Q") and wanted[1:].isdigit() else wanted
    for each in job.instrument.questions():
        key = (each.item.key, each.row)
        if number == str(each.number) or wanted == answer_name(key):
            return key
    raise Ended(NotRedacted(why=f"the questionnaire of {job.round.name} has no question '{said}'"))


def passages_of(tx: Tx, job: Job, target: Target) -> tuple[Passage, ...]:
    """What is looked for in the copies: the passage, or each wording that a whole answer has had."""
    if job.passage is not None:
        return (job.passage,)
    if job.types.get(target.key or ("", "")) not in (ItemType.TEXT, ItemType.LONG_TEXT, ItemType.STATUS):
        return ()
    words = dict.fromkeys(redacting.words_of(tx, target.kept, target.key))
    mark = target.mark(job)
    long_enough = [each for each in words if sum(letter.isalnum() for letter in each) >= _LEAST_LETTERS]
    return tuple(Passage(words=each) for each in long_enough if each != mark)

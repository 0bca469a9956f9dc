"""Replies written client by client: what is read in each is what the person wrote, and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from channels.mail.reading.asked import asked_of
from channels.mail.reading.keys import keys_of
from channels.mail.reading.kinds import MailKind, kind_of
from channels.mail.reading.opened import open_mail
from channels.mail.reading.reply import Understood, understand
from channels.mail.reading.returning import return_date
from tests.mail.letters import instrument_of, ours_of

CORPUS = Path(__file__).parent / "corpus"
ARRIVED = date(2024, 11, 26)
SENDERS = ("Rowan Achterberg", "evaluation@soundings.test")
SENT = {name: ours_of((CORPUS / f"sent-{name}.eml").read_bytes()).text for name in ("every", "s1", "reminder")}
INSTRUMENTS = {name: instrument_of(name) for name in ("every", "s1")}
# The goal, in per cent of all answers.
ENOUGH = 98


@dataclass(frozen=True, kw_only=True)
class Expected:
    name: str
    part: str
    sent: str
    kind: str
    answers: dict[int, str]
    leftover: list[str]
    return_date: str

    @property
    def raw(self) -> bytes:
        return (CORPUS / f"{self.name}.eml").read_bytes()


def corpus() -> Iterator[Expected]:
    for path in sorted(CORPUS.glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        yield Expected(
            name=path.stem,
            part=told["part"],
            sent=told["sent"],
            kind=told["kind"],
            answers={int(number): words for number, words in told["answers"].items()},
            leftover=told["leftover"],
            return_date=told["return_date"],
        )


EVERY = list(corpus())
HUMAN = [each for each in EVERY if each.kind == "human"]


def understood(expected: Expected) -> Understood:
    base = "every" if expected.sent == "reminder" else expected.sent
    texts = [SENT["reminder"], SENT[base]] if expected.sent == "reminder" else [SENT[base]]
    asked = asked_of(INSTRUMENTS[base], {}, ARRIVED)
    return understand(open_mail(expected.raw), texts, asked, SENDERS)


def test_there_is_enough_of_it() -> None:
    assert len(EVERY) >= 120
    assert len([each for each in EVERY if each.part == "first"]) >= 40


@pytest.mark.parametrize("part", ["first", "second"])
def test_answers_are_read_to_the_letter(part: str) -> None:
    right = wanted = 0
    wrong = []
    for each in HUMAN:
        if each.part == part:
            found = understood(each).answers
            wanted += len(each.answers)
            right += sum(1 for number, words in each.answers.items() if found.get(number) == words)
            wrong += [(each.name, number) for number, words in each.answers.items() if found.get(number) != words]
    assert right * 100 >= wanted * ENOUGH, f"{right} of {wanted}: {wrong}"


@pytest.mark.parametrize("expected", HUMAN, ids=lambda each: each.name)
def test_no_foreign_text_is_an_answer(expected: Expected) -> None:
    found = understood(expected).answers
    assert set(found) <= set(expected.answers)
    assert all(words in expected.answers[number] for number, words in found.items())


@pytest.mark.parametrize("expected", HUMAN, ids=lambda each: each.name)
def test_what_is_no_answer_is_left_over(expected: Expected) -> None:
    left = understood(expected).leftover
    assert all(words in left for words in expected.leftover)
    assert bool(left) == bool(expected.leftover), left


@pytest.mark.parametrize("expected", EVERY, ids=lambda each: each.name)
def test_its_kind_shows_in_its_content(expected: Expected) -> None:
    mail = open_mail(expected.raw)
    found = kind_of(mail)
    assert found.kind == expected.kind
    if found.kind is MailKind.AUTO_REPLY:
        back = return_date(f"{mail.first('subject')} {mail.plain}", ARRIVED)
        assert (back.isoformat() if back else "") == expected.return_date


@pytest.mark.parametrize("expected", EVERY, ids=lambda each: each.name)
def test_each_says_whose_it_is(expected: Expected) -> None:
    keys = keys_of(open_mail(expected.raw))
    assert "k7q29fabcdefghij" in keys.tokens or keys.message_ids

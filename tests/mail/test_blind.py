"""Replies written before the reading of them was looked at: the answers to the letter, and nobody else's words."""

import pytest

from channels.mail.reading.kinds import kind_of
from channels.mail.reading.opened import open_mail
from channels.mail.reading.returning import return_date
from tests.mail.blind.reading import ARRIVED, Blind, blind, read
from tests.mail.blind.write import SECOND

EVERY = [*blind(), *blind(SECOND)]
HUMAN = [each for each in EVERY if each.kind == "human"]
AWAY = [each for each in EVERY if each.kind == "auto_reply"]
# The goal, in per cent of all answers.
ENOUGH = 98


def test_answers_are_read_to_the_letter() -> None:
    wanted = [(each, number) for each in HUMAN for number in each.answers]
    wrong = [(each.name, number) for each, number in wanted if read(each).answers.get(number) != each.answers[number]]
    assert len(HUMAN) >= 130
    assert (len(wanted) - len(wrong)) * 100 >= len(wanted) * ENOUGH, wrong


@pytest.mark.parametrize("each", HUMAN, ids=lambda each: each.name)
def test_no_foreign_words_are_an_answer(each: Blind) -> None:
    found = read(each).answers
    assert set(found) <= set(each.answers)
    assert all(words in each.answers[number] for number, words in found.items())


@pytest.mark.parametrize("each", HUMAN, ids=lambda each: each.name)
def test_what_else_is_said_is_left_over(each: Blind) -> None:
    left = read(each).leftover
    assert all(words in left for words in each.leftover)
    assert bool(left) == bool(each.leftover), left


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_its_kind_is_known(each: Blind) -> None:
    assert kind_of(open_mail(each.raw)).kind == each.kind


@pytest.mark.parametrize("each", AWAY, ids=lambda each: each.name)
def test_a_day_of_return_is_known(each: Blind) -> None:
    mail = open_mail(each.raw)
    back = return_date(f"{mail.first('subject')} {mail.plain}", ARRIVED)
    assert (back.isoformat() if back else "") == each.return_date

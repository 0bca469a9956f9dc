"""The reader of `retention` in a programme's file, for the whole and for a round (design: Files)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from surveys.retention import OF_A_ROUND, Ending, Holding, KeptFor, Period, PeriodUnit, Retention, outlasting
from surveys.source import LANGUAGE, Fields, Node, Problems, nearest, text_of

MOST_YEARS = 100
_PERIOD = re.compile(r"(\d+|an?|one) (day|week|month|year)s?")
_ENDED = re.compile(r"(delete|anonymise) after (.+)")
_MOST = {PeriodUnit.DAY: 36525, PeriodUnit.WEEK: 5218, PeriodUnit.MONTH: 1200, PeriodUnit.YEAR: MOST_YEARS}


def read_period(text: str) -> Period | str:
    """`90 days`, `6 weeks`, `a month`, `2 years`; or, as a sentence, why it is none."""
    shape = _PERIOD.fullmatch(" ".join(text.lower().split()))
    if shape is None:
        return f"'{text}' is not a period such as '90 days', '6 months' or '2 years'"
    amount = int(shape[1]) if shape[1].isdigit() else 1
    unit = PeriodUnit(shape[2])
    if not 1 <= amount <= _MOST[unit]:
        return f"'{text}' is not between a day and {MOST_YEARS} years"
    return Period(amount=amount, unit=unit)


def retention(fields: Fields, *, of_round: bool = False) -> Retention:
    """`retention: {raw_mails: 90 days, answers: anonymise after 2 years}`; a text, or one for each language, is words.

    A rule is a period, `delete after PERIOD`, `anonymise after PERIOD`, or `{after: PERIOD, then: ...}`.
    """
    node = fields.get("retention")
    if node is None:
        return Retention()
    if _is_words(node):
        words = text_of(node, fields.problems)
        if words is not None:
            fields.problems.warn(
                node,
                "these are words for people alone, and nothing is deleted by them; "
                "a period for each kind of thing does that: {answers: 2 years, raw_mails: 90 days}",
            )
        return Retention(words=words)
    inner = Fields(node, fields.problems)
    allowed = OF_A_ROUND if of_round else tuple(Holding)
    rules: dict[Holding, KeptFor] = {}
    for key, place in (node.value if isinstance(node.value, Mapping) else {}).items():
        if key not in allowed:
            if of_round and key in tuple(Holding):
                fields.problems.add(place, f"'{key}' is of the whole programme; say it there")
            else:
                fields.problems.add(place, f"unknown key; one of {', '.join(allowed)}{nearest(key, allowed)}")
            continue
        inner.get(key)
        rule = _rule(Holding(key), place, fields.problems)
        if rule is not None:
            rules[Holding(key)] = rule
    for each in outlasting(rules):
        fields.problems.warn(
            inner.at(each), "goes with the answers, which are sooner: what people answered is repeated in it"
        )
    return Retention(rules=rules)


def _is_words(node: Node) -> bool:
    if isinstance(node.value, str):
        return True
    return isinstance(node.value, Mapping) and bool(node.value) and all(LANGUAGE.fullmatch(key) for key in node.value)


def _rule(holding: Holding, node: Node, problems: Problems) -> KeptFor | None:
    ending, words, place = Ending.DELETE, node.value, node
    if isinstance(node.value, Mapping):
        inner = Fields(node, problems)
        words, place = inner.word("after", needed=True), inner.at("after")
        ending = Ending(inner.one_of("then", tuple(Ending), Ending.DELETE) or Ending.DELETE)
        inner.done()
        if not words:
            return None
    elif isinstance(words, str) and (shape := _ENDED.fullmatch(" ".join(words.lower().split()))):
        ending, words = Ending(shape[1]), shape[2]
    if not isinstance(words, str):
        problems.add(place, f"a period such as '90 days' or '2 years' is needed here, not {place.says()}")
        return None
    if ending is Ending.ANONYMISE and holding is not Holding.ANSWERS:
        problems.add(node, "only answers can be anonymised: they say something without whoever gave them")
    period = read_period(words)
    if isinstance(period, str):
        problems.add(place, period)
        return None
    return KeptFor(period=period, ending=ending)

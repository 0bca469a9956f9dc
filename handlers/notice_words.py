"""What a privacy notice is made of: the file's `privacy`, and the periods that its `retention` promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from surveys.programme import Programme
from surveys.retention import Holding, KeptFor, due_of_round

Words = Mapping[str, object]


def notice_words(definition: Words, programme: Programme) -> Words:
    """The words to be stored as a version of the notice; {} where the file says nothing of the kind.

    `kept` lists what really happens, as plain values that each language puts into words: with the answers go their
    copies. Entries with a `round` are where a round's periods are others than the programme's.
    """
    privacy = definition.get("privacy")
    said = dict(privacy) if isinstance(privacy, Mapping) else {}
    if programme.retention.words is not None:
        said.setdefault("retention", definition.get("retention"))
    whole = _of_rounds(programme.retention.rules)
    kept = [_plain(holding, rule) for holding, rule in whole.items()]
    rules = programme.retention.rules
    kept += [_plain(holding, rules[holding]) for holding in (Holding.ADDRESSES, Holding.AUDIT) if holding in rules]
    for entry in programme.rounds:
        if entry.retention.rules:
            own = _of_rounds(entry.retention.within(programme.retention).rules)
            title = dict(entry.title.by_language) if entry.title else entry.key
            kept += [
                {**_plain(holding, rule), "round": title} for holding, rule in own.items() if whole.get(holding) != rule
            ]
    return {**said, "kept": kept} if kept else said


def _of_rounds(rules: Mapping[Holding, KeptFor]) -> dict[Holding, KeptFor]:
    return {due.holding: due.rule for due in due_of_round(rules, None, UTC)}


def _plain(holding: Holding, rule: KeptFor) -> dict[str, object]:
    period = rule.period
    return {"what": holding.value, "amount": period.amount, "unit": period.unit.value, "then": rule.ending.value}

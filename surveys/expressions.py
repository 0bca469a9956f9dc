"""The `when` of an item: a small part of XLSForm's `relevant`, parsed and worked out without eval.

either     = both { "or" both }
both       = single { "and" single }
single     = "not" "(" either ")" | "(" either ")" | "selected" "(" reference "," word ")" | comparison
comparison = operand ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) operand
operand    = "${item}" | "${grid.row}" | number | 'word' | "word"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from surveys.answer_values import AnswerKey, Answers, AnswerValue

LONGEST = 2_000
DEEPEST = 20
COMPARING = ("=", "!=", "<=", ">=", "<", ">")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | \$\{\s*(?P<reference>[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_-]*)?)\s*\}
      | (?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![A-Za-z0-9_.]))
      | '(?P<single>[^']*)' | "(?P<double>[^"]*)"
      | (?P<operator><=|>=|!=|=(?!=)|<(?!>)|>)
      | (?P<mark>[(),])
      | (?P<word>[A-Za-z][A-Za-z0-9_-]*)""",
    re.VERBOSE,
)


class WhenError(ValueError):
    """A condition that can't be understood; `column` counts from 1."""

    def __init__(self, what: str, column: int) -> None:
        super().__init__(f"{what} (column {column})")
        self.what = what
        self.column = column


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """The answer to an item, or to one row of a grid."""

    key: AnswerKey
    column: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A number or a quoted word, as text."""

    words: str
    number: bool = False


Operand = Reference | Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two operands and how they are compared."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """Whether the option is the answer, or among the answers."""

    reference: Reference
    option: Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class AllOf:
    """Met when every part is."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnyOf:
    """Met when one part is."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Negation:
    """Met when its part is not."""

    part: Expression


Expression = Comparison | Selected | AllOf | AnyOf | Negation


@dataclass(frozen=True, kw_only=True, slots=True)
class _Token:
    kind: str
    words: str
    column: int


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            _unreadable(source, at)
        kind = str(match.lastgroup)
        if kind != "space":
            quoted = kind in {"single", "double"}
            found.append(_Token(kind="quoted" if quoted else kind, words=match[kind], column=at + 1))
        at = match.end()
    found.append(_Token(kind="end", words="", column=len(source) + 1))
    return found


def _unreadable(source: str, at: int) -> NoReturn:
    rest = source[at:]
    if rest.startswith(("==", "<>")):
        what = f"'{rest[:2]}' is not known here; write {'=' if rest[0] == '=' else '!='}"
    elif rest[0] in "'\"":
        what = "a quotation mark is opened and never closed"
    elif rest[0] in "‘’“”":
        what = "use straight quotation marks, ' or \""
    elif rest[0] == "$":
        what = "an item is named like ${item}, or ${grid.row}"
    else:
        what = f"'{rest[0]}' can't stand here"
    raise WhenError(what, at + 1)


class _Parser:
    """Recursive descent over the tokens; the depth is counted, so that no file can exhaust the stack."""

    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression:
        found = self._either()
        if self._next.kind != "end":
            self._fail(f"'{self._next.words}' can't stand here; 'and' or 'or' joins conditions")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _fail(self, what: str) -> NoReturn:
        raise WhenError(what, self._next.column)

    def _word(self, word: str) -> bool:
        if self._next.kind == "word" and self._next.words == word:
            self._at += 1
            return True
        return False

    def _mark(self, mark: str) -> None:
        if self._next.kind != "mark" or self._next.words != mark:
            self._fail(f"'{mark}' is needed here")
        self._at += 1

    def _either(self) -> Expression:
        parts = [self._both()]
        while self._word("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))

    def _both(self) -> Expression:
        parts = [self._single()]
        while self._word("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else AllOf(parts=tuple(parts))

    def _bracketed(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(f"brackets stand more than {DEEPEST} deep")
        self._mark("(")
        found = self._either()
        self._mark(")")
        self._depth -= 1
        return found

    def _single(self) -> Expression:
        if self._word("not"):
            return Negation(part=self._bracketed())
        if self._next.kind == "mark" and self._next.words == "(":
            return self._bracketed()
        if self._word("selected"):
            return self._selected()
        left = self._operand()
        if self._next.kind != "operator":
            self._fail(f"a comparison is needed here: {' '.join(COMPARING)}")
        operator = self._take().words
        return Comparison(left=left, operator=operator, right=self._operand())

    def _selected(self) -> Selected:
        self._mark("(")
        token = self._next
        reference = self._operand()
        if not isinstance(reference, Reference):
            raise WhenError("selected() needs an item first: selected(${item}, 'value')", token.column)
        self._mark(",")
        token = self._next
        option = self._operand()
        if not isinstance(option, Literal):
            raise WhenError("selected() needs a quoted value second: selected(${item}, 'value')", token.column)
        self._mark(")")
        return Selected(reference=reference, option=option)

    def _operand(self) -> Operand:
        token = self._next
        if token.kind == "reference":
            item, _, row = self._take().words.partition(".")
            return Reference(key=(item, row), column=token.column)
        if token.kind == "number":
            return Literal(words=self._take().words, number=True)
        if token.kind == "quoted":
            return Literal(words=self._take().words)
        if token.kind == "end":
            what = "the condition breaks off; an item, a number or a quoted word is needed"
        elif token.kind == "word" and token.words.lower() in {"and", "or", "not", "selected"} - {token.words}:
            what = f"write '{token.words.lower()}' in lower case"
        elif token.kind == "word":
            what = f"'{token.words}' is not known here; ${{{token.words}}} is an item, '{token.words}' a word"
        else:
            what = f"an item, a number or a quoted word is needed here, not '{token.words}'"
        raise WhenError(what, token.column)


@lru_cache(maxsize=4096)
def parse_when(source: str) -> Expression:
    """The condition as a value; raises WhenError with the column where it can't be understood."""
    if len(source) > LONGEST:
        raise WhenError(f"a condition may have {LONGEST} characters, this one has {len(source)}", LONGEST + 1)
    return _Parser(source).whole()


def leaves(expression: Expression) -> Iterator[Comparison | Selected]:
    """Every comparison in it, from left to right."""
    if isinstance(expression, Comparison | Selected):
        yield expression
    elif isinstance(expression, Negation):
        yield from leaves(expression.part)
    else:
        for part in expression.parts:
            yield from leaves(part)


def names(expression: Expression) -> tuple[Reference, ...]:
    """Every item or grid row it speaks of, from left to right, repeats too."""
    found: list[Reference] = []
    for leaf in leaves(expression):
        sides: tuple[Operand, ...] = (leaf.reference,) if isinstance(leaf, Selected) else (leaf.left, leaf.right)
        found.extend(side for side in sides if isinstance(side, Reference))
    return tuple(found)


def holds(expression: Expression, answers: Answers) -> bool:
    """Whether the condition is met. What was not answered is '', as in XLSForm: it equals nothing but ''."""
    if isinstance(expression, AllOf):
        return all(holds(part, answers) for part in expression.parts)
    if isinstance(expression, AnyOf):
        return any(holds(part, answers) for part in expression.parts)
    if isinstance(expression, Negation):
        return not holds(expression.part, answers)
    if isinstance(expression, Selected):
        return expression.option.words in _chosen(answers.get(expression.reference.key))
    return _compare(_words(expression.left, answers), expression.operator, _words(expression.right, answers))


def _chosen(value: AnswerValue | None) -> tuple[str, ...]:
    """Everything an answer says, one word for each thing chosen."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(str(each.get("perspective", "")) if isinstance(each, dict) else str(each) for each in value)
    if isinstance(value, dict):
        return (("yes" if value["agreed"] else "no") if "agreed" in value else str(value.get("status", "")),)
    return (str(value),)


def _words(operand: Operand, answers: Answers) -> str:
    """The operand as text; several choices are joined by spaces, as XLSForm does."""
    return operand.words if isinstance(operand, Literal) else " ".join(_chosen(answers.get(operand.key)))


def _compare(left: str, operator: str, right: str) -> bool:
    numbers = _number(left), _number(right)
    if operator in {"=", "!="}:
        same = left == right if None in numbers else numbers[0] == numbers[1]
        return same is (operator == "=")
    if numbers[0] is not None and numbers[1] is not None:
        return _ordered(numbers[0], operator, numbers[1])
    days = _day(left), _day(right)
    if days[0] is not None and days[1] is not None:
        return _ordered(Decimal(days[0].toordinal()), operator, Decimal(days[1].toordinal()))
    return False


def _ordered(left: Decimal, operator: str, right: Decimal) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _number(words: str) -> Decimal | None:
    words = words.strip()
    return Decimal(words) if NUMBER.fullmatch(words) else None


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words) else None
    except ValueError:
        return None

"""A condition written out again, with its items and words called otherwise."""

from __future__ import annotations

from collections.abc import Callable

from surveys.answer_values import AnswerKey, answer_name
from surveys.expressions import AllOf, AnyOf, Expression, Literal, Negation, Operand, Reference, Selected

# What a word is called that stands beside this item or grid row.
Wording = Callable[[AnswerKey, str], str]


def words_of(expression: Expression, wording: Wording = lambda _key, word: word) -> str:
    """The condition as `when` and XLSForm's `relevant` write it; reading it again gives the same, but for `wording`."""
    if isinstance(expression, AllOf | AnyOf):
        joint = " and " if isinstance(expression, AllOf) else " or "
        bound = AnyOf | type(expression)
        said = [(words_of(part, wording), isinstance(part, bound)) for part in expression.parts]
        return joint.join(f"({words})" if bracketed else words for words, bracketed in said)
    if isinstance(expression, Negation):
        return f"not({words_of(expression.part, wording)})"
    if isinstance(expression, Selected):
        reference = expression.reference
        return f"selected({_reference(reference)}, {_literal(expression.option, reference, wording)})"
    left, right = expression.left, expression.right
    return f"{_operand(left, right, wording)} {expression.operator} {_operand(right, left, wording)}"


def _operand(operand: Operand, other: Operand, wording: Wording) -> str:
    if isinstance(operand, Reference):
        return _reference(operand)
    return _literal(operand, other if isinstance(other, Reference) else None, wording)


def _reference(reference: Reference) -> str:
    return f"${{{answer_name(reference.key)}}}"


def _literal(literal: Literal, beside: Reference | None, wording: Wording) -> str:
    if literal.number:
        return literal.words
    words = literal.words if beside is None else wording(beside.key, literal.words)
    # A condition has no way to write a word that holds both; none can be read that does.
    return f'"{words}"' if "'" in words else f"'{words}'"

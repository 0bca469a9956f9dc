"""What the names and words of an XLSForm are with us: ids, references and braces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from surveys.answer_values import AnswerKey
from surveys.expression_words import words_of
from surveys.expressions import WhenError, parse_when
from surveys.piping import ANSWER, PLACEHOLDERS
from surveys.slugs import as_id, free

_REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_BRACES = re.compile(r"\$\{\s*([^{}]*?)\s*\}|\{\{|\}\}|\{([^{}\n]*)\}|[{}]")


class Names:
    """The names of a form's questions and grid rows, each as `item` or `item.row`."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}

    def add(self, name: str) -> str:
        """The id of a question of that name."""
        return self._ours.setdefault(name, _new_id(name, self._ours.values()))

    def add_row(self, grid: str, name: str) -> str:
        """The id of a row of the grid of that name."""
        within = self._ours[grid]
        taken = [each.partition(".")[2] for each in self._ours.values() if each.startswith(f"{within}.")]
        row = re.sub(rf"^{re.escape(grid)}[._-]?(?=.)", "", name)
        self._ours[name] = f"{within}.{_new_id(row, taken)}"
        return self._ours[name].partition(".")[2]

    def condition(self, relevant: str, values: Mapping[AnswerKey, Mapping[str, str]]) -> str:
        """A `relevant` as `when`; `values` are those of options, by question and the name they have in the form.

        What can't be understood stays as it is, for the reader of conditions to say what is wrong.
        """
        ours = _REFERENCE.sub(lambda found: f"${{{self._ours.get(found[1], found[1])}}}", relevant)
        try:
            condition = parse_when(ours)
        except WhenError:
            return ours
        # Nothing is written anew where nothing is called otherwise.
        return (
            words_of(condition, lambda key, word: values.get(key, {}).get(word, word)) if any(values.values()) else ours
        )

    def words(self, words: str) -> str:
        """Words for people: `${item}` as piping, and braces that are no placeholder of ours as braces."""
        return _BRACES.sub(self._brace, words)

    def _brace(self, found: re.Match[str]) -> str:
        whole = found[0]
        if found[1] is not None:
            return f"{{{ANSWER}{self._ours.get(found[1], found[1])}}}"
        if whole in {"{{", "}}"} or (found[2] is not None and found[2].strip() in PLACEHOLDERS):
            return whole
        return whole.replace("{", "{{").replace("}", "}}")


def _new_id(name: str, taken: Iterable[str]) -> str:
    return free(as_id(name, "q") or "q", set(taken))

"""What a file says, with the place of every word, and the problems found in it.

Scalars stay text: the reader of a field knows which type it wants, so `yes` is a word, `09:30` a time and
`2024-12-16` a date exactly where one is expected (design: Files; YAML 1.2).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.text import Text

IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong in a file; `line` counts from 1, `path` is like `sections[0].items[2].type`."""

    file: str
    line: int
    path: str
    what: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: "
        return place + (f"{self.path}: " if self.path else "") + self.what


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A place in a file: text (None for an empty value), a list of nodes, or a mapping of them."""

    value: str | tuple[Node, ...] | Mapping[str, Node] | None
    file: str = ""
    line: int = 1
    path: str = ""

    @classmethod
    def from_plain(cls, tree: object, *, file: str = "", path: str = "") -> Node:
        """A node without places, from what `plain()` gave."""
        if isinstance(tree, Mapping):
            return cls(
                value={
                    str(key): cls.from_plain(value, file=file, path=f"{path}.{key}".lstrip("."))
                    for key, value in tree.items()
                },
                file=file,
                path=path,
            )
        if isinstance(tree, list | tuple):
            nodes = tuple(cls.from_plain(value, file=file, path=f"{path}[{index}]") for index, value in enumerate(tree))
            return cls(value=nodes, file=file, path=path)
        return cls(value=None if tree is None else str(tree), file=file, path=path)

    def plain(self) -> object:
        """The same as str, None, list and dict, fit for JSON."""
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value

    def says(self) -> str:
        """What kind of thing stands here, for a message to a person."""
        if isinstance(self.value, Mapping):
            return "a mapping"
        if isinstance(self.value, tuple):
            return "a list"
        return "nothing" if self.value is None else f"'{self.value}'"


@dataclass(slots=True)
class Problems:
    """Collects every problem of a file, so that a person can mend all of them at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, node: Node, what: str, *, key: str = "") -> None:
        """Note an error at `node`, or at its `key`."""
        self._note(node, what, key, warning=False)

    def warn(self, node: Node, what: str, *, key: str = "") -> None:
        """Note what may be meant, but should be looked at."""
        self._note(node, what, key, warning=True)

    def _note(self, node: Node, what: str, key: str, *, warning: bool) -> None:
        path = f"{node.path}.{key}".lstrip(".") if key else node.path
        # A value that is quoted in it must not break the line, nor move a terminal's cursor.
        what = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in what)
        self.found.append(Problem(file=node.file, line=node.line, path=path, what=what, warning=warning))

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.found if not problem.warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.found if problem.warning)


class Fields:
    """Reads the keys of one mapping; each getter notes a problem and answers its default when it must.

    Call `done()` last: it reports every key that nobody asked for.
    """

    def __init__(self, node: Node, problems: Problems) -> None:
        self.node = node
        self.problems = problems
        self._asked: set[str] = set()
        if isinstance(node.value, Mapping):
            self._nodes: Mapping[str, Node] = node.value
        else:
            self._nodes = {}
            problems.add(node, f"a mapping of keys is needed here, not {node.says()}")

    def has(self, key: str) -> bool:
        """Whether the key stands there with a value."""
        self._asked.add(key)
        return key in self._nodes and self._nodes[key].value is not None

    def get(self, key: str) -> Node | None:
        """The node of the key, or None where it is left out or empty."""
        return self._nodes[key] if self.has(key) else None

    def at(self, key: str) -> Node:
        """The key's node for placing a problem; the mapping's own where the key is left out."""
        return self._nodes.get(key, self.node)

    def _missing(self, key: str) -> None:
        if isinstance(self.node.value, Mapping):
            self.problems.add(self.node, "is needed, and is missing", key=key)

    def word(self, key: str, default: str = "", *, needed: bool = False) -> str:
        """Plain text in one language."""
        node = self.get(key)
        if node is None:
            if needed:
                self._missing(key)
            return default
        if not isinstance(node.value, str):
            self.problems.add(node, f"text is needed here, not {node.says()}")
            return default
        return node.value

    def identifier(self, key: str, *, needed: bool = True) -> str:
        """An id: lower-case letters, digits, `_` and `-`, beginning with a letter."""
        word = self.word(key, needed=needed)
        if word and not IDENTIFIER.fullmatch(word):
            self.problems.add(
                self.at(key), f"'{word}' is not an id: lower-case letters, digits, _ and -, beginning with a letter"
            )
        return word

    def text(self, key: str, *, needed: bool = False) -> Text | None:
        """Words for people: a string, or `{en-GB: ..., cy: ...}`."""
        node = self.get(key)
        if node is None:
            if needed:
                self._missing(key)
            return None
        return text_of(node, self.problems)

    def integer(self, key: str, default: int | None = None, *, least: int = 0, most: int = 10**9) -> int | None:
        """A whole number between `least` and `most`."""
        number = self.number(key)
        if number is None:
            return default
        if not least <= number <= most or number != int(number):
            self.problems.add(
                self.at(key), f"a whole number from {least} to {most} is needed, not {self.at(key).says()}"
            )
            return default
        return int(number)

    def number(self, key: str, default: float | None = None) -> float | None:
        """A number, with a full stop before its decimals."""
        node = self.get(key)
        if node is None:
            return default
        if isinstance(node.value, str) and re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", node.value.strip()):
            return float(node.value)
        self.problems.add(node, f"a number is needed here, not {node.says()}")
        return default

    def boolean(self, key: str, *, default: bool = False) -> bool:
        """`true` or `false`; `yes` and `no` are words in YAML 1.2 and refused."""
        node = self.get(key)
        if node is None:
            return default
        if isinstance(node.value, str) and node.value.lower() in ("true", "false"):
            return node.value.lower() == "true"
        self.problems.add(node, f"true or false is needed here, not {node.says()}")
        return default

    def one_of(self, key: str, allowed: Sequence[str], default: str = "", *, needed: bool = False) -> str:
        """One of the words allowed."""
        word = self.word(key, default, needed=needed)
        if word and word not in allowed:
            near = nearest(word, allowed)
            self.problems.add(self.at(key), f"'{word}' is not one of {', '.join(allowed)}{near}")
            return default
        return word

    def nodes(self, key: str, *, needed: bool = False) -> tuple[Node, ...]:
        """The nodes of a list."""
        node = self.get(key)
        if node is None:
            if needed:
                self._missing(key)
            return ()
        if not isinstance(node.value, tuple):
            self.problems.add(node, f"a list is needed here, not {node.says()}")
            return ()
        return node.value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        node = self.get(key)
        if node is None:
            return ()
        if isinstance(node.value, str):
            return (node.value,)
        return tuple(word for word in (self._list_word(each) for each in self.nodes(key)) if word is not None)

    def _list_word(self, node: Node) -> str | None:
        if isinstance(node.value, str):
            return node.value
        self.problems.add(node, f"text is needed here, not {node.says()}")
        return None

    def inner(self, key: str) -> Fields | None:
        """The fields of a mapping inside this one."""
        node = self.get(key)
        return None if node is None else Fields(node, self.problems)

    def done(self) -> None:
        """Report the keys nobody asked for."""
        for key, node in self._nodes.items():
            if key not in self._asked:
                self.problems.add(node, f"unknown key{nearest(key, sorted(self._asked))}")


def text_of(node: Node, problems: Problems) -> Text | None:
    """Words for people from a node, or None with a problem noted."""
    if isinstance(node.value, str):
        return Text.plain(node.value)
    if isinstance(node.value, Mapping) and node.value:
        words: dict[str, str] = {}
        for tag, inner in node.value.items():
            if not LANGUAGE.fullmatch(tag):
                problems.add(inner, f"'{tag}' is not a language tag such as en-GB or cy")
            elif isinstance(inner.value, str):
                words[tag] = inner.value
            else:
                problems.add(inner, f"text is needed here, not {inner.says()}")
        return Text(words) if words else None
    problems.add(node, f"text is needed here, or one text for each language, not {node.says()}")
    return None


def nearest(word: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'x'?` where something allowed looks much like `word`, else nothing."""
    close = difflib.get_close_matches(word, list(allowed), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""

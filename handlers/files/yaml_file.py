"""YAML 1.2 as nodes that keep every word as written, with its line.

Nothing is constructed: scalars stay text, tags are refused, and aliases are unfolded up to a limit, so a small
file can't grow into a large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from handlers.files.reading import bytes_of, text_of
from surveys.source import Node, Problems

MOST_BYTES = 4_000_000
MOST_NODES = 200_000
DEEPEST = 40
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_HINTS = {
    "mapping values are not allowed here": "words that hold a colon and a space need quotes around them",
    "found character '\\t' that cannot start any token": "use spaces here, not a tab",
    "found undefined alias": "no anchor of that name stands before it",
    "could not find expected ':'": "is a colon, a quote or a space missing?",
    "expected <block end>, but found": "is this line indented like those above it?",
}


class _TooMuchError(Exception):
    """The file unfolds into more than is read, or lies too deep; `line` says where."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


def read_yaml(path: Path, problems: Problems) -> Node | None:
    """The file's only document as a node; None with its problems noted where it can't be read.

    A node may come with problems too (a key that stands twice, a tag), so that a reader can find the rest.
    Places name the file as `path` says it; a value's line is that of its key.
    """
    raw = bytes_of(path, problems, most=MOST_BYTES)
    if raw is None:
        return None
    text = text_of(raw, path, problems)
    if text is None:
        return None
    return parse_yaml(text, str(path), problems)


def parse_yaml(text: str, file: str, problems: Problems) -> Node | None:
    """The node of `text`; `file` is only for the places."""

    def refuse(what: str, line: int) -> None:
        problems.add(Node(value=None, file=file, line=line), what)

    before = len(problems.errors)
    try:
        node = _Composer(file, problems).document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        refuse(_said(error), mark.line + 1 if mark else 1)
    except _TooMuchError as error:
        refuse(error.what, error.line)
    except (YAMLError, ValueError, RecursionError, NotImplementedError) as error:
        # The reader's own errors carry a position, not a mark: a character that YAML does not allow.
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
        refuse("holds a character or a form that YAML does not allow", line)
    else:
        if node is None and len(problems.errors) == before:
            refuse("is empty", 1)
        return node
    return None


def _said(error: MarkedYAMLError) -> str:
    problem = (error.problem or error.context or "it can't be read").strip()
    hint = next((hint for words, hint in _HINTS.items() if words in problem), "")
    return f"not readable as YAML: {problem}" + (f" ({hint})" if hint else "")


class _Composer:
    """Builds nodes from the parser's events; anchored events are kept, and unfolded where an alias stands."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._anchored: dict[str, list[Event]] = {}
        self._recording: list[tuple[str, int, list[Event]]] = []
        self._made = 0

    def document(self, events: Iterator[Event]) -> Node | None:
        """The one document's root; None where there is none."""
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse("only one document is read from a file; '---' begins another here", event, "")
                    break
            elif isinstance(event, NodeEvent):
                root = self._node(event, events, "", _line(event), 0)
        return None if root is not None and root.value is None else root

    def _refuse(self, what: str, event: Event, path: str) -> None:
        self._problems.add(Node(value=None, file=self._file, line=_line(event), path=path), what)

    def _next(self, events: Iterator[Event]) -> Event:
        event = next(events)
        for name, _, kept in self._recording:
            kept.append(event)
            if len(kept) > MOST_NODES:
                raise _TooMuchError(f"the anchor '{name}' holds too much", _line(event))
        return event

    def _node(self, event: Event, events: Iterator[Event], path: str, line: int, depth: int) -> Node:
        self._made += 1
        if self._made > MOST_NODES:
            raise _TooMuchError(f"unfolds into more than {MOST_NODES:,} values", _line(event))
        if depth > DEEPEST:
            raise _TooMuchError(f"lies more than {DEEPEST} levels deep", _line(event))
        if isinstance(event, AliasEvent):
            return self._alias(event, path, line, depth)
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if tag:
            self._refuse(f"the tag '{tag}' is not used here", event, path)
        if anchor:
            self._recording.append((anchor, depth, [event]))
        node = self._unanchored(event, events, path, line, depth)
        if anchor:
            self._anchored[anchor] = self._recording.pop()[2]
        return node

    def _unanchored(self, event: Event, events: Iterator[Event], path: str, line: int, depth: int) -> Node:
        if isinstance(event, ScalarEvent):
            plain = event.style is None or event.style == ""
            words = None if plain and event.value in _NULLS else str(event.value)
            return Node(value=words, file=self._file, line=line, path=path)
        if isinstance(event, SequenceStartEvent):
            return self._list(events, path, line, depth)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path, line, depth)
        raise _TooMuchError("holds something that is no text, list or mapping", _line(event))

    def _alias(self, event: AliasEvent, path: str, line: int, depth: int) -> Node:
        kept = self._anchored.get(event.anchor)
        if kept is None:
            self._refuse(f"'*{event.anchor}' names no anchor that stands before it and has ended", event, path)
            return Node(value=None, file=self._file, line=line, path=path)
        replay = iter(kept)
        recording, self._recording = self._recording, []
        try:
            node = self._node(next(replay), replay, path, line, depth)
        except _TooMuchError as error:
            # The line of the alias in the file, not that of what it repeats.
            raise _TooMuchError(error.what, _line(event)) from error
        self._recording = recording
        return node

    def _list(self, events: Iterator[Event], path: str, line: int, depth: int) -> Node:
        nodes: list[Node] = []
        while not isinstance(event := self._next(events), SequenceEndEvent):
            nodes.append(self._node(event, events, f"{path}[{len(nodes)}]", _line(event), depth + 1))
        return Node(value=tuple(nodes), file=self._file, line=line, path=path)

    def _mapping(self, events: Iterator[Event], path: str, line: int, depth: int) -> Node:
        nodes: dict[str, Node] = {}
        while not isinstance(event := self._next(events), MappingEndEvent):
            key_line = _line(event)
            key = self._node(event, events, path, key_line, depth + 1)
            if not isinstance(key.value, str):
                self._refuse(f"a key must be a word, not {key.says()}", event, path)
            name = key.value if isinstance(key.value, str) else "?"
            inner = f"{path}.{name}".lstrip(".")
            first = nodes.get(name)
            value = self._node(self._next(events), events, inner, key_line, depth + 1)
            if first is None:
                nodes[name] = value
            elif isinstance(key.value, str):
                self._refuse(f"this key stands here twice; first on line {first.line}", event, inner)
        return Node(value=nodes, file=self._file, line=line, path=path)


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1

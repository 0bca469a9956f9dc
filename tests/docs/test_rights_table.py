"""`docs/commands.md` tells who may do what; it is the code's own table, and no command is without its right."""

import re
import shlex
from pathlib import Path

from bot.cli import cli
from surveys.authority import ALLOWED, Deed
from surveys.organisers import Role
from tests.cli.every_command import CASES
from tests.docs.test_commands import leaves

COMMANDS = (Path(__file__).resolve().parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
SECTION = COMMANDS.partition("## Who may do what")[2].partition("\n## ")[0]


def words_of(case):
    return tuple(shlex.split(case.words)[:2])


def commands_named(cases):
    """The commands of these cases, as they are called: `round who`, `coverage`."""
    every = {words for words, _ in leaves(cli)}
    return {words if words in every else words[:1] for words in map(words_of, cases)}


def test_every_command_has_its_right():
    missing = {words for words, _ in leaves(cli)} - commands_named(CASES)
    assert not missing, f"add them to tests/cli/every_command.py and docs/commands.md: {missing}"


def test_the_document_tells_the_table():
    rows = {
        each[0]: each[1:] for each in (row.strip("| ").split(" | ") for row in SECTION.splitlines() if row[:1] == "|")
    }
    del rows["right"], rows["---|---|---|---|---"]
    assert set(rows) == {deed.value for deed in Deed}
    for deed, (*marks, commands) in ((deed, rows[deed.value]) for deed in Deed):
        roles = (Role.VIEWER, Role.ORGANISER, Role.ADMIN)
        assert [mark == "yes" for mark in marks] == [deed in ALLOWED[role] for role in roles], deed
        named = {tuple(re.sub(r" --.*", "", each).split()) for each in re.findall(r"`([^`]+)`", commands)}
        assert named == commands_named(case for case in CASES if case.deed is deed), deed

"""The documents name commands, options, examples and YAML that are really there."""

import importlib
import re
import shlex
from pathlib import Path

import click
import pytest

from bot.cli import COMMANDS, cli
from handlers.files.yaml_file import read_yaml
from surveys.instrument_file import read_instrument
from surveys.programme_file import read_programme
from surveys.source import Problems

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}


def ids(path):
    return path.relative_to(ROOT).as_posix()


def named_commands(text):
    """Every `soundings …` of a text: in code marks, and as lines of code blocks."""
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`(soundings [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [line for line in [*lines, *inline] if line.startswith("soundings ")]


def resolve(words):
    """The click command that the words name, and what is left of them."""
    command = cli
    while isinstance(command, click.Group) and words and re.fullmatch(r"[a-z-]+", words[0]):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids)
def test_every_command_and_option_named_is_there(path):
    for line in named_commands(TEXT[path]):
        words = shlex.split(line.replace("[", " ").replace("]", " "))[1:]
        if not words or words[0] == "COMMAND" or words[0].startswith("-"):
            continue
        command, rest = resolve(words)
        options = {name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]}
        unknown = [word for word in rest if word.startswith("-") and word != "-" and word not in options]
        assert not unknown, f"{line}: {unknown} are no options of it"


def leaves(group, prefix=()):
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        if isinstance(found, click.Group):
            yield from leaves(found, (*prefix, name))
        else:
            yield (*prefix, name), found


@pytest.mark.parametrize(
    ("words", "command"), list(leaves(cli)), ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_stands_in_the_list_with_its_options(words, command):
    row = next(
        (
            line
            for line in named_commands(TEXT[ROOT / "docs" / "commands.md"])
            if line.split()[1 : len(words) + 1] == list(words)
        ),
        None,
    )
    assert row is not None, f"docs/commands.md says nothing of {' '.join(words)}"
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert any(name in row for name in parameter.opts), f"{' '.join(words)}: {parameter.opts} is missing"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_of_the_list_is_the_commands_own(name):
    module, attribute, line = COMMANDS[name]
    command = getattr(importlib.import_module(module), attribute)
    assert (command.help or "").split("\n")[0].strip() == line


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids)
def test_files_named_are_there(path):
    for name in re.findall(
        r"`((?:docs|examples|tests|scripts|bot|surveys|storage|handlers|schedules|reports|channels|console)/[\w./-]+)`",
        TEXT[path],
    ):
        assert (ROOT / name).exists(), name


YAML = [
    (path, number, block)
    for path, text in TEXT.items()
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
]


@pytest.mark.parametrize(
    ("path", "number", "block"), YAML, ids=lambda value: value.name if isinstance(value, Path) else ""
)
def test_yaml_in_the_documents_is_what_the_readers_take(path, number, block, tmp_path):
    file = tmp_path / f"{path.stem}-{number}.yaml"
    file.write_text(block, encoding="utf-8")
    problems = Problems()
    node = read_yaml(file, problems)
    assert node is not None, problems.found
    read = read_instrument if "survey" in node.value else read_programme
    assert read(node, problems) is not None, [str(problem) for problem in problems.found]
    assert problems.errors == ()

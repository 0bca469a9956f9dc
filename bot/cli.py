"""The command `soundings`: which commands there are, and how each of them ends.

The commands' own modules are imported only when one is called: `soundings --help` is to be quick.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from bot.failures import REFUSED, WRONG_INPUT, CommandRefused, WrongInput
from surveys.authority import NotAllowed

# Name -> (module, attribute, help in one line). A test holds the lines equal to the commands' own.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("bot.commands.demo", "demo", "Try Soundings on invented people; nothing leaves this machine."),
    "serve": ("bot.commands.serve", "serve", "Run the web form, the mail and the clock until stopped."),
    "doctor": ("bot.commands.doctor", "doctor", "Check each setting and channel, and say what to do."),
    "load": ("bot.commands.load", "load", "Load a programme with its questionnaires and its panel."),
    "panel": ("bot.commands.load", "panel", "The people who are asked."),
    "survey": (
        "bot.commands.survey",
        "survey",
        "Check a questionnaire, see how it looks, or turn it into another file.",
    ),
    "round": ("bot.commands.rounds", "rounds", "Look at rounds and steer them."),
    "export": ("bot.commands.export", "export", "Write a round's answers to a file, with their codebook."),
    "tick": ("bot.commands.tick", "tick", "Do everything that is due, once."),
    "mail": ("bot.commands.mail", "mail", "Take in mails that people have sent."),
    "triage": (
        "bot.commands.triage",
        "triage",
        "What people sent that could not be placed by itself: free texts, held replies, mails of nobody.",
    ),
    "coverage": ("bot.commands.coverage", "coverage", "Who has been heard, by area and perspective."),
    "person": (
        "bot.commands.person",
        "person",
        "One person: what is known, their copy of it, a pause, an opt-out, erasure.",
    ),
    "teams": ("bot.commands.teams", "teams", "What the Teams admin centre needs."),
    "organiser": ("bot.commands.organisers", "organisers", "Who may steer rounds."),
    "audit": ("bot.commands.audit", "audit", "Who changed what, and whether the record is whole."),
    "backup": ("bot.commands.keep", "backup", "Write a copy of the database while it is in use."),
    "restore": ("bot.commands.keep", "restore", "Put a backup in the place of the database."),
    "copy-database": (
        "bot.commands.copying",
        "copy_into",
        "Copy everything into an empty PostgreSQL database, and compare it row for row.",
    ),
    "redact": ("bot.commands.redact", "redact", "Take a passage, such as a child's name, out of answers for good."),
    "retention": (
        "bot.commands.retention",
        "retention",
        "Delete and anonymise what has been kept for long enough.",
    ),
    "upgrade": ("bot.commands.keep", "upgrade", "Back up, then bring the database to this version."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{attribute} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="soundings-bot", prog_name="soundings")
@click.option("--as", "acting", metavar="EMAIL", help="Act as this organiser, with no more than their rights.")
def cli(acting: str | None) -> None:
    """Ask the people of a programme what they think, and remind them before the deadline.

    A round is named PROGRAMME/ROUND, or ROUND where that is unique. Settings come from the environment or
    from the file .env in the present folder.
    """


def main() -> None:
    """Run the command line and end the process with its exit code: 0 done, 1 refused or failed, 2 wrong input."""
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a letter shows a question mark; it is no reason to stop.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. Nothing that a user does wrong shows a traceback."""
    try:
        code = cli.main(args=list(arguments), prog_name="soundings", standalone_mode=False)
    except CommandRefused as refused:
        return _end(" ".join(str(refused).split()), refused.code)
    except NotAllowed as refused:
        return _end(" ".join(str(refused).split()), REFUSED)
    except WrongInput as wrong:
        return _end(str(wrong), WRONG_INPUT)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.Abort:
        return _end("Stopped.", REFUSED)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # The reader of a pipe (head, less) has gone: an ordinary end. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _end("Stopped.", REFUSED)
    except Exception as error:  # noqa: BLE001 - the last resort, so that nobody sees a traceback
        return _end(_unexpected(error), REFUSED)
    return code if isinstance(code, int) else 0


def _end(words: str, code: int) -> int:
    click.echo(words, err=True)
    return code


def _unexpected(error: Exception) -> str:
    if type(error).__name__ == "DatabaseBusyError":
        return "Another program is writing to the database and did not finish in time; nothing was changed. Try again."
    written = _write_log(error)
    if type(error).__name__ == "OperationalError":
        # What the database itself says, such as a full disk or a file that may not be written to; no row is in it.
        return f"The database can't be used: {getattr(error, 'orig', error)}. Details are in {written}."
    return f"Something went wrong that should not ({type(error).__name__}). Details are in {written}."


def _write_log(error: Exception) -> Path:
    from bot.logs import without_words  # noqa: PLC0415 - `soundings --help` is to be quick

    handle, name = tempfile.mkstemp(prefix="soundings-error-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.write(without_words(error))
    return Path(name)


if __name__ == "__main__":
    main()

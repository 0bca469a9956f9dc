"""The log: one JSON object a line on standard error, without names, answers or links."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from surveys.tokens import TOKEN_PATTERN

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_TOKEN = re.compile(TOKEN_PATTERN)
# 451 4.7.1 Try later, Ines: the code and, where there is one, the enhanced code; no port of an address.
_SERVER_WORDS = re.compile(r"(?<![:\d.])\b([245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?)\b.*", re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>@\"']+@[^\s<>@\"']+")


def start_log() -> FilteringBoundLogger:
    """Set the log up for this process, other libraries' warnings included."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _masked,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logger: FilteringBoundLogger = structlog.get_logger()
    _tell_of_the_unexpected(logger)
    return logger


def without_server_words(trouble: str) -> str:
    """What is wrong with a channel, up to the code a mail server gave: what it says after that may name a person."""
    return _SERVER_WORDS.sub(r"\1", trouble)


def without_words(error: BaseException) -> str:
    """A traceback for a file: where it arose and what led to it, without messages, which may carry a row's words."""
    parts = []
    chain: BaseException | None = error
    while chain is not None:
        cause = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
        frames = "".join(traceback.format_tb(chain.__traceback__))
        parts.append(
            f"Traceback (most recent call last):\n{frames}{type(chain).__module__}.{type(chain).__qualname__}\n"
        )
        chain = cause
    return "\nThis led to:\n\n".join(reversed(parts))


def _tell_of_the_unexpected(logger: FilteringBoundLogger) -> None:
    """What ends a thread, or is raised where nobody can catch it, is logged like the rest and not printed whole."""

    def in_a_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            logger.error("a thread ended", **what_failed(args.exc_value))

    def unraisable(args: UnraisableHookArgs) -> None:
        # While the interpreter ends, standard error may be closed already: there is nobody left to tell.
        if args.exc_value is not None:
            with suppress(ValueError):
                logger.error("an error that could not be raised", **what_failed(args.exc_value))

    threading.excepthook = in_a_thread
    sys.unraisablehook = unraisable


def what_failed(error: BaseException) -> dict[str, str]:
    """An unexpected error without its message, which may carry a row's words: its kind, and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "place": place}


def _masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The last guard: whatever looks like a link's token or a mail address is masked; exceptions are named only."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple) and isinstance(error[1], BaseException):
        event.update(what_failed(error[1]))
    return {key: _plain(value) for key, value in event.items()}


def _plain(value: object) -> object:
    return _ADDRESS.sub("[address]", _TOKEN.sub("[link]", value)) if isinstance(value, str) else value

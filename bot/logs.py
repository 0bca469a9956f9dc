"""The log: one JSON object a line on standard error, without names, answers or links."""

from __future__ import annotations

import logging
import re
import sys
import traceback

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from surveys.tokens import TOKEN_PATTERN

_TOKEN = re.compile(TOKEN_PATTERN)
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
    return logger


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

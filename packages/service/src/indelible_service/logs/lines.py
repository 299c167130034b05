"""Write the log of a process: one JSON object a line, whichever library the line comes from.

Where the log goes to a file, a person sees its warnings and errors on standard error, as text.
"""

import json
import logging
import logging.config
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_tb
from types import TracebackType
from typing import Any, Final

from indelible.kernel import IndelibleError, instant_text
from indelible.kernel.masking import mask_secrets
from indelible.kernel.values import CONTROL
from indelible_service.logs.files import LogFile
from indelible_workers.masking import failure_reason

NOISY_LOGGERS: Final = ("alembic", "dramatiq", "indelible_sql.engine.pools")
OWN_LOGGER: Final = "indelible"
MAX_EVENT_CHARACTERS: Final = 20_000
ENCODER: Final = json.JSONEncoder(default=str)

logger = logging.getLogger("indelible.service")


class LineFormatter(logging.Formatter):
    """A formatter of records as single lines of JSON.

    Each line has `at`, `level`, `logger` and `event`. A record may have further fields in its
    attribute `event_fields`; an `event` among them is written instead of the record's message.
    Secrets are masked in what other libraries write.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of ASCII."""
        fields: Mapping[str, Any] = getattr(record, "event_fields", {})
        line: dict[str, Any] = {
            "at": instant_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "logger": record.name,
            "event": fields.get("event") or _event_of(record),
        }
        line.update(fields)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = failure_reason(error)
            line["frames"] = "".join(format_tb(error.__traceback__))

        return ENCODER.encode(line)


class ScreenFormatter(logging.Formatter):
    """A formatter of warnings and errors as one line for a person.

    It ends with the name of the log file, in which the record is whole.
    """

    def __init__(self, file_name: str) -> None:
        super().__init__()
        self._file_name = file_name

    def format(self, record: logging.LogRecord) -> str:
        """Return the time in UTC, the level, and the first line of the event."""
        event = _event_of(record)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            event = f"{event}: {failure_reason(error)}"
        first_line, _, _ = event.partition("\n")
        text = CONTROL.sub("?", first_line)
        at = datetime.fromtimestamp(record.created, UTC)

        return f"{at:%H:%M:%S}Z {record.levelname} {text} [{self._file_name}]"


class AdviceFilter(logging.Filter):
    """A filter of granian's advice about its threads, the number of which is intended."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is something else."""
        return "Consider reviewing your configuration" not in record.getMessage()


def _event_of(record: logging.LogRecord) -> str:
    try:
        event = record.getMessage()
    except (TypeError, ValueError):  # the arguments do not fit the message
        event = str(record.msg)
    if record.name.partition(".")[0] != OWN_LOGGER:
        event = mask_secrets(event[:MAX_EVENT_CHARACTERS])

    return event


def logging_config(level: str, log_file: Path | None) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`, also of granian's processes."""
    handlers: dict[str, dict[str, Any]] = {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "stream": "ext://sys.stderr",
        }
    }
    if log_file is not None:
        handlers = {
            "file": {"()": LogFile, "path": log_file, "formatter": "line"},
            "screen": {"()": _screen_handler, "log_file": log_file},
        }
    loggers: dict[str, dict[str, Any]] = {
        # granian's own configuration has handlers, which are replaced here.
        "_granian": {"handlers": [], "propagate": True, "filters": ["advice"]},
    }
    for name in NOISY_LOGGERS:
        loggers[name] = {"level": "WARNING"}

    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"advice": {"()": AdviceFilter}},
        "formatters": {"line": {"()": LineFormatter}},
        "handlers": handlers,
        "loggers": loggers,
        "root": {"handlers": [*handlers], "level": level},
    }


def _screen_handler(log_file: Path) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(ScreenFormatter(log_file.name))
    return handler


def configure_logging(level: str, log_file: Path | None = None) -> None:
    """Log all records, warnings and uncaught exceptions of this process as lines of JSON.

    They go to the file, and warnings also to standard error as text; without a file, all lines of
    JSON go to standard error. A hook for uncaught exceptions that another library has set stays.
    """
    logging.config.dictConfig(logging_config(level, log_file))
    logging.captureWarnings(capture=True)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _log_uncaught
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _log_unraisable
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _log_uncaught_in_thread


def log_refusal(error: IndelibleError) -> None:
    """Log the error that ends this process."""
    logger.error("%s", error, extra={"event_fields": {"code": error.code}})


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logger.critical("uncaught exception", exc_info=(kind, error, trace))


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    logger.error("exception in a finalizer", exc_info=args.exc_value)


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit:
        name = args.thread.name if args.thread else "none"
        logger.critical("uncaught exception in thread %s", name, exc_info=args.exc_value)

"""The two files that leave production: the log, and an export of the records."""

import json
import logging
import logging.config
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from attrs import frozen

from indelible.kernel import Clock
from indelible_service.logs.lines import logging_config
from indelible_sql import SqlStore, export_histories

LOG: Final = "up.log"
EXPORT: Final = "export.jsonl"
LEVEL: Final = "INFO"  # of INDELIBLE_LOG_LEVEL, unless it is set

Document = Mapping[str, str]  # the values of a line as text, by their paths, such as `data.amount`


@frozen
class Bundle:
    """The lines of both files, and nothing else."""

    log: tuple[Document, ...]
    export: tuple[Document, ...]

    @classmethod
    def read(cls, folder: Path) -> "Bundle":
        """Read the files of a folder."""
        return cls(_documents(folder / LOG), _documents(folder / EXPORT))


def _documents(file: Path) -> tuple[Document, ...]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(dict(_flat(json.loads(line))) for line in lines)


def _flat(value: Any, path: str = "") -> Generator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Yield each value with its path; the number of an entry of a list is no part of it."""
    if isinstance(value, dict):
        for name, part in cast("dict[str, Any]", value).items():
            yield from _flat(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield path, json.dumps(value)
    else:
        yield path, "" if value is None else str(value)


def instant_of(document: Document) -> datetime:
    """Return when something was logged or changed."""
    return datetime.fromisoformat(document.get("at") or document["change.at"])


@frozen
class ClockFilter(logging.Filter):
    """Dates the records of a log by the clock of a simulation."""

    clock: Clock

    def filter(self, record: logging.LogRecord) -> bool:
        """Set the time of a record."""
        record.created = self.clock.now().timestamp()
        return True


@contextmanager
def logged(clock: Clock, folder: Path) -> Generator[None]:
    """Log as `indelible up` does, to a file of a folder, by a simulated clock."""
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    configuration = logging_config(LEVEL, folder / LOG)
    levels = {name: logging.getLogger(name).level for name in configuration["loggers"]}
    del configuration["handlers"]["screen"]
    configuration["root"]["handlers"].remove("screen")
    logging.config.dictConfig(configuration)
    (handler,) = root.handlers
    handler.addFilter(ClockFilter(clock))
    try:
        yield
    finally:
        handler.close()
        root.setLevel(before[0])
        root.handlers[:] = before[1]
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def write_export(store: SqlStore, folder: Path) -> None:
    """Write all records, as `indelible export` does."""
    with (folder / EXPORT).open("wb") as file:
        store.read(export_histories, file)

"""The table of stages, which the live pages of a process share."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from attrs import define, field, frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Store
from indelible.kernel.tasks import MAX_COUNTED
from indelible_web.http.admin import StageView, list_stages

MAX_AGE: Final = timedelta(seconds=1)  # Of the numbers that live pages share.
ONE_MINUTE: Final = timedelta(minutes=1)


@frozen(kw_only=True)
class StageRow:
    """A stage in the table, the age of its oldest due task, and what finished in a minute."""

    stage: StageView
    oldest_age: timedelta | None
    finished: int


@define
class StageTable:
    """The rows of all stages, which the live pages of a process share.

    Counting a long backlog takes time, so that fifty open pages count it once a second.
    """

    _store: Store[ReadTx, WriteTx]
    _rows: tuple[StageRow, ...] = field(default=(), init=False)
    _read_at: datetime | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def rows(self, now: datetime, *, max_age: timedelta = timedelta()) -> tuple[StageRow, ...]:
        """Return the rows, read again if they are older than `max_age`."""
        with self._lock:
            if self._read_at is None or not timedelta() <= now - self._read_at < max_age:
                self._rows = self._store.read(_read_rows, now)
                self._read_at = now

            return self._rows


def _read_rows(tx: ReadTx, now: datetime) -> tuple[StageRow, ...]:
    rows: list[StageRow] = []
    for stage in list_stages(tx, now):
        finished = tx.tasks.finished_by_minute(
            stage.stage, since=now - ONE_MINUTE, limit=MAX_COUNTED
        )
        row = StageRow(
            stage=stage,
            oldest_age=now - stage.oldest if stage.oldest else None,
            finished=finished.total,
        )
        rows.append(row)

    return tuple(rows)

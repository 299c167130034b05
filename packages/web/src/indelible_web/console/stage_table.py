"""The table of stages, which the live pages of a process share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Final

from attrs import define, field, frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Store
from indelible.kernel.tasks import MAX_COUNTED
from indelible_web.http.admin import StageView, list_stages

MIN_AGE_SECONDS: Final = 1.0  # After which live pages read the shared numbers again.
MAX_AGE_SECONDS: Final = 10.0
PAUSES: Final = 10  # A reading is followed by a pause of so many times its own duration.
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

    Counting long backlogs takes time, and fifty open pages must not slow other requests. They count
    once a second, or less often where that takes long, and all show the same text. While one of
    them counts, the others show the text before and occupy no thread.
    """

    _store: Store[ReadTx, WriteTx]
    _text: str = field(default="", init=False)
    _read_at: datetime | None = field(default=None, init=False)
    _max_age: timedelta = field(default=timedelta(seconds=MIN_AGE_SECONDS), init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def rows(self, now: datetime) -> tuple[StageRow, ...]:
        """Return the rows as they are now; the next live page reads them again."""
        rows = self._store.read(_read_rows, now)
        self._read_at = None
        return rows

    def live_text(self, now: datetime, render: Callable[[tuple[StageRow, ...]], str]) -> str:
        """Return the rendered rows, read again if they are too old."""
        if not self._lock.acquire(blocking=not self._text):
            return self._text

        try:
            if self._read_at is None or not timedelta() <= now - self._read_at < self._max_age:
                started = monotonic()
                self._text = render(self.rows(now))
                self._read_at = now
                pause_seconds = PAUSES * (monotonic() - started)
                age_seconds = min(max(MIN_AGE_SECONDS, pause_seconds), MAX_AGE_SECONDS)
                self._max_age = timedelta(seconds=age_seconds)

            return self._text
        finally:
            self._lock.release()


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

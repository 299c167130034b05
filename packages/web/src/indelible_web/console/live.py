"""Streams of the feed that stay open: their number, their duration, and their shared reader."""

from collections.abc import Iterator
from threading import Condition
from time import monotonic, sleep
from typing import Final

from attrs import define, field

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Change, Feed, IndelibleError, Store

POLL_SECONDS: Final = 0.1  # The greatest delay between a change and its event.
HEARTBEAT_SECONDS: Final = 2.0  # A write to a closed connection is how the server notices it.
MAX_STREAM_SECONDS: Final = 20.0  # The browser reconnects then, and its session is checked again.
MAX_CHANGES: Final = 50


@define
class Streams:
    """The open streams of one process, at most `max_open`, each in a thread of the server.

    One stream at a time polls the store and wakes the others, so that fifty streams cost one
    query per poll, and a waiting thread costs nothing.
    """

    _store: Store[ReadTx, WriteTx]
    max_open: int
    open: int = field(default=0, init=False)
    _newest_cursor: str | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _is_polling: bool = field(default=False, init=False)
    _condition: Condition = field(factory=Condition, init=False)

    def enter(self) -> bool:
        """Open one more stream and return True, or return False if there are too many."""
        with self._condition:
            if self.open >= self.max_open:
                return False
            self.open += 1
            return True

    def leave(self) -> None:
        """Close one stream."""
        with self._condition:
            self.open -= 1

    def follow(self, cursor: str) -> Iterator[Feed]:
        """Yield the changes after the cursor as they appear; an empty feed is a heartbeat.

        The stream ends after its maximal duration, or when the store fails; browsers reconnect.
        """
        ends_at = monotonic() + MAX_STREAM_SECONDS
        sent_at = monotonic()
        try:
            while monotonic() < ends_at:
                feed = self.after(cursor)
                cursor = feed.cursor
                is_heartbeat_due = monotonic() - sent_at >= HEARTBEAT_SECONDS
                if feed.changes or is_heartbeat_due:
                    yield feed
                    sent_at = monotonic()
                else:
                    self._wait(cursor)
        except IndelibleError:
            return

    def after(self, cursor: str) -> Feed:
        """Return the changes after the cursor; without new ones all streams share one query."""
        if cursor == self._newest():
            return Feed(changes=tuple[Change, ...](), cursor=cursor)
        return self._store.feed(after=cursor, limit=MAX_CHANGES)

    def _wait(self, cursor: str) -> None:
        """Wait until there may be changes after the cursor, or until a heartbeat is due."""
        with self._condition:
            if self._is_polling:
                self._condition.wait(HEARTBEAT_SECONDS)
                return
            self._is_polling = True

        has_changes = False
        try:
            sleep(POLL_SECONDS)
            has_changes = self._newest() != cursor
        finally:
            with self._condition:
                self._is_polling = False
                # Without changes, one other stream polls next.
                self._condition.notify()
        if has_changes:
            with self._condition:
                self._condition.notify_all()

    def _newest(self) -> str:
        """Return the cursor of the newest change, read at most once per poll."""
        with self._condition:
            is_stale = monotonic() - self._read_at >= POLL_SECONDS
            if self._newest_cursor is None or is_stale:
                self._newest_cursor = self._store.read(_read_newest_cursor)
                self._read_at = monotonic()
            return self._newest_cursor


def _read_newest_cursor(tx: ReadTx) -> str:
    return tx.history.newest(limit=1).cursor

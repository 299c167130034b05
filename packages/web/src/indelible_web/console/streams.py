"""Feeds that stay open: how many, for how long, and one reader for all of them."""

from collections.abc import Iterator
from threading import Lock
from time import monotonic, sleep
from typing import Final

from attrs import define, field

from indelible.kernel import Change, Feed, IndelibleError, Store
from indelible.wiring import Reading, Writing

BEAT_SECONDS: Final = 0.25  # how old the newest change may be before a feed hears of it
HEARTBEAT_SECONDS: Final = 5.0  # a silent connection is told that it stands; by that we notice that nobody listens
LONGEST_SECONDS: Final = 20.0  # then the browser comes again, and is asked for its session again
AT_ONCE: Final = 50


@define
class Streams:
    """The feeds of one process: up to `most` stay open, each in a thread of the server's own."""

    _store: Store[Reading, Writing]
    most: int
    open: int = field(default=0, init=False)
    _end: str | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def enter(self) -> bool:
        """Whether one more may stay open; it then does, until it leaves."""
        with self._lock:
            is_free = self.open < self.most
            self.open += is_free
        return is_free

    def leave(self) -> None:
        """Make room for another."""
        with self._lock:
            self.open -= 1

    def follow(self, cursor: str) -> Iterator[Feed]:
        """What comes after the cursor, as it comes; an empty feed is a heartbeat. Ends in time, or with the store."""
        until, quiet_since = monotonic() + LONGEST_SECONDS, monotonic()
        try:
            while monotonic() < until:
                found = self.after(cursor)
                cursor = found.cursor
                if found.changes or monotonic() - quiet_since >= HEARTBEAT_SECONDS:
                    yield found
                    quiet_since = monotonic()
                sleep(BEAT_SECONDS)
        except IndelibleError:  # the browser comes again
            return

    def after(self, cursor: str) -> Feed:
        """What comes after the cursor; where there is nothing new, the store is asked once for all who ask."""
        if cursor == self._newest():
            return Feed(changes=tuple[Change, ...](), cursor=cursor)
        return self._store.feed(after=cursor, limit=AT_ONCE)

    def _newest(self) -> str:
        with self._lock:
            if self._end is None or monotonic() - self._read_at >= BEAT_SECONDS:
                self._end = self._store.read(_end_of_feed)
                self._read_at = monotonic()
            return self._end


def _end_of_feed(tx: Reading) -> str:
    return tx.history.newest(limit=1).cursor

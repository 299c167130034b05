"""Feeds that stay open: how many, for how long, and one reader for all of them."""

from collections.abc import Iterator
from threading import Condition
from time import monotonic, sleep
from typing import Final

from attrs import define, field

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Change, Feed, IndelibleError, Store

BEAT_SECONDS: Final = 0.1  # how old the newest change may be before a feed hears of it
HEARTBEAT_SECONDS: Final = (
    2.0  # a silent connection is told that it stands; by that we notice that nobody listens
)
LONGEST_SECONDS: Final = 20.0  # then the browser comes again, and is asked for its session again
AT_ONCE: Final = 50


@define
class Streams:
    """The feeds of one process: up to `most` stay open, each in a thread of the server's own.

    All of them wait together. One at a time asks the store, for one beat, then hands that over to another; so fifty
    feeds cost one question a beat, and a thread that waits costs nothing.
    """

    _store: Store[ReadTx, WriteTx]
    most: int
    open: int = field(default=0, init=False)
    _end: str | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _is_asked: bool = field(default=False, init=False)  # whether one of them is asking already
    _turn: Condition = field(factory=Condition, init=False)

    def enter(self) -> bool:
        """Whether one more may stay open; it then does, until it leaves."""
        with self._turn:
            is_free = self.open < self.most
            self.open += is_free
        return is_free

    def leave(self) -> None:
        """Make room for another."""
        with self._turn:
            self.open -= 1

    def follow(self, cursor: str) -> Iterator[Feed]:
        """What comes after the cursor, as it comes; an empty feed is a heartbeat. Ends in time, or with the store."""
        until, told_at = monotonic() + LONGEST_SECONDS, monotonic()
        try:
            while monotonic() < until:
                found = self.after(cursor)
                cursor = found.cursor
                if found.changes or monotonic() - told_at >= HEARTBEAT_SECONDS:
                    yield found
                    told_at = monotonic()
                else:
                    self._wait(cursor)
        except IndelibleError:  # the browser comes again
            return

    def after(self, cursor: str) -> Feed:
        """What comes after the cursor; where there is nothing new, the store is asked once for all who ask."""
        if cursor == self._newest():
            return Feed(changes=tuple[Change, ...](), cursor=cursor)
        return self._store.feed(after=cursor, limit=AT_ONCE)

    def _wait(self, cursor: str) -> None:
        """Until there may be something after the cursor, or a heartbeat is due."""
        with self._turn:
            if self._is_asked:
                self._turn.wait(HEARTBEAT_SECONDS)
                return
            self._is_asked = True
        try:
            sleep(BEAT_SECONDS)
            is_same = self._newest() == cursor
        finally:
            with self._turn:
                self._is_asked = False
                self._turn.notify()
        if not is_same:
            with self._turn:
                self._turn.notify_all()

    def _newest(self) -> str:
        with self._turn:
            if self._end is None or monotonic() - self._read_at >= BEAT_SECONDS:
                self._end = self._store.read(_end_of_feed)
                self._read_at = monotonic()
            return self._end


def _end_of_feed(tx: ReadTx) -> str:
    return tx.history.newest(limit=1).cursor

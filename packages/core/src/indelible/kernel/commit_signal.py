"""The signal that a commit of this process may have made work for a worker."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol, runtime_checkable

from attrs import define, field

Listener = Callable[[], object]
logger = logging.getLogger("indelible")


@define(eq=False)
class CommitSignal:
    """Calls functions after each commit that has a change, or has made a task due or due sooner.

    The signal is a hint: it says nothing of other processes, nor of a transaction that a host
    commits itself. A listener runs in the thread of the commit, so it must not wait: it sets an
    event, for instance. Its error is logged: what was committed is not undone by it.
    """

    _listeners: tuple[Listener, ...] = field(default=(), init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def add(self, listener: Listener) -> None:
        """Call the function after each such commit from now on."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    @contextmanager
    def listening(self, listener: Listener) -> Generator[None]:
        """Call the function after each such commit until the block ends."""
        self.add(listener)
        try:
            yield
        finally:
            with self._lock:
                remaining = list(self._listeners)
                remaining.remove(listener)
                self._listeners = tuple(remaining)

    def send(self) -> None:
        """Call the functions; a store does this after a commit."""
        for listener in self._listeners:
            try:
                listener()
            except Exception:
                logger.exception("a listener to commits failed")


@runtime_checkable
class SignalsCommits(Protocol):
    """A store that signals its commits; workers of another one look for tasks by time alone."""

    @property
    def commits(self) -> CommitSignal:
        """Return the signal."""
        ...

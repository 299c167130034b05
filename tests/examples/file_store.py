"""A store in one file: everything is read, changed as in memory, and put back whole."""

import fcntl
import pickle
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate

from indelible.kernel import (
    Actor,
    AuditContext,
    Clock,
    Feed,
    Idempotency,
    Ids,
    SystemClock,
    TimeOrderedIds,
)
from indelible.kernel.idempotency import run_idempotent
from indelible.kernel.settings import Config, SystemConfigCache
from indelible.kernel.transaction import Command, Nesting, P, R, log_rejections
from indelible.memory.store import MemoryReading, MemoryTransaction, Tables
from indelible.policy import Policy


class FileStore:
    """One writer at a time, of all processes; a reader sees the file as it was when it looked."""

    def __init__(
        self,
        path: Path,
        *,
        policy: Policy | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        self._path, self._policy = path, policy or Policy()
        self._clock, self._ids = clock or SystemClock(), ids or TimeOrderedIds()
        self._nesting = Nesting()
        self.config = SystemConfigCache(
            fetch=lambda: self.read(lambda tx: tx.captures.stored_settings())
        )

    @contextmanager
    def transaction(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> Generator[MemoryTransaction]:
        """Several commands at once: commits on a clean exit, rolls back on any exception."""
        cause = AuditContext(actor=actor, reason=reason, request_id=request_id)
        with self._nesting.guard(), self._locked(), log_rejections(cause):
            tables = self._tables()
            config = Config(self.config)
            tx = MemoryTransaction(tables, self._policy, config, cause, self._clock, self._ids)
            try:
                yield tx
                tx.concepts.ensure_complete()
                self._replace(tables)
                self.config.invalidate()
            finally:
                tx.close()

    def run(
        self,
        handler: Callable[[MemoryTransaction, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        once: Idempotency[R] | None = None,
    ) -> R:
        """The handler's result, once it is in the file; with `once`, the first result again."""
        with self.transaction(actor=actor, reason=reason, request_id=request_id) as tx:
            return run_idempotent(tx, handler, command, once)

    def read(
        self,
        query: Callable[Concatenate[MemoryReading, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """The query's answer."""
        return query(
            MemoryReading(self._tables(), self._policy, Config(self.config)), *args, **kwargs
        )

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """The next changes of all entities after a cursor; none is ever missed or given twice."""
        return self._tables().history.feed(after=after, limit=limit)

    @contextmanager
    def _locked(self) -> Generator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _tables(self) -> Tables:
        if not self._path.exists():
            return Tables.empty()
        found: Tables = pickle.loads(self._path.read_bytes())  # noqa: S301 - what we wrote ourselves
        return found

    def _replace(self, tables: Tables) -> None:
        new = self._path.with_suffix(".new")
        new.write_bytes(pickle.dumps(tables))
        new.replace(self._path)  # a reader sees the old file or the new one, never half of one

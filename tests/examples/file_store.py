"""A store in one file: each transaction reads the whole file and writes it again."""

import fcntl
import pickle
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
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
from indelible.kernel.commit_signal import CommitSignal
from indelible.kernel.idempotency import run_idempotent
from indelible.kernel.settings import Config, SystemConfigCache, setting_texts
from indelible.kernel.transaction import (
    Command,
    Nesting,
    P,
    R,
    check_no_refusal,
    log_rejections,
)
from indelible.memory.store import MemoryReading, MemoryTransaction, Tables
from indelible.policy import Policy

MEBIBYTE = 2**20


class FileStore:
    """A store in one file with one writer at a time; readers see the last committed file."""

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
        self.commits = CommitSignal()
        self.config = SystemConfigCache(
            fetch=lambda: self.read(lambda tx: setting_texts(tx.settings))
        )

    @contextmanager
    def transaction(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> Generator[MemoryTransaction]:
        """Open a transaction: it commits on a clean exit and rolls back on any exception."""
        audit = AuditContext(actor=actor, reason=reason, request_id=request_id)
        with self._nesting.guard(), self._locked(), log_rejections(audit):
            committed = self._tables()
            tables = committed.copy()
            config = Config(self.config)
            tx = MemoryTransaction(tables, self._policy, config, audit, self._clock, self._ids)
            try:
                yield tx
                tx.concepts.repository.ensure_complete()
                check_no_refusal(tables.history.refusal)
                self._replace(tables)
                self.config.invalidate()
            finally:
                tx.close()

        if tables.has_news_since(committed):
            self.commits.send()

    def run(
        self,
        handler: Callable[[MemoryTransaction, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        idempotency: Idempotency[R] | None = None,
    ) -> R:
        """Run the handler and return its result; with `idempotency`, the first result."""
        with self.transaction(actor=actor, reason=reason, request_id=request_id) as tx:
            return run_idempotent(tx, handler, command, idempotency)

    def read(
        self,
        query: Callable[Concatenate[MemoryReading, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Return the result of the query."""
        return query(
            MemoryReading(self._tables(), self._policy, Config(self.config)), *args, **kwargs
        )

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes of all aggregates after a cursor, each exactly once."""
        return self._tables().history.feed(after=after, limit=limit)

    def check_space(self) -> None:
        """Raise OSError if the disk takes no more."""
        with TemporaryFile(dir=self._path.parent) as file:
            file.write(bytes(MEBIBYTE))

    @contextmanager
    def _locked(self) -> Generator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _tables(self) -> Tables:
        if not self._path.exists():
            return Tables.empty()
        tables: Tables = pickle.loads(self._path.read_bytes())  # noqa: S301 - our own file
        return tables

    def _replace(self, tables: Tables) -> None:
        new = self._path.with_suffix(".new")
        new.write_bytes(pickle.dumps(tables))
        new.replace(self._path)  # atomic: a reader never sees half of a file

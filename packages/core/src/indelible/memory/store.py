"""A store that lives as long as its process."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Concatenate, NoReturn, Self

from attrs import field, frozen

from indelible.concepts.handlers import ConceptRepositoryFacade
from indelible.kernel import (
    Actor,
    AuditContext,
    Clock,
    Feed,
    Idempotency,
    Ids,
    SystemClock,
    TimeOrderedIds,
    UsageError,
)
from indelible.kernel.idempotency import run_idempotent
from indelible.kernel.keys import KEY, Key, KeyNotFound
from indelible.kernel.settings import Config, SystemConfigCache
from indelible.kernel.stages import STAGE, StageControl, StageNotFound
from indelible.kernel.transaction import Command, Nesting, P, R, log_rejections
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.captures import CaptureTables, MemoryCaptureReaders, MemoryCaptures
from indelible.memory.concepts import MemoryConcepts
from indelible.memory.history import Kept, MemoryHistory, MemoryReceipts
from indelible.memory.tasks import MemoryTaskQueue
from indelible.memory.tokens import MemoryCollection
from indelible.policy import Policy


@frozen
class Tables:
    """Everything that a store keeps."""

    history: MemoryHistory
    concepts: MemoryConcepts
    captures: CaptureTables
    keys: MemoryAggregateRepository[Key]
    stages: MemoryAggregateRepository[StageControl]
    tasks: MemoryTaskQueue
    tokens: MemoryCollection
    receipts: Kept = field(factory=Kept)

    @classmethod
    def empty(cls) -> Self:
        """The tables of a new store."""
        history = MemoryHistory()
        stages = MemoryAggregateRepository[StageControl](history, STAGE, StageNotFound)
        work = MemoryTaskQueue(stages)
        return cls(
            history,
            MemoryConcepts(history),
            CaptureTables.empty(history),
            MemoryAggregateRepository(history, KEY, KeyNotFound),
            stages,
            work,
            MemoryCollection.empty(history, work),
        )

    def copy(self) -> Self:
        """A draft; the rows are frozen, so they are shared."""
        history = self.history.copy()
        drafts = self.concepts.copy(history), self.captures.copy(history), self.keys.copy(history)
        stages = self.stages.copy(history)
        tasks = self.tasks.copy(stages)
        return type(self)(
            history, *drafts, stages, tasks, self.tokens.copy(history, tasks), self.receipts.copy()
        )


class MemoryReading:
    """What a query sees."""

    def __init__(self, tables: Tables, policy: Policy, config: Config) -> None:
        self.policy, self.config = policy, config
        self.history = tables.history
        self.concepts = self.concept_search = tables.concepts
        self.keys = tables.keys
        self.captures = MemoryCaptureReaders(tables.captures, self)
        self.settings = tables.captures.settings
        self.stages, self.tasks, self.tokens = tables.stages, tables.tasks, tables.tokens


class MemoryTransaction:
    """What a handler writes to."""

    def __init__(
        self,
        tables: Tables,
        policy: Policy,
        config: Config,
        cause: AuditContext,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self.policy, self.config, self.clock, self.ids = policy, config, clock, ids
        self.actor, self.reason, self.request_id = cause.actor, cause.reason, cause.request_id
        self.history = tables.history
        self.receipts = MemoryReceipts(tables.receipts)
        self.keys = self.key_heads = tables.keys
        self.concept_search = self.concept_heads = tables.concepts
        self.concepts = ConceptRepositoryFacade(self, tables.concepts)
        self.captures = MemoryCaptures(tables.captures, self)
        self.settings = tables.captures.settings
        self.stages, self.tasks, self.tokens = tables.stages, tables.tasks.of(self), tables.tokens

    def close(self) -> None:
        """Take everything out of the caller's hands."""
        vars(self).clear()

    if not TYPE_CHECKING:  # the checkers know the attributes; this is asked for those that are gone

        def __getattr__(self, name: str) -> NoReturn:
            raise UsageError("the transaction has ended")


class MemoryStore:
    """One transaction at a time, on a draft that replaces the tables when it commits."""

    def __init__(
        self, *, policy: Policy | None = None, clock: Clock | None = None, ids: Ids | None = None
    ) -> None:
        self._policy = policy or Policy()
        self._clock, self._ids = clock or SystemClock(), ids or TimeOrderedIds()
        self._tables = Tables.empty()
        self._lock = Lock()
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
        with self._nesting.guard(), self._lock, log_rejections(cause):
            draft = self._tables.copy()
            tx = MemoryTransaction(
                draft, self._policy, Config(self.config), cause, self._clock, self._ids
            )
            try:
                yield tx
                tx.concepts.ensure_complete()
                before, self._tables = self._tables, draft
                if before.captures.stored_settings() != draft.captures.stored_settings():
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
        """The handler's result, once it is committed; with `once`, the first result again."""
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
            MemoryReading(self._tables, self._policy, Config(self.config)), *args, **kwargs
        )

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """The next changes of all entities after a cursor; none is ever missed or given twice."""
        return self._tables.history.feed(after=after, limit=limit)

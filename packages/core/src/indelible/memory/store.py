"""A store that lives as long as its process."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Concatenate, NoReturn, Self

from attrs import field, frozen

from indelible.captures.handlers import MarginsOverShelf, RepositoryOverShelf
from indelible.concepts.handlers import RepositoryOverHeads
from indelible.kernel import Actor, Because, Clock, Feed, Ids, Once, SystemClock, TimeOrderedIds, WrongUse
from indelible.kernel.idempotency import answered
from indelible.kernel.keys import KEY, Key, KeyNotFound
from indelible.kernel.settings import Config, SystemConfigCache
from indelible.kernel.stages import STAGE, StageNotFound, Switch
from indelible.kernel.transaction import Command, Nesting, P, R, refusals_logged
from indelible.memory.aggregates import MemoryHeads
from indelible.memory.captures import MemoryCaptures
from indelible.memory.concepts import MemoryConcepts
from indelible.memory.history import Kept, MemoryHistory, MemoryReceipts
from indelible.memory.tasks import MemoryWork
from indelible.memory.tokens import MemoryCollection
from indelible.policy import Policy


@frozen
class Tables:
    """Everything that a store keeps."""

    history: MemoryHistory
    concepts: MemoryConcepts
    captures: MemoryCaptures
    keys: MemoryHeads[Key]
    stages: MemoryHeads[Switch]
    work: MemoryWork
    collection: MemoryCollection
    receipts: Kept = field(factory=Kept)

    @classmethod
    def empty(cls) -> Self:
        """The tables of a new store."""
        history = MemoryHistory()
        stages = MemoryHeads[Switch](history, STAGE, StageNotFound)
        work = MemoryWork(stages)
        return cls(
            history,
            MemoryConcepts(history),
            MemoryCaptures.empty(history),
            MemoryHeads(history, KEY, KeyNotFound),
            stages,
            work,
            MemoryCollection.empty(history, work),
        )

    def copy(self) -> Self:
        """A draft; the rows are frozen, so they are shared."""
        history = self.history.copy()
        drafts = self.concepts.copy(history), self.captures.copy(history), self.keys.copy(history)
        stages = self.stages.copy(history)
        work = self.work.copy(stages)
        return type(self)(history, *drafts, stages, work, self.collection.copy(history, work), self.receipts.copy())


class MemoryReading:
    """What a query sees."""

    def __init__(self, tables: Tables, policy: Policy, config: Config) -> None:
        self.policy, self.config = policy, config
        self.history = tables.history
        self.concepts = self.concept_search = tables.concepts
        self.keys = tables.keys
        self.captures = tables.captures
        self.spaces, self.subspaces = tables.captures.spaces, tables.captures.subspaces
        self.algorithms, self.settings = tables.captures.algorithms, tables.captures.settings
        self.margins = MarginsOverShelf(self, tables.captures)
        self.stages, self.work, self.collection = tables.stages, tables.work, tables.collection


class MemoryTransaction:
    """What a handler writes to."""

    def __init__(self, tables: Tables, policy: Policy, config: Config, cause: Because, clock: Clock, ids: Ids) -> None:
        self.policy, self.config, self.clock, self.ids = policy, config, clock, ids
        self.actor, self.reason, self.request_id = cause.actor, cause.reason, cause.request_id
        self.history = tables.history
        self.receipts = MemoryReceipts(tables.receipts)
        self.keys = self.key_heads = tables.keys
        self.concept_search = self.concept_heads = tables.concepts
        self.concepts = RepositoryOverHeads(self, tables.concepts)
        self.captures = tables.captures
        self.spaces, self.subspaces = tables.captures.spaces, tables.captures.subspaces
        self.algorithms, self.settings = tables.captures.algorithms, tables.captures.settings
        self.artifacts = RepositoryOverShelf(self, tables.captures)
        self.margins = MarginsOverShelf(self, tables.captures)
        self.stages, self.work, self.collection = tables.stages, tables.work.of(self), tables.collection

    def close(self) -> None:
        """Take everything out of the caller's hands."""
        vars(self).clear()

    if not TYPE_CHECKING:  # the checkers know the attributes; this is asked for those that are gone

        def __getattr__(self, name: str) -> NoReturn:
            raise WrongUse("the transaction has ended")


class MemoryStore:
    """One transaction at a time, on a draft that replaces the tables when it commits."""

    def __init__(self, *, policy: Policy | None = None, clock: Clock | None = None, ids: Ids | None = None) -> None:
        self._policy = policy or Policy()
        self._clock, self._ids = clock or SystemClock(), ids or TimeOrderedIds()
        self._tables = Tables.empty()
        self._lock = Lock()
        self._nesting = Nesting()
        self.config = SystemConfigCache(fetch=lambda: self.read(lambda tx: tx.captures.settings_kept()))

    @contextmanager
    def transaction(self, *, actor: Actor, reason: str, request_id: str | None = None) -> Generator[MemoryTransaction]:
        """Several commands at once: commits on a clean exit, rolls back on any exception."""
        cause = Because(actor=actor, reason=reason, request_id=request_id)
        with self._nesting.one_block(), self._lock, refusals_logged(cause):
            draft = self._tables.copy()
            tx = MemoryTransaction(draft, self._policy, Config(self.config), cause, self._clock, self._ids)
            try:
                yield tx
                tx.concepts.check_whole()
                before, self._tables = self._tables, draft
                if before.captures.settings_kept() != draft.captures.settings_kept():
                    self.config.forget()
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
        once: Once[R] | None = None,
    ) -> R:
        """The handler's result, once it is committed; with `once`, the first result again."""
        with self.transaction(actor=actor, reason=reason, request_id=request_id) as tx:
            return answered(tx, handler, command, once)

    def read(self, query: Callable[Concatenate[MemoryReading, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The query's answer."""
        return query(MemoryReading(self._tables, self._policy, Config(self.config)), *args, **kwargs)

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """The next changes of all entities after a cursor; none is ever missed or given twice."""
        return self._tables.history.feed(after=after, limit=limit)

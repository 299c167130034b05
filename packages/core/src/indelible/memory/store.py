"""A store that lives as long as its process."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Concatenate, Final, NoReturn, Self

from attrs import field, frozen

from indelible.captures import KEYS
from indelible.concepts import Concept
from indelible.concepts.handlers import ConceptRepositoryFacade
from indelible.contests.rules.tasks import STAGE_LIFECYCLES as CONTEST_STAGES
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
from indelible.kernel.commands import use_commands
from indelible.kernel.commit_signal import CommitSignal
from indelible.kernel.contexts import AnyContext
from indelible.kernel.idempotency import run_idempotent
from indelible.kernel.keys import Key
from indelible.kernel.references import in_order_of_references
from indelible.kernel.repository import Repository
from indelible.kernel.runbooks import RunbookExecution, RunbookExecutions
from indelible.kernel.settings import (
    Config,
    Setting,
    SystemConfigCache,
    setting_texts,
)
from indelible.kernel.stages import StageControl
from indelible.kernel.store_contexts import check_contexts
from indelible.kernel.transaction import (
    Command,
    Nesting,
    P,
    R,
    ReadsInOrder,
    check_no_refusal,
    log_rejections,
)
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.breakers import MemoryBreakers
from indelible.memory.captures import CaptureTables, MemoryCaptureReaders, MemoryCaptures
from indelible.memory.concepts import MemoryConceptAggregates, MemoryConceptsReader
from indelible.memory.contests import MemoryContests
from indelible.memory.history import MemoryHistory, MemoryReceipts, ReceiptRows
from indelible.memory.money import MemoryMoney
from indelible.memory.operational_rows import MemoryOperationalRows
from indelible.memory.payloads import MemoryPayloads
from indelible.memory.projects import MemoryProjects
from indelible.memory.rejections import MemoryRejections
from indelible.memory.subjects import MemorySubjects, SubjectRows
from indelible.memory.subscribers import MemorySubscribers, SubscriberRows
from indelible.memory.tasks import MemoryTaskQueue
from indelible.memory.tokens import MemoryCollection
from indelible.memory.webhooks import MemoryWebhookRejections
from indelible.money.rules.stages import STAGE_LIFECYCLES as MONEY_STAGES
from indelible.policy import Policy
from indelible.projects.rules.tasks import STAGE_LIFECYCLES as PROJECT_STAGES
from indelible.tokens.rules.tasks import STAGE_LIFECYCLES as TOKEN_STAGES

STAGE_LIFECYCLES: Final = {
    **TOKEN_STAGES,
    **PROJECT_STAGES,
    **CONTEST_STAGES,
    **MONEY_STAGES,
}


OwnTables = dict[str, MemoryAggregateRepository[Any]]


@frozen
class Tables:
    """All tables of a store."""

    history: MemoryHistory
    keys: MemoryAggregateRepository[Key]
    settings: MemoryAggregateRepository[Setting]
    stages: MemoryAggregateRepository[StageControl]
    runbook_executions: MemoryAggregateRepository[RunbookExecution]
    breakers: MemoryBreakers
    tasks: MemoryTaskQueue
    concepts: MemoryConceptAggregates
    captures: CaptureTables
    tokens: MemoryCollection
    projects: MemoryProjects
    contests: MemoryContests
    money: MemoryMoney
    receipts: ReceiptRows = field(factory=ReceiptRows)
    payloads: MemoryPayloads = field(factory=MemoryPayloads)
    rejections: MemoryRejections = field(factory=MemoryRejections)
    webhook_rejections: MemoryWebhookRejections = field(factory=MemoryWebhookRejections)
    subscribers: SubscriberRows = field(factory=SubscriberRows)
    subjects: SubjectRows = field(factory=SubjectRows)
    # The aggregates of a host's contexts, by the names of these.
    own: OwnTables = field(factory=OwnTables)

    @classmethod
    def empty(cls, contexts: Iterable[AnyContext] = ()) -> Self:
        """Return the tables of a new store."""
        history = MemoryHistory()
        stages = MemoryAggregateRepository(history, StageControl)
        breakers = MemoryBreakers()
        tasks = MemoryTaskQueue(stages, history, breakers, STAGE_LIFECYCLES)
        own = OwnTables()
        for context in contexts:
            own[context.name] = MemoryAggregateRepository(history, context.aggregate)
        return cls(
            history=history,
            keys=MemoryAggregateRepository(history, Key),
            settings=MemoryAggregateRepository(history, Setting),
            stages=stages,
            runbook_executions=MemoryAggregateRepository(history, RunbookExecution),
            breakers=breakers,
            tasks=tasks,
            concepts=MemoryConceptAggregates(history, Concept),
            captures=CaptureTables.empty(history),
            tokens=MemoryCollection.empty(history, tasks),
            projects=MemoryProjects.empty(history),
            contests=MemoryContests.empty(history),
            money=MemoryMoney.empty(history),
            own=own,
        )

    def has_news_since(self, previous: "Tables") -> bool:
        """Return whether a draft of the previous tables has a new change or made a task due."""
        newest = self.history.newest(limit=1).cursor
        return newest != previous.history.newest(limit=1).cursor or bool(self.tasks.scheduled)

    def copy(self) -> Self:
        """Return a draft; the rows are frozen, so drafts share them."""
        history = self.history.copy()
        stages = self.stages.copy(history)
        breakers = self.breakers.copy()
        tasks = self.tasks.copy(stages, history, breakers)
        return type(self)(
            history=history,
            keys=self.keys.copy(history),
            settings=self.settings.copy(history),
            stages=stages,
            runbook_executions=self.runbook_executions.copy(history),
            breakers=breakers,
            tasks=tasks,
            concepts=self.concepts.copy(history),
            captures=self.captures.copy(history),
            tokens=self.tokens.copy(history, tasks),
            projects=self.projects.copy(history),
            contests=self.contests.copy(history),
            money=self.money.copy(history),
            receipts=self.receipts.copy(),
            payloads=self.payloads.copy(),
            rejections=self.rejections.copy(),
            webhook_rejections=self.webhook_rejections.copy(),
            subscribers=self.subscribers.copy(),
            subjects=self.subjects.copy(),
            own={name: heads.copy(history) for name, heads in self.own.items()},
        )


def repositories_of(tables: Tables) -> dict[str, Repository[Any]]:
    """Return the repositories of operators' records, and those of a host's contexts, by name."""
    repositories: dict[str, Repository[Any]] = {
        "runbook_executions": RunbookExecutions(tables.runbook_executions),
    }
    for name, heads in tables.own.items():
        repositories[name] = Repository(heads)
    return repositories


class MemoryReading(ReadsInOrder):
    """The transaction of a query."""

    runbook_executions: RunbookExecutions

    def __init__(self, tables: Tables, policy: Policy, config: Config) -> None:
        self.policy = policy
        self.config = config

        self.history = tables.history
        self.keys = tables.keys
        self.settings = tables.settings
        self.stages = tables.stages
        self.tasks = tables.tasks
        self.payloads = tables.payloads
        self.rejections = tables.rejections
        self.webhook_rejections = tables.webhook_rejections
        self.operational_rows = MemoryOperationalRows(tables.tasks, tables.webhook_rejections)
        self.breakers = tables.breakers
        self.subscribers = MemorySubscribers(tables.subscribers, tables.tasks, tables.history)
        self.subjects = MemorySubjects(tables.subjects, tables.tasks)

        self.concepts = MemoryConceptsReader.over(tables.concepts, tables.history)
        self.captures = MemoryCaptureReaders(tables.captures, self)
        self.tokens = tables.tokens
        self.projects = tables.projects
        self.contests = tables.contests
        self.money = tables.money
        vars(self).update(repositories_of(tables))


class MemoryConceptsWriter:
    """The concepts' part of a write transaction."""

    def __init__(self, tx: "MemoryTransaction", tables: Tables) -> None:
        reader = MemoryConceptsReader.over(tables.concepts, tables.history)
        self.concepts = reader.concepts
        self.search = reader.search
        self.repository = ConceptRepositoryFacade(tx, reader.concepts)


class MemoryTransaction(ReadsInOrder):
    """The transaction of a handler."""

    runbook_executions: RunbookExecutions

    def __init__(
        self,
        tables: Tables,
        policy: Policy,
        config: Config,
        audit: AuditContext,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self.policy = policy
        self.config = config
        self.clock = clock
        self.ids = ids
        self.actor = audit.actor
        self.reason = audit.reason
        self.request_id = audit.request_id

        self._first_position = tables.history.last_position
        self._tables = tables
        self._rows_before = (tables.subjects.copy(), tables.subscribers.copy())
        self.history = tables.history
        self.receipts = MemoryReceipts(tables.receipts)
        self.keys = tables.keys
        self.settings = tables.settings
        self.stages = tables.stages
        self.tasks = tables.tasks.of(self, policy.tasks)
        self.payloads = tables.payloads
        self.rejections = tables.rejections
        self.webhook_rejections = tables.webhook_rejections
        self.breakers = tables.breakers
        self.subscribers = MemorySubscribers(tables.subscribers, tables.tasks, tables.history)
        self.subjects = MemorySubjects(tables.subjects, tables.tasks, clock)

        self.concepts = MemoryConceptsWriter(self, tables)
        self.captures = MemoryCaptures(tables.captures, self)
        self.tokens = tables.tokens
        self.projects = tables.projects
        self.contests = tables.contests
        self.money = tables.money
        vars(self).update(repositories_of(tables))

    @property
    def has_written(self) -> bool:
        """Return True once it has written a change, a task, a subject or a cursor."""
        if self.history.last_position > self._first_position or self.tasks.has_written:
            return True
        return (self._tables.subjects, self._tables.subscribers) != self._rows_before

    @property
    def operational_rows(self) -> MemoryOperationalRows:
        """Return the operational tables, for deletions."""
        return MemoryOperationalRows(self.tasks, self.webhook_rejections, self.clock)

    def close(self) -> None:
        """Remove every attribute, so that a transaction that has ended cannot be used."""
        vars(self).clear()

    if not TYPE_CHECKING:  # type checkers know the attributes; this runs only for removed ones

        def __getattr__(self, name: str) -> NoReturn:
            if vars(self):
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message)
            raise UsageError("the transaction has ended")


class MemoryStore:
    """One transaction at a time, on a draft that replaces the tables when it commits."""

    def __init__(
        self,
        *,
        contexts: tuple[AnyContext, ...] = (),
        policy: Policy | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        """Make a store without any rows; `contexts` are the host's own.

        Raises:
            UsageError: The names of the contexts or of their lifecycles are taken, or a context
                refers to one that the store lacks.
        """
        self._policy = policy or Policy()
        self._clock = clock or SystemClock()
        self._ids = ids or TimeOrderedIds()
        self._tables = Tables.empty(contexts)
        self._tables.history.close()
        self._lock = Lock()
        self._nesting = Nesting()
        self.commits = CommitSignal()
        self.config = SystemConfigCache(
            fetch=lambda: self.read(lambda tx: setting_texts(tx.settings)), keys=KEYS
        )
        built_in = Tables.empty()
        names = dir(MemoryReading(built_in, self._policy, Config(self.config)))
        check_contexts(contexts, names, built_in.history.lifecycles)
        in_order_of_references(contexts)

    @contextmanager
    def transaction(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> Generator[MemoryTransaction]:
        """Open a transaction: commit on a clean exit, roll back on any exception."""
        audit = AuditContext(actor=actor, reason=reason, request_id=request_id)
        with self._nesting.guard(), self._lock, log_rejections(audit):
            draft = self._tables.copy()
            config = Config(self.config)
            tx = MemoryTransaction(draft, self._policy, config, audit, self._clock, self._ids)
            try:
                yield tx
                tx.concepts.repository.ensure_complete()
                previous = self._commit(draft)
            finally:
                tx.close()
                draft.history.close()

        if draft.has_news_since(previous):
            self.commits.send()

    def _commit(self, draft: Tables) -> Tables:
        """Replace the tables, and return the previous ones."""
        check_no_refusal(draft.history.refusal)
        previous = self._tables
        self._tables = draft
        if setting_texts(previous.settings) != setting_texts(draft.settings):
            self.config.invalidate()
        return previous

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
        """Run the handler in a transaction and return its result.

        With `idempotency`, return the first result of a repeated request.
        """
        use_commands(command)
        with self.transaction(actor=actor, reason=reason, request_id=request_id) as tx:
            return run_idempotent(tx, handler, command, idempotency)

    def read(
        self,
        query: Callable[Concatenate[MemoryReading, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Return the query's result."""
        tx = MemoryReading(self._tables, self._policy, Config(self.config))
        return query(tx, *args, **kwargs)

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes of all aggregates after a cursor, each exactly once."""
        return self._tables.history.feed(after=after, limit=limit)

    def check_space(self) -> None:
        """Return; a store in memory has no disk."""

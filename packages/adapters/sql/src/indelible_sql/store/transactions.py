"""Open transactions: the kernel's repositories, and one attribute for each registered context."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from indelible.kernel import AuditContext, Clock, Ids
from indelible.kernel.settings import Config
from indelible.policy import Policy
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import SqlHistory, SqlReceipts
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.sql_context import SqlContext

if TYPE_CHECKING:
    # To pyright a cached property is no attribute of its value's type, as the ports declare it.
    from builtins import property as lazy_property

    from indelible.kernel.keys import Key
    from indelible.kernel.runbooks import RunbookExecutions
    from indelible.kernel.settings import Setting
    from indelible.kernel.stages import StageControl
    from indelible_sql.kernel.breakers import SqlBreakers
    from indelible_sql.kernel.operational_rows import SqlOperationalRows, SqlOperationalRowsReader
    from indelible_sql.kernel.payloads import SqlPayloads
    from indelible_sql.kernel.rejections import SqlRejections
    from indelible_sql.kernel.subjects import SqlSubjectReader, SqlSubjects
    from indelible_sql.kernel.subscribers import SqlSubscriberReader, SqlSubscribers
    from indelible_sql.kernel.task_reader import SqlTaskReader
    from indelible_sql.kernel.tasks import SqlTaskQueue
    from indelible_sql.kernel.webhooks import SqlWebhookRejections
else:
    from functools import cached_property as lazy_property


class KernelTransaction(ABC):
    """The part that read and write transactions share; repositories are created when first used.

    `connection` is public, so that a host's own SQL sees the same moment.
    """

    def __init__(self, session: Session, catalog: Catalog, policy: Policy, config: Config) -> None:
        self.session = session
        self.catalog = catalog
        self.policy = policy
        self.config = config

    if not TYPE_CHECKING:  # a subclass declares the type of each context's attribute

        def __getattr__(self, name: str) -> object:
            """Open the context of this name and remember its repositories."""
            context = self.catalog.find(name)
            opened = None if context is None else self._open(context)
            if opened is None:
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message)

            setattr(self, name, opened)
            return opened

    def opened(self, name: str) -> object | None:
        """Return the repositories of a context, None if this transaction has not used them."""
        return vars(self).get(name)

    @property
    def connection(self) -> Connection:
        """Return the connection, or raise UsageError once the transaction has ended."""
        return self.session.connection

    def read_together(self, *reads: Callable[[], Any]) -> tuple[Any, ...]:
        """Return what each read returns, or raise the error of the first one that fails."""
        return self.session.read_together(reads)

    @lazy_property
    def history(self) -> SqlHistory:
        """Return the history of all aggregates."""
        return SqlHistory(self.session)

    @lazy_property
    def keys(self) -> "SqlAggregateRepository[Key]":
        """Return the repository of API keys."""
        from indelible_sql.kernel.keys import KEY_HEADS

        return SqlAggregateRepository(self.session, KEY_HEADS)

    @lazy_property
    def settings(self) -> "SqlAggregateRepository[Setting]":
        """Return the repository of settings."""
        from indelible_sql.kernel.settings import SETTING_HEADS

        return SqlAggregateRepository(self.session, SETTING_HEADS)

    @lazy_property
    def stages(self) -> "SqlAggregateRepository[StageControl]":
        """Return the repository of stage controls."""
        from indelible_sql.kernel.task_tables import STAGE_HEADS

        return SqlAggregateRepository(self.session, STAGE_HEADS)

    @lazy_property
    def runbook_executions(self) -> "RunbookExecutions":
        """Return the repository of executions of runbooks."""
        from indelible.kernel.runbooks import RunbookExecutions
        from indelible_sql.kernel.runbook_tables import EXECUTION_HEADS

        return RunbookExecutions(SqlAggregateRepository(self.session, EXECUTION_HEADS))

    @lazy_property
    def payloads(self) -> "SqlPayloads":
        """Return the raw bytes by their digests."""
        from indelible_sql.kernel.payloads import SqlPayloads

        return SqlPayloads(self.session)

    @lazy_property
    def rejections(self) -> "SqlRejections":
        """Return the records of commands that were refused or changed nothing."""
        from indelible_sql.kernel.rejections import SqlRejections

        return SqlRejections(self.session)

    @lazy_property
    def webhook_rejections(self) -> "SqlWebhookRejections":
        """Return the records of refused webhook requests."""
        from indelible_sql.kernel.webhooks import SqlWebhookRejections

        return SqlWebhookRejections(self.session)

    @lazy_property
    def breakers(self) -> "SqlBreakers":
        """Return the states of circuit breakers."""
        from indelible_sql.kernel.breakers import SqlBreakers

        return SqlBreakers(self.session)

    @lazy_property
    def operational_rows(self) -> "SqlOperationalRowsReader":
        """Return the numbers of deleted operational rows."""
        from indelible_sql.kernel.operational_rows import SqlOperationalRowsReader

        return SqlOperationalRowsReader(self.session)

    @abstractmethod
    def _open(self, context: SqlContext) -> object | None:
        """Return the context's repositories, None if it has none for this transaction."""


class KernelReading(KernelTransaction):
    """A read transaction; a host's own SELECT on `connection` sees the same moment."""

    @lazy_property
    def tasks(self) -> "SqlTaskReader":
        """Return the queries on tasks."""
        from indelible_sql.kernel.task_reader import SqlTaskReader

        return SqlTaskReader(self.session)

    @lazy_property
    def subscribers(self) -> "SqlSubscriberReader":
        """Return the cursors of subscribers."""
        from indelible_sql.kernel.subscribers import SqlSubscriberReader

        return SqlSubscriberReader(self.session)

    @lazy_property
    def subjects(self) -> "SqlSubjectReader":
        """Return what must succeed again and again."""
        from indelible_sql.kernel.subjects import SqlSubjectReader

        return SqlSubjectReader(self.session)

    def _open(self, context: SqlContext) -> object | None:
        return None if context.open_reader is None else context.open_reader(self)


class KernelWriting(KernelTransaction):
    """A write transaction; a host's own SQL on `connection` commits with it."""

    def __init__(
        self,
        session: Session,
        catalog: Catalog,
        policy: Policy,
        config: Config,
        audit: AuditContext,
        clock: Clock,
        ids: Ids,
    ) -> None:
        super().__init__(session, catalog, policy, config)
        self.clock = clock
        self.ids = ids
        self.actor = audit.actor
        self.reason = audit.reason
        self.request_id = audit.request_id

    @property
    def has_written(self) -> bool:
        """Return True once it has written a change, a task, a subject or a cursor."""
        if self.session.changes:
            return True
        self.session.send_collected()
        return self.session.has_changed_rows

    @lazy_property
    def receipts(self) -> SqlReceipts:
        """Return the receipts of idempotency keys."""
        return SqlReceipts(self.session)

    @lazy_property
    def tasks(self) -> "SqlTaskQueue":
        """Return the task queue."""
        from indelible_sql.kernel.tasks import SqlTaskQueue

        return SqlTaskQueue(self.session, self, self.catalog.stages, self.policy.tasks)

    @lazy_property
    def operational_rows(self) -> "SqlOperationalRows":
        """Return the operational tables, for deletions."""
        from indelible_sql.kernel.operational_rows import SqlOperationalRows

        return SqlOperationalRows(self.session)

    @lazy_property
    def subscribers(self) -> "SqlSubscribers":
        """Return the cursors of subscribers."""
        from indelible_sql.kernel.subscribers import SqlSubscribers

        return SqlSubscribers(self.session)

    @lazy_property
    def subjects(self) -> "SqlSubjects":
        """Return what must succeed again and again."""
        from indelible_sql.kernel.subjects import SqlSubjects

        return SqlSubjects(self.session)

    def _open(self, context: SqlContext) -> object | None:
        return None if context.open_writer is None else context.open_writer(self)

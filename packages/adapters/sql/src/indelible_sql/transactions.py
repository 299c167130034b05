"""Open transactions: the kernel's repositories, and one attribute for each registered context."""

from indelible.kernel import AuditContext, Clock, Ids
from indelible.kernel.settings import Config
from indelible.policy import Policy
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import SqlHistory, SqlReceipts
from indelible_sql.kernel.keys import KEY_HEADS
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.kernel.settings import SETTING_HEADS
from indelible_sql.kernel.task_tables import STAGE_HEADS
from indelible_sql.kernel.tasks import SqlTaskQueue, SqlTaskReader
from indelible_sql.schema.catalog import Catalog


class KernelTransaction:
    """The part that read and write transactions share.

    `connection` is public, so that a host's own SQL sees the same moment.
    """

    def __init__(self, session: Session, catalog: Catalog, policy: Policy, config: Config) -> None:
        self.session = session
        self.catalog = catalog
        self.policy = policy
        self.config = config
        self.connection = session.connection
        self.history = SqlHistory(session)
        self.keys = SqlAggregateRepository(session, KEY_HEADS)
        self.settings = SqlAggregateRepository(session, SETTING_HEADS)
        self.stages = SqlAggregateRepository(session, STAGE_HEADS)


class KernelReading(KernelTransaction):
    """A read transaction; a host's own SELECT on `connection` sees the same moment."""

    def __init__(self, session: Session, catalog: Catalog, policy: Policy, config: Config) -> None:
        super().__init__(session, catalog, policy, config)
        self.tasks = SqlTaskReader(session)
        for context in catalog.contexts:
            if context.open_reader is not None:
                setattr(self, context.name, context.open_reader(self))


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
        self.receipts = SqlReceipts(session)
        self.tasks = SqlTaskQueue(session, self)
        for context in catalog.contexts:
            if context.open_writer is not None:
                setattr(self, context.name, context.open_writer(self))

"""The library's stores on SQLite and PostgreSQL.

The names for an event loop are imported at their first use.
"""

from typing import TYPE_CHECKING, Any

from indelible_sql.adoption.adopting import Adopted, adopt
from indelible_sql.adoption.conversions import as_utc
from indelible_sql.adoption.findings import Refusal
from indelible_sql.adoption.mapping import FieldMapping
from indelible_sql.adoption.observing import Observed, observe
from indelible_sql.captures.maintenance import index_spaces, install_algorithm
from indelible_sql.contexts import (
    SqlReading,
    SqlStore,
    SqlTransaction,
    open_store,
)
from indelible_sql.engine.borrowed import borrow_connection
from indelible_sql.engine.connections import Pool, enable_foreign_keys
from indelible_sql.kernel.mappings import HeadMapping, RecordMapping
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.maintenance.check_lifecycle import (
    LifecycleCheck,
    RefusedChange,
    check_lifecycle,
)
from indelible_sql.maintenance.export import Exported, export_histories
from indelible_sql.maintenance.hosts import unchecked_lifecycles
from indelible_sql.maintenance.import_export import Imported, import_histories
from indelible_sql.maintenance.rebuild import Rebuilt, rebuild
from indelible_sql.maintenance.seals import newest_seal, seal
from indelible_sql.maintenance.verify import verify
from indelible_sql.schema.bulk import bulk_columns
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.hosts import (
    declare_lifecycle,
    guard_bulk,
    guard_head,
    withdraw_lifecycle,
)
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.sql_context import DerivedHead, RecordExport, SqlContext
from indelible_sql.schema.tables import head_columns

if TYPE_CHECKING:
    from indelible_sql.asynchronous.store import (
        AsyncSqlStore,
        AsyncSqlTransaction,
        open_async_store,
    )
    from indelible_sql.asynchronous.unit_of_work import UnitOfWork, create_uow_factory

__all__ = [
    # stores
    "AsyncSqlStore",
    "AsyncSqlTransaction",
    "Pool",
    "SqlReading",
    "SqlStore",
    "SqlTransaction",
    "borrow_connection",
    "enable_foreign_keys",
    "open_async_store",
    "open_store",
    # contexts and lifecycles of a host
    "DerivedHead",
    "HeadMapping",
    "RecordExport",
    "RecordMapping",
    "SqlAggregateRepository",
    "SqlContext",
    "bulk_columns",
    "declare_lifecycle",
    "guard_bulk",
    "guard_head",
    "head_columns",
    "one_per_parent_indexes",
    "withdraw_lifecycle",
    # the rows of a host's older table as aggregates
    "Adopted",
    "FieldMapping",
    "Observed",
    "Refusal",
    "adopt",
    "as_utc",
    "observe",
    # all of it as a file, and back
    "Exported",
    "Imported",
    "export_histories",
    "import_histories",
    # what the owner does for captures
    "index_spaces",
    "install_algorithm",
    # tokens as seed 004 asks for them
    "UnitOfWork",
    "create_uow_factory",
    # whether all is well, and heads made again
    "Fault",
    "Finding",
    "Rebuilt",
    "newest_seal",
    "rebuild",
    "seal",
    "unchecked_lifecycles",
    "LifecycleCheck",
    "RefusedChange",
    "check_lifecycle",
    "verify",
]

_ASYNC_STORE = {"AsyncSqlStore", "AsyncSqlTransaction", "open_async_store"}
_UNIT_OF_WORK = {"UnitOfWork", "create_uow_factory"}


def __getattr__(name: str) -> Any:
    """Return a name of the modules that import SQLAlchemy's ORM, which its `asyncio` imports."""
    if name in _ASYNC_STORE:
        from indelible_sql.asynchronous import store  # noqa: PLC0415 - the ORM takes 75 ms

        return getattr(store, name)

    if name in _UNIT_OF_WORK:
        from indelible_sql.asynchronous import unit_of_work  # noqa: PLC0415 - the ORM too

        return getattr(unit_of_work, name)

    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The library's stores on SQLite and PostgreSQL.

To open a store and to use it needs a third of the modules. The other names are imported at their
first use; those for an event loop import SQLAlchemy's ORM, which takes 75 ms.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from indelible_sql.contexts import (
    SqlReading,
    SqlStore,
    SqlTransaction,
    open_store,
)
from indelible_sql.engine.borrowed import borrow_connection
from indelible_sql.engine.connections import Pool, enable_foreign_keys

if TYPE_CHECKING:
    from indelible_sql.adoption.adopting import Adopted, adopt
    from indelible_sql.adoption.conversions import as_utc
    from indelible_sql.adoption.findings import Refusal
    from indelible_sql.adoption.mapping import FieldMapping
    from indelible_sql.adoption.observing import Observed, observe
    from indelible_sql.asynchronous.store import (
        AsyncSqlStore,
        AsyncSqlTransaction,
        open_async_store,
    )
    from indelible_sql.asynchronous.unit_of_work import UnitOfWork, create_uow_factory
    from indelible_sql.captures.maintenance import index_spaces, install_algorithm
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

_MODULES: Final = {
    "Adopted": "indelible_sql.adoption.adopting",
    "adopt": "indelible_sql.adoption.adopting",
    "as_utc": "indelible_sql.adoption.conversions",
    "Refusal": "indelible_sql.adoption.findings",
    "FieldMapping": "indelible_sql.adoption.mapping",
    "Observed": "indelible_sql.adoption.observing",
    "observe": "indelible_sql.adoption.observing",
    "AsyncSqlStore": "indelible_sql.asynchronous.store",
    "AsyncSqlTransaction": "indelible_sql.asynchronous.store",
    "open_async_store": "indelible_sql.asynchronous.store",
    "UnitOfWork": "indelible_sql.asynchronous.unit_of_work",
    "create_uow_factory": "indelible_sql.asynchronous.unit_of_work",
    "index_spaces": "indelible_sql.captures.maintenance",
    "install_algorithm": "indelible_sql.captures.maintenance",
    "HeadMapping": "indelible_sql.kernel.mappings",
    "RecordMapping": "indelible_sql.kernel.mappings",
    "SqlAggregateRepository": "indelible_sql.kernel.repository",
    "LifecycleCheck": "indelible_sql.maintenance.check_lifecycle",
    "RefusedChange": "indelible_sql.maintenance.check_lifecycle",
    "check_lifecycle": "indelible_sql.maintenance.check_lifecycle",
    "Exported": "indelible_sql.maintenance.export",
    "export_histories": "indelible_sql.maintenance.export",
    "unchecked_lifecycles": "indelible_sql.maintenance.hosts",
    "Imported": "indelible_sql.maintenance.import_export",
    "import_histories": "indelible_sql.maintenance.import_export",
    "Rebuilt": "indelible_sql.maintenance.rebuild",
    "rebuild": "indelible_sql.maintenance.rebuild",
    "newest_seal": "indelible_sql.maintenance.seals",
    "seal": "indelible_sql.maintenance.seals",
    "verify": "indelible_sql.maintenance.verify",
    "bulk_columns": "indelible_sql.schema.bulk",
    "Fault": "indelible_sql.schema.findings",
    "Finding": "indelible_sql.schema.findings",
    "declare_lifecycle": "indelible_sql.schema.hosts",
    "guard_bulk": "indelible_sql.schema.hosts",
    "guard_head": "indelible_sql.schema.hosts",
    "withdraw_lifecycle": "indelible_sql.schema.hosts",
    "one_per_parent_indexes": "indelible_sql.schema.one_per_parent",
    "DerivedHead": "indelible_sql.schema.sql_context",
    "RecordExport": "indelible_sql.schema.sql_context",
    "SqlContext": "indelible_sql.schema.sql_context",
    "head_columns": "indelible_sql.schema.tables",
}


def __getattr__(name: str) -> Any:
    """Return a name of the modules that few hosts need."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    return getattr(import_module(_MODULES[name]), name)

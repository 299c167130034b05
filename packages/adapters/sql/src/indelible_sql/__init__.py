"""The library's stores on SQLite and PostgreSQL."""

from indelible_sql.engines import Pool
from indelible_sql.heads import Heads
from indelible_sql.store import SqlReading, SqlStore, SqlTransaction, open_store
from indelible_sql.tables import head_columns

__all__ = [
    # stores
    "Pool",
    "SqlReading",
    "SqlStore",
    "SqlTransaction",
    "open_store",
    # a lifecycle of one's own
    "Heads",
    "head_columns",
]

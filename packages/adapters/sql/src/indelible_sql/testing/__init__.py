"""Tests of the aggregate that a host declares, in a database.

from indelible_sql.testing import sql_conformance

TestOnSqlite = sql_conformance(tickets)
"""

from indelible_sql.testing.databases import Database, new_sqlite
from indelible_sql.testing.suites import SqlContextConformance, sql_conformance

__all__ = ["Database", "SqlContextConformance", "new_sqlite", "sql_conformance"]

"""The identity of a database on PostgreSQL."""

from typing import Final

from sqlalchemy import Text, literal_column, select

from indelible_sql.engine.session import Query
from indelible_sql.store.transactions import KernelTransaction

_IDENTITY: Final = """
    (
      SELECT concat(system_identifier, ' ', oid)
      FROM pg_control_system(), pg_database
      WHERE datname = current_database()
    )
"""
IDENTITY: Query = select(literal_column(_IDENTITY, Text()).label("identity"))


def read_database_identity(tx: KernelTransaction) -> str:
    """Return the numbers of PostgreSQL's cluster and database, which no other database has."""
    identity: str = tx.session.rows(IDENTITY, {})[0]["identity"]
    return identity

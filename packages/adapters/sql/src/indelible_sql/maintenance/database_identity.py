"""The identity of a database on PostgreSQL."""

from sqlalchemy import Text, literal_column, select

from indelible_sql.engine.identity import IDENTITY_ON_POSTGRESQL
from indelible_sql.engine.session import Query
from indelible_sql.store.transactions import KernelTransaction

IDENTITY: Query = select(literal_column(IDENTITY_ON_POSTGRESQL, Text()).label("identity"))


def read_database_identity(tx: KernelTransaction) -> str:
    """Return the numbers of PostgreSQL's cluster and database, which no other database has."""
    identity: str = tx.session.rows(IDENTITY, {})[0]["identity"]
    return identity

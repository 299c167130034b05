"""The isolation of the transactions that delete rows and save seals: READ COMMITTED.

A transaction with one snapshot sees neither a retention nor a seal that was stored after its first
statement, and its guards would compare the present time with an old retention. SQLite has one
writer, which sees everything that is stored.

Decision: docs/design/retention.md
"""

from typing import ClassVar, Final

from sqlalchemy import Text

from indelible.kernel import UsageError
from indelible_sql.schema.expressions import DialectExpression

READ_COMMITTED: Final = "read committed"
ISOLATION: Final = "current_setting('transaction_isolation')"


class TransactionIsolation(DialectExpression):
    """The isolation of the transaction."""

    type = Text()
    inherit_cache = True
    templates: ClassVar = {"sqlite": f"'{READ_COMMITTED}'", "postgresql": ISOLATION}


def if_read_committed(condition: str, dialect: str) -> str:
    """Return the condition of a guard, which is false in a transaction with one snapshot."""
    if dialect == "sqlite":
        return condition

    return f"{ISOLATION} = '{READ_COMMITTED}' AND {condition}"


def check_isolation(isolation: str) -> None:
    """Refuse to delete rows or to save a seal in a transaction with one snapshot.

    Raises:
        UsageError: A host's engine or transaction has another isolation than READ COMMITTED.
    """
    if isolation != READ_COMMITTED:
        raise UsageError(
            "a transaction that deletes old rows or saves a seal has the isolation level"
            f" {isolation.upper()} in place of READ COMMITTED"
        )

"""The queries of heads that all repositories of money share."""

from collections.abc import Mapping
from typing import TypeVar

from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate
from indelible_sql.engine.session import Query, Row
from indelible_sql.kernel.repository import SqlAggregateRepository

E = TypeVar("E", bound=Aggregate)


class MoneyRepository(SqlAggregateRepository[E]):
    """A repository whose statements select heads."""

    def _heads(self, statement: Query, values: Row) -> tuple[Head[E], ...]:
        """Return the heads that a statement selects."""
        rows = self._session.rows(statement, values)
        return tuple(self._mapping.of_row(row) for row in rows)

    def _only(self, where: Mapping[str, object]) -> Head[E] | None:
        """Return the head whose columns equal `where`, of which there is at most one."""
        heads = self.find(where, limit=1)
        return heads[0] if heads else None

    def _counts(self, statement: Query, values: Mapping[str, object] | None = None) -> Row:
        """Return the numbers of heads by their states."""
        rows = self._session.rows(statement, values or {})
        return {row["status"]: row["total"] for row in rows}

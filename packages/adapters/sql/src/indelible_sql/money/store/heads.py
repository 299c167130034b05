"""The queries of heads that all repositories of money share."""

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

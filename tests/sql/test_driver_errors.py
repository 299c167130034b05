"""Test that a lost server is reported with one error code, whatever the driver raises."""

from typing import Any

import pytest

from indelible.kernel import StoreUnreachable
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, SqlTransaction


class FailingCursor:
    """A cursor that raises TypeError, as psycopg's may after the server is lost."""

    def execute(self, *_: object) -> None:
        raise TypeError

    def close(self) -> None:
        """Do nothing."""


def test_a_type_error_of_the_driver_after_the_server_is_lost_is_store_unreachable(
    postgresql: SqlStore,
) -> None:
    def lose_server_and_query(tx: SqlTransaction, _: object) -> object:
        driver_connection: Any = tx.connection.connection.driver_connection
        driver_connection.close()
        tx.session._cursor = FailingCursor()  # type: ignore[assignment]  # noqa: SLF001 - it fails as a driver's cursor does
        return tx.concepts.repository.get_concept("x")

    with pytest.raises(StoreUnreachable):
        postgresql.run(lose_server_and_query, None, actor=MAYA, reason="a test")

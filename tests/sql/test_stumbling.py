"""Test that a server that goes away gets the same error code, whatever the driver raises."""

from typing import Any

import pytest

from indelible.kernel import StoreUnreachable
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, SqlTransaction


class Stumbling:
    """A cursor whose server went while it was asked, as psycopg's sometimes is."""

    def execute(self, *_: object) -> None:
        raise TypeError

    def close(self) -> None:
        """Nothing is open."""


def test_a_driver_that_stumbles_over_a_server_that_is_gone_is_not_taken_for_a_wrong_value(
    postgresql: SqlStore,
) -> None:
    def handler(tx: SqlTransaction, _: object) -> object:
        driver: Any = tx.connection.connection.driver_connection
        driver.close()
        tx.session._cursor = Stumbling()  # type: ignore[assignment]  # noqa: SLF001
        return tx.concepts.repository.get_concept("x")

    with pytest.raises(StoreUnreachable):
        postgresql.run(handler, None, actor=MAYA, reason="a test")

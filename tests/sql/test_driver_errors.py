"""Test that a lost or interrupted connection is reported and dropped, whatever is raised."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from indelible.kernel import StoreUnreachable
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, SqlTransaction
from indelible_sql.engine.errors import ValueUnstorable, logged_fault_of
from indelible_sql.engine.session import Session
from indelible_sql.engine.sqlalchemy_internals import send

Statement = Callable[[Connection, BaseException], None]


class Reported(Exception):
    """An error of a driver with the database's state."""

    def __init__(self, state: str) -> None:
        super().__init__("a secret value")
        self.sqlstate = state


class FailingCursor:
    """A cursor that raises an error, as the driver's may after the server is lost."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def execute(self, *_: object) -> None:
        raise self._error

    def close(self) -> None:
        """Do nothing."""


def use_failing_cursor(connection: Connection, error: BaseException) -> None:
    driver: Any = connection.connection.driver_connection
    driver.cursor = partial(FailingCursor, error)


def begin(connection: Connection, error: BaseException) -> None:
    use_failing_cursor(connection, error)
    send(connection, "BEGIN")


def query(connection: Connection, error: BaseException) -> None:
    use_failing_cursor(connection, error)
    session = Session(connection, "public", begins=False)
    session.rows(text("SELECT 1"), {})


@pytest.mark.parametrize(
    ("state", "level"),
    [
        ("40001", "DEBUG"),  # a lost race, after which the command runs again
        ("23505", "INFO"),  # of a guard
        ("SQLITE_CONSTRAINT_TRIGGER", "INFO"),
        ("22P05", "INFO"),  # a value that cannot be stored
        ("53100", "ERROR"),  # the disk is full
        ("XX000", "ERROR"),  # a fault that indelible does not know
    ],
)
def test_only_what_an_operator_must_hear_is_an_error_in_the_log(
    state: str, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "indelible.sql")

    logged_fault_of(DBAPIError("", {}, Reported(state)))

    (record,) = caplog.records
    assert (record.levelname, record.message) == (level, f"database error {state} (Reported)")


def test_a_type_error_of_the_driver_after_the_server_is_lost_is_store_unreachable(
    postgresql: SqlStore,
) -> None:
    def lose_server_and_query(tx: SqlTransaction, _: object) -> object:
        driver_connection: Any = tx.connection.connection.driver_connection
        driver_connection.close()
        cursor: Any = FailingCursor(TypeError())
        session: Any = tx.session
        session._cursor = cursor  # noqa: SLF001 - no public method replaces it
        return tx.concepts.repository.get_concept("x")

    with pytest.raises(StoreUnreachable):
        postgresql.run(lose_server_and_query, None, actor=MAYA, reason="a test")


@pytest.mark.parametrize(
    ("statement", "expected"), [(begin, DBAPIError), (query, StoreUnreachable)]
)
@pytest.mark.parametrize("error", [AttributeError(), TypeError(), ValueError()])
def test_any_error_of_a_closed_connection_is_that_of_a_lost_server(
    postgresql: SqlStore, statement: Statement, expected: type[Exception], error: Exception
) -> None:
    with postgresql.engines.reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.close()
        with pytest.raises(expected):
            statement(connection, error)

        assert connection.invalidated


@pytest.mark.parametrize("statement", [begin, query])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit()])
def test_a_connection_that_is_interrupted_in_a_statement_is_dropped(
    postgresql: SqlStore, statement: Statement, error: BaseException
) -> None:
    with postgresql.engines.reader.connect() as connection:
        with pytest.raises(type(error)):
            statement(connection, error)

        assert connection.invalidated


@pytest.mark.parametrize("statement", [begin, query])
def test_a_defect_outside_the_driver_keeps_the_connection(
    postgresql: SqlStore, statement: Statement
) -> None:
    with postgresql.engines.reader.connect() as connection:
        with pytest.raises(LookupError):
            statement(connection, LookupError())

        assert not connection.invalidated


def test_a_number_that_the_driver_cannot_send_is_unstorable(sqlite: SqlStore) -> None:
    """SQLite's driver raises OverflowError before the database has seen the statement."""

    statement = text("SELECT :number AS number")
    with pytest.raises(ValueUnstorable) as refused:
        sqlite.read(lambda tx: tx.session.rows(statement, {"number": 2**70}))

    assert refused.value.code == "VALUE_UNSTORABLE"

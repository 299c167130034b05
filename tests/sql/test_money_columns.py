"""Test the columns of an amount of money: what they store, and what they refuse."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, insert, select
from sqlalchemy.exc import DBAPIError

from indelible.kernel.money import MAX_AMOUNT_MINOR, Money
from indelible_service.embedded import PostgresServer
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.columns import IDENTIFIER, required
from indelible_sql.schema.tables import metadata, table
from indelible_sql.schema.value_columns import (
    amount_column,
    money_columns,
    money_of_row,
    money_row,
)

FEES = table(
    "fees_of_a_test",
    required("id", IDENTIFIER, primary_key=True),
    *money_columns("fee"),
    amount_column("paid", nullable=True),
    has_rowid=False,
)
metadata.remove(FEES)  # no other test creates it

FEE = Money(2_501, "USD")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def connection(request: pytest.FixtureRequest) -> Generator[Connection]:
    """Open a connection of the owner to a database with the table."""
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
    else:
        database: PostgresServer = request.getfixturevalue("database")
        url = database.owner_url
    schema = None if request.param == "sqlite" else "indelible"

    engine = create_engine(url)
    with engine.connect() as opened:
        connection = opened.execution_options(schema_translate_map={SCHEMA: schema})
        FEES.create(connection)
        yield connection
    engine.dispose()


def add(connection: Connection, **values: object) -> None:
    """Insert a fee, with some columns changed."""
    connection.execute(insert(FEES).values({"id": "fee-1", **money_row("fee", FEE), **values}))


@pytest.mark.parametrize(
    "money",
    [FEE, Money(0, "JPY"), Money(MAX_AMOUNT_MINOR, "EUR"), Money(-MAX_AMOUNT_MINOR, "CLF")],
)
def test_an_amount_is_read_as_it_was_stored(connection: Connection, money: Money) -> None:
    add(connection, **money_row("fee", money))

    values = connection.execute(select(FEES)).one()
    row = dict(zip(FEES.columns.keys(), values, strict=True))
    assert money_of_row("fee", row) == money
    assert row["paid_minor"] is None


@pytest.mark.parametrize(
    "values",
    [
        {"fee_minor": MAX_AMOUNT_MINOR + 1},
        {"fee_minor": -MAX_AMOUNT_MINOR - 1},
        {"fee_minor": None},
        {"paid_minor": MAX_AMOUNT_MINOR + 1},
        {"currency": None},
        {"currency": "usd"},
        {"currency": "US"},
        {"currency": "USDX"},
        {"currency": "US1"},
        {"currency": "USD\n"},
        {"currency": ""},
    ],
)
def test_a_malformed_amount_is_refused_by_the_database(
    connection: Connection, values: dict[str, Any]
) -> None:
    with pytest.raises(DBAPIError):
        add(connection, **values)

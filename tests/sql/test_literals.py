"""Test that a literal in a guard has its value on both databases, whatever the session's settings.

The initial values of a host's lifecycle become such literals.
"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine

from indelible.kernel import UsageError, instant_text
from indelible_service.embedded import PostgresServer
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.checks import literal
from indelible_sql.schema.columns import in_schema

TEXTS = (
    "",
    "plain",
    "it's",
    "'; DROP TABLE history; --",
    "a backslash \\",
    "\\'",
    "$$; END $$",
    "$1 %s %(name)s :name",
    f"{SCHEMA}.history",
    "ä\n\t\u200b",
)
AT = datetime(2026, 11, 26, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_itself_on_sqlite(text: str) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        statement = in_schema(connection, "other", f"SELECT {literal(text, 'sqlite')}")

        assert connection.exec_driver_sql(statement).scalar_one() == text
    engine.dispose()


@pytest.mark.parametrize("conforming", ["on", "off"])
def test_a_text_is_itself_in_a_function_of_postgresql(
    conforming: str, server: PostgresServer
) -> None:
    engine = create_engine(server.admin_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET standard_conforming_strings = {conforming}")
        for text in TEXTS:
            function = (
                "CREATE OR REPLACE FUNCTION pg_temp.value() RETURNS text LANGUAGE plpgsql AS"
                f" $$ BEGIN RETURN {literal(text, 'postgresql')}; END $$"
            )
            connection.exec_driver_sql(in_schema(connection, "other", function))

            assert connection.exec_driver_sql("SELECT pg_temp.value()").scalar_one() == text
    engine.dispose()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "TRUE"),
        (False, "FALSE"),
        (-7, "-7"),
        (0.5, "0.5"),
        ((), "'[]'"),
        (("a",), """'["a"]'"""),
        ({"a": 1}, """'{"a":1}'"""),
        (AT, f"'{instant_text(AT)}'"),
    ],
)
def test_other_values_have_a_literal(value: object, text: str) -> None:
    assert literal(value, "sqlite") == text


@pytest.mark.parametrize("value", ["a\0b", object(), None])
def test_what_has_no_literal_is_refused(value: object) -> None:
    with pytest.raises(UsageError):
        literal(value, "postgresql")

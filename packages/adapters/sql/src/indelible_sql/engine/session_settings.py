"""Settings of a PostgreSQL session on which the text of DDL, of facts and of values depends.

The role and the database may have any value for them. They are set for one transaction, which works
behind a pooler in transaction mode.
"""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text

# The driver reads these forms of text. It reads binary values without them.
TEXT_FORMATS: Final[Mapping[str, str]] = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
# Releases quote different identifiers where they may choose, so all of them are quoted.
DEPARSING: Final[Mapping[str, str]] = {
    **TEXT_FORMATS,
    "TimeZone": "UTC",
    "quote_all_identifiers": "on",
    "search_path": "pg_catalog",
    "standard_conforming_strings": "on",
}
# Bodies are parsed when they are called: a later revision may replace one that an old server
# cannot parse.
MIGRATING: Final[Mapping[str, str]] = {
    "array_nulls": "on",
    "check_function_bodies": "off",
    "default_table_access_method": "heap",
    "default_tablespace": "",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "transform_null_equals": "off",
}
SELECT_SETTINGS: Final = text(
    """
    SELECT name, current_setting(name) AS value
    FROM unnest(CAST(:names AS text[])) AS name
    """
)
SET_SETTINGS: Final = text(
    """
    SELECT set_config(name, value, true)
    FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS setting (name, value)
    """
)


@contextmanager
def deparsing(connection: Connection) -> Generator[None]:
    """Let the server write the same text for the same schema during the block.

    The transaction gets its own settings back, unless an error ended it.
    """
    with kept_settings(connection, DEPARSING):
        change_settings(connection, DEPARSING)
        yield


@contextmanager
def kept_settings(connection: Connection, names: Iterable[str]) -> Generator[None]:
    """Give the transaction its own settings back after the block, unless an error ended it."""
    rows = connection.execute(SELECT_SETTINGS, {"names": list(names)}).all()
    own_settings: dict[str, str] = {row.name: row.value for row in rows}
    yield
    change_settings(connection, own_settings)


def change_settings(connection: Connection, settings: Mapping[str, str]) -> None:
    """Change settings until the end of the transaction."""
    values = {"names": list(settings), "values": list(settings.values())}
    connection.execute(SET_SETTINGS, values)

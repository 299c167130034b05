"""Settings that a role or a database can have, each with unusual legal values."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from attrs import frozen
from psycopg.errors import Error

SELECT_SETTINGS = """
    SELECT name, vartype, setting, enumvals, min_val, max_val
    FROM pg_settings
    WHERE context IN ('user', 'superuser', 'backend', 'superuser-backend')
    ORDER BY name
"""
# Values of settings whose legal values the server does not list.
VALUES_OF_TEXTS: Mapping[str, tuple[str, ...]] = {
    "DateStyle": ("German", "SQL, DMY", "Postgres, MDY"),
    "TimeZone": ("Pacific/Chatham", "Asia/Kathmandu"),
    "application_name": ("o'neil \\",),
    "client_encoding": ("LATIN1", "SQL_ASCII", "UTF8"),
    "default_tablespace": ("pg_default",),
    "default_text_search_config": ("pg_catalog.simple",),
    "search_path": ("nowhere", "public, pg_catalog"),
    "timezone_abbreviations": ("India",),
}
LISTS = ("DateStyle", "search_path")  # their values are no single text
# Of values that the server does not accept in this build, or not from ALTER DATABASE.
REFUSALS = ("22023", "42501", "55P02")
# Settings that do what their names say, which other tests or nobody needs.
LEFT_OUT = {
    "default_transaction_read_only": "refuses writes, as STORE_READ_ONLY",
    "post_auth_delay": "waits for minutes after each connection",
    "session_replication_role": "disables foreign keys, which is refused as ROLE_TOO_STRONG",
    "transaction_deferrable": "belongs to a transaction, as the next two do",
    "transaction_isolation": "",
    "transaction_read_only": "",
}


@frozen
class Setting:
    """A setting with the values to try."""

    name: str
    values: tuple[str, ...]

    def clause(self, number: int) -> str:
        """Return the clause of ALTER DATABASE that sets one of the values."""
        value = self.values[number % len(self.values)]
        if self.name not in LISTS:
            value = "'" + value.replace("'", "''") + "'"
        return f'SET "{self.name}" = {value}'


def settings_of(connection: psycopg.Connection[Any]) -> list[Setting]:
    """Return the settings of the server's release that have unusual values."""
    settings: list[Setting] = []
    for name, kind, current, names, low, high in connection.execute(SELECT_SETTINGS):
        values = VALUES_OF_TEXTS.get(name, ())
        if kind == "bool":
            values = ("off" if current == "on" else "on",)
        elif kind == "enum":
            values = tuple(value for value in names if value != current)
        elif kind in ("integer", "real"):
            values = tuple(value for value in (low, high) if value != current)
        if values and name not in LEFT_OUT:
            settings.append(Setting(name, values))

    return settings


def apply_settings(
    admin: psycopg.Connection[Any], database: str, settings: Iterable[Setting], number: int
) -> None:
    """Give new sessions of a database the values of a round, where the server accepts them."""
    for setting in settings:
        statement = f"ALTER DATABASE {database} {setting.clause(number)}"
        try:
            admin.execute(statement.encode())
        except Error as error:
            if error.sqlstate not in REFUSALS:
                raise
